# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Personal data: what identifies, locates or bills somebody."""

from collections.abc import Callable, Mapping

from strongroom.filter.detectors.personal.bank_account import iban_scanner
from strongroom.filter.detectors.personal.email_address import email_scanner
from strongroom.filter.detectors.personal.payment_card import payment_card_scanner
from strongroom.filter.scanner import Scanner

PERSONAL: Mapping[str, Callable[[float], Scanner]] = {
    "email": email_scanner,
    "payment_card": payment_card_scanner,
    "iban": iban_scanner,
}
"""Detector type to what makes its scanner for a threshold."""

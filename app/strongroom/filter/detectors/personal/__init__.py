# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Personal data: what identifies, locates or bills somebody. Names of people and places are never reported."""

from collections.abc import Callable, Mapping

from strongroom.filter.detectors.personal.account_number import bank_account_scanner
from strongroom.filter.detectors.personal.birth_date import birth_date_scanner
from strongroom.filter.detectors.personal.crypto_address import crypto_address_scanner
from strongroom.filter.detectors.personal.document_number import (
    driver_license_scanner,
    medical_record_scanner,
    passport_scanner,
)
from strongroom.filter.detectors.personal.email_address import email_scanner
from strongroom.filter.detectors.personal.iban import iban_scanner
from strongroom.filter.detectors.personal.national_id import national_id_scanner
from strongroom.filter.detectors.personal.network_address import ip_address_scanner, mac_address_scanner
from strongroom.filter.detectors.personal.payment_card import payment_card_scanner
from strongroom.filter.detectors.personal.phone_number import phone_scanner
from strongroom.filter.detectors.personal.street_address import street_address_scanner
from strongroom.filter.detectors.personal.tax_id import tax_id_scanner
from strongroom.filter.scanner import Scanner

PERSONAL: Mapping[str, Callable[[float], Scanner]] = {
    "email": email_scanner,
    "payment_card": payment_card_scanner,
    "iban": iban_scanner,
    "phone": phone_scanner,
    "national_id": national_id_scanner,
    "ip_address": ip_address_scanner,
    "mac_address": mac_address_scanner,
    "crypto_address": crypto_address_scanner,
    "passport": passport_scanner,
    "driver_license": driver_license_scanner,
    "tax_id": tax_id_scanner,
    "bank_account": bank_account_scanner,
    "birth_date": birth_date_scanner,
    "street_address": street_address_scanner,
    "medical_record": medical_record_scanner,
}
"""Detector type to what makes its scanner for a threshold."""

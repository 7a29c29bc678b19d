# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets: what opens something for whoever has it."""

from collections.abc import Callable, Mapping

from strongroom.filter.detectors.secrets.connection_strings import connection_string_scanner
from strongroom.filter.detectors.secrets.credentials import credential_scanner
from strongroom.filter.detectors.secrets.json_web_tokens import jwt_scanner
from strongroom.filter.detectors.secrets.passwords import password_scanner
from strongroom.filter.detectors.secrets.private_keys import PrivateKeyScanner
from strongroom.filter.detectors.secrets.provider_keys import provider_key_scanner
from strongroom.filter.scanner import Scanner

SECRETS: Mapping[str, Callable[[float], Scanner]] = {
    "provider_key": provider_key_scanner,
    "private_key": PrivateKeyScanner,
    "connection_string": connection_string_scanner,
    "jwt": jwt_scanner,
    "password": password_scanner,
    "credential": credential_scanner,
}
"""Detector type to what makes its scanner for a threshold."""

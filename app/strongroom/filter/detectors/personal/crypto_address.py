# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Addresses of cryptocurrencies, checked by their own checksums where they carry one.

Base58Check (Bitcoin and what descends from it, Tron, XRP), Bech32 and Bech32m (BIP 173, BIP 350), Ethereum's
hexadecimal form, whose checksum in the letters' case (EIP-55) is not asked for, and Monero's by its form.
"""

import hashlib
import re

from strongroom.core.findings import Evidence
from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

CHECKED_CONFIDENCE = 0.98
FORM_CONFIDENCE = 0.85

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = (1, 0x2BC830A3)

# Which currency the bytes before the 20-byte hash stand for.
_VERSIONS = {
    b"\x00": "bitcoin",
    b"\x05": "bitcoin",
    b"\x30": "litecoin",
    b"\x32": "litecoin",
    b"\x1e": "dogecoin",
    b"\x16": "dogecoin",
    b"\x4c": "dash",
    b"\x10": "dash",
    b"\x41": "tron",
    b"\x1c\xb8": "zcash",
    b"\x1c\xbd": "zcash",
}
_HUMAN_READABLE_PARTS = {
    "bc": "bitcoin",
    "tb": "bitcoin",
    "bcrt": "bitcoin",
    "ltc": "litecoin",
    "addr": "cardano",
    "stake": "cardano",
    "cosmos": "cosmos",
    "osmo": "osmosis",
}

_BASE58_CLASS = "[1-9A-HJ-NP-Za-km-z]"
_FORMS = (
    f"(?:[1379ADLMTXr]|t[13]){_BASE58_CLASS}{{24,34}}",
    f"(?:{'|'.join(_HUMAN_READABLE_PARTS)})1[02-9ac-hj-np-z]{{8,100}}",
    "(?:BC|TB|LTC)1[02-9AC-HJ-NP-Z]{8,87}",
    "0[xX][0-9A-Fa-f]{40}",
    f"[48][0-9AB]{_BASE58_CLASS}{{93}}(?:{_BASE58_CLASS}{{11}})?",
    "(?:bitcoincash:)[qp][02-9ac-hj-np-z]{41}",
)
_ETHEREUM = re.compile("0[xX][0-9A-Fa-f]{40}")
_MONERO = re.compile("[48][0-9AB][0-9A-Za-z]{93}(?:[0-9A-Za-z]{11})?")


def crypto_address_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for addresses of cryptocurrencies."""
    return CheckedScanner(
        analyze_pattern(f"(?:{'|'.join(_FORMS)})"), _check, not_after="0-9A-Za-z_", threshold=threshold
    )


def _check(text: str, start: int, end: int) -> Match | int:
    written = text[start:end]
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        return end
    if _ETHEREUM.fullmatch(written):
        # One digit alone, as in the burn address, is nobody's.
        is_somebody = len(set(written[2:].lower())) > 2
        return Match(start, end, FORM_CONFIDENCE, Evidence.PREFIX, "ethereum") if is_somebody else end
    if _MONERO.fullmatch(written):
        return Match(start, end, FORM_CONFIDENCE, Evidence.FORMAT, "monero")
    if written.startswith("bitcoincash:"):
        return Match(start, end, FORM_CONFIDENCE, Evidence.PREFIX, "bitcoin_cash")
    kind = _bech32_kind(written) or _base58_kind(written)
    return Match(start, end, CHECKED_CONFIDENCE, Evidence.CHECK_DIGIT, kind) if kind else end


def _base58_kind(written: str) -> str:
    """Return whose address it is; empty if the checksum is wrong or the version unknown."""
    if written[0] == "r":
        return "xrp" if _decoded(written, _BASE58_RIPPLE, 25)[:1] == b"\x00" else ""
    payload = _decoded(written, _BASE58, 26 if written[0] == "t" else 25)
    return _VERSIONS.get(payload[:-20], "")


def _decoded(written: str, alphabet: str, length: int) -> bytes:
    """Return what Base58Check carries, without its checksum of four bytes; empty if that is wrong."""
    if any(character not in alphabet for character in written):
        return b""
    number = 0
    for character in written:
        number = number * 58 + alphabet.index(character)
    if number >> (8 * length):
        return b""
    data = number.to_bytes(length, "big")
    checksum = hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4]
    return data[:-4] if checksum == data[-4:] else b""


def _bech32_kind(written: str) -> str:
    part, _, data = written.lower().partition("1")
    if part not in _HUMAN_READABLE_PARTS or any(character not in _BECH32 for character in data):
        return ""
    values = [ord(character) >> 5 for character in part] + [0] + [ord(character) & 31 for character in part]
    values += [_BECH32.index(character) for character in data]
    return _HUMAN_READABLE_PARTS[part] if _polymod(values) in _BECH32_CONSTANTS else ""


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for index, generator in enumerate(_BECH32_GENERATORS):
            checksum ^= generator if top >> index & 1 else 0
    return checksum


SCANNERS: Scanners = {"crypto_address": crypto_address_scanner}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""International bank account numbers (ISO 13616), compact or in groups, in upper or lower case.

python-stdnum knows each country's length and format, and checks the digits (ISO 7064, mod 97-10).
"""

import re
from functools import cache
from itertools import product
from string import ascii_uppercase

from stdnum import iban, numdb

from strongroom.core.findings import Evidence
from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

CONFIDENCE = 0.99

_PATTERN = r"[A-Za-z]{2}[0-9]{2}(?:[ \-\x{A0}\x{202F}]?[0-9A-Za-z]){11,30}"
_SEPARATORS = frozenset(" -\u00a0\u202f")
_PART = re.compile(r"([0-9]+)!")


def iban_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for IBANs."""
    country_lengths()  # read now, not in the middle of an answer
    return CheckedScanner(analyze_pattern(_PATTERN), _check, not_after="0-9A-Za-z", threshold=threshold)


@cache
def country_lengths() -> dict[str, int]:
    """Return how many characters an IBAN of each country has."""
    formats = numdb.get("iban")
    lengths = {}
    for letters in product(ascii_uppercase, repeat=2):
        country = "".join(letters)
        if parts := formats.info(country)[0][1].get("bban"):
            lengths[country] = 4 + sum(int(count) for count in _PART.findall(parts))
    return lengths


def _check(text: str, start: int, _end: int) -> Match | int:
    wanted = country_lengths().get(text[start : start + 2].upper(), 0)
    found: list[str] = []
    at = start
    while len(found) < wanted and at < len(text):
        if _is_alphanumeric(text[at]):
            found.append(text[at])
        elif text[at] not in _SEPARATORS or text[at - 1] in _SEPARATORS:
            break
        at += 1
    is_whole = len(found) == wanted and not (at < len(text) and _is_alphanumeric(text[at]))
    # National check digits are not asked for: a wrong one does not make the number fit for display.
    if wanted and is_whole and iban.is_valid("".join(found), check_country=False):
        return Match(start, at, CONFIDENCE, Evidence.CHECK_DIGIT)
    return start + 1


def _is_alphanumeric(character: str) -> bool:
    return character.isascii() and character.isalnum()


SCANNERS: Scanners = {"iban": iban_scanner}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers of passports, driver's licenses and patients' files.

Every office numbers its papers in its own way, so the words before a number have to say what it is. The few forms that
carry enough structure to be known without words are here too.
"""

import re
from itertools import cycle

from stdnum import luhn

from strongroom.filter.detectors.personal.forms import SPACE, Form, form_scanner
from strongroom.filter.scanner import CheckedScanner, Scanners

_PASSPORT = frozenset({"passport"})
_DRIVER_LICENSE = frozenset({"driver_license"})
_MEDICAL = frozenset({"medical_record"})

_MRZ_WEIGHTS = (7, 3, 1)
_BRITISH_MONTHS = re.compile("[A-Z9]{5}[0-9][0156][0-9]")
_WASHINGTON_LENGTH = 12
_DATE = re.compile("[0-9]{4}[ -][0-9]{1,2}[ -][0-9]{1,2}|[0-9]{1,2}[ -][0-9]{1,2}[ -][0-9]{4}")


def _mrz_digit(field: str) -> str:
    """Return the check digit of a field of a machine-readable zone (ICAO Doc 9303, part 3, section 4.9)."""
    values = (0 if character == "<" else int(character, 36) for character in field)
    return str(sum(value * weight for value, weight in zip(values, cycle(_MRZ_WEIGHTS), strict=False)) % 10)


def _is_passport_line(written: str) -> bool:
    """Whether the second line of a passport's zone is right: number, birth, expiry and the whole (part 4, 4.2.2.2)."""
    fields = ((0, 9), (13, 19), (21, 27))
    whole = written[0:10] + written[13:20] + written[21:43]
    return all(_mrz_digit(written[a:b]) == written[b] for a, b in fields) and _mrz_digit(whole) == written[43]


def _digits(written: str) -> int:
    return sum(character.isdigit() for character in written)


def _is_passport(written: str) -> bool:
    return _digits(written) >= 5 and len(written.replace(" ", "")) <= 10


def _is_license(written: str) -> bool:
    """Whether there are digits enough. Washington's licenses have twelve characters and few digits."""
    if _DATE.fullmatch(written):
        return False
    count = _digits(written)
    return (count >= 4 and len(written) >= 5) or (count >= 2 and len(written) == _WASHINGTON_LENGTH)


def _is_british_license(written: str) -> bool:
    """Whether the sixth to eleventh characters can be a birth date; a woman's month has 5 added (DVLA)."""
    number = written.replace(" ", "")
    month = int(number[6:8]) % 50
    return bool(_BRITISH_MONTHS.match(number)) and 1 <= month <= 12 and 1 <= int(number[8:10]) <= 31


def _is_record(written: str) -> bool:
    return _digits(written) >= 5


def _is_npi(written: str) -> bool:
    """The Luhn digit, with 80840 before the number (45 CFR 162.406)."""
    return bool(luhn.is_valid("80840" + written))


def _is_dea(written: str) -> bool:
    digits = [int(digit) for digit in written[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def _is_kvnr(written: str) -> bool:
    """The letter as two digits, weights 1 and 2, cross sums, modulo 10 (GKV-Spitzenverband, annex 1 to § 290 SGB V)."""
    digits = f"{ord(written[0]) - 64:02d}{written[1:9]}"
    total = sum(sum(divmod(int(digit) * (1 + index % 2), 10)) for index, digit in enumerate(digits))
    return total % 10 == int(written[9])


_PASSPORTS = (
    Form(
        "mrz", "[0-9A-Z<]{9}[0-9][A-Z<]{3}[0-9]{7}[FMX<][0-9]{7}[0-9A-Z<]{15}[0-9]", _is_passport_line, 0.95, _PASSPORT
    ),
    Form(
        "",
        f"[A-Za-z]{{0,4}}[0-9][0-9A-Za-z]{{4,9}}|[A-Z]{{1,2}}{SPACE}[0-9]{{6,7}}",
        _is_passport,
        0.0,
        _PASSPORT,
        is_checked=False,
    ),
)

_LICENSES = (
    Form(
        "gb", "[A-Z9]{5} ?[0-9]{6} ?[A-Z9]{2}[0-9A-Z]{3}", _is_british_license, 0.85, _DRIVER_LICENSE, is_checked=False
    ),
    Form(
        "",
        r"(?:(?:[A-Za-z][A-Za-z*]{0,6})?[0-9][0-9A-Za-z*]{0,16}|[A-Z]{1,2})(?:[ -][0-9][0-9A-Z]{0,8}){0,4}",
        _is_license,
        0.0,
        _DRIVER_LICENSE,
        is_checked=False,
    ),
)

_MBI_LETTER = "[AC-HJKMNP-RT-Y]"
_MBI = (
    f"[1-9]{_MBI_LETTER}[0-9AC-HJKMNP-RT-Y][0-9]-?{_MBI_LETTER}[0-9AC-HJKMNP-RT-Y][0-9]-?{_MBI_LETTER}{{2}}[0-9]{{2}}"
)
_RECORDS = (
    Form("us_mbi", _MBI, None, 0.85, _MEDICAL),
    Form("us_npi", "[12][0-9]{9}", _is_npi, 0.0, frozenset({"npi"})),
    Form("us_dea", "[A-HJ-NP-UX][A-Z9][0-9]{7}", _is_dea, 0.65, frozenset({"dea"})),
    Form("de_kvnr", "[A-Z][0-9]{9}", _is_kvnr, 0.65, _MEDICAL),
    Form(
        "",
        "[A-Za-z]{0,4}[/-]?[0-9][0-9A-Za-z]{0,11}(?:[/-][0-9A-Z]{1,8}){0,3}",
        _is_record,
        0.0,
        _MEDICAL,
        is_checked=False,
    ),
)


def passport_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for passport numbers, and for the machine-readable line that has one."""
    return form_scanner(_PASSPORTS, threshold)


def driver_license_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for driver's license numbers."""
    return form_scanner(_LICENSES, threshold)


def medical_record_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for the numbers of patients, their files and their insurance, and of those who treat them."""
    return form_scanner(_RECORDS, threshold)


SCANNERS: Scanners = {
    "passport": passport_scanner,
    "driver_license": driver_license_scanner,
    "medical_record": medical_record_scanner,
}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Telephone numbers: international ones, and national ones by their form and the words before them.

libphonenumber knows which numbers are given out. A number with a country code is asked for as a whole; one without is
compared with the ranges of the regions below. Where the words before speak of a telephone, the form is enough.
"""

import re
from functools import cache

import phonenumbers

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.personal.payment_card import is_card_number
from strongroom.filter.detectors.personal.topics import TOPICS
from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

VALID = 0.9
"""With a country code, and given out."""
VALID_WITH_CONTEXT = 0.95
WITH_CONTEXT = 0.85
AMERICAN = 0.75
WITH_WEAK_CONTEXT = 0.75
FORM_ONLY = 0.65
TOLL_FREE = 0.45
"""An organization's line, and often one that somebody in distress must be able to read."""

_SPACES = " \u00a0\u202f"
_SEPARATOR = f"[{_SPACES}./\u2010\u2011\u2013-]"
_BETWEEN = rf"(?:{_SEPARATOR}{{1,3}}\(?|\){_SEPARATOR}{{0,2}}\(?|\()"
_NUMBER = rf"(?:\(?\+ ?\(?|\()?[0-9]{{1,15}}(?:{_BETWEEN}[0-9]{{1,12}}){{0,7}}"
_EXTENSION = r"(?:,? ?(?:[xX]|[Ee]xt\.?|[Ee]xtension|#) ?[0-9]{1,6})?"
# The end is there to see that the number goes on as a decimal fraction or a time.
_PATTERN = f"{_NUMBER}{_EXTENSION}(?:[,:][0-9])?"

_GROUP = re.compile("[0-9]+")
_WITH_EXTENSION = re.compile(f"({_NUMBER}){_EXTENSION}")
# A fraction, a time, a unit; or letters in place of digits, of which only the digits would be found.
_GOES_ON = re.compile(r"[,:][0-9]|-?[^\W_]|[_%°€£]")
_HANGS_ON = re.compile(r"[0-9][.,:/\u2013-]\Z|[$€£¥₹#]\s?\Z|[A-Za-z_][-/]\Z|[A-Z]{2}[0-9]{2}[ -]?[A-Z]{4}[ -]?\Z")
_AFTER_DIGITS = re.compile(r"[0-9]\s\Z")
_TRUNK_ZERO = re.compile(r"\(0\)")
_ONE_GAP = re.compile(r"[ \u00a0\u202f]")

_AMERICAN = re.compile(
    r"(?:1[ .-])?(?P<bracket>\()?[2-9][0-9]{2}(?(bracket)\)[ -]?|(?P<mark>[ .-]))[2-9][0-9]{2}"
    r"(?(mark)(?P=mark)|[ .-])[0-9]{4}"
)
_BRACKETED = re.compile(r"\([0-9]{2,5}\) ?[0-9]{3,5}[ -]?[0-9]{3,4}")
_TOLL_FREE = re.compile(
    r"(?:\+?1[ .-]?)?\(?8(?:00|88|77|66|55|44|33|22)\)?[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{4}\Z|"
    r"(?:\+[0-9]{1,3}[ .-]?|1[ .-])?\(?0?800\)?[ ./-]"
)
_YEAR = "(?:19|20)[0-9]{2}"
_OTHERWISE = re.compile(
    "|".join(
        (
            "[0-9]{3}[ .-][0-9]{2}[ .-][0-9]{4}",  # Social Security
            "[0-9]{5}-[0-9]{3,4}",  # ZIP+4, Brazilian post codes
            r"[0-9]{1,2}([./ -])[0-9]{1,2}\1(?:19|20)?[0-9]{2}(?: [0-9]{1,4})?",  # dates
            rf"{_YEAR}[./ -][0-9]{{1,2}}[./ -][0-9]{{1,2}}(?: [0-9]{{1,4}})?",
            rf"{_YEAR} ?[-/–] ?{_YEAR}",
            rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{{4,6}})?",
            r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}",  # IPv4
            r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}",  # CPF
            r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}/.*",  # CNPJ
            r"756\.[0-9.]*",  # AHV
            "97[89][ -].*",  # ISBN
        )
    )
)
"""What is no telephone number, whatever the words before it say."""
_RATHER_OTHERWISE = re.compile(
    "|".join(
        (
            "[0-9]{2}-[0-9]{7}",  # employers
            "[0-9]{6} ?-[0-9]{4}",  # Nordic personal numbers
            r"[0-9]+\.[0-9]+",  # decimal fractions
            "[0-9]{1,3}(?:[ .\u00a0\u202f][0-9]{3})+",  # thousands
            ".* [/.\u2013-] .*",  # ranges
        )
    )
)
"""What is none unless they speak of a telephone."""

_REGIONS = ("GB", "DE", "FR", "IT", "NL", "BE", "CH", "AT", "AU", "NZ", "SE", "IE", "JP", "IN", "ZA", "TR", "KR")
"""Where a number without a country code begins with a zero; Italy's is a part of the number."""


def phone_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for telephone numbers."""
    _ranges()  # read now, not in the middle of an answer
    return CheckedScanner(
        analyze_pattern(_PATTERN),
        _check,
        not_after="0-9A-Za-z_+",
        threshold=threshold,
        left_context=TOPICS.left_context,
    )


def _check(text: str, start: int, end: int) -> Match | int:
    if _HANGS_ON.search(text[max(0, start - 12) : start]):
        return start + 1
    is_marked = text[start] in "+("
    if not is_marked and _AFTER_DIGITS.search(text[max(0, start - 2) : start]):
        return start + 1
    topic = TOPICS.nearest(text, start)
    for stop in _stops(text, start, end):
        written = text[start:stop]
        if confidence := _confidence(written, topic):
            evidence = Evidence.CONTEXT if topic == "phone" else Evidence.FORMAT
            if _TOLL_FREE.match(written):
                return Match(start, stop, TOLL_FREE, evidence, "toll_free")
            return Match(start, stop, confidence, evidence)
    return start + 1


def _stops(text: str, start: int, end: int) -> list[int]:
    """Return where the number can end: as a whole, and before each group that only a space holds to it."""
    found = _WITH_EXTENSION.match(text, start, end)
    if found is None:
        return []
    stops = []
    if not _GOES_ON.match(text, found.end()):
        stops.append(found.end())
    groups = list(_GROUP.finditer(text, start, found.end(1)))
    for group, later in zip(groups[-2::-1], groups[:0:-1], strict=True):
        if _ONE_GAP.fullmatch(text, group.end(), later.start()):
            stops.append(group.end())
    return stops


def _confidence(written: str, topic: str) -> float:
    """Return how sure it is that ``written`` is a telephone number; 0 if it is none."""
    found = _WITH_EXTENSION.fullmatch(written)
    number = found[1] if found else written
    digits = "".join(_GROUP.findall(number))
    if not 7 <= len(digits) <= 17 or number.count("(") != number.count(")") or len(set(digits)) == 1:
        return 0.0
    if "+" in number:
        return _international("".join(_GROUP.findall(_TRUNK_ZERO.sub("", number))), topic)
    if _OTHERWISE.fullmatch(number) or is_card_number(digits):
        return 0.0
    if number.startswith("00") and digits[2] != "0":
        return max(0.0, _international(digits[2:], topic) - (0.0 if topic == "phone" else 0.1))
    if len(digits) > 13:
        return 0.0
    return _national(number, digits, topic)


def _international(digits: str, topic: str) -> float:
    if not 7 <= len(digits) <= 15:
        return 0.0
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return 0.0
    has_context = topic == "phone"
    if phonenumbers.is_valid_number(parsed):
        return VALID_WITH_CONTEXT if has_context else VALID
    if phonenumbers.is_possible_number(parsed):
        return WITH_CONTEXT if has_context else FORM_ONLY
    return FORM_ONLY if has_context else 0.0


def _national(number: str, digits: str, topic: str) -> float:
    groups = _GROUP.findall(number)
    has_small_groups = any(len(group) < 2 for group in groups[1:])
    if topic == "phone":
        return 0.0 if has_small_groups or len(groups) > 6 else WITH_CONTEXT
    if topic not in ("", "phone_weak", "other", "payment_card"):
        return 0.0
    if american := _AMERICAN.fullmatch(number):
        is_plain = american["mark"] == " "
        if not is_plain:
            sure = WITH_CONTEXT if american["bracket"] else AMERICAN
            return FORM_ONLY if topic == "other" else sure
    if topic == "other" or len(groups) == 1 or has_small_groups or _RATHER_OTHERWISE.fullmatch(number):
        return 0.0
    is_likely = _BRACKETED.fullmatch(number) is not None or (american is not None and _is_american(digits))
    if is_likely or (digits[0] == "0" and 9 <= len(digits) <= 12 and _is_given_out(digits)):
        return WITH_WEAK_CONTEXT if topic == "phone_weak" else FORM_ONLY
    return FORM_ONLY if topic == "phone_weak" else 0.0


@cache
def _ranges() -> dict[str, re.Pattern[str]]:
    """Return which national numbers each region gives out, by libphonenumber's tables."""
    ranges = {}
    for region in ("US", "CA", *_REGIONS):
        data = phonenumbers.PhoneMetadata.metadata_for_region(region)
        if data is None:
            raise LookupError(region)
        kinds = (data.fixed_line, data.mobile, data.toll_free, data.shared_cost, data.voip, data.premium_rate)
        patterns = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
        ranges[region] = re.compile("|".join(patterns))
    return ranges


def _is_given_out(digits: str) -> bool:
    return any(_ranges()[region].fullmatch(digits if region == "IT" else digits[1:]) is not None for region in _REGIONS)


def _is_american(digits: str) -> bool:
    number = digits[-10:]
    return any(_ranges()[region].fullmatch(number) is not None for region in ("US", "CA"))


SCANNERS: Scanners = {"phone": phone_scanner}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Payment card numbers: 12 to 19 digits, an issuer's range (ISO/IEC 7812), the Luhn check digit.

Groups have at least three digits, so that an enumeration of small numbers is no card.
"""

import re
from dataclasses import dataclass

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.personal.topics import TOPICS
from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

GROUPED_CONFIDENCE = 0.95
PLAIN_CONFIDENCE = 0.85
SHORT_CONFIDENCE = 0.65
"""For twelve digits in a row without a word that speaks of cards: many other numbers have as many."""

# A run of digits after these is a fraction, a hexadecimal number, a telephone number, or an office's number like F123.
_CODE_BEFORE = re.compile(r"[0-9]\.|0[xX]|.?\+|(?:[^0-9A-Za-z\\])?[A-Z]", re.DOTALL)
# Nor are the digits of an IBAN behind its bank's letters.
_BANK_BEFORE = re.compile(r"[A-Za-z]{2}[0-9]{2}[ -]?[A-Za-z]{4}[ -]?\Z")
_SEPARATORS = frozenset(" -\u00a0\u202f")
_PATTERN = r"[0-689][0-9]{2,18}(?:[ \-\x{A0}\x{202F}][0-9]{3,13}){0,4}"
_FEWEST_DIGITS = 12
_MOST_DIGITS = 19
_SHORTEST_GROUP = 3
_LONGEST_LATER_GROUP = 13
_MOST_GROUPS = 5


@dataclass(frozen=True, slots=True)
class _Issuer:
    """Card numbers whose first six digits are ``first`` to ``last``, of so many digits."""

    first: int
    last: int
    lengths: range | frozenset[int]


_LONG = range(16, 20)
_DINERS = frozenset({14, 16, 17, 18, 19})
_MAESTRO = range(12, 20)
_ISSUERS = (
    _Issuer(60400, 60499, frozenset({12})),  # Maestro; only where the words speak of a card
    _Issuer(180000, 180099, frozenset({15})),  # JCB, older numbers
    _Issuer(213100, 213199, frozenset({15})),  # JCB, older numbers
    _Issuer(220000, 220499, _LONG),  # Mir
    _Issuer(222100, 272099, frozenset({16})),  # Mastercard
    _Issuer(300000, 305999, _DINERS),
    _Issuer(309500, 309599, _DINERS),
    _Issuer(340000, 349999, frozenset({15})),  # American Express
    _Issuer(350000, 359999, _LONG),  # JCB, and what lies around its range
    _Issuer(360000, 369999, _DINERS),
    _Issuer(370000, 379999, frozenset({15})),  # American Express
    _Issuer(380000, 399999, _DINERS),
    _Issuer(400000, 499999, frozenset({13, 16, 19})),  # Visa
    _Issuer(500000, 509999, _MAESTRO),  # also Verve, Elo, RuPay
    _Issuer(510000, 559999, frozenset({16})),  # Mastercard
    _Issuer(560000, 589999, _MAESTRO),
    _Issuer(601100, 601199, _LONG),  # Discover
    _Issuer(603000, 609999, _LONG),  # RuPay, Hipercard
    _Issuer(620000, 629999, _LONG),  # UnionPay
    _Issuer(630400, 630499, _MAESTRO),
    _Issuer(636000, 638999, _LONG),  # InterPayment, InstaPayment
    _Issuer(639000, 639099, _MAESTRO),
    _Issuer(644000, 659999, _LONG),  # Discover, RuPay, Verve, Troy
    _Issuer(675900, 677099, _MAESTRO),
    _Issuer(810000, 829999, _LONG),  # UnionPay, RuPay
    _Issuer(979200, 979289, frozenset({16})),  # Troy
)


def payment_card_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for payment card numbers."""
    return CheckedScanner(
        analyze_pattern(_PATTERN), _check, not_after="0-9", threshold=threshold, left_context=TOPICS.left_context
    )


def is_card_number(digits: str) -> bool:
    """Return whether ``digits`` are long enough, of an issuer's range, and right in their check digit."""
    return len(digits) >= _FEWEST_DIGITS and _has_issuer(digits) and _passes_luhn(digits)


def _check(text: str, start: int, _end: int) -> Match | int:
    if _BANK_BEFORE.search(text[max(0, start - 10) : start]):
        return start + 1
    ends = _group_ends(text, start)
    is_code = _CODE_BEFORE.fullmatch(text, max(0, start - 2), start) is not None
    for group_end, digits in reversed(ends):
        is_grouped = group_end - start > len(digits)
        if is_code and not is_grouped:
            break
        if is_card_number(digits):
            has_context = len(digits) > _FEWEST_DIGITS or TOPICS.nearest(text, start) == "payment_card"
            if digits[0] == "0" and not has_context:
                continue
            confidence = _confidence(is_grouped=is_grouped, has_context=has_context)
            return Match(start, group_end, confidence, Evidence.CHECK_DIGIT)
    # The next candidate begins after a character that is no digit, so not before this group's end.
    return ends[0][0] + 1 if ends else start + 1


def _group_ends(text: str, start: int) -> list[tuple[int, str]]:
    """Return where each group of digits ends, with all digits up to there: every place at which a number could end."""
    ends: list[tuple[int, str]] = []
    digits = ""
    at = start
    while len(ends) < _MOST_GROUPS:
        most = _LONGEST_LATER_GROUP if ends else _MOST_DIGITS
        group_end = at
        while group_end < len(text) and group_end - at <= most and "0" <= text[group_end] <= "9":
            group_end += 1
        if not _SHORTEST_GROUP <= group_end - at <= most or len(digits) + group_end - at > _MOST_DIGITS:
            break
        digits += text[at:group_end]
        ends.append((group_end, digits))
        if group_end >= len(text) or text[group_end] not in _SEPARATORS:
            break
        at = group_end + 1
    return ends


def _confidence(*, is_grouped: bool, has_context: bool) -> float:
    if is_grouped:
        return GROUPED_CONFIDENCE
    return PLAIN_CONFIDENCE if has_context else SHORT_CONFIDENCE


def _has_issuer(digits: str) -> bool:
    number = int(digits[:6])
    return any(issuer.first <= number <= issuer.last and len(digits) in issuer.lengths for issuer in _ISSUERS)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


SCANNERS: Scanners = {"payment_card": payment_card_scanner}

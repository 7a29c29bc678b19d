# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Words whose letters are set apart: ``s e c r e t``, ``s.e.c.r.e.t``.

Lists of letters are none: the alphabet, notes, bases of a gene, answers to a test.
"""

from itertools import pairwise

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.evasion.characters import CYRILLIC, GREEK, LATIN, is_one_of, re2_class
from strongroom.filter.scanner import CheckedScanner, Match
from strongroom.policy import analyze_pattern

SPACED = 0.75
CAPITALS = 0.65
"""A heading, or something that is spelled for somebody."""
ACRONYM = 0.4

_FEWEST = 5
_MOST = 60
_FEWEST_DIFFERENT = 4
_SEPARATORS = " .\\-_\u00a0\u00b7\u2022"
_LETTER = re2_class(LATIN, GREEK, CYRILLIC)
_PATTERN = "|".join(
    f"[{_LETTER}](?:{separator}[{_LETTER}]){{{_FEWEST - 1},{_MOST - 1}}}"
    for separator in (" ", r"\.", "-", "_", r"\x{A0}", r"\x{B7}", r"\x{2022}")
)
_NOTES = frozenset("abcdefgh")
_BASES = frozenset("acgtun")


def spaced_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for letters that are set apart."""
    return CheckedScanner(analyze_pattern(_PATTERN), _check, not_after=f"0-9{_LETTER}'\\x{{2019}}", threshold=threshold)


def _check(text: str, start: int, _end: int) -> Match | int:
    separator = text[start + 1]
    before = text[max(0, start - 3) : start]
    if before[-1:] == separator and _is_letter(before[-2:-1]) and not before[:-2].isalnum():
        # A single letter stands before it, so it was judged with that one.
        return start + 1
    letters = [text[start]]
    at = start + 1
    while len(letters) < _MOST and text[at : at + 1] == separator and _is_letter(text[at + 1 : at + 2]):
        if _is_letter(text[at + 2 : at + 3]) or text[at + 2 : at + 3].isdigit():
            break
        letters.append(text[at + 1])
        at += 2
    confidence = _confidence("".join(letters), separator)
    return Match(start, at, confidence, Evidence.FORMAT, "spaced") if confidence else start + 1


def _confidence(word: str, separator: str) -> float:
    small = word.lower()
    if (
        len(word) < _FEWEST
        or len(set(small)) < _FEWEST_DIFFERENT
        or _NOTES.issuperset(small)
        or _BASES.issuperset(small)
    ):
        return 0.0
    steps = [ord(other) - ord(one) for one, other in pairwise(small)]
    if min(steps) > 0 or max(steps) < 0:
        return 0.0
    if word.isupper():
        return ACRONYM if separator == "." else CAPITALS
    return SPACED


def _is_letter(character: str) -> bool:
    return bool(character) and is_one_of(character, LATIN + GREEK + CYRILLIC)

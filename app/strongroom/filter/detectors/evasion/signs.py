# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Disguises by characters of their own: tags, selectors in a row, controls of direction, letters that are pictures.

Controls of direction follow UAX 9; what makes of them a trick in source code is described as "Trojan Source"
(CVE-2021-42574): what is shown is in another order than what is there.
"""

import re
import unicodedata

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.evasion.characters import (
    COUNTRIES,
    REGIONAL,
    SELECTORS,
    STYLED,
    TAGS,
    is_one_of,
    python_class,
    re2_class,
)
from strongroom.filter.scanner import CheckedScanner, Match
from strongroom.policy import analyze_pattern

CERTAIN = 0.95
LIKELY = 0.85
STYLE = 0.65
"""For letters that are pictures: mostly decoration."""
COPIED = 0.4
"""For the override that address books put around telephone numbers."""

_CONTEXT = 24
_MOST_HIDDEN = 250
_MOST_TURNED = 24
_TURNING = "\u202b\u202d\u202e\u2067"
_DIRECTIONS = r"\x{202A}-\x{202E}\x{2066}-\x{2069}"
_TAG, _SELECTOR, _FLAG, _PICTURE = re2_class(TAGS), re2_class(SELECTORS), re2_class(REGIONAL), re2_class(STYLED)
_PATTERN = (
    rf"[{_TAG}]{{1,{_MOST_HIDDEN}}}|[{_SELECTOR}]{{2,{_MOST_HIDDEN}}}"
    rf"|[\x{{202B}}\x{{202D}}\x{{202E}}\x{{2067}}][^\n{_DIRECTIONS}]{{0,{_MOST_TURNED}}}"
    rf"|[{_FLAG}](?:[ \x{{200B}}-\x{{200D}}\x{{FE0F}}]{{0,2}}[{_FLAG}]){{2,40}}"
    rf"|[{_PICTURE}](?:[ \x{{FE0F}}]{{0,2}}[{_PICTURE}]){{3,60}}"
)

_TAG_RUN = re.compile(f"[{python_class(TAGS)}]{{1,{_MOST_HIDDEN}}}")
_SELECTOR_RUN = re.compile(f"[{python_class(SELECTORS)}]{{2,{_MOST_HIDDEN}}}")
_TURNED = re.compile(f"[^\n\u202a-\u202e\u2066-\u2069]{{0,{_MOST_TURNED}}}")
_GAP = "[ \u200b-\u200d\ufe0f]"
_FLAG_RUN = re.compile(f"[{python_class(REGIONAL)}](?:{_GAP}{{0,2}}[{python_class(REGIONAL)}]){{2,40}}")
_AFTER_FLAG = re.compile(f"[{python_class(REGIONAL)}]{_GAP}{{0,2}}\\Z")
_PICTURE_RUN = re.compile(f"[{python_class(STYLED)}](?:[ \ufe0f]{{0,2}}[{python_class(STYLED)}]){{3,60}}")
_AFTER_PICTURE = re.compile(f"[{python_class(STYLED)}][ \ufe0f]{{0,2}}\\Z")
# A flag of a region: the black flag, letters and digits as tags, and the tag that ends it (UTS 51, annex C).
_REGION_FLAG_BEGUN = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{0,6}\\Z")
_REGION_FLAG_ENDS = re.compile("[\U000e0030-\U000e0039\U000e0061-\U000e007a]{0,6}\U000e007f")
_TELEPHONE = re.compile(r"[+(]{0,2}[0-9]")


def sign_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for characters that hide or turn text, or stand for letters."""
    return CheckedScanner(analyze_pattern(_PATTERN), _check, not_after="", threshold=threshold, left_context=_CONTEXT)


def _check(text: str, start: int, _end: int) -> Match | int:
    first, before = text[start], text[max(0, start - _CONTEXT) : start]
    if is_one_of(first, TAGS):
        return _tags(text, start, before)
    if is_one_of(first, SELECTORS):
        return _whole(_SELECTOR_RUN, text, start, CERTAIN, "invisible")
    if first in _TURNING:
        return _turned(text, start, before)
    if is_one_of(first, REGIONAL):
        return start + 1 if _AFTER_FLAG.search(before) else _flags(text, start)
    return start + 1 if _AFTER_PICTURE.search(before) else _whole(_PICTURE_RUN, text, start, STYLE, "styled")


def _whole(form: re.Pattern[str], text: str, start: int, confidence: float, kind: str) -> Match | int:
    found = form.match(text, start)
    return Match(start, found.end(), confidence, Evidence.FORMAT, kind) if found else start + 1


def _tags(text: str, start: int, before: str) -> Match | int:
    if _REGION_FLAG_BEGUN.search(before) and (flag := _REGION_FLAG_ENDS.match(text, start)):
        return flag.end()
    return _whole(_TAG_RUN, text, start, CERTAIN, "tag")


def _turned(text: str, start: int, before: str) -> Match | int:
    found = _TURNED.match(text, start + 1)
    end = found.end() if found else start + 1
    following = text[start + 1 : end]
    confidence = LIKELY
    if text[start] in "\u202b\u2067":
        # In a text that runs from right to left these are in their place.
        if not following or any(map(_runs_leftward, before + following[:1])):
            return start + 1
    elif text[start] == "\u202d" and _TELEPHONE.match(following):
        confidence = COPIED
    return Match(start, end, confidence, Evidence.FORMAT, "bidi")


def _runs_leftward(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


def _flags(text: str, start: int) -> Match | int:
    found = _FLAG_RUN.match(text, start)
    if found is None:
        return start + 1
    letters = "".join(chr(ord(one) - 0x1F1E6 + ord("A")) if is_one_of(one, REGIONAL) else " " for one in found[0])
    words = letters.split()
    pairs = [word[at : at + 2] for word in words for at in range(0, len(word), 2)]
    if COUNTRIES.issuperset(pairs):
        return start + 1
    return Match(start, found.end(), LIKELY, Evidence.FORMAT, "styled")

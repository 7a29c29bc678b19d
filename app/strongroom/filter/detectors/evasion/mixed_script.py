# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Words with letters of more than one script that look like those of one (UTS 39, section 4).

Much mixing is honest: a Greek letter beside a unit or in a formula (``kΩ``, ``NFκB``, ``sinα``), a Russian ending after
a foreign name (``SMSка``), a Roman numeral typed on a Russian keyboard. So what counts is that the foreign letters all
look like Latin ones, and where in the word they stand.
"""

import re
from itertools import pairwise

from strongroom.filter.detectors.evasion.characters import (
    CYRILLIC,
    GREEK,
    LATIN,
    OTHER_LOOK_ALIKES,
    is_one_of,
    python_class,
)

SURE = 0.9
LIKELY = 0.75

_CYRILLIC_LIKE_LATIN = frozenset("аеорсухіјѕһԁԛԝкАВЕКМНОРСТХУЅІЈҮ")
_LATIN_LIKE_CYRILLIC = frozenset("aeopcxyijskABEKMHOPCTXYSIJ")
_GREEK_LIKE_LATIN = frozenset("ορνατυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳ")
_NEVER_IN_FORMULAS = frozenset("οΟ")
_ROMAN = frozenset("IVXLCDMІХСМ")
_FUNCTIONS = frozenset(
    {"sin", "cos", "tan", "cot", "sec", "log", "ln", "exp", "lim", "max", "min", "det", "arg", "mod"}
)
_LATIN_PARTS = re.compile(f"[{python_class(LATIN)}]+")
_FEWEST_LETTERS = 4


def mixture(word: str, *, is_in_cyrillic_text: bool) -> float:
    """Return how sure it is that a word of several scripts pretends to be of one; 0 if it does not.

    Args:
        word: Its letters, in order.
        is_in_cyrillic_text: Whether letters of that script stand before the word.
    """
    scripts = [_script(letter) for letter in word]
    kinds = set(scripts)
    if "latin" not in kinds or len(kinds) == 1:
        return 0.0
    if "other" in kinds:
        return SURE
    if "cyrillic" in kinds:
        return _with_cyrillic(word, scripts, is_in_cyrillic_text=is_in_cyrillic_text)
    return _with_greek(word, scripts)


def _script(letter: str) -> str:
    for name, ranges in (("latin", LATIN), ("cyrillic", CYRILLIC), ("greek", GREEK), ("other", OTHER_LOOK_ALIKES)):
        if is_one_of(letter, ranges):
            return name
    return ""


def _with_cyrillic(word: str, scripts: list[str], *, is_in_cyrillic_text: bool) -> float:
    if _ROMAN.issuperset(word):
        return 0.0
    changes = sum(one != other for one, other in pairwise(scripts))
    cyrillic = {letter for letter, script in zip(word, scripts, strict=True) if script == "cyrillic"}
    latin = {letter for letter, script in zip(word, scripts, strict=True) if script == "latin"}
    if cyrillic <= _CYRILLIC_LIKE_LATIN:
        if changes >= 2 or (scripts[0] == "cyrillic" and not is_in_cyrillic_text):
            return SURE
        # A Russian ending after a foreign abbreviation begins no word, and the abbreviation has capitals only.
        return 0.0 if is_in_cyrillic_text or all(letter.isupper() for letter in latin) else LIKELY
    if changes >= 2 and latin <= _LATIN_LIKE_CYRILLIC:
        return LIKELY
    return LIKELY if changes >= 3 else 0.0


def _with_greek(word: str, scripts: list[str]) -> float:
    greek = {letter for letter, script in zip(word, scripts, strict=True) if script == "greek"}
    parts = _LATIN_PARTS.findall(word)
    if len(word) < _FEWEST_LETTERS or not greek <= _GREEK_LIKE_LATIN or max(map(len, parts)) < 2:
        return 0.0
    if greek & _NEVER_IN_FORMULAS:
        return SURE
    if any(part.lower() in _FUNCTIONS for part in parts):
        return 0.0
    if all(letter.isupper() for letter in word):
        return LIKELY if sum(map(len, parts)) >= 3 else 0.0
    if scripts[0] == "greek" and word[0].isupper() and word[1:3].islower() and scripts[1:3] == ["latin", "latin"]:
        return LIKELY
    inside = range(1, len(word) - 1)
    is_inside = any(
        scripts[place] == "greek"
        and scripts[place - 1] == scripts[place + 1] == "latin"
        and word[place - 1].islower()
        and word[place + 1].islower()
        for place in inside
    )
    return LIKELY if is_inside else 0.0

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Disguises within a word: invisible characters, stacked marks, letters of another script."""

import re
from dataclasses import replace

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.evasion.characters import (
    CYRILLIC,
    GREEK,
    INVISIBLE,
    LATIN,
    MARKS,
    OTHER_LOOK_ALIKES,
    STROKES,
    python_class,
    re2_class,
)
from strongroom.filter.detectors.evasion.mixed_script import mixture
from strongroom.filter.scanner import CheckedScanner, Match
from strongroom.policy import analyze_pattern

STACKED = 0.95
STRUCK = 0.75
INVISIBLE_WITHIN = 0.85
ONE_INVISIBLE = 0.75
"""For a single one: some editors and web pages leave them."""
FORMULA = 0.4
"""For the invisible operators of MathML between letters, which copied formulas contain."""

_CONTEXT = 24
_MOST = 160
_FEWEST_MARKS = 4
"""Greek and Vietnamese have up to three over one letter."""

_LETTER = re2_class(LATIN, GREEK, CYRILLIC, OTHER_LOOK_ALIKES)
_FOREIGN = re2_class(GREEK, CYRILLIC, OTHER_LOOK_ALIKES)
_NATIVE = re2_class(LATIN)
_MARK, _STROKE, _INVISIBLE = re2_class(MARKS), re2_class(STROKES), re2_class(INVISIBLE)
_WHOLE = f"[{_LETTER}][{_LETTER}{_MARK}{_INVISIBLE}]{{1,{_MOST}}}"
_HEAD = (
    f"[{_LETTER}](?:[{_LETTER}{_MARK}]{{0,60}}(?:[{_INVISIBLE}]|[{_MARK}]{{{_FEWEST_MARKS}}})"
    f"|[{_STROKE}][{_LETTER}][{_STROKE}])"
    f"|[{_NATIVE}]{{1,60}}[{_FOREIGN}]|[{_FOREIGN}]{{1,60}}[{_NATIVE}]"
)

_LETTERS = python_class(LATIN, GREEK, CYRILLIC, OTHER_LOOK_ALIKES)
_MARKS, _INVISIBLES = python_class(MARKS), python_class(INVISIBLE)
_RUN = re.compile(f"[{_LETTERS}][{_LETTERS}{_MARKS}{_INVISIBLES}]{{0,{_MOST}}}")
_STACK = re.compile(f"[{_MARKS}]{{{_FEWEST_MARKS}}}")
_STRUCK = re.compile(f"(?:[{_LETTERS}][{python_class(STROKES)}]){{3}}")
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLES}]+")
_LAST_INVISIBLE = re.compile(f"(?<![{_INVISIBLES}])[{_INVISIBLES}]+\\Z")
_WITHIN = re.compile(f"(?<=[{_LETTERS}{_MARKS}])[{_INVISIBLES}]+(?=[{_LETTERS}])")
_OTHER_THAN_LETTERS = re.compile(f"[{_MARKS}{_INVISIBLES}]+")
_SOFT_HYPHENS = frozenset("\u00ad")
_OPERATORS = frozenset("\u2061\u2062\u2063\u2064")
_CYRILLIC_LETTER = re.compile(f"[{python_class(CYRILLIC)}]")


def word_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for words in disguise."""
    # Any word may still become one; whether it is one shows with its first character that is not a plain letter.
    pattern = replace(analyze_pattern(_WHOLE), expression=analyze_pattern(_HEAD).expression)
    return CheckedScanner(pattern, _check, not_after=f"{_LETTER}{_MARK}", threshold=threshold, left_context=_CONTEXT)


def _check(text: str, start: int, end: int) -> Match | int:
    found = _RUN.match(text, start)
    if found is None:
        return end
    run = _LAST_INVISIBLE.sub("", found[0])
    kind, confidence = _verdict(run, text[max(0, start - _CONTEXT) : start])
    if confidence:
        return Match(start, start + len(run), confidence, Evidence.FORMAT, kind)
    # A word that begins behind an invisible character is judged by itself.
    invisible = _INVISIBLE_RUN.search(found[0])
    return start + invisible.end() if invisible else found.end()


def _verdict(run: str, before: str) -> tuple[str, float]:
    if _STACK.search(run):
        return "stacked_marks", STACKED
    if _STRUCK.search(run):
        return "stacked_marks", STRUCK
    if confidence := _hidden(run):
        return "invisible", confidence
    letters = _OTHER_THAN_LETTERS.sub("", run)
    return "mixed_script", mixture(letters, is_in_cyrillic_text=bool(_CYRILLIC_LETTER.search(before)))


def _hidden(run: str) -> float:
    """Return how sure it is that invisible characters within the word hide it; 0 if there are none that do."""
    within = _WITHIN.findall(run)
    characters = "".join(within)
    if not within:
        return 0.0
    if _SOFT_HYPHENS.issuperset(characters):
        # Hyphenation never leaves a single letter, and never a hyphen beside a hyphen.
        parts = run.split("\u00ad")
        is_hyphenation = all(len(part) >= 2 for part in parts)
        return 0.0 if is_hyphenation or len(characters) < 2 else INVISIBLE_WITHIN
    if _OPERATORS.issuperset(characters):
        return FORMULA
    return ONE_INVISIBLE if len(characters) == 1 else INVISIBLE_WITHIN

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Finds a value by what stands before it: an assignment, a flag, a sentence, a service's name.

The words before a value are already shown when it begins; only the value itself can be held back and masked. So at each
place where a value could begin, the text before it decides whether it is one (:class:`Opening`), and only then does a
stream wait for its end. In ordinary text nothing waits.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from strongroom.core.findings import Evidence
from strongroom.filter.scanner import Match
from strongroom.filter.window import Window
from strongroom.policy import compile_expression

REACH = 100
"""Characters before a value that may say what it is."""

LONGEST_VALUE = 1024
_LONGEST_HINT = 64

_BEFORE_A_VALUE = r"\s\"'`=:(,>\[{&?|;"
# A value begins at the text's beginning, or after one of those characters and not with one of them, or in quotes.
# An apostrophe within a word is no quotation mark.
_PLACE = re.compile(rf"(?<!\w\w')(?:(?<![^{_BEFORE_A_VALUE}])[^{_BEFORE_A_VALUE}]|(?<=[\"'`])[^\s\"'`])")
_QUOTES = frozenset("\"'`")


@dataclass(frozen=True, slots=True)
class Opening:
    """What the text before a value says about it."""

    kind: str
    """Which of the detector's judgments applies."""
    name: str = ""
    """The identifier or the word that the value goes with."""
    quote: str = ""
    """The quotation mark that the value ends with; empty for a bare value."""
    hints: frozenset[str] = frozenset()
    """More that was seen before it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """So many characters from the value's beginning are a secret."""

    length: int
    confidence: float
    evidence: Evidence = Evidence.CONTEXT
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ValueRules:
    """One kind of value.

    Args:
        hint: An RE2 expression that matches somewhere in every text before such a value. Without it nothing is tried.
        opening: Says what the text before a place, up to :data:`REACH` characters of it, expects there; None for no
            such value.
        bare: Characters of an unquoted value, as the inside of a class of Python's ``re``, for each kind of opening;
            for those that are not named, that of the empty kind.
        judge: Says how long the value is and how sure it is one, by the value up to its end, the character after it
            (empty at the text's end) and its opening. None for no secret.
        dull: What begins like this is never such a value and need not be looked at, as an expression of Python's
            ``re``. It is asked about places only whose values have ended.
    """

    hint: str
    opening: Callable[[str], Opening | None]
    bare: Mapping[str, str]
    judge: Callable[[str, str, Opening], Verdict | None]
    dull: str = r"\Z"


class ValueScanner:
    """Finds values by what stands before them; a :class:`strongroom.filter.scanner.Scanner`."""

    max_length = LONGEST_VALUE
    left_context = REACH

    def __init__(self, rules: ValueRules, threshold: float) -> None:
        self.family = rules.hint
        """What is undecided does not depend on the threshold: see :class:`strongroom.filter.grouping.SimpleGroup`."""
        self._rules = rules
        self._threshold = threshold
        self._hint = compile_expression(f"(?i){rules.hint}")
        self._dull = re.compile(rules.dull)
        self._bare = {kind: _run_of(characters) for kind, characters in rules.bare.items()}
        self._quoted = {quote: _run_of(f"^{quote}\n") for quote in _QUOTES}

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        text, length = window.text, window.length
        start = max(start, length - LONGEST_VALUE)
        for begin, end in self._stretches(window, start, length):
            for place in _PLACE.finditer(text, begin, end):
                first = place.start()
                if self._may_be_open(text, first) and (found := self._value(text, first)) and found[1] == length:
                    return first
        return length

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        matches: list[Match] = []
        text, position = window.text, start
        for begin, end in self._stretches(window, start, limit):
            position = max(position, begin)
            while (place := _PLACE.search(text, position, end)) is not None:
                first = place.start()
                position = first + 1
                if self._dull.match(text, first):
                    continue
                if match := self._match(text, first):
                    position = match.end
                    matches.append(match)
        return matches

    def _match(self, text: str, first: int) -> Match | None:
        found = self._value(text, first)
        if found is None:
            return None
        opening, end = found
        verdict = self._rules.judge(text[first:end], text[end : end + 1], opening)
        if verdict is None or verdict.confidence < self._threshold:
            return None
        return Match(first, first + verdict.length, verdict.confidence, verdict.evidence, verdict.kind)

    def _stretches(self, window: Window, start: int, limit: int) -> Iterator[tuple[int, int]]:
        """Yield the stretches from ``start`` to ``limit`` with a hint before each of their places, from left to right.

        They may be longer than they must; most text has none.
        """
        at = window.byte_offset(max(0, start - REACH))
        begin = end = start
        while found := self._hint.search(window.data, at):
            first, at = found.span()
            place = window.offset(first)
            if place >= limit:
                break
            if place > end:
                if begin < end:
                    yield begin, end
                begin = max(start, place)
            # Another hint may begin within this one.
            end = min(limit, window.offset(at) + REACH + _LONGEST_HINT)
        if begin < end:
            yield begin, end

    def _may_be_open(self, text: str, first: int) -> bool:
        """Return whether any value that begins at ``first`` could reach the text's end; cheaper than its opening."""
        runs = [*self._bare.values()]
        if first and text[first - 1] in _QUOTES:
            runs.append(self._quoted[text[first - 1]])
        return any(run.fullmatch(text, first) for run in runs)

    def _value(self, text: str, first: int) -> tuple[Opening, int] | None:
        """Return the opening before ``first`` and where its value ends, as far as the text goes."""
        left = text[max(0, first - REACH) : first]
        # Asked of these very characters, so that a hint elsewhere in the window makes no difference.
        if self._hint.search(left.encode("utf-8", "surrogatepass")) is None:
            return None
        opening = self._rules.opening(left)
        if opening is None:
            return None
        bare = self._bare.get(opening.kind) or self._bare[""]
        run = (self._quoted[opening.quote] if opening.quote else bare).match(text, first)
        return None if run is None else (opening, run.end())


def _run_of(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{characters}]{{1,{LONGEST_VALUE}}}")

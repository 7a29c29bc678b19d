# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A list of terms, found in one pass however long the list is (Aho-Corasick).

Upper and lower case are the same. A whole word neither continues nor is continued by a letter, a digit, an underscore
or a combining mark; a term that begins or ends with another character needs no boundary on that side. At one place
the longest term wins.
"""

import unicodedata
from collections.abc import Iterable

import ahocorasick

from strongroom.core.findings import Evidence
from strongroom.filter.scanner import Match
from strongroom.filter.window import LEAST_LEFT_CONTEXT, Window, fold_case, without_lone_surrogates


class TermScanner:
    """Finds the terms of one list."""

    def __init__(self, terms: Iterable[str], *, whole_words: bool, confidence: float) -> None:
        folded = {fold_case(without_lone_surrogates(term)) for term in terms}
        self.max_length = max(map(len, folded))
        self.left_context = LEAST_LEFT_CONTEXT
        self.whole_words = whole_words
        self.confidence = confidence
        self._first_characters = frozenset(term[0] for term in folded)
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
        for term in folded:
            self._automaton.add_word(term)
        self._automaton.make_automaton()

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        folded = window.folded
        for place in range(max(start, window.length - self.max_length), window.length):
            if (
                folded[place] in self._first_characters
                and self._can_begin(window.text, place)
                and self._automaton.match(folded[place:])
            ):
                return place
        return window.length

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        ends: dict[int, int] = {}
        for last, length in self._automaton.iter(window.folded, start):
            first, end = last + 1 - length, last + 1
            if first < limit and self._can_begin(window.text, first) and self._can_end(window.text, end):
                # Longer terms at the same place end later, so they come later.
                ends[first] = end
        matches = []
        position = start
        for first in sorted(ends):
            if first >= position:
                position = ends[first]
                matches.append(Match(first, position, self.confidence, Evidence.LIST))
        return matches

    def _can_begin(self, text: str, place: int) -> bool:
        return not self.whole_words or place == 0 or not (_is_word(text[place]) and _is_word(text[place - 1]))

    def _can_end(self, text: str, end: int) -> bool:
        return not self.whole_words or end == len(text) or not (_is_word(text[end]) and _is_word(text[end - 1]))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"

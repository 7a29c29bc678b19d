# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Finds what begins with one of a few hundred fixed beginnings.

A stream waits where the end of the text is a part of a beginning, or a beginning and what may follow it; elsewhere not
at all.
"""

import re
from collections.abc import Callable, Iterable

from strongroom.filter.scanner import Match
from strongroom.filter.window import Window
from strongroom.policy import compile_expression

LEFT_CONTEXT = 24

MayGrow = Callable[[str, int, int], bool]
"""Says whether more text could change the judgment, by the text, where the beginning starts, and the text's end."""

Judge = Callable[[str, int, int], Match | None]
"""Judges a beginning by the text, where the beginning starts, and how far it may look: the text's end at the latest.

It may look at :data:`LEFT_CONTEXT` characters before the start and at one character after the end.
"""


class PrefixScanner:
    """Finds passages by their beginnings; a :class:`strongroom.filter.scanner.Scanner`.

    Args:
        prefixes: The beginnings.
        max_length: Characters of the longest match, beginning included.
        may_grow: Says whether a passage is still open.
        judge: Accepts a passage or does not.
        threshold: Matches of less confidence are passed over.
    """

    left_context = LEFT_CONTEXT

    def __init__(
        self, prefixes: Iterable[str], *, max_length: int, may_grow: MayGrow, judge: Judge, threshold: float
    ) -> None:
        beginnings = sorted(set(prefixes))
        self.max_length = max_length
        self._may_grow = may_grow
        self._judge = judge
        self._threshold = threshold
        self._prefix = compile_expression("|".join(map(re.escape, beginnings)))
        # What the text may end with, if a beginning is still to come whole; the longest first.
        self._parts = frozenset(prefix[:size] for prefix in beginnings for size in range(1, len(prefix)))
        self._part_sizes = range(max(map(len, beginnings)) - 1, 0, -1)

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        text, length = window.text, window.length
        place = max(start, length - self.max_length)
        is_open = length
        while (first := self._next(window, place)) is not None:
            if self._may_grow(text, first, length):
                is_open = first
                break
            place = first + 1
        for size in self._part_sizes:
            first = length - size
            if start <= first < is_open and text[first:] in self._parts and _can_begin(text, first):
                return first
        return is_open

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        matches: list[Match] = []
        text, place = window.text, start
        while (first := self._next(window, place)) is not None and first < limit:
            match = self._judge(text, first, min(window.length, first + self.max_length))
            if match is not None and match.confidence >= self._threshold:
                matches.append(match)
                place = match.end
            else:
                place = first + 1
        return matches

    def _next(self, window: Window, place: int) -> int | None:
        """Return the next place from ``place`` on where a beginning stands that continues no word."""
        while (found := self._prefix.search(window.data, window.byte_offset(place))) is not None:
            first = window.offset(found.start())
            if _can_begin(window.text, first):
                return first
            place = first + 1
        return None


def _can_begin(text: str, first: int) -> bool:
    """Return whether what begins at ``first`` continues no word. An escaped line end's n is no word."""
    if first == 0 or not (text[first].isalnum() and text[first - 1].isalnum()):
        return True
    return first > 1 and text[first - 2] == "\\" and text[first - 1] in "nrt"

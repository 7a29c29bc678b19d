# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What every scanner is, and the two that stand on RE2.

A scanner has no state. It defines, for every place in a text, whether a match begins there and where it ends, and this
depends on nothing but the characters from ``left_context`` before the place to ``max_length`` and one after it. So a
stream and a whole text cannot disagree, as long as no place is judged before its characters are there:

A place is *undecided* while the text from there to its present end could be the beginning of a match, or of a longer
match. Then the text is in the prefix closure of the scanner's pattern. At any other place nothing that may still come
can change the verdict.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from strongroom.core.findings import Evidence
from strongroom.filter.window import LEAST_LEFT_CONTEXT, Window
from strongroom.policy import BoundedPattern, compile_expression


@dataclass(frozen=True, slots=True)
class Match:
    """One passage of a window. ``confidence`` is 0.0 to 1.0."""

    start: int
    end: int
    confidence: float
    evidence: Evidence = Evidence.FORMAT
    kind: str = ""
    """What exactly it is, for the end of the finding's category: of a-z, 0-9 and _; may be empty."""


class Scanner(Protocol):
    """Finds one kind of passage. Stateless, so one serves any number of streams and threads."""

    @property
    def max_length(self) -> int:
        """Characters of the longest possible match."""

    @property
    def left_context(self) -> int:
        """Characters before a place that it may look at."""

    def undecided(self, window: Window, start: int) -> int:
        """Return the first place from ``start`` on that more text could change, or else the window's length."""

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """Return the matches that begin from ``start`` on and before ``limit``.

        From left to right: the first place with a match, then the first one from that match's end on, and so on. The
        caller sees to it that every place before ``limit`` is decided.
        """


ScannerMaker: TypeAlias = Callable[[float], Scanner]
"""Makes the scanner of a detector without options for a threshold."""

Scanners: TypeAlias = Mapping[str, ScannerMaker]
"""Detector type, as in ``policy/declarations.py``, to what makes its scanner."""


class PatternScanner:
    """Finds what an administrator's regular expression matches; of several matches at a place, the one RE2 prefers."""

    def __init__(self, pattern: BoundedPattern, confidence: float) -> None:
        self.max_length = pattern.max_length
        self.left_context = LEAST_LEFT_CONTEXT
        self.pattern = pattern
        self._confidence = confidence
        self._match = compile_expression(pattern.expression)
        self._mirrored_prefixes = compile_expression(pattern.mirrored_prefixes, prefer_longest=True)

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`Scanner`."""
        return first_open_place(self._mirrored_prefixes, window, start)

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """See :class:`Scanner`."""
        matches = []
        at = window.byte_offset(start)
        while found := self._match.search(window.data, at):
            first, at = found.span()
            match_start = window.offset(first)
            if match_start >= limit:
                break
            matches.append(Match(match_start, window.offset(at), self._confidence, Evidence.PATTERN))
        return matches


Check = Callable[[str, int, int], Match | int]
"""Judges a candidate: the window's text, the candidate's start, and the end that RE2 found.

Returns the match, which begins at that start, or the next place that is worth trying. It may look at the scanner's
``left_context`` characters before the start, and after it at the longest beginning of the candidate's pattern and one
character more.
"""


class CheckedScanner:
    """Finds candidates by a pattern, and asks a function about each: check digits, issuers' ranges, lengths.

    Args:
        pattern: What a candidate looks like.
        check: Accepts a candidate or says where to go on.
        not_after: An RE2 class of characters that must not stand directly before a candidate; may be empty.
        threshold: Matches of less confidence are passed over.
        left_context: Characters before a candidate that ``check`` looks at, for words that go with it.
    """

    def __init__(
        self,
        pattern: BoundedPattern,
        check: Check,
        *,
        not_after: str,
        threshold: float,
        left_context: int = LEAST_LEFT_CONTEXT,
    ) -> None:
        self.max_length = pattern.max_length
        self.left_context = max(left_context, LEAST_LEFT_CONTEXT)
        self.pattern = pattern
        self._check = check
        self._threshold = threshold
        self._has_guard = bool(not_after)
        # RE2 has no look-behind; the character before is matched along, and the group is the candidate.
        guard = f"[^{not_after}]" if not_after else ""
        self._candidate = compile_expression(f"{guard}({pattern.expression})")
        self._candidate_from_beginning = compile_expression(f"(?:\\A|{guard})({pattern.expression})")
        self._mirrored_prefixes = compile_expression(pattern.mirrored_prefixes, prefer_longest=True)

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`Scanner`."""
        return first_open_place(self._mirrored_prefixes, window, start)

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """See :class:`Scanner`."""
        matches = []
        position = start
        while (candidate := self._next_candidate(window, position)) and candidate[0] < limit:
            verdict = self._check(window.text, *candidate)
            if isinstance(verdict, int):
                position = verdict
            elif verdict.confidence < self._threshold:
                position = verdict.start + 1
            else:
                matches.append(verdict)
                position = verdict.end
        return matches

    def _next_candidate(self, window: Window, position: int) -> tuple[int, int] | None:
        if position == 0:
            found = self._candidate_from_beginning.search(window.data)
        else:
            found = self._candidate.search(window.data, window.byte_offset(position - self._has_guard))
        if found is None:
            return None
        start, end = found.span(1)
        return window.offset(start), window.offset(end)


def first_open_place(mirrored_prefixes: Any, window: Window, start: int) -> int:
    """Return the first place from ``start`` on from which the rest of the window is in a prefix closure.

    RE2 reads the mirrored window from its beginning and stops where the closure does, mostly after a word.
    """
    limit = len(window.data) - window.byte_offset(start)
    found = mirrored_prefixes.match(window.mirrored_data, 0, limit)
    return window.length if found is None else window.offset(len(window.data) - found.end())

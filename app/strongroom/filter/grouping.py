# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Scanners that are asked together, so that two hundred patterns cost a token hardly more than one.

One expression stands for the beginnings of all their matches, and one for all their candidates. Only where the latter
finds something is each scanner asked by itself. So the group's answers are those of its members: what is undecided for
one of them is undecided for the group, and a look that finds nothing for all finds nothing for each.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Protocol

from strongroom.filter.scanner import CheckedScanner, PatternScanner, Scanner, first_open_place
from strongroom.filter.window import Window
from strongroom.policy import MEMORY_OF_A_GROUP, PatternRefused, compile_expression, compile_set

MOST_MEMBERS = 256


class Group(Protocol):
    """What is asked before the members of a group are."""

    max_length: int

    def undecided(self, window: Window, start: int) -> int:
        """Return the first place from ``start`` on that is undecided for a member, or else the window's length."""

    def candidates(self, window: Window, start: int, limit: int) -> Sequence[int]:
        """Return the members that may find a match that begins from ``start`` on and before ``limit``."""


class SimpleGroup:
    """Scanners that do not stand on one expression: one, or several of a family, for all of which one speaks.

    Scanners are of a family if the same is undecided for all of them, whatever each makes of what it finds.
    """

    def __init__(self, scanners: Sequence[Scanner]) -> None:
        self.max_length = scanners[0].max_length
        self.undecided = scanners[0].undecided
        self._all = range(len(scanners))

    def candidates(self, window: Window, start: int, limit: int) -> Sequence[int]:
        """See :class:`Group`."""
        del window
        return self._all if start < limit else ()


class ExpressionGroup:
    """Scanners that stand on RE2."""

    def __init__(self, scanners: Sequence[PatternScanner | CheckedScanner]) -> None:
        patterns = [scanner.pattern for scanner in scanners]
        self.max_length = max(pattern.max_length for pattern in patterns)
        self._mirrored_prefixes = _any_of((pattern.mirrored_prefixes for pattern in patterns), prefer_longest=True)
        self._beginnings = _any_of((pattern.beginning for pattern in patterns), prefer_longest=False)
        self._each_beginning = compile_set([pattern.beginning for pattern in patterns])
        self._all = range(len(patterns))

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`Group`."""
        return first_open_place(self._mirrored_prefixes, window, start)

    def candidates(self, window: Window, start: int, limit: int) -> Sequence[int]:
        """See :class:`Group`."""
        first = window.byte_offset(start)
        found = self._beginnings.search(window.data, first)
        if found is None or window.offset(found.start()) >= limit:
            return ()
        # A set that runs out of memory says that nothing matches. The expression before knows better.
        return self._each_beginning.Match(window.data[first:]) or self._all


def grouped(scanners: Sequence[Scanner]) -> list[tuple[Group, list[int]]]:
    """Return groups, and for each the places of its members in ``scanners``. Every scanner is in exactly one."""
    together = [place for place, one in enumerate(scanners) if isinstance(one, PatternScanner | CheckedScanner)]
    groups: list[tuple[Group, list[int]]] = []
    for first in range(0, len(together), MOST_MEMBERS):
        groups += _expression_groups(scanners, together[first : first + MOST_MEMBERS])
    families: dict[Hashable, list[int]] = {}
    for place in sorted(set(range(len(scanners))) - set(together)):
        families.setdefault(getattr(scanners[place], "family", place), []).append(place)
    groups += [(SimpleGroup([scanners[place] for place in places]), places) for places in families.values()]
    return groups


def _expression_groups(scanners: Sequence[Scanner], places: list[int]) -> list[tuple[Group, list[int]]]:
    members = [one for place in places if isinstance(one := scanners[place], PatternScanner | CheckedScanner)]
    try:
        return [(ExpressionGroup(members), places)]
    except PatternRefused:
        if len(places) == 1:
            raise
    # Together they are too large for RE2; each half is smaller.
    middle = len(places) // 2
    return _expression_groups(scanners, places[:middle]) + _expression_groups(scanners, places[middle:])


def _any_of(expressions: Iterable[str], *, prefer_longest: bool) -> Any:
    different = dict.fromkeys(expressions)
    return compile_expression(
        "|".join(f"(?:{one})" for one in different), prefer_longest=prefer_longest, memory=MEMORY_OF_A_GROUP
    )

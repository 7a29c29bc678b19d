# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How far the rules have come in one reading of a text.

Every rule that looks at a reading goes through it from left to right, together with the others of its group. A place is
behind all of them once no more text can change what begins there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

from strongroom.core.statement import Statement
from strongroom.filter.compiled import CompiledRule, GroupPlan, LanePlan
from strongroom.filter.failure import FilterFailure
from strongroom.filter.readings import PlainReading, Reading
from strongroom.filter.scanner import Match, Scanner
from strongroom.filter.window import Window

Watch = Callable[[str], None]
"""Is told which rule is about to be asked."""


@dataclass(frozen=True, slots=True)
class Found:
    """A match of a rule, in a reading."""

    compiled: CompiledRule
    match: Match
    """Its places are those of the reading's window."""


class GroupTrack:
    """How far one group has come."""

    def __init__(self, plan: GroupPlan) -> None:
        self._plan = plan
        self.position = 0
        """In the window. Every place before it is decided for every member."""
        self._ahead: dict[int, int] = {}
        """Where a member goes on whose last match reaches over places that are not decided yet."""

    @property
    def state(self) -> tuple[int, dict[int, int]]:
        """Where all members go on, and where those that are ahead of the others do."""
        return self.position, self._ahead

    def follow(self, other: "GroupTrack") -> None:
        """Take the position of a track of the same group, in an equal window."""
        self.position = other.position
        self._ahead = dict(other._ahead)

    def advance(self, window: Window, watch: Watch, *, is_last: bool) -> Iterator[Found]:
        """Move to the first place that more text could change, and yield the matches on the way."""
        plan = self._plan
        watch(plan.members[0][0].rule.id)
        limit = window.length if is_last else self._undecided(window)
        if limit == self.position:
            return
        if candidates := self._candidates(window, limit):
            for number in candidates:
                compiled, scanner = plan.members[number]
                start = self._ahead.get(number, self.position)
                if start >= limit:
                    continue
                watch(compiled.rule.id)
                matches = _find(compiled, scanner, window, start, limit)
                if matches:
                    self._ahead[number] = matches[-1].end
                yield from (Found(compiled, match) for match in matches)
        self.position = limit
        if self._ahead:
            self._ahead = {number: place for number, place in self._ahead.items() if place > limit}

    def forget(self, places: int) -> None:
        """Drop that many places at the beginning of the window."""
        self.position -= places
        if self._ahead:
            self._ahead = {number: place - places for number, place in self._ahead.items()}

    def _undecided(self, window: Window) -> int:
        """Ask the group for the first undecided place, and check the answer."""
        rule_id = self._plan.members[0][0].rule.id
        group, start = self._plan.group, self.position
        try:
            place = group.undecided(window, start)
        except Exception as error:
            raise FilterFailure(rule_id, type(error).__name__) from error
        if type(place) is not int or not max(start, window.length - group.max_length) <= place <= window.length:
            raise FilterFailure(rule_id, Statement("filter.impossible_place"))
        return place

    def _candidates(self, window: Window, limit: int) -> Sequence[int]:
        try:
            return self._plan.group.candidates(window, self.position, limit)
        except Exception as error:
            raise FilterFailure(self._plan.members[0][0].rule.id, type(error).__name__) from error


AnyReading = TypeVar("AnyReading", bound=PlainReading | Reading)


class Lane(Generic[AnyReading]):
    """One reading of the text, and how far each group has come in it."""

    def __init__(self, plan: LanePlan, reading: AnyReading) -> None:
        self.plan = plan
        self.reading = reading
        self.tracks = [GroupTrack(group) for group in plan.groups]

    @property
    def decided(self) -> int:
        """Every place of the original before this is decided, as far as this reading goes."""
        place = min((track.position for track in self.tracks), default=len(self.reading.text))
        return self.reading.original_start(place)

    def scan(self, watch: Watch, *, is_last: bool) -> Iterator[Found]:
        """Let every group decide what it can decide now, and yield the matches."""
        window = Window(self.reading.text)
        for track in self.tracks:
            yield from track.advance(window, watch, is_last=is_last)

    def forget(self, offset: int) -> None:
        """Drop what stands for the original before ``offset``, except for what scanners look back at."""
        places = self.reading.place_of(offset) - self.plan.left_context
        if places > 0:
            self.reading.forget(places)
            for track in self.tracks:
                track.forget(places)


def _find(compiled: CompiledRule, scanner: Scanner, window: Window, start: int, limit: int) -> list[Match]:
    """Ask a rule's scanner for its matches, and check the answer."""
    position = start
    try:
        matches = scanner.find(window, start, limit)
        for match in matches:
            is_possible = position <= match.start < match.end <= window.length and match.start < limit
            if not is_possible or match.end - match.start > scanner.max_length or not _is_share(match.confidence):
                raise FilterFailure(compiled.rule.id, Statement("filter.impossible_passage"))
            position = match.end
    except FilterFailure:
        raise
    except Exception as error:
        raise FilterFailure(compiled.rule.id, type(error).__name__) from error
    return matches


def _is_share(value: float) -> bool:
    return isfinite(value) and 0 <= value <= 1

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which rule decides about each character where passages overlap.

The strictest action wins; then the passage that begins first, then the longer one, then the rule that comes first in
the policy. Neighboring characters with one winner are one run, and one run becomes one mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from strongroom.core.findings import Action, Disguise, Finding
from strongroom.filter.compiled import CompiledRule

_PLAINNESS = {disguise: rank for rank, disguise in enumerate(Disguise)}


@dataclass(frozen=True, slots=True)
class Passage:
    """One finding and the rule it came from. Offsets are those of the finding: of the original text."""

    finding: Finding
    compiled: CompiledRule

    @property
    def start(self) -> int:
        """Where the passage begins."""
        return self.finding.start

    @property
    def end(self) -> int:
        """Where the passage ends."""
        return self.finding.end

    @property
    def is_block(self) -> bool:
        """Whether the text ends before this passage."""
        return self.compiled.effective_action is Action.BLOCK

    @property
    def report_order(self) -> tuple[int, int, int]:
        """Findings are reported in this order: from left to right, the strictest first."""
        return self.start, -self.compiled.effective_action.severity, self.compiled.order

    @property
    def extent_order(self) -> tuple[int, int, int]:
        """Of passages that lie in one another the outermost comes first; of equal ones the one read most plainly."""
        return self.start, -self.end, _PLAINNESS[self.finding.disguise]

    @property
    def precedence(self) -> tuple[int, int, int, int]:
        """The passage for which this is smallest decides."""
        return -self.compiled.effective_action.severity, self.start, -self.end, self.compiled.order


def uncovered(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages, in order, without those that lie in another one of the same rule.

    A rule finds the same thing in more than one reading; of equal passages that of the plainest one stays, whichever
    reading came to it first.
    """
    covered: set[int] = set()
    reach: dict[int, int] = {}
    by_place = sorted(range(len(passages)), key=lambda place: (*passages[place].extent_order, place))
    for place in by_place:
        passage = passages[place]
        order = passage.compiled.order
        if passage.end <= reach.get(order, 0):
            covered.add(place)
        else:
            reach[order] = passage.end
    return [passage for place, passage in enumerate(passages) if place not in covered]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighboring characters about which one passage decides."""

    start: int
    end: int
    passage: Passage


def runs_between(passages: Sequence[Passage], start: int, end: int) -> list[Run]:
    """Return the runs from ``start`` to ``end``, from left to right.

    Args:
        passages: In order of their start. Those of one rule do not overlap, so at most as many are open at a place as
            there are rules.
        start: The first character.
        end: The place after the last character.
    """
    runs: list[Run] = []
    edges = sorted({start, end} | {edge for passage in passages for edge in (passage.start, passage.end)})
    open_passages: list[Passage] = []
    upcoming = 0
    for left, right in pairwise(edges):
        open_passages = [passage for passage in open_passages if passage.end > left]
        while upcoming < len(passages) and passages[upcoming].start <= left:
            if passages[upcoming].end > left:
                open_passages.append(passages[upcoming])
            upcoming += 1
        if not open_passages or left < start or right > end:
            continue
        winner = min(open_passages, key=lambda passage: passage.precedence)
        if runs and runs[-1].passage is winner and runs[-1].end == left:
            runs[-1] = Run(runs[-1].start, right, winner)
        else:
            runs.append(Run(left, right, winner))
    return runs

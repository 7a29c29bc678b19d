# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The filter itself: text in any pieces, visible text out, and never a character too early.

How the text is cut makes no difference to the visible text, the marks, the findings or a block. Three steps for each
piece: every rule decides what it can decide; what all rules have decided is resolved where rules overlap; what is
resolved is released.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from strongroom.core.findings import Action, Direction, Disguise, FilteredText, Finding, Mark, mark_of
from strongroom.core.statement import Statement
from strongroom.filter.compiled import CompiledPolicy
from strongroom.filter.failure import FilterFailure
from strongroom.filter.lanes import Found
from strongroom.filter.reading_lanes import AnyLane, ReadingLanes
from strongroom.filter.readings import DISGUISES
from strongroom.filter.resolution import Passage, Run, runs_between, uncovered
from strongroom.filter.segments import Segments
from strongroom.filter.window import without_lone_surrogates

LONGEST_STEP = 16_384
"""Characters that are taken in at once; a longer piece is cut, which makes no difference."""


@dataclass(frozen=True, slots=True)
class Release:
    """What one step gives."""

    text: str = ""
    """More visible text."""
    marks: tuple[Mark, ...] = ()
    """Offsets count from the beginning of the whole visible text."""
    findings: tuple[Finding, ...] = ()
    """Offsets count from the beginning of the whole original text."""
    blocked: Finding | None = None
    """The finding that ended the text."""


class StreamFilter:
    """Filters one text that arrives in pieces. Used once, from one thread at a time.

    Args:
        compiled: The policy.
        direction: Which way the text is going.
        settled: Starts and ends of passages of the policy's own, in order; what lies in one is no finding.
    """

    def __init__(
        self, compiled: CompiledPolicy, direction: Direction, *, settled: Sequence[tuple[int, int]] = ()
    ) -> None:
        self._policy = compiled.identity
        self._direction = direction
        self._lanes = ReadingLanes(compiled.lanes(direction))
        self._segments = Segments() if direction is Direction.ANSWER else None
        self._hold_limit = compiled.hold_limit(direction)
        self._length = 0
        self._released = 0
        """Characters of the original text about which everything has been said."""
        self._visible_length = 0
        self._pending: list[Passage] = []
        self._blocked: Finding | None = None
        self._failure: FilterFailure | None = None
        self._is_finished = False
        self._settled = settled
        self.changes: list[tuple[int, int, int]] = []
        """For each stretch that was replaced: its start and its end in the original, and where the new text ends."""
        self.rule_at_work = "(filter)"
        """The rule that is being asked, for whoever finds that this takes too long."""

    @property
    def held(self) -> int:
        """Characters that are held back at the moment. Never more than the policy's ``hold_limit``."""
        return self._length - self._released

    @property
    def kept(self) -> int:
        """Characters of the original text that are still in memory: what is held back, and what lies before it."""
        return len(self._lanes.original.text)

    @property
    def end_of_text(self) -> int:
        """How much of the original has been dealt with; less than was fed if the text was blocked."""
        return self._released

    def feed(self, text: str) -> Release:
        """Take in more text and return what can no longer change. After a block that is nothing.

        Raises:
            FilterFailure: A detector failed, now or before; nothing more will come.
            ValueError: The text was already finished.
        """
        if self._is_finished:
            raise ValueError("the text was already finished")
        clean = without_lone_surrogates(text)
        steps = []
        for start in range(0, len(clean), LONGEST_STEP):
            steps.append(self._step(clean[start : start + LONGEST_STEP], is_last=False))
            if self._blocked is not None:
                break
        return joined(steps) if steps else self._step("", is_last=False)

    def finish(self) -> Release:
        """Decide what was held back, now that nothing more comes. A second call returns nothing.

        Raises:
            FilterFailure: A detector failed, now or before.
        """
        if self._is_finished and self._failure is None:
            return Release()
        release = self._step("", is_last=True)
        self._is_finished = True
        return release

    def _step(self, piece: str, *, is_last: bool) -> Release:
        if self._failure is not None:
            raise self._failure
        if self._blocked is not None:
            return Release()
        # Whatever ends this step early, a signal or a defect here included, the next one finds a failed filter.
        self._failure = FilterFailure("(filter)", Statement("filter.interrupted"))
        self._length += len(piece)
        if self._segments is not None:
            self._segments.feed(piece)
        lanes = self._lanes
        lanes.feed(piece, is_last=is_last)
        try:
            for lane, found in lanes.scan(self._watch, is_last=is_last):
                if passage := self._passage(lane, found):
                    self._pending.append(passage)
        except FilterFailure as failure:
            self._failure = failure
            self._drop_everything()
            raise
        release = self._resolve(lanes.decided)
        self._failure = None
        return release

    def _watch(self, rule_id: str) -> None:
        self.rule_at_work = rule_id

    def _passage(self, lane: AnyLane, found: Found) -> Passage | None:
        """Return what a match is in the original; None if the rule does not look there, or allows it."""
        compiled, match = found.compiled, found.match
        rule = compiled.rule
        start, end = lane.reading.original_start(match.start), lane.reading.original_end(match.end)
        if self._segments is not None and self._segments.scope(start) not in rule.scopes:
            return None
        if self._settled and any(first <= start and end <= last for first, last in self._settled):
            return None
        disguise = lane.plan.disguise
        original, read = self._original(start, end), lane.reading.text[match.start : match.end]
        if disguise in DISGUISES and not DISGUISES[disguise].accepts(original, read):
            return None
        if compiled.allowance.allows(original) or (disguise is not Disguise.NONE and compiled.allowance.allows(read)):
            return None
        finding = Finding(
            rule_id=rule.id,
            category=f"{rule.category}.{match.kind}" if match.kind else rule.category,
            detector=rule.detector.type,
            direction=self._direction,
            start=start,
            end=end,
            confidence=match.confidence,
            action=rule.action,
            dry_run=rule.dry_run,
            message=rule.message,
            severity=rule.severity,
            evidence=match.evidence,
            disguise=disguise,
        )
        return Passage(finding, compiled)

    def _resolve(self, decided: int) -> Release:
        """Release up to ``decided``, or to the block before it, or to a run that is not over yet."""
        runs: list[Run] = []
        reported: list[Passage] = []
        block: Passage | None = None
        stop = decided
        if self._pending:
            self._pending.sort(key=lambda passage: passage.report_order)
            self._pending = uncovered(self._pending)
            block = next((p for p in self._pending if p.is_block and p.start < decided), None)
            if block is not None:
                stop = block.start
            visible = [passage for passage in self._pending if passage.compiled.is_visible]
            runs = runs_between(visible, self._released, stop)
            if block is None and runs and runs[-1].end == stop and runs[-1].passage.end > stop:
                # A stricter rule may still cut this run short, or it may go on: its mark has to wait.
                stop = runs.pop().start
            reported = [passage for passage in self._pending if self._released <= passage.start < stop]
            if block is not None:
                reported += [p for p in self._pending if p.start == stop and p.report_order <= block.report_order]
        text, marks = self._render(runs, stop)
        if block is not None:
            marks.append(self._mark(self._visible_length, self._visible_length, block))
        self._forget(stop, block)
        findings = tuple(passage.finding for passage in reported)
        return Release(text, tuple(marks), findings, block.finding if block else None)

    def _render(self, runs: list[Run], stop: int) -> tuple[str, list[Mark]]:
        if not runs:
            text = self._original(self._released, stop)
            self._visible_length += len(text)
            return text, []
        parts: list[str] = []
        marks = []
        position = self._released
        for run in runs:
            plain = self._original(position, run.start)
            shown = self._shown(run)
            start = self._visible_length + len(plain)
            marks.append(self._mark(start, start + len(shown), run.passage))
            parts += (plain, shown)
            self._visible_length = start + len(shown)
            if run.passage.compiled.effective_action.is_transforming:
                self.changes.append((run.start, run.end, self._visible_length))
            position = run.end
        rest = self._original(position, stop)
        self._visible_length += len(rest)
        return "".join((*parts, rest)), marks

    def _shown(self, run: Run) -> str:
        rule = run.passage.compiled.rule
        if rule.action is Action.MASK:
            return f"[{rule.shown_label} masked]"
        if rule.action is Action.REPLACE:
            return rule.replacement or ""
        return self._original(run.start, run.end)

    def _mark(self, start: int, end: int, passage: Passage) -> Mark:
        return mark_of(passage.finding, start, end, self._policy)

    def _forget(self, stop: int, block: Passage | None) -> None:
        """Drop what is behind: raw text does not stay longer than it must."""
        self._released = stop
        if block is not None:
            self._blocked = block.finding
            self._drop_everything()
            return
        # What is reported but reaches further may still cover what another reading finds in it.
        self._pending = [passage for passage in self._pending if passage.end > stop]
        self._lanes.forget(stop)
        if self._segments is not None:
            self._segments.forget(stop)
        if self.held > self._hold_limit:
            raise AssertionError("more text is held back than any rule can need")

    def _drop_everything(self) -> None:
        self._lanes.clear()
        self._pending.clear()
        self._length = self._released

    def _original(self, start: int, end: int) -> str:
        original = self._lanes.original
        return original.text[start - original.base : end - original.base]


def whole(stream: StreamFilter, text: str) -> FilteredText:
    """Return the whole ``text`` as ``stream``, which has seen nothing yet, lets it be seen.

    Raises:
        FilterFailure: A detector failed; nothing of the text may be used.
    """
    release = joined([stream.feed(text), stream.finish()])
    return FilteredText(release.text, release.marks, release.findings, release.blocked)


def joined(releases: list[Release]) -> Release:
    """Return several steps as one."""
    if len(releases) == 1:
        return releases[0]
    return Release(
        "".join(release.text for release in releases),
        tuple(mark for release in releases for mark in release.marks),
        tuple(finding for release in releases for finding in release.findings),
        next((release.blocked for release in releases if release.blocked is not None), None),
    )

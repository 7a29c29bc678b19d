# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The filter itself: text in any pieces, visible text out, and never a character too early.

How the text is cut makes no difference to the visible text, the marks, the findings or a block. Three steps for each
piece: every rule decides what it can decide; what all rules have decided is resolved where rules overlap; what is
resolved is released.
"""

from dataclasses import dataclass
from math import isfinite

from strongroom.core.findings import Action, Direction, FilteredText, Finding, Mark
from strongroom.filter.compiled import CompiledPolicy, CompiledRule
from strongroom.filter.failure import FilterFailure
from strongroom.filter.resolution import Passage, Run, runs_between
from strongroom.filter.scanner import Match
from strongroom.filter.window import LEAST_LEFT_CONTEXT, Window, without_lone_surrogates

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


@dataclass(slots=True)
class _Track:
    """How far one rule has come."""

    compiled: CompiledRule
    position: int = 0
    """In the window. Every place before it is decided."""


class StreamFilter:
    """Filters one text that arrives in pieces. Used once, from one thread at a time.

    Args:
        compiled: The policy.
        direction: Which way the text is going.
    """

    def __init__(self, compiled: CompiledPolicy, direction: Direction) -> None:
        self._policy = compiled.identity
        self._direction = direction
        self._tracks = [_Track(entry) for entry in compiled.for_direction(direction)]
        self._hold_limit = compiled.hold_limit(direction)
        self._left_context = max(
            (track.compiled.scanner.left_context for track in self._tracks), default=LEAST_LEFT_CONTEXT
        )
        self._text = ""
        self._base = 0
        """Offset of the window's first character in the original text."""
        self._released = 0
        """Characters of the original text about which everything has been said."""
        self._visible_length = 0
        self._pending: list[Passage] = []
        self._blocked: Finding | None = None
        self._failure: FilterFailure | None = None
        self._is_finished = False

    @property
    def held(self) -> int:
        """Characters that are held back at the moment. Never more than the policy's ``hold_limit``."""
        return self._base + len(self._text) - self._released

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
        return _joined(steps) if steps else self._step("", is_last=False)

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
        self._text += piece
        # Whatever ends this step early, a signal or a defect here included, the next one finds a failed filter.
        self._failure = FilterFailure("(filter)", "interrupted")
        window = Window(self._text)
        try:
            for track in self._tracks:
                self._decide(track, window, is_last=is_last)
        except FilterFailure as failure:
            self._failure = failure
            self._text = ""
            self._pending.clear()
            raise
        decided = min((track.position for track in self._tracks), default=window.length)
        release = self._resolve(self._base + decided)
        self._failure = None
        return release

    def _decide(self, track: _Track, window: Window, *, is_last: bool) -> None:
        """Move the rule's position to the first place that more text could change, collecting matches on the way."""
        limit = window.length if is_last else _undecided(track, window)
        if limit == track.position:
            return
        matches = _find(track, window, limit)
        self._pending += [self._passage(track.compiled, match) for match in matches]
        # A match may reach over undecided places. They are inside it, so the rule goes on behind it.
        track.position = max(limit, matches[-1].end) if matches else limit

    def _passage(self, compiled: CompiledRule, match: Match) -> Passage:
        rule = compiled.rule
        finding = Finding(
            rule_id=rule.id,
            category=f"{rule.category}.{match.kind}" if match.kind else rule.category,
            detector=rule.detector.type,
            direction=self._direction,
            start=self._base + match.start,
            end=self._base + match.end,
            confidence=match.confidence,
            action=rule.action,
            dry_run=rule.dry_run,
            message=rule.message,
            severity=rule.severity,
            evidence=match.evidence,
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
        finding = passage.finding
        return Mark(
            start,
            end,
            finding.action,
            finding.rule_id,
            finding.category,
            finding.confidence,
            finding.direction,
            self._policy,
            finding.message,
            finding.severity,
            finding.evidence,
            finding.disguise,
        )

    def _forget(self, stop: int, block: Passage | None) -> None:
        """Drop what is behind: raw text does not stay longer than it must."""
        self._released = stop
        if block is not None:
            self._blocked = block.finding
            self._text = ""
            self._pending.clear()
            return
        if self._pending:
            self._pending = [p for p in self._pending if p.start >= stop or (p.end > stop and p.compiled.is_visible)]
        drop = max(0, stop - self._left_context - self._base)
        if drop:
            self._text = self._text[drop:]
            self._base += drop
            for track in self._tracks:
                track.position -= drop
        if self.held > self._hold_limit:
            raise AssertionError("more text is held back than any rule can need")

    def _original(self, start: int, end: int) -> str:
        return self._text[start - self._base : end - self._base]


def filter_text(compiled: CompiledPolicy, direction: Direction, text: str) -> FilteredText:
    """Return the whole ``text`` as the policy lets it be seen.

    Raises:
        FilterFailure: A detector failed; nothing of the text may be used.
    """
    stream = StreamFilter(compiled, direction)
    release = _joined([stream.feed(text), stream.finish()])
    return FilteredText(release.text, release.marks, release.findings, release.blocked)


def _joined(releases: list[Release]) -> Release:
    if len(releases) == 1:
        return releases[0]
    return Release(
        "".join(release.text for release in releases),
        tuple(mark for release in releases for mark in release.marks),
        tuple(finding for release in releases for finding in release.findings),
        next((release.blocked for release in releases if release.blocked is not None), None),
    )


def _undecided(track: _Track, window: Window) -> int:
    """Ask the rule's scanner for the first undecided place, and check the answer."""
    scanner, start = track.compiled.scanner, track.position
    try:
        place = scanner.undecided(window, start)
    except Exception as error:
        raise FilterFailure(track.compiled.rule.id, type(error).__name__) from error
    if type(place) is not int or not max(start, window.length - scanner.max_length) <= place <= window.length:
        raise FilterFailure(track.compiled.rule.id, "an undecided place that cannot be")
    return place


def _find(track: _Track, window: Window, limit: int) -> list[Match]:
    """Ask the rule's scanner for its matches, and check the answer."""
    scanner, position = track.compiled.scanner, track.position
    try:
        matches = scanner.find(window, position, limit)
        for match in matches:
            is_possible = position <= match.start < match.end <= window.length and match.start < limit
            if not is_possible or match.end - match.start > scanner.max_length or not _is_share(match.confidence):
                raise FilterFailure(track.compiled.rule.id, "a passage that cannot be")
            position = match.end
    except FilterFailure:
        raise
    except Exception as error:
        raise FilterFailure(track.compiled.rule.id, type(error).__name__) from error
    return matches


def _is_share(value: float) -> bool:
    return isfinite(value) and 0 <= value <= 1

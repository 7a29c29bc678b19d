# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Text that was filtered once, filtered again: at the end of an answer, and when it leaves the app.

The first time through, every rule saw the original. What a person sees can amount to something else: a replacement
joins its surroundings, and a policy that is stricter today than yesterday knows more. Placeholders are left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from strongroom.core.findings import Action, Direction, FilteredText, Finding, Mark, mark_of
from strongroom.filter.compiled import CompiledPolicy
from strongroom.filter.guarded import PATIENCE_S, run_guarded
from strongroom.filter.sentences import sentences_around
from strongroom.filter.stream import StreamFilter, whole

_BLANK = "\ufffc"
"""Stands for a character of a placeholder: neither a word nor the context of one."""


@dataclass(frozen=True, slots=True)
class Revision:
    """An answer after the check of the whole."""

    text: str
    """All of the visible text."""
    marks: tuple[Mark, ...]
    """All of its marks."""
    findings: tuple[Finding, ...]
    """What was added; offsets count in the visible text as it was before."""


def filter_again(
    compiled: CompiledPolicy,
    direction: Direction,
    text: str,
    marks: Sequence[Mark],
    *,
    patience_s: float = PATIENCE_S,
) -> FilteredText:
    """Return ``text``, which was filtered before and has ``marks``, as the policy lets it be seen now.

    Args:
        compiled: The policy that is in force now.
        direction: Which way the text is going.
        text: The visible text.
        marks: Its marks, by their offsets in ``text``; those that stay move along.
        patience_s: Seconds that this may take, however short the text.

    Raises:
        FilterFailure: A detector failed or took too long; nothing of the text may be used.
    """
    stream = StreamFilter(compiled, direction, settled=_placeholders(marks))
    read = _without_placeholders(text, marks)
    again = run_guarded(lambda: whole(stream, read), stream, len(text), patience_s=patience_s)
    changes = stream.changes
    moved = [moved for mark in marks if (moved := _moved(mark, changes, stream.end_of_text)) is not None]
    kept = {(mark.start, mark.end, mark.rule_id) for mark in moved}
    added = [mark for mark in again.marks if (mark.start, mark.end, mark.rule_id) not in kept]
    visible = _with_placeholders(again.text, text, marks, changes, stream.end_of_text)
    ordered = sorted((*moved, *added), key=lambda mark: (mark.start, mark.end))
    return FilteredText(visible, tuple(ordered), again.findings, again.blocked_by)


def check_whole(
    compiled: CompiledPolicy, text: str, marks: Sequence[Mark], *, patience_s: float = PATIENCE_S
) -> Revision | None:
    """Return what becomes of a whole answer once every rule has seen what is visible of it; None if nothing changes.

    Sentences with a passage that must not be seen are taken back, and a placeholder says how many.

    Args:
        compiled: The policy.
        text: The visible answer.
        marks: Its marks.
        patience_s: Seconds that this may take, however short the text.

    Raises:
        FilterFailure: A detector failed or took too long; nothing of the text may be used.
    """
    stream = StreamFilter(compiled, Direction.ANSWER, settled=_placeholders(marks))
    read = _without_placeholders(text, marks)
    again = run_guarded(lambda: whole(stream, read), stream, len(text), patience_s=patience_s)
    added = [finding for finding in again.findings if _is_news(finding, marks)]
    if not added:
        return None
    return _revised(compiled, text, marks, added)


def _is_news(finding: Finding, marks: Sequence[Mark]) -> bool:
    if finding.effective_action.is_transforming:
        return True
    is_marked = any(
        mark.rule_id == finding.rule_id and mark.start < finding.end and finding.start < mark.end for mark in marks
    )
    # What is only recorded was recorded when it was written.
    return finding.effective_action is Action.WARN and not is_marked


def _revised(compiled: CompiledPolicy, text: str, marks: Sequence[Mark], added: Sequence[Finding]) -> Revision:
    removals = _removals(text, [finding for finding in added if finding.effective_action.is_transforming])
    parts: list[str] = []
    new_marks: list[Mark] = []
    changes: list[tuple[int, int, int]] = []
    position = length = 0
    for start, end, count, finding in removals:
        shown = f"[{count} sentence{'' if count == 1 else 's'} removed]"
        parts += (text[position:start], shown)
        length += start - position
        mark = mark_of(finding, length, length + len(shown), compiled.identity)
        new_marks.append(replace(mark, removed_sentences=count))
        length += len(shown)
        changes.append((start, end, length))
        position = end
    parts.append(text[position:])
    warned = [
        mark_of(finding, finding.start, finding.end, compiled.identity)
        for finding in added
        if finding.effective_action is Action.WARN
    ]
    stay = [moved for mark in (*marks, *warned) if (moved := _moved(mark, changes, len(text))) is not None]
    ordered = sorted((*stay, *new_marks), key=lambda mark: (mark.start, mark.end))
    return Revision("".join(parts), tuple(ordered), tuple(added))


def _removals(text: str, findings: Sequence[Finding]) -> list[tuple[int, int, int, Finding]]:
    """Return start, end, number of sentences and the strictest finding of each stretch that is taken back."""
    removals: list[tuple[int, int, int, Finding]] = []
    for finding in sorted(findings, key=lambda finding: finding.start):
        reach = len(text) if finding.effective_action is Action.BLOCK else finding.end
        start, end, count = sentences_around(text, finding.start, reach)
        if removals and start < removals[-1][1]:
            first, last, _, former = removals.pop()
            start, end, count = sentences_around(text, first, max(last, reach))
            strictest = max(former, finding, key=lambda one: one.effective_action.severity)
            removals.append((start, end, count, strictest))
        else:
            removals.append((start, end, count, finding))
    return removals


def _placeholders(marks: Sequence[Mark]) -> tuple[tuple[int, int], ...]:
    """Return where text of the policy's own stands, of which nothing has to be found."""
    return tuple((mark.start, mark.end) for mark in marks if mark.action.is_transforming and mark.end > mark.start)


def _without_placeholders(text: str, marks: Sequence[Mark]) -> str:
    """Return the text with placeholders blanked: "[password masked]" says nothing about what follows it.

    An administrator's replacement stays: it may become part of something.
    """
    parts: list[str] = []
    position = 0
    for mark in sorted(marks, key=lambda mark: mark.start):
        if mark.action.is_transforming and (mark.action is not Action.REPLACE or mark.removed_sentences):
            parts += (text[position : mark.start], _BLANK * (mark.end - mark.start))
            position = mark.end
    return "".join((*parts, text[position:]))


def _with_placeholders(
    read: str, text: str, marks: Sequence[Mark], changes: Sequence[tuple[int, int, int]], end_of_text: int
) -> str:
    """Put back into what became of the blanked text what stood there."""
    if _BLANK not in read:
        return read
    parts: list[str] = []
    position = 0
    for mark in sorted(marks, key=lambda mark: mark.start):
        moved = _moved(mark, changes, end_of_text)
        if moved is None or moved.start < position:
            continue
        parts += (read[position : moved.start], text[mark.start : mark.end])
        position = moved.end
    return "".join((*parts, read[position:]))


def _moved(mark: Mark, changes: Sequence[tuple[int, int, int]], end_of_text: int) -> Mark | None:
    """Return the mark where it stands after ``changes``; None if what it stood at is gone.

    Args:
        mark: The mark.
        changes: For each stretch that was replaced: its start, its end, and where the new text ends.
        end_of_text: Nothing from here on is there any more.
    """
    if mark.end > end_of_text:
        return None
    shift = 0
    for start, end, new_end in changes:
        if end <= mark.start:
            shift = new_end - end
        elif start < mark.end:
            return None
    return replace(mark, start=mark.start + shift, end=mark.end + shift)

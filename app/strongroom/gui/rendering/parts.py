# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A message as the transcript shows it: its text in blocks, and around them name, notes, cards and the muted line."""

from dataclasses import dataclass, replace

from strongroom.core.chat import MessageState, Note, Role, StoredMessage, VisibleText
from strongroom.core.findings import Action, Mark
from strongroom.gui.rendering.blocks import Block, Code, Spans
from strongroom.gui.rendering.markdown import parse_lines, parse_markdown
from strongroom.gui.widgets import wording
from strongroom.words import say_note, translate
from strongroom.words.messages import unknown_part

LONGEST_TURN = 6_000
"""Characters of a user's message that are shown at first: a pasted document is not read again in the transcript."""


@dataclass(frozen=True, slots=True)
class UserTurn:
    """What the user wrote, as it was, in a soft block."""

    message_id: int
    spans: Spans
    left_out: int = 0
    """How many characters of a very long message are not shown until they are asked for."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """Who answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One block of an answer; it carries its place, to which its pills and its Copy lead."""

    message_id: int
    ordinal: int
    block: Block


@dataclass(frozen=True, slots=True)
class EndCard:
    """One sentence about why an answer ended before its time."""

    message_id: int
    title: str
    text: str
    mark: int | None
    """Index of the mark that says why; None when it was no rule."""


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A fact about an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Footer:
    """The muted line under a finished answer."""

    message_id: int
    text: str
    has_copy: bool


Part = UserTurn | ModelName | Answer | EndCard | NoteLine | Footer


def parts_of(message: StoredMessage, *, is_unfolded: bool = False) -> tuple[Part, ...]:
    """Return everything that the transcript shows of ``message``, top to bottom.

    Args:
        message: Any message.
        is_unfolded: Show all of a very long message of the user.
    """
    if message.role is not Role.ASSISTANT:
        text = message.text if is_unfolded else message.text[:LONGEST_TURN]
        left_out = len(message.text) - len(text)
        return (UserTurn(message.message_id, parse_lines(text, message.marks), left_out), *_further_parts(message))
    parts: list[Part] = [ModelName(message.model_name or translate("Transcript", "Answer"))]
    blocks = parse_markdown(message.text, message.marks)
    parts += [Answer(message.message_id, ordinal, block) for ordinal, block in enumerate(blocks)]
    parts += _further_parts(message)
    notes = message.notes
    if message.state in (MessageState.BLOCKED, MessageState.INTERRUPTED):
        card, notes = _end_card(message)
        parts.append(card)
    parts += [NoteLine(say_note(note)) for note in notes]
    if message.state is not MessageState.WRITING:
        parts.append(_footer(message))
    return tuple(parts)


def code_of(message: StoredMessage, ordinal: int) -> VisibleText:
    """Return the code block that is block ``ordinal`` of an answer, with its marks; empty when it is none."""
    blocks = parse_markdown(message.text, message.marks)
    block = blocks[ordinal] if ordinal < len(blocks) else None
    if not isinstance(block, Code):
        return VisibleText("")
    marks: list[Mark] = []
    position = 0
    for span in block.spans:
        if span.mark is not None and span.mark < len(message.marks):
            marks.append(replace(message.marks[span.mark], start=position, end=position + len(span.text)))
        position += len(span.text)
    return VisibleText(block.text, tuple(marks))


def _further_parts(message: StoredMessage) -> list[NoteLine]:
    return [NoteLine(unknown_part()) for _ in message.further_parts]


def _end_card(message: StoredMessage) -> tuple[EndCard, tuple[Note, ...]]:
    """Return the card of an answer that did not end by itself, and the notes that are left for below it."""
    if message.state is MessageState.INTERRUPTED:
        title = translate("Transcript", "Interrupted.")
        said = translate("Transcript", "The app or the model's process ended while this was written.")
    else:
        title = translate("Transcript", "Blocked.")
        said = translate("Transcript", "This answer was stopped here.")
        for index in reversed(range(len(message.marks))):
            mark = message.marks[index]
            if mark.action is Action.BLOCK and not mark.removed_sentences:
                said = mark.message or translate("Transcript", "The policy stopped this answer here.")
                return EndCard(message.message_id, title, said, index), message.notes
    if message.notes:
        # What ended it was noted last.
        return EndCard(message.message_id, title, say_note(message.notes[-1]), None), message.notes[:-1]
    return EndCard(message.message_id, title, said, None), ()


def _footer(message: StoredMessage) -> Footer:
    facts = [wording.ending(message.finish_reason, message.state)]
    if message.numbers is not None:
        facts.append(wording.numbers_line(message.numbers))
    return Footer(message.message_id, " · ".join(fact for fact in facts if fact), bool(message.text))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation as it is kept: a tree of messages, and how each answer ended.

A message has a parent; several with the same parent are versions of one turn. What a person sees and a model is told is
the path from a root to the conversation's selected head.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from strongroom.core.findings import Mark
from strongroom.core.generation import FinishReason, GenerationNumbers, GenerationSettings
from strongroom.core.statement import Statement


class Parent(Enum):
    """Where a message goes for which no other message is named as its parent."""

    HEAD = "head"
    """Below the selected head of its conversation."""
    NONE = "none"
    """Nowhere below: it is a root, and another version of the conversation's beginning."""


class Role(StrEnum):
    """Who wrote a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class MessageState(StrEnum):
    """What became of a message."""

    COMPLETE = "complete"
    WRITING = "writing"
    """An answer is being written, or the app was killed while it was."""
    STOPPED = "stopped"
    """The user pressed Stop; what was shown stays."""
    INTERRUPTED = "interrupted"
    """The worker or the app ended in mid-answer; what was shown stays."""
    BLOCKED = "blocked"
    """The policy stopped it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a model sees it: already filtered text."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class VisibleText:
    """A whole text as it may be seen, with what the policy marked in it."""

    text: str
    marks: tuple[Mark, ...] = ()


Note: TypeAlias = Statement
"""A fact about an answer that the user should see: fallback template, dropped turns, a failure.

Its code is a stable name, for example ``template.fallback`` or ``context.trimmed``.
"""

TEMPLATE_FALLBACK = "template.fallback"
"""The code of the note that the app's general chat template was used instead of the file's own."""

KEPT_TEXT = "kept_text"
"""The case of a note that was kept as English text, its fact ``text``, before notes were facts."""


@dataclass(frozen=True, slots=True)
class UnknownPart:
    """A part of a message that a later version of the app wrote. It is kept as it is; this version cannot show it."""

    kind: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message as it is kept and shown.

    Its first part is its text, with the marks in it: what is shown, filtered, searched and told to a model. It is empty
    where the message has none. Parts of other kinds follow.
    """

    message_id: int
    conversation_id: int
    role: Role
    text: str
    """Has passed the filter."""
    created_at: str
    state: MessageState = MessageState.COMPLETE
    marks: tuple[Mark, ...] = ()
    notes: tuple[Note, ...] = ()
    model_name: str = ""
    model_digest: str = ""
    finish_reason: FinishReason | None = None
    numbers: GenerationNumbers | None = None
    parent_id: int | None = None
    """None for a root."""
    made_with: GenerationSettings | None = None
    """None for what no model wrote, and for answers from before this was kept."""
    further_parts: tuple[UnknownPart, ...] = ()
    """What else belongs to it, in order. Attachments and tool results will be kinds of their own."""


@dataclass(frozen=True, slots=True)
class MessageOutline:
    """One message of a conversation's tree, without its text."""

    message_id: int
    parent_id: int | None
    """None for a root."""
    role: Role
    state: MessageState
    first_words: str
    """The beginning of its text, on one line."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One entry of the conversation list."""

    conversation_id: int
    title: str
    created_at: str
    updated_at: str
    message_count: int = 0
    """All of its messages, those of other versions too."""
    head_id: int | None = None
    """The message at which the selected path ends; None while there are no messages."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One place where a search found its words."""

    conversation: Conversation
    message_id: int | None
    """None when the title matched."""
    excerpt: str

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation as it is kept: sessions, turns, and how each answer ended."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from strongroom.core.findings import Mark
from strongroom.core.generation import FinishReason, GenerationNumbers
from strongroom.core.statement import Statement


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

KEPT_TEXT = "kept_text"
"""The case of a note that was kept as English text, its fact ``text``, before notes were facts."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message as it is kept and shown. ``text`` has passed the filter."""

    message_id: int
    conversation_id: int
    role: Role
    text: str
    created_at: str
    state: MessageState = MessageState.COMPLETE
    marks: tuple[Mark, ...] = ()
    notes: tuple[Note, ...] = ()
    model_name: str = ""
    model_digest: str = ""
    finish_reason: FinishReason | None = None
    numbers: GenerationNumbers | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One entry of the conversation list."""

    conversation_id: int
    title: str
    created_at: str
    updated_at: str
    message_count: int = 0


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One place where a search found its words."""

    conversation: Conversation
    message_id: int | None
    """None when the title matched."""
    excerpt: str

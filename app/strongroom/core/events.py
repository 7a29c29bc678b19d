# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a running turn tells the window or the terminal, in order.

``chat`` emits these; a door only shows them. By the time that a :class:`TextReleased` or an :class:`AnswerRevised` is
emitted, its text has passed the filter, its incidents are durable, and it is in the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from strongroom.core.chat import MessageState, Note, StoredMessage
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Finding, Mark
from strongroom.core.generation import FinishReason, GenerationNumbers


class Phase(StrEnum):
    """What the app is busy with; each has numbers."""

    VERIFYING = "verifying"
    """``done`` and ``total`` are bytes."""
    LOADING = "loading"
    """``done`` and ``total`` are thousandths."""
    READING = "reading"
    """``done`` and ``total`` are prompt tokens."""
    WRITING = "writing"
    """``done`` is tokens; ``total`` is 0."""


@dataclass(frozen=True, slots=True)
class PhaseProgressed:
    """How far a phase is. ``seconds`` is the time since the phase began."""

    phase: Phase
    done: int
    total: int
    seconds: float = 0.0


class WaitReason(StrEnum):
    """What has to end before a model can be had."""

    ANSWER = "answer"
    """The model is lent to somebody else."""
    LOADING = "loading"
    """Another model is being loaded first."""
    ROOM = "room"
    """It needs the room of models that are lent."""


@dataclass(frozen=True, slots=True)
class WaitingForModel:
    """A model cannot be had yet; emitted once for each change of the place, until it is this turn's turn.

    ``place`` is the place in line: 1 is next, so ``place`` is also how many have to end before.
    """

    model_name: str
    place: int
    reason: WaitReason = WaitReason.ANSWER


class RoomReason(StrEnum):
    """Why a model has no room beside the others."""

    MEMORY = "memory"
    MOST_LOADED = "most_loaded"
    """The policy allows no more at the same time."""


@dataclass(frozen=True, slots=True)
class ModelsUnloaded:
    """Room was made for a model before it is loaded; it is loaded in any case, as an estimate may be wrong."""

    model_name: str
    """The model that needs the room."""
    unloaded: tuple[str, ...]
    """The names of those that went; none where nothing could go."""
    reason: RoomReason
    freed: int
    """Bytes of memory that they gave back; 0 where the system does not tell."""
    free: int
    """Bytes that it can have now."""
    needed: int
    """Bytes that it will need, as estimated."""
    is_enough: bool
    """Whether it has room now."""


@dataclass(frozen=True, slots=True)
class PromptAccepted:
    """The prompt, as filtered, is stored and on its way to the model."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class PromptRefused:
    """The policy did not let the prompt through; nothing reached the model and nothing was stored."""

    finding: Finding
    mark: Mark


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """An empty answer is stored and will grow."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class TextReleased:
    """More visible text. ``marks`` count from the beginning of the whole visible answer."""

    message_id: int
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerRevised:
    """The check of the whole answer took something back: this is all of it from now on, in the database too.

    Comes at most once, after the last :class:`TextReleased`.
    """

    message_id: int
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """A fact about the answer."""

    message_id: int
    note: Note


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The answer is complete, stopped, blocked or cut short; the stored message says which.

    ``error`` is set when a failure ended it; the text that was shown stays.
    """

    message: StoredMessage
    finish_reason: FinishReason
    state: MessageState
    numbers: GenerationNumbers | None
    error: UserFacingError | None = None


ChatEvent = (
    PhaseProgressed
    | WaitingForModel
    | ModelsUnloaded
    | PromptAccepted
    | PromptRefused
    | AnswerStarted
    | TextReleased
    | AnswerRevised
    | NoteAdded
    | TurnFinished
)

Listener = Callable[[ChatEvent], None]
"""Receives the events of a turn, on the thread that runs it."""

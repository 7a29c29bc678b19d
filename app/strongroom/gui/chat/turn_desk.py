# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Answers under way, one for each conversation at most: send, watch them grow, stop."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from strongroom.chat import Session
from strongroom.core.chat import StoredMessage
from strongroom.core.errors import Cancelled
from strongroom.core.events import (
    AnswerRevised,
    AnswerStarted,
    ChatEvent,
    ModelsUnloaded,
    NoteAdded,
    Phase,
    PhaseProgressed,
    PromptAccepted,
    PromptRefused,
    TextReleased,
    TurnFinished,
    WaitingForModel,
)
from strongroom.gui.background.event_queue import EventQueue
from strongroom.gui.background.task_runner import Task, TaskRunner
from strongroom.gui.chat.open_chats import OpenChat
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.workspace import Workspace


@dataclass(eq=False)
class Turn:
    """One message that was sent, and how far its answer is. Only :class:`TurnDesk` changes it."""

    chat: OpenChat
    text: str
    model_id: str
    """The model that is to answer; empty for the default one, which is not known before the chats are open."""
    events: EventQueue
    task: Task | None = None
    """None while the message is held back."""
    waiting: WaitingForModel | None = None
    """Its place in line, while the model answers others."""
    progress: PhaseProgressed | None = None
    prompt_tokens: int = 0
    """How many tokens the model has been given; 0 before that is known."""
    prompt: StoredMessage | None = None
    """The message as the policy let it through."""
    answer: StoredMessage | None = None
    """The answer up to what has been shown of it."""

    @property
    def is_held(self) -> bool:
        """Whether the message is held back, until the chats are open and the model is loaded."""
        return self.task is None

    @property
    def context_used(self) -> int:
        """How many tokens of the context are used so far; 0 before that is known."""
        is_writing = self.progress is not None and self.progress.phase is Phase.WRITING
        return self.prompt_tokens + (self.progress.done if self.progress is not None and is_writing else 0)

    def merged_into(self, messages: Sequence[StoredMessage]) -> list[StoredMessage]:
        """Return the messages as they are now; what was read from the database may be behind the turn."""
        merged = list(messages)
        for own in (self.prompt, self.answer):
            if own is None:
                continue
            place = next((number for number, one in enumerate(merged) if one.message_id == own.message_id), None)
            if place is None:
                merged.append(own)
            else:
                merged[place] = own
        return merged


class TurnDesk(QObject):
    """Sends messages of several conversations at a time and turns their events into signals of the GUI thread.

    Every signal begins with the :class:`OpenChat` that it is about.

    Signals:
        changed: The turn of that conversation began, moved on in line, or ended (:meth:`turn`).
        progressed: A :class:`PhaseProgressed`.
        accepted: The :class:`StoredMessage` of the prompt, as the policy let it through.
        answer_changed: The :class:`StoredMessage` of the answer as it is now.
        finished: The :class:`TurnFinished`.
        refused: The :class:`PromptRefused`, and the text that was not sent.
        returned: The text of a message that was not sent, and the exception that says why.
    """

    changed = Signal(object)
    progressed = Signal(object, object)
    accepted = Signal(object, object)
    answer_changed = Signal(object, object)
    finished = Signal(object, object)
    refused = Signal(object, object, str)
    returned = Signal(object, str, object)

    def __init__(self, runner: TaskRunner, models: ModelDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._models = models
        self._workspace: Workspace | None = None
        self._turns: dict[OpenChat, Turn] = {}
        models.load_ended.connect(self._on_load_ended)
        models.waiting_changed.connect(self._on_load_waits)

    @property
    def is_busy(self) -> bool:
        """Whether a message of any conversation is being answered, or waits to be."""
        return bool(self._turns)

    def turn(self, chat: OpenChat) -> Turn | None:
        """Return the turn of a conversation that is under way."""
        return self._turns.get(chat)

    def attach(self, workspace: Workspace) -> None:
        """Begin; messages that were sent before go out as soon as the model is there."""
        self._workspace = workspace
        # So that the first message does not wait for it; where it fails, that message is refused and says why.
        self._runner.run(lambda _: workspace.filters.in_force().compile(), lambda _: None, lambda _: None)
        self._start_held()

    def close(self) -> None:
        """Stop what is under way, and let nothing wait for this window any more."""
        for turn in self._turns.values():
            turn.events.close()
        self.stop_all()
        self._workspace = None

    def send(self, chat: OpenChat, text: str, model_id: str = "") -> None:
        """Send a message, unless one of this conversation is under way; it is held back while nothing can take it.

        Args:
            chat: Whose message it is.
            text: What was typed.
            model_id: Which model is to answer; empty for the default one.
        """
        if chat in self._turns:
            return
        turn = Turn(chat, text, model_id, EventQueue(self))
        turn.events.arrived.connect(lambda events: self._on_events(turn, events))
        self._turns[chat] = turn
        self._start_held()
        self.changed.emit(chat)

    def stop(self, chat: OpenChat) -> None:
        """Stop a conversation's turn in whatever phase it is; what was shown stays."""
        turn = self._turns.get(chat)
        if turn is None:
            return
        if turn.task is not None:
            turn.task.cancel()
        else:
            self._return(turn, Cancelled())

    def stop_all(self) -> None:
        """Stop every turn."""
        for chat in tuple(self._turns):
            self.stop(chat)

    def _start_held(self) -> None:
        workspace = self._workspace
        for turn in tuple(self._turns.values()):
            if workspace is None or not turn.is_held:
                continue
            turn.model_id = turn.model_id or self._models.default_id
            if self._models.is_loading(turn.model_id):
                turn.waiting = self._models.waiting
            else:
                self._start(turn, workspace)

    def _start(self, turn: Turn, workspace: Workspace) -> None:
        session: Session = workspace.session(turn.chat.conversation_id)
        model_id = turn.model_id
        turn.waiting = None
        turn.events.start()
        turn.task = self._runner.run(
            lambda cancel: session.send(turn.text, on_event=turn.events.post, model_id=model_id, cancel=cancel),
            lambda result: self._on_result(turn, result),
            lambda error: self._return(turn, error),
        )
        self._show_answering()
        self.changed.emit(turn.chat)

    def _show_answering(self) -> None:
        """Say which models have to stay as they are."""
        answering = (turn.model_id for turn in self._turns.values() if not turn.is_held and turn.waiting is None)
        self._models.set_answering(frozenset(answering))

    def _on_load_waits(self) -> None:
        for turn in tuple(self._turns.values()):
            if turn.is_held and self._models.is_loading(turn.model_id):
                turn.waiting = self._models.waiting
                self.changed.emit(turn.chat)

    def _on_load_ended(self, error: BaseException | None) -> None:
        # A message whose model is not to be loaded before another one loads it by itself.
        if error is None or self._models.is_replacing:
            self._start_held()
            return
        for turn in tuple(self._turns.values()):
            if turn.is_held:
                # The failed load says why; the text only comes back.
                self._return(turn, Cancelled())

    def _on_events(self, turn: Turn, events: list[ChatEvent]) -> None:
        has_grown = False
        for event in events:
            waiting = event if isinstance(event, WaitingForModel) else None
            if waiting != turn.waiting:
                turn.waiting = waiting
                self._show_answering()
                self.changed.emit(turn.chat)
            if isinstance(event, ModelsUnloaded):
                self._models.tell_unloaded(event)
            elif isinstance(event, PhaseProgressed):
                turn.progress = event
                if event.phase is Phase.READING:
                    turn.prompt_tokens = event.total
                self.progressed.emit(turn.chat, event)
            elif isinstance(event, PromptAccepted):
                turn.prompt = event.message
                # It may have been loaded for this turn, in place of another one.
                self._models.refresh_loaded()
                self.accepted.emit(turn.chat, event.message)
            else:
                has_grown = _apply(turn, event) or has_grown
        # One signal for all text of one flush.
        if has_grown:
            self.answer_changed.emit(turn.chat, turn.answer)

    def _on_result(self, turn: Turn, result: TurnFinished | PromptRefused) -> None:
        self._end(turn)
        if isinstance(result, PromptRefused):
            self.refused.emit(turn.chat, result, turn.text)
        else:
            self.finished.emit(turn.chat, result)

    def _return(self, turn: Turn, error: BaseException) -> None:
        self._end(turn)
        self.returned.emit(turn.chat, turn.text, error)

    def _end(self, turn: Turn) -> None:
        turn.events.stop()
        turn.events.deleteLater()
        del self._turns[turn.chat]
        self._show_answering()
        self._models.refresh_loaded()
        self.changed.emit(turn.chat)


def _apply(turn: Turn, event: ChatEvent) -> bool:
    """Let the answer grow by an event; return whether it has changed."""
    if isinstance(event, AnswerStarted | TurnFinished):
        turn.answer = event.message
    elif turn.answer is None:
        return False
    elif isinstance(event, TextReleased):
        turn.answer = replace(turn.answer, text=turn.answer.text + event.text, marks=(*turn.answer.marks, *event.marks))
    elif isinstance(event, AnswerRevised):
        turn.answer = replace(turn.answer, text=event.text, marks=event.marks)
    elif isinstance(event, NoteAdded):
        turn.answer = replace(turn.answer, notes=(*turn.answer.notes, event.note))
    else:
        return False
    return True

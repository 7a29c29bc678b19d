# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One answer at a time, seen from the window: send, watch it grow, stop."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from strongroom.chat import Session
from strongroom.core.chat import StoredMessage
from strongroom.core.errors import Cancelled
from strongroom.core.events import (
    AnswerRevised,
    AnswerStarted,
    ChatEvent,
    NoteAdded,
    PhaseProgressed,
    PromptAccepted,
    PromptRefused,
    TextReleased,
    TurnFinished,
)
from strongroom.gui.background.event_queue import EventQueue
from strongroom.gui.background.task_runner import Task, TaskRunner
from strongroom.gui.models.model_desk import Activity, ModelDesk
from strongroom.workspace import Workspace


@dataclass
class _Turn:
    """What was sent, and how far it is."""

    text: str
    conversation_id: int | None
    task: Task | None = None
    """None while it waits for a model that is being loaded."""
    answer: StoredMessage | None = None
    is_stopping: bool = False


class TurnDesk(QObject):
    """Sends one message at a time and turns its events into signals of the GUI thread.

    Signals:
        busy_changed: A turn began or ended (:attr:`is_busy`).
        progressed: A :class:`PhaseProgressed`.
        accepted: The :class:`StoredMessage` of the prompt, as the policy let it through.
        answer_changed: The :class:`StoredMessage` of the answer as it is now.
        finished: The :class:`TurnFinished`.
        refused: The :class:`PromptRefused`, and the text that was not sent.
        returned: The text of a message that was not sent, and the exception that says why.
    """

    busy_changed = Signal()
    progressed = Signal(object)
    accepted = Signal(object)
    answer_changed = Signal(object)
    finished = Signal(object)
    refused = Signal(object, str)
    returned = Signal(str, object)

    def __init__(self, runner: TaskRunner, models: ModelDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._models = models
        self._events = EventQueue(self)
        self._events.arrived.connect(self._on_events)
        self._workspace: Workspace | None = None
        self._turn: _Turn | None = None
        models.load_ended.connect(self._on_load_ended)

    @property
    def is_busy(self) -> bool:
        """Whether a message is being answered, or waits to be."""
        return self._turn is not None

    @property
    def is_waiting(self) -> bool:
        """Whether a message waits for the model to be loaded."""
        return self._turn is not None and self._turn.task is None

    @property
    def live_answer(self) -> StoredMessage | None:
        """The answer that is growing, up to what has been shown of it."""
        return self._turn.answer if self._turn else None

    @property
    def conversation_id(self) -> int | None:
        """The conversation of the turn under way; None when there is none or it is not kept yet."""
        return self._turn.conversation_id if self._turn else None

    def attach(self, workspace: Workspace) -> None:
        """Begin; a message that was sent before goes out as soon as the model is there."""
        self._workspace = workspace
        if self._turn is not None and self._models.activity is not Activity.LOADING:
            self._start(self._turn)

    def close(self) -> None:
        """Stop what is under way, and let nothing wait for this window any more."""
        self._events.close()
        self.stop()
        self._workspace = None

    def send(self, conversation_id: int | None, text: str) -> None:
        """Send a message; while a model is being loaded, or nothing is open yet, it waits."""
        if self._turn is not None:
            return
        self._turn = _Turn(text, conversation_id)
        self.busy_changed.emit()
        if self._workspace is not None and self._models.activity is not Activity.LOADING:
            self._start(self._turn)

    def stop(self) -> None:
        """Stop in whatever phase the turn is; what was shown stays."""
        turn = self._turn
        if turn is None:
            return
        turn.is_stopping = True
        if turn.task is not None:
            turn.task.cancel()
        else:
            self._end()
            self.returned.emit(turn.text, Cancelled())

    def _start(self, turn: _Turn) -> None:
        workspace = self._workspace
        if workspace is None:
            return
        session: Session = workspace.session(turn.conversation_id)
        model_id = self._models.wanted
        self._events.start()
        turn.task = self._runner.run(
            lambda cancel: session.send(turn.text, on_event=self._events.post, model_id=model_id, cancel=cancel),
            lambda result: self._on_result(turn, result),
            lambda error: self._on_error(turn, error),
        )
        self._models.set_blocked(is_blocked=True)

    def _on_load_ended(self, error: BaseException | None) -> None:
        turn = self._turn
        if turn is None or turn.task is not None:
            return
        if error is None:
            self._start(turn)
        else:
            self._end()
            # The failed load says why; the text only comes back.
            self.returned.emit(turn.text, Cancelled())

    def _on_events(self, events: list[ChatEvent]) -> None:
        changed = False
        for event in events:
            if isinstance(event, PhaseProgressed):
                self.progressed.emit(event)
            elif isinstance(event, PromptAccepted):
                if self._turn is not None:
                    self._turn.conversation_id = event.message.conversation_id
                self.accepted.emit(event.message)
            else:
                changed = self._apply(event) or changed
        # One signal for all text of one flush.
        if changed and self._turn is not None:
            self.answer_changed.emit(self._turn.answer)

    def _apply(self, event: ChatEvent) -> bool:
        turn = self._turn
        if turn is None:
            return False
        if isinstance(event, AnswerStarted | TurnFinished):
            turn.answer = event.message
        elif turn.answer is None:
            return False
        elif isinstance(event, TextReleased):
            turn.answer = replace(
                turn.answer, text=turn.answer.text + event.text, marks=(*turn.answer.marks, *event.marks)
            )
        elif isinstance(event, AnswerRevised):
            turn.answer = replace(turn.answer, text=event.text, marks=event.marks)
        elif isinstance(event, NoteAdded):
            turn.answer = replace(turn.answer, notes=(*turn.answer.notes, event.note))
        else:
            return False
        return True

    def _on_result(self, turn: _Turn, result: TurnFinished | PromptRefused) -> None:
        self._events.stop()
        self._end()
        self._models.look_again()
        if isinstance(result, PromptRefused):
            self.refused.emit(result, turn.text)
        else:
            self.finished.emit(result)

    def _on_error(self, turn: _Turn, error: BaseException) -> None:
        self._events.stop()
        self._end()
        self._models.look_again()
        self.returned.emit(turn.text, error)

    def _end(self) -> None:
        self._turn = None
        self._models.set_blocked(is_blocked=False)
        self.busy_changed.emit()

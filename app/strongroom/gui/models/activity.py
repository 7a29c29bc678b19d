# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One thing at a time with a model: how it begins, how far it is, what it waits for, how it ends, what comes next."""

import threading
from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from strongroom.core.events import ChatEvent, Listener, ModelsUnloaded, PhaseProgressed, WaitingForModel
from strongroom.gui.background.event_queue import EventQueue
from strongroom.gui.background.task_runner import Task, TaskRunner

T = TypeVar("T")

Operation = Callable[[Listener, threading.Event], T]
"""What is done off the GUI thread; it is given a listener for its events, and what cancels it."""


class Activity(Enum):
    """What is being done with a model."""

    NONE = auto()
    LOADING = auto()
    """Verifying first, then loading."""
    VERIFYING = auto()
    IMPORTING = auto()


class OneActivity(QObject):
    """Does one thing with one model at a time, for a desk that knows what.

    Signals:
        activity_changed: Something began or ended (:attr:`activity`, :attr:`subject`).
        progressed: A :class:`PhaseProgressed` of what is under way.
        waiting_changed: What is to be loaded waits for others, or no longer (:attr:`waiting`).
    """

    activity_changed = Signal()
    progressed = Signal(object)
    waiting_changed = Signal()

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._events = EventQueue(self)
        self._events.arrived.connect(self._on_events)
        self.progressed.connect(self._on_progressed)
        self._task: Task | None = None
        self._next: Callable[[], None] | None = None
        self.activity = Activity.NONE
        self.subject = ""
        """The id of the model that something is done with."""
        self.progress: PhaseProgressed | None = None
        """How far that is; None before anything is known."""
        self.waiting: WaitingForModel | None = None
        """What the load that is under way waits for."""

    @property
    def is_replacing(self) -> bool:
        """Whether something else is to be done as soon as what is under way has ended."""
        return self._next is not None

    def cancel(self) -> None:
        """Stop what is under way."""
        if self._task is not None:
            self._task.cancel()

    def close(self) -> None:
        """Stop what is under way, and let nothing wait for this window any more."""
        self._events.close()
        self._next = None
        self.cancel()

    def refresh(self) -> None:
        """Find out anew what there is; called whenever something has ended."""

    def _begin(
        self,
        activity: Activity,
        subject: str,
        operation: Operation[T],
        on_success: Callable[[T], None],
        on_failure: Callable[[BaseException], object] | None = None,
    ) -> None:
        self.activity, self.subject = activity, subject
        self._events.start()

        def succeed(result: T) -> None:
            self._end()
            on_success(result)
            self._go_on()

        def fail(error: BaseException) -> None:
            self._end()
            if on_failure is None:
                self._on_failed(error, activity, subject)
            else:
                on_failure(error)
            self._go_on()

        self._task = self._runner.run(lambda cancel: operation(self._events.post, cancel), succeed, fail)
        self.activity_changed.emit()

    def _do_next(self, following: Callable[[], None]) -> None:
        """Do something else as soon as what is under way has ended."""
        self._next = following

    def _end(self) -> None:
        self._events.stop()
        self._task = None
        self.activity, self.subject, self.progress = Activity.NONE, "", None
        self._set_waiting(None)

    def _go_on(self) -> None:
        following, self._next = self._next, None
        self.activity_changed.emit()
        self.refresh()
        if following is not None:
            following()

    def _on_failed(self, error: BaseException, activity: Activity, subject: str) -> None:
        """Say why something that had no other way to say so did not succeed."""
        raise NotImplementedError

    def _on_unloaded(self, unloaded: ModelsUnloaded) -> None:
        """Take note of which models had to go for the one that is being loaded, and whether that is enough."""

    def _on_events(self, events: list[ChatEvent]) -> None:
        for event in events:
            if isinstance(event, WaitingForModel):
                self._set_waiting(event)
            elif isinstance(event, ModelsUnloaded):
                self._on_unloaded(event)
            elif isinstance(event, PhaseProgressed):
                self._set_waiting(None)
                self.progressed.emit(event)

    def _on_progressed(self, progress: PhaseProgressed) -> None:
        self.progress = progress

    def _set_waiting(self, waiting: WaitingForModel | None) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self.waiting_changed.emit()

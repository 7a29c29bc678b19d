# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Opening the workspace behind a window that is already there, and asking for a passphrase on the way."""

import queue
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from strongroom.core.errors import Cancelled
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.storage import KeyProblem, KeyRefused
from strongroom.words import explain
from strongroom.workspace import Workspace

_POLL_MS = 50
_CLOSED_CHECK_S = 0.05

PassphrasePrompt = Callable[[bool], str | None]
OpenWorkspace = Callable[[PassphrasePrompt], Workspace]


class WorkspaceOpener(QObject):
    """Opens a workspace off the GUI thread. The thread that needs a passphrase waits; the window asks and answers.

    Signals:
        opened: The :class:`Workspace`.
        failed: The exception that says why it was not opened.
        passphrase_wanted: Call :meth:`answer`. Carries what was wrong with the last one, or an empty text.
    """

    opened = Signal(object)
    failed = Signal(object)
    passphrase_wanted = Signal(str)

    def __init__(self, open_workspace: OpenWorkspace, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_workspace = open_workspace
        self._runner = runner
        self.made: Workspace | None = None
        """The workspace, as soon as it is open: also when the window is gone before it hears of it."""
        self._is_closed = threading.Event()
        self._questions: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._look_for_questions)

    def open(self) -> None:
        """Open, as the data folder is locked; nothing is asked at a first start."""
        self._timer.start()
        self._runner.run(self._open, self._on_opened, self._on_failed)

    def answer(self, passphrase: str | None) -> None:
        """Answer the last question; None for no passphrase."""
        self._answers.put(passphrase)

    def close(self) -> None:
        """Let nobody wait for an answer any more."""
        self._is_closed.set()
        self._timer.stop()

    def _open(self, cancelled: threading.Event) -> Workspace:
        problem = ""
        while True:
            try:
                workspace = self._open_workspace(self._prompt(problem))
            except KeyRefused as refusal:
                if refusal.problem is not KeyProblem.PASSPHRASE_WRONG:
                    raise
                problem = explain(refusal).message
                continue
            if cancelled.is_set():
                # The window was closed meanwhile, so nobody else will close this.
                workspace.close()
                raise Cancelled
            self.made = workspace
            return workspace

    def _prompt(self, problem: str) -> PassphrasePrompt:
        # Keeping nothing is the user's to change, from the banner that says so: a new passphrase is not asked for here.
        return lambda is_new: None if is_new else self._ask(problem)

    def _ask(self, problem: str) -> str | None:
        self._questions.put(problem)
        while not self._is_closed.is_set():
            try:
                return self._answers.get(timeout=_CLOSED_CHECK_S)
            except queue.Empty:
                continue
        raise Cancelled

    def _look_for_questions(self) -> None:
        try:
            problem = self._questions.get_nowait()
        except queue.Empty:
            return
        self.passphrase_wanted.emit(problem)

    def _on_opened(self, workspace: Workspace) -> None:
        self._timer.stop()
        self.opened.emit(workspace)

    def _on_failed(self, error: BaseException) -> None:
        self._timer.stop()
        self.failed.emit(error)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Looks every two seconds whether the policy has changed, and says so when it has."""

import queue

from PySide6.QtCore import QObject, QTimer, Signal

from strongroom.core.errors import UserFacingError
from strongroom.gui.background.task_runner import Task, TaskRunner
from strongroom.gui.widgets.banner import notice_of
from strongroom.gui.widgets.shell import Shell, inform
from strongroom.policy import PolicyChange
from strongroom.words import translate
from strongroom.workspace import Workspace

LOOK_MS = 2_000
_KEY = "policy.changed"


class PolicyWatch(QObject):
    """Notices changes of the policy while nothing is sent, and tells of those that somebody else noticed.

    Args:
        shell: Shows the notices.
        runner: Looks at the file, and makes the new filter, off the GUI thread.
        parent: The window.

    Signals:
        changed: Another policy is in force, or none.
    """

    changed = Signal()

    def __init__(self, shell: Shell, runner: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._runner = runner
        self._workspace: Workspace | None = None
        self._look: Task | None = None
        # A turn that begins notices changes too, on its own thread.
        self._noticed: queue.SimpleQueue[PolicyChange] = queue.SimpleQueue()
        self._refusal_key = ""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace
        workspace.policy.subscribe(self._noticed.put)
        self._timer.start()

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._workspace = None

    def look(self) -> None:
        """Look now, unless a look is under way."""
        workspace = self._workspace
        if workspace is not None and self._look is None:
            self._look = self._runner.run(lambda _: workspace.policy.refresh(), self._on_looked, self._on_failed)

    def _on_looked(self, _: None) -> None:
        self._look = None
        change = None
        while not self._noticed.empty():
            change = self._noticed.get()
        if change is not None:
            self._show(change)
            self.changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        self._look = None
        self._shell.show_error(error)

    def _show(self, change: PolicyChange) -> None:
        if self._refusal_key:
            self._shell.retract(self._refusal_key)
            self._refusal_key = ""
        if change.now is not None:
            policy = change.now.identity
            sentence = translate("PolicyWatch", "{policy} is in force from the next message on.")
            inform(
                self._shell,
                _KEY,
                translate("PolicyWatch", "Policy changed"),
                sentence.format(policy=f"{policy.name} {policy.version}".strip()),
            )
        elif change.refusal is not None:
            self._show_refusal(change.refusal)

    def _show_refusal(self, refusal: UserFacingError) -> None:
        # The same key as that of a message that is refused for it: there is one notice, and it goes with its reason.
        self._refusal_key = refusal.code
        self._shell.retract(_KEY)
        self._shell.notify(notice_of(refusal))

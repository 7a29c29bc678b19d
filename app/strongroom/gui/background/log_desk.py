# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the desks of both logs do off the GUI thread: read, verify, write to a file, and say how it went."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from strongroom.core.incident import IncidentVerification
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.workspace import Workspace

T = TypeVar("T")


class LogDesk(QObject):
    """Reads, verifies and exports a log, for a desk that knows which one. Nothing happens before :meth:`attach`.

    Signals:
        listed: The records that were read, as the desk lists them.
        verified: The :class:`~strongroom.core.incident.IncidentVerification`.
        exported: How many were written, as the format has it, and the file.
        busy_changed: Whether a verification or an export is under way.
        failed: An exception.
    """

    listed = Signal(object)
    verified = Signal(object)
    exported = Signal(int, object)
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._workspace: Workspace | None = None

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace

    def _read(self, read: Callable[[Workspace], T], on_read: Callable[[T], None]) -> None:
        # The workspace is asked for its log each time: a session that begins to be kept goes on in another one.
        if (workspace := self._workspace) is not None:
            self._runner.store(lambda: read(workspace), on_read, self.failed.emit)

    def _verify(self, check: Callable[[Workspace], IncidentVerification]) -> None:
        if (workspace := self._workspace) is not None:
            self.busy_changed.emit(True)
            self._runner.run(lambda _cancel: check(workspace), self._on_verified, self._on_failed)

    def _write(self, write: Callable[[Workspace], int], path: Path) -> None:
        if (workspace := self._workspace) is not None:
            self.busy_changed.emit(True)
            self._runner.store(lambda: write(workspace), lambda count: self._on_exported(count, path), self._on_failed)

    def _on_verified(self, verification: IncidentVerification) -> None:
        self.busy_changed.emit(False)
        self.verified.emit(verification)

    def _on_exported(self, count: int, path: Path) -> None:
        self.busy_changed.emit(False)
        self.exported.emit(count, path)

    def _on_failed(self, error: BaseException) -> None:
        self.busy_changed.emit(False)
        self.failed.emit(error)

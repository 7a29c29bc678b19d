# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reports of false alarms, seen from the window: kept, read and removed off the GUI thread."""

from PySide6.QtCore import QObject, Signal

from strongroom.core.false_alarm import FalseAlarm
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.findings.cards import MarkedPassage
from strongroom.workspace import Workspace, allow_list_entries, report_false_alarm


class FalseAlarmDesk(QObject):
    """Keeps, lists and removes reports.

    Signals:
        listed: The :class:`~strongroom.core.false_alarm.FalseAlarm` values, newest first.
        reported: A report is kept.
        failed: An exception.
    """

    listed = Signal(list)
    reported = Signal()
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._workspace: Workspace | None = None

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace

    def report(self, marked: MarkedPassage, passage: str, comment: str) -> None:
        """Keep what the user says about a passage."""
        workspace = self._workspace
        if workspace is None:
            return

        def keep() -> FalseAlarm:
            return report_false_alarm(
                workspace, marked.mark, passage=passage, comment=comment, conversation_id=marked.conversation_id
            )

        self._runner.store(keep, lambda _: self._on_reported(), self.failed.emit)

    def read(self) -> None:
        """Read all reports anew."""
        workspace = self._workspace
        if workspace is not None:
            self._runner.store(workspace.conversations.false_alarms.list, self.listed.emit, self.failed.emit)

    def remove(self, alarm_id: int) -> None:
        """Remove one report for good."""
        workspace = self._workspace
        if workspace is not None:
            self._runner.store(
                lambda: workspace.conversations.false_alarms.remove(alarm_id), lambda _: self.read(), self.failed.emit
            )

    def entries(self, alarm: FalseAlarm) -> str:
        """Return a report as an entry of the allow-list, for the policy in force."""
        return allow_list_entries([alarm], self._workspace.policy.latest.policy) if self._workspace else ""

    def _on_reported(self) -> None:
        self.reported.emit()
        self.read()

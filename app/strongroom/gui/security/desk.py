# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's processes, seen from the window: what holds each of them back, and what each of them tried in vain."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from strongroom.core.errors import Cancelled
from strongroom.core.isolation import ProcessReport, ProcessRole
from strongroom.gui.background.latest_request import LatestRequest
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.workspace import Processes


class SecurityDesk(QObject):
    """Looks at the processes, and has them try what they must not be able to do, off the GUI thread.

    Signals:
        looked: :attr:`reports` are new.
        measuring_changed: A measurement began or ended (:attr:`is_measuring`).
        measured: :attr:`reports` are those of a measurement.
        measuring_failed: The exception that says why there is no outcome; ``Cancelled`` when the user cancelled it.
        failed: Any other exception.
    """

    looked = Signal()
    measuring_changed = Signal()
    measured = Signal()
    measuring_failed = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._processes: Processes | None = None
        self._looking = LatestRequest(runner, lambda: None)
        self._measuring = LatestRequest(runner, self.measuring_changed.emit)
        self.reports: Sequence[ProcessReport] = ()
        self.has_measured = False
        """Whether a measurement was ever begun."""

    @property
    def is_measuring(self) -> bool:
        """Whether a measurement is under way."""
        return self._measuring.is_running

    def attach(self, processes: Processes) -> None:
        """Begin: see what holds the processes back."""
        self._processes = processes
        self.look()

    def close(self) -> None:
        """Let nothing wait for this window any more."""
        self._looking.cancel()
        self._measuring.cancel()
        self._processes = None

    def look(self) -> None:
        """See what holds the processes back now; what was measured stays with the processes that measured it."""
        if self._processes is not None:
            processes = self._processes
            self._looking.start(lambda _cancel: processes.known(), self._on_looked, self.failed.emit)

    def measure(self) -> None:
        """Have every process try what it must not be able to do, in the place of a measurement under way."""
        if self._processes is not None:
            processes = self._processes
            self.has_measured = True
            self._looking.cancel()
            self._measuring.start(
                lambda cancel: processes.measure(cancel=cancel), self._on_measured, self.measuring_failed.emit
            )

    def cancel(self) -> None:
        """Stop the measurement that is under way."""
        if self._measuring.cancel():
            self.measuring_failed.emit(Cancelled())

    def _on_looked(self, reports: Sequence[ProcessReport]) -> None:
        if not self.is_measuring:
            self.reports = _with_measured(reports, [report for report in self.reports if report.attempts])
            self.looked.emit()

    def _on_measured(self, reports: Sequence[ProcessReport]) -> None:
        self.reports = tuple(reports)
        self.looked.emit()
        self.measured.emit()
        # Some of them were started for this, and have ended.
        self.look()


def _with_measured(reports: Sequence[ProcessReport], former: Sequence[ProcessReport]) -> tuple[ProcessReport, ...]:
    """Return reports with what the same processes tried before; one that has ended since keeps what it tried."""
    known = {(one.role, one.name): one for one in former}
    merged = [_with_attempts(report, known.get((report.role, report.name))) for report in reports]
    running = {report.role for report in reports}
    merged += [replace(one, process_id=None) for one in former if one.role not in running]
    return tuple(sorted(merged, key=lambda report: list(ProcessRole).index(report.role)))


def _with_attempts(report: ProcessReport, former: ProcessReport | None) -> ProcessReport:
    if report.attempts or former is None:
        return report
    if report.process_id is None:
        return replace(former, process_id=None, note=report.note or former.note)
    return former if (former.process_id, former.confinement) == (report.process_id, report.confinement) else report

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""All jobs, seen from the window: the newest state of each, read by a timer, and what the user wants of them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from strongroom.gui.background.newest_feed import NewestFeed
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.jobs import Job, JobQueue
from strongroom.workspace import Workspace

_BUSY_MS = 100
_IDLE_MS = 500


class JobsDesk(QObject):
    """Follows the jobs of a workspace.

    Signals:
        changed: Jobs began, moved on or went (:attr:`jobs`).
        failed: The exception that says why something was not done.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._queue: JobQueue | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._feed: NewestFeed[Job] = NewestFeed(lambda job: job.job_id)
        self._jobs: dict[str, Job] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_IDLE_MS)
        self._timer.timeout.connect(self._on_tick)

    @property
    def jobs(self) -> Sequence[Job]:
        """Every job, in the order in which they were begun."""
        return sorted(self._jobs.values(), key=lambda job: job.created_at)

    def attach(self, workspace: Workspace) -> None:
        """Begin: take note of the jobs that there are."""
        queue = self._queue = workspace.jobs
        self._unsubscribe = queue.subscribe(self._feed.post)
        self._runner.store(queue.all, self._on_known, self.failed.emit)
        self._timer.start()

    def close(self) -> None:
        """Hear nothing more. Jobs end with the workspace, and can be gone on with."""
        self._timer.stop()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._queue = None

    def refresh(self) -> None:
        """See what other processes of the app have made of the jobs."""
        if self._queue is not None:
            self._runner.store(self._queue.refresh, lambda _: None, self.failed.emit)

    def pause(self, job_id: str) -> None:
        """Pause a job; what is done is kept."""
        if self._queue is not None:
            queue = self._queue
            self._command(lambda: queue.pause(job_id))

    def resume(self, job_id: str) -> None:
        """Go on with a job, or try it again."""
        if self._queue is not None:
            queue = self._queue
            self._command(lambda: queue.resume(job_id))

    def cancel(self, job_id: str) -> None:
        """Drop a job; for a day it can be resumed after all."""
        if self._queue is not None:
            queue = self._queue
            self._command(lambda: queue.cancel(job_id))

    def discard(self, job_id: str) -> None:
        """Forget a job."""
        if self._queue is not None:
            queue = self._queue
            self._command(lambda: queue.discard(job_id))

    def _command(self, operation: Callable[[], object]) -> None:
        self._timer.setInterval(_BUSY_MS)
        self._runner.store(operation, lambda _: None, self.failed.emit)

    def _on_known(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            # What was heard meanwhile is newer.
            self._jobs.setdefault(job.job_id, job)
        self.changed.emit()

    def _on_tick(self) -> None:
        changed = self._feed.take()
        for job in changed:
            if job.is_discarded:
                self._jobs.pop(job.job_id, None)
            else:
                self._jobs[job.job_id] = job
        is_busy = any(job.state.is_active for job in self._jobs.values())
        self._timer.setInterval(_BUSY_MS if is_busy else _IDLE_MS)
        if changed:
            self.changed.emit()

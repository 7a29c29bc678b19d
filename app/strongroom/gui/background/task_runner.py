# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Background work as one small object: the caller never sees a thread.

Results come back through a queue that a timer empties, so no Qt signal is ever emitted from a foreign thread. The
timer runs only while something is under way.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from strongroom.core.errors import Cancelled

T = TypeVar("T")

_POLL_MS = 12
_WORKERS = 32
"""Most work waits: for a model that others have, for a process, for a disk. A thread is made when none is idle."""


class Task:
    """One piece of work under way."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.leave_out: Callable[[], bool] | None = None
        """Leaves it out unless it has begun; None for what has to be done in any case."""

    def cancel(self) -> None:
        """Ask the work to stop at the next place where it looks; at once where it waits for a thread."""
        self.cancelled.set()
        if self.leave_out is not None:
            self.leave_out()


class TaskRunner(QObject):
    """Runs work off the GUI thread and reports in it.

    ``run`` uses a pool for long work: loading, hashing, answering. ``store`` uses one thread, so that reads and
    writes of the databases happen in the order in which they were asked for.

    Args:
        parent: Who owns it.
        workers: How much ``run`` does at the same time.
    """

    def __init__(self, parent: QObject | None = None, *, workers: int = _WORKERS) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="strongroom-work")
        self._serial = ThreadPoolExecutor(1, thread_name_prefix="strongroom-store")
        self._finished: queue.SimpleQueue[tuple[Task, Callable[[], None]]] = queue.SimpleQueue()
        self._pending: set[Task] = set()
        self._is_closed = False
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._deliver)

    @property
    def pending(self) -> int:
        """How many tasks have not reported yet."""
        return len(self._pending)

    def run(
        self,
        operation: Callable[[threading.Event], T],
        on_success: Callable[[T], None],
        on_error: Callable[[BaseException], None],
    ) -> Task:
        """Run ``operation(cancelled)`` in the pool, then call one of the callbacks in the GUI thread.

        A cancelled operation reports what it raises, usually :class:`~strongroom.core.errors.Cancelled`.
        """
        return self._start(self._pool, operation, on_success, on_error, may_be_left_out=True)

    def store(
        self,
        operation: Callable[[], T],
        on_success: Callable[[T], None],
        on_error: Callable[[BaseException], None],
    ) -> Task:
        """Run ``operation()`` after all that was stored before it, then call one of the callbacks in the GUI thread."""
        return self._start(self._serial, lambda _cancelled: operation(), on_success, on_error)

    def close(self) -> None:
        """Cancel what can be cancelled, wait for the rest, and report nothing more."""
        if self._is_closed:
            return
        self._is_closed = True
        for task in self._pending:
            task.cancel()
        self._timer.stop()
        self._pool.shutdown(wait=True)
        # After the pool: a turn that ends may still have asked for a write.
        self._serial.shutdown(wait=True)
        self._pending.clear()

    def _start(
        self,
        executor: ThreadPoolExecutor,
        operation: Callable[[threading.Event], T],
        on_success: Callable[[T], None],
        on_error: Callable[[BaseException], None],
        *,
        may_be_left_out: bool = False,
    ) -> Task:
        task = Task()
        if self._is_closed:
            return task

        def report(future: Future[T]) -> None:
            error = Cancelled() if future.cancelled() else future.exception()
            if error is not None:
                self._finished.put((task, lambda: on_error(error)))
            else:
                self._finished.put((task, lambda: on_success(future.result())))

        self._pending.add(task)
        future = executor.submit(operation, task.cancelled)
        future.add_done_callback(report)
        if may_be_left_out:
            task.leave_out = future.cancel
        if not self._timer.isActive():
            self._timer.start()
        return task

    def _deliver(self) -> None:
        while not self._is_closed:
            try:
                task, callback = self._finished.get_nowait()
            except queue.Empty:
                break
            self._pending.discard(task)
            callback()
        if not self._pending:
            self._timer.stop()

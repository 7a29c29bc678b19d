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

T = TypeVar("T")

_POLL_MS = 12
_WORKERS = 4


class Task:
    """One piece of work under way."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at the next place where it looks."""
        self.cancelled.set()


class TaskRunner(QObject):
    """Runs work off the GUI thread and reports in it.

    ``run`` uses a small pool for long work: loading, hashing, answering. ``store`` uses one thread, so that reads and
    writes of the databases happen in the order in which they were asked for.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="strongroom-work")
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
        return self._start(self._pool, operation, on_success, on_error)

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
    ) -> Task:
        task = Task()
        if self._is_closed:
            return task

        def report(future: Future[T]) -> None:
            error = future.exception()
            if error is not None:
                self._finished.put((task, lambda: on_error(error)))
            else:
                self._finished.put((task, lambda: on_success(future.result())))

        self._pending.add(task)
        executor.submit(operation, task.cancelled).add_done_callback(report)
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

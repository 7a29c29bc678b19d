# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that is told about jobs: on the disk first, then to whoever listens, and never out of order."""

import contextlib
import threading
from collections.abc import Callable

from strongroom.core.line_messages import Message, ProtocolBreach
from strongroom.jobs.job import Job
from strongroom.jobs.one_job import OneJob
from strongroom.jobs.records import JobRecords

Listener = Callable[[Job], None]


class Announcer:
    """Writes down and tells how jobs stand. Thread-safe.

    Args:
        records: Where the records are.
        lock: Guards the jobs; never held while somebody is told something.
    """

    def __init__(self, records: JobRecords, lock: threading.Condition) -> None:
        self._records = records
        self._lock = lock
        self.telling = threading.RLock()
        """Held from looking at a job until all were told, so that nobody hears an older state last."""
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Let ``listener`` know of every change, on the thread that made it; it must not wait for another thread.

        Returns:
            A function that ends the subscription.
        """
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def tell(self, one: OneJob) -> Job:
        """Write down and tell how a job stands, if that is news; return it."""
        with self.telling:
            with self._lock:
                job = one.snapshot()
                is_news = one.told != job and not (one.told is not None and one.told.is_discarded)
                # Another process may write what this one has no claim on.
                record = one.record() if one.is_claimed and not one.is_discarded else one.saved
                listeners = list(self._listeners)
            if record != one.saved:
                one.saved = record
                # A disk that is full is no reason to hide why the job has ended; the next run finds it interrupted.
                with contextlib.suppress(OSError):
                    self._records.put(record)
            if is_news:
                one.told = job
                for listener in listeners:
                    listener(job)
            return job

    def checkpoint(self, one: OneJob, payload: Message) -> None:
        """Let the next run of a job begin with ``payload``; it is on the disk when this returns.

        Raises:
            OSError: It cannot be written; the former one stays.
            ProtocolBreach: A value of it is out of bounds.
        """
        with self.telling:
            with self._lock:
                former, one.payload = one.payload, payload
            try:
                with self._lock:
                    record = one.record()
                self._records.put(record)
            except (OSError, ProtocolBreach):
                with self._lock:
                    one.payload = former
                raise
            one.saved = record

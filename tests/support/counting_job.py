# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A kind of job that counts when it is told to, for tests of what holds for every kind."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from strongroom.core.errors import Cancelled
from strongroom.core.line_messages import Message, whole
from strongroom.jobs import Job, JobContext, JobKind, JobQueue, JobRecord, JobState, Progress, Unit
from strongroom.jobs.records import JobRecords

DEADLINE_S = 20.0
_LOOK_S = 0.002


@dataclass(frozen=True, slots=True)
class Count(Message):
    """How far to count, and how far that is."""

    TYPE = "count"
    until: Annotated[int, whole(0, 1_000_000)]
    reached: Annotated[int, whole(0, 1_000_000)] = 0


@dataclass(frozen=True, slots=True)
class Counted(Message):
    """What came of it."""

    TYPE = "counted"
    total: Annotated[int, whole(0, 1_000_000)]


class Counter:
    """Counts in as many runs as there are; each waits to be told what to do.

    Args:
        name: The kind's name.
        most_at_once: How many run at once.
    """

    def __init__(self, name: str = "count", most_at_once: int = 2) -> None:
        self._changed = threading.Condition()
        self._orders: dict[str, list[Callable[[JobContext[Count]], Counted | None]]] = {}
        self.running: list[str] = []
        """The ids of the jobs that run, in the order in which they began."""
        self.begun: list[str] = []
        """The ids of all runs."""
        self.discarded: list[str] = []
        self.is_deaf = False
        """Whether runs go on although they are stopped."""
        self.discard_problem: OSError | None = None
        self.kind = JobKind(
            name=name,
            payload=Count,
            result=Counted,
            run=self._run,
            most_at_once=most_at_once,
            unit=Unit.ITEMS,
            progress=lambda _, payload: Progress(payload.reached, payload.until),
            discard=self._discard,
        )

    def order(self, job_id: str, order: Callable[[JobContext[Count]], Counted | None]) -> None:
        """Let the run of a job do something; what it returns, unless None, is its result. It may raise."""
        with self._changed:
            self._orders.setdefault(job_id, []).append(order)
            self._changed.notify_all()

    def finish(self, job_id: str) -> None:
        """Let a run succeed."""
        self.order(job_id, lambda context: Counted(context.payload.until))

    def fail(self, job_id: str, error: BaseException) -> None:
        """Let a run raise ``error``."""

        def order(_: JobContext[Count]) -> Counted:
            raise error

        self.order(job_id, order)

    def count(self, job_id: str) -> None:
        """Let a run count one further, and wait until that is on the disk."""
        counted = threading.Event()

        def order(context: JobContext[Count]) -> None:
            payload = replace(context.payload, reached=context.payload.reached + 1)
            context.checkpoint(payload)
            context.report(payload.reached, payload.until)
            counted.set()

        self.order(job_id, order)
        assert counted.wait(DEADLINE_S)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that a run or a queue brings about."""
        until = time.monotonic() + DEADLINE_S
        with self._changed:
            while not is_so():
                assert time.monotonic() < until, "not in time"
                self._changed.wait(_LOOK_S)

    def _discard(self, job_id: str, _: Count) -> None:
        if self.discard_problem is not None:
            raise self.discard_problem
        self.discarded.append(job_id)

    def _run(self, context: JobContext[Count]) -> Counted:
        with self._changed:
            self.running.append(context.job_id)
            self.begun.append(context.job_id)
            self._changed.notify_all()
        try:
            while True:
                order = self._next(context)
                result = order(context)
                if result is not None:
                    return result
        finally:
            with self._changed:
                self.running.remove(context.job_id)
                self._changed.notify_all()

    def _next(self, context: JobContext[Count]) -> Callable[[JobContext[Count]], Counted | None]:
        with self._changed:
            while not self._orders.get(context.job_id):
                if context.cancelled.is_set() and not self.is_deaf:
                    raise Cancelled
                self._changed.wait(_LOOK_S)
            return self._orders[context.job_id].pop(0)


class Listening:
    """Keeps what a queue tells, and whether all of it was on the disk when it was told."""

    def __init__(self, folder: Path, queue: JobQueue) -> None:
        self._records = JobRecords(folder)
        self.told: list[Job] = []
        self.not_on_disk: list[tuple[Job, JobRecord | None]] = []
        queue.subscribe(self.hear)

    def hear(self, job: Job) -> None:
        record = self._records.read_one(job.job_id)
        is_there = (
            record is not None
            and (record.state, record.priority, record.ended_at) == (job.state, job.priority, job.ended_at)
            and record.problem == job.problem
        )
        if not is_there and not job.is_discarded:
            self.not_on_disk.append((job, record))
        self.told.append(job)

    def states(self, job_id: str) -> list[JobState]:
        """Return the states of a job in the order in which they were told, each once in a row."""
        told = [job.state for job in self.told if job.job_id == job_id]
        return [state for place, state in enumerate(told) if place == 0 or state is not told[place - 1]]

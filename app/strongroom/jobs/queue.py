# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The jobs of one data folder: who waits, who runs, and everything that is told about them.

Every state is on the disk before anybody is told of it.
"""

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

from strongroom.core.clock import parse_utc, utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.line_messages import Message, ProtocolBreach, values_of
from strongroom.core.statement import Statement
from strongroom.jobs.announcing import Announcer, Listener
from strongroom.jobs.job import Job, JobPriority, JobState
from strongroom.jobs.kind import JobKind
from strongroom.jobs.one_job import OneJob
from strongroom.jobs.records import MOST_NAME, RECORD_VERSION, JobRecord, JobRecords, new_id
from strongroom.jobs.refusals import busy, not_written, unknown
from strongroom.jobs.threads import JobThreads

P = TypeVar("P", bound=Message)
R = TypeVar("R", bound=Message)

KEPT = timedelta(days=1)
"""How long a job that is done or cancelled stays on the list."""


class JobQueue:
    """All jobs of one data folder. Thread-safe.

    Records of kinds that nobody has declared yet are left alone.

    Args:
        folder: Where the records are; made when the first job is.
    """

    def __init__(self, folder: Path) -> None:
        self._records = JobRecords(folder)
        self._lock = threading.Condition()
        """Guards everything below; never held while somebody is told something."""
        self._announcer = Announcer(self._records, self._lock)
        self._threads = JobThreads(self._lock, self._announcer, self._remove)
        self._kinds: dict[str, JobKind[Message, Message]] = {}
        self._jobs: dict[str, OneJob] = {}
        records, notes = self._records.read()
        self._undeclared = list(records)
        self._notes = list(notes)

    @property
    def notes(self) -> tuple[Statement, ...]:
        """A note on each record that could not be read and was set aside."""
        return tuple(self._notes)

    def declare(self, kind: JobKind[P, R]) -> None:
        """Take a kind of work, and the jobs of this kind that an earlier run left: what was under way is interrupted.

        Jobs that were done or cancelled more than a day ago are forgotten.
        """
        generic = cast("JobKind[Message, Message]", kind)
        with self._lock:
            self._kinds[kind.name] = generic
            found = [record for record in self._undeclared if record.kind == kind.name]
            self._undeclared = [record for record in self._undeclared if record.kind != kind.name]
            for record in found:
                self._take(record, generic)

    def adopt(self, record: JobRecord) -> None:
        """Take the record of a job that another program or version wrote, in the form of this one.

        It is written down unless there is one of its id. Its kind may be declared later.

        Raises:
            OSError: It cannot be written.
            ProtocolBreach: A value of the record is out of bounds.
        """
        if self._records.read_one(record.job_id) is None:
            self._records.put(record)
            with self._lock:
                self._undeclared.append(record)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Let ``listener`` know of every change, on the thread that made it; it must not wait for another thread.

        Returns:
            A function that ends the subscription.
        """
        return self._announcer.subscribe(listener)

    def all(self, kind: str = "") -> tuple[Job, ...]:
        """Return all jobs, or all of one kind, as was told of them last, the oldest first."""
        with self._lock:
            jobs = sorted(self._jobs.values(), key=lambda one: one.created_at)
            return tuple(one.told or one.snapshot() for one in jobs if kind in ("", one.kind.name))

    def get(self, job_id: str) -> Job:
        """Return how a job stands, as was told of it last.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``).
        """
        with self._lock:
            one = self._one(job_id)
            return one.told or one.snapshot()

    def start(self, kind: JobKind[P, R], payload: P, *, name: str, priority: JobPriority = JobPriority.NORMAL) -> Job:
        """Begin a new job of a declared kind.

        Raises:
            UserFacingError: It cannot be written down (``jobs.not_written``, ``jobs.disk_full``).
        """
        record = JobRecord(
            version=RECORD_VERSION,
            job_id=new_id(),
            kind=kind.name,
            name=name.encode("utf-8", "replace").decode()[:MOST_NAME],
            created_at=utc_now(),
            payload=values_of(payload),
            state=JobState.PAUSED,
            priority=priority,
        )
        one = OneJob(record, self._kinds[kind.name], self._records)
        with self._announcer.telling:
            try:
                one.claim()
                self._queue(one)
            except OSError as error:
                raise not_written(error) from error
            except UserFacingError:
                with contextlib.suppress(OSError):
                    self._records.remove(record.job_id)
                raise
            with self._lock:
                self._jobs[record.job_id] = one
            return self._threads.settle(one)

    def resume(self, job_id: str) -> Job:
        """Continue a job that is paused, cancelled or interrupted, or try again one that failed; others stay so.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), another process works on it (``jobs.busy``), or
                it cannot be written down (``jobs.not_written``, ``jobs.disk_full``).
        """
        with self._announcer.telling:
            with self._lock:
                one = self._one(job_id)
                if not (one.state.can_resume or one.is_elsewhere):
                    return one.snapshot()
                self._claim(one)
            # Another process may have done it meanwhile.
            if one.state is not JobState.DONE:
                self._queue(one)
            return self._threads.settle(one)

    def pause(self, job_id: str) -> Job:
        """Stop a job; what is done is kept. One that is not active stays as it is.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), or another process works on it (``jobs.busy``).
        """
        with self._announcer.telling:
            with self._lock:
                one = self._one(job_id)
                if one.is_elsewhere:
                    self._claim(one)
                if not one.state.is_active:
                    return one.told or one.snapshot()
                self._stop(one, JobState.PAUSED)
            return self._threads.settle(one)

    def pause_all(self, kind: str) -> None:
        """Stop all jobs of a kind that are active."""
        with self._lock:
            active = [job_id for job_id, one in self._jobs.items() if one.kind.name == kind and one.state.is_active]
        for job_id in active:
            with contextlib.suppress(UserFacingError):
                self.pause(job_id)

    def cancel(self, job_id: str) -> Job:
        """Stop a job for good; what is done is kept for a day, and until then it can be resumed after all.

        One that is done stays as it is.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), or another process works on it (``jobs.busy``).
        """
        with self._announcer.telling:
            with self._lock:
                one = self._one(job_id)
                self._claim(one)
                if one.state not in (JobState.DONE, JobState.CANCELLED):
                    self._stop(one, JobState.CANCELLED)
            return self._threads.settle(one)

    def discard(self, job_id: str) -> None:
        """Forget a job, and delete what its kind keeps for it while it is unfinished.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), another process works on it (``jobs.busy``), or
                something cannot be deleted (``jobs.not_written``).
        """
        # So that nobody is still told of a state whose record is gone by then.
        with self._announcer.telling, self._lock:
            one = self._one(job_id)
            self._claim(one)
            if one.state.is_active:
                self._stop(one, JobState.PAUSED)
            if not self._threads.has(one):
                self._remove(one)
            # The run that still goes on removes it at its end.
            one.is_discarded = True
            del self._jobs[job_id]
        self._threads.settle(one)

    def set_priority(self, job_id: str, priority: JobPriority) -> Job:
        """Change how soon a job's turn comes; one that runs goes on.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), or another process works on it (``jobs.busy``).
        """
        with self._announcer.telling:
            with self._lock:
                one = self._one(job_id)
                self._claim(one)
                one.priority = priority
                self._threads.sort()
            return self._threads.settle(one)

    def refresh(self) -> None:
        """See what other processes of the app have made of the jobs that this one does not work on."""
        with self._announcer.telling:
            found, notes = self._records.read()
            self._notes += notes
            records = {record.job_id: record for record in found}
            changed: list[OneJob] = []
            with self._lock:
                for job_id, new in records.items():
                    if job_id not in self._jobs and new.kind in self._kinds:
                        self._take(new, self._kinds[new.kind])
                        changed += [self._jobs[job_id]] if job_id in self._jobs else []
                for job_id, one in list(self._jobs.items()):
                    if one.is_claimed or one in changed:
                        continue
                    record = records.get(job_id)
                    if record is not None:
                        if (one.is_elsewhere or record != one.saved) and self._reload(one, record):
                            changed.append(one)
                    elif not self._records.has(job_id):
                        one.is_discarded = True
                        del self._jobs[job_id]
                        changed.append(one)
            for one in changed:
                self._announcer.tell(one)

    def close(self) -> None:
        """Stop everything, within three seconds. Jobs under way are interrupted when the folder is opened again."""
        with self._lock:
            for one in self._jobs.values():
                one.stop.set()
        self._threads.close()
        with self._lock:
            for one in self._jobs.values():
                if not self._threads.has(one):
                    one.release()

    def _take(self, record: JobRecord, kind: JobKind[Message, Message]) -> None:
        try:
            one = OneJob(record, kind, self._records)
        except ProtocolBreach as breach:
            reason = Statement("record.damaged", detail=breach.detail)
            self._notes.append(self._records.set_aside(record.job_id, reason))
            return
        self._jobs[record.job_id] = one
        if one.state in (JobState.DONE, JobState.CANCELLED) and _is_old(one.ended_at):
            # What cannot be forgotten now can be the next time.
            with contextlib.suppress(UserFacingError):
                self._claim(one)
                self._remove(one)
                del self._jobs[record.job_id]

    def _one(self, job_id: str) -> OneJob:
        try:
            return self._jobs[job_id]
        except KeyError:
            raise unknown(job_id) from None

    def _claim(self, one: OneJob) -> None:
        """Make this process the only one that works on a job, and see what another one has made of it."""
        if one.is_claimed:
            return
        try:
            if not one.claim():
                raise busy()
            record = self._records.read_one(one.job_id)
        except OSError as error:
            one.release()
            raise not_written(error) from error
        if record is None or not self._reload(one, record):
            one.release()
            self._jobs.pop(one.job_id, None)
            raise unknown(one.job_id)

    def _reload(self, one: OneJob, record: JobRecord) -> bool:
        """Take what another process has written; return False where its kind does not understand that."""
        try:
            one.load(record)
        except ProtocolBreach:
            return False
        return True

    def _queue(self, one: OneJob) -> None:
        """Let a job wait for its turn, once that is on the disk. Needs the lock of telling, and the claim.

        Raises:
            UserFacingError: It cannot be written down.
        """
        with self._lock:
            former = one.record()
            one.rest(JobState.WAITING)
            if not self._threads.has(one):
                one.measure()
            record = one.record()
        try:
            self._records.put(record)
        except OSError as error:
            with self._lock:
                one.load(former)
                if not self._threads.has(one):
                    one.release()
            raise not_written(error) from error
        with self._lock:
            one.saved = record
            # It may have been paused meanwhile.
            if one.state is JobState.WAITING:
                self._threads.add(one)

    def _stop(self, one: OneJob, state: JobState) -> None:
        one.stop.set()
        one.rest(state)
        self._threads.withdraw(one)

    def _remove(self, one: OneJob) -> None:
        try:
            if one.state is not JobState.DONE:
                one.kind.discard(one.job_id, one.payload)
            self._records.remove(one.job_id)
        except OSError as error:
            raise not_written(error) from error
        finally:
            one.release()


def _is_old(ended_at: str) -> bool:
    return bool(ended_at) and datetime.now(UTC) - parse_utc(ended_at) > KEPT

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The jobs of one data folder: who waits, who runs, and everything that is told about them.

Every state is on the disk before anybody is told of it.
"""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

from strongroom.core.clock import parse_utc, utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.line_messages import Message, ProtocolBreach, values_of
from strongroom.core.statement import Statement
from strongroom.jobs.job import Job, JobPriority, JobState
from strongroom.jobs.kind import JobKind
from strongroom.jobs.one_job import OneJob, Outcome
from strongroom.jobs.records import MOST_NAME, RECORD_VERSION, JobRecord, JobRecords, new_id
from strongroom.jobs.refusals import busy, not_written, unknown
from strongroom.jobs.running import DEFECT, JobRun

P = TypeVar("P", bound=Message)
R = TypeVar("R", bound=Message)
Listener = Callable[[Job], None]

KEPT = timedelta(days=1)
"""How long a job that is done or cancelled stays on the list."""

_ORDER = list(JobPriority)
_BEAT_S = 1.0
_END_LIMIT_S = 3.0


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
        self._telling = threading.RLock()
        """Held from looking at a job until all were told, so that nobody hears an older state last."""
        self._listeners: list[Listener] = []
        self._kinds: dict[str, JobKind[Message, Message]] = {}
        self._jobs: dict[str, OneJob] = {}
        self._waiting: list[OneJob] = []
        self._places = itertools.count()
        self._threads: dict[OneJob, threading.Thread] = {}
        self._ending: set[threading.Thread] = set()
        """Those whose work has ended, which is still to be written and told."""
        self._beat: threading.Thread | None = None
        self._is_closed = False
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
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

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
        with self._telling:
            try:
                one.claim()
                self._queue(one)
            except OSError as error:
                raise not_written(error) from error
            with self._lock:
                self._jobs[record.job_id] = one
            return self._told(one)

    def resume(self, job_id: str) -> Job:
        """Go on with a job that rests, or try again one that failed. One that is active or done stays as it is.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), another process works on it (``jobs.busy``), or
                it cannot be written down (``jobs.not_written``, ``jobs.disk_full``).
        """
        with self._telling:
            with self._lock:
                one = self._one(job_id)
                if not (one.state.can_resume or one.is_elsewhere):
                    return one.snapshot()
                self._claim(one)
            # Another process may have done it meanwhile.
            if one.state is not JobState.DONE:
                self._queue(one)
            return self._told(one)

    def pause(self, job_id: str) -> Job:
        """Stop a job; what is done is kept. One that is not active stays as it is.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), or another process works on it (``jobs.busy``).
        """
        with self._lock:
            one = self._one(job_id)
            if one.is_elsewhere:
                self._claim(one)
            if not one.state.is_active:
                return one.told or one.snapshot()
            self._stop(one, JobState.PAUSED)
        return self._told(one)

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
        with self._lock:
            one = self._one(job_id)
            self._claim(one)
            if one.state not in (JobState.DONE, JobState.CANCELLED):
                self._stop(one, JobState.CANCELLED)
        return self._told(one)

    def discard(self, job_id: str) -> None:
        """Forget a job, and delete what its kind keeps for it while it is unfinished.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), another process works on it (``jobs.busy``), or
                something cannot be deleted (``jobs.not_written``).
        """
        with self._lock:
            one = self._one(job_id)
            self._claim(one)
            one.stop.set()
            if one not in self._threads:
                self._remove(one)
            # The run that still goes on removes it at its end.
            one.is_discarded = True
            if one in self._waiting:
                self._waiting.remove(one)
            del self._jobs[job_id]
        self._told(one)

    def set_priority(self, job_id: str, priority: JobPriority) -> Job:
        """Change how soon a job's turn comes; one that runs goes on.

        Raises:
            UserFacingError: There is no such job (``jobs.unknown``), or another process works on it (``jobs.busy``).
        """
        with self._lock:
            one = self._one(job_id)
            self._claim(one)
            one.priority = priority
            self._sort()
        return self._told(one)

    def refresh(self) -> None:
        """See what other processes of the app have made of the jobs that this one does not work on.

        Raises:
            OSError: A record cannot be read.
        """
        with self._telling:
            records = {record.job_id: record for record in self._records.read()[0]}
            changed: list[OneJob] = []
            with self._lock:
                for job_id, record in records.items():
                    if job_id not in self._jobs and record.kind in self._kinds:
                        self._take(record, self._kinds[record.kind])
                        changed += [self._jobs[job_id]] if job_id in self._jobs else []
                for job_id, one in list(self._jobs.items()):
                    if one.is_claimed or one in changed:
                        continue
                    if job_id not in records:
                        one.is_discarded = True
                        del self._jobs[job_id]
                    elif not one.is_elsewhere and records[job_id] == one.saved:
                        continue
                    else:
                        one.load(records[job_id])
                    changed.append(one)
            for one in changed:
                self._tell(one)

    def close(self) -> None:
        """Stop everything, within three seconds. Jobs under way are interrupted when the folder is opened again."""
        with self._lock:
            self._is_closed = True
            stopped = list(self._waiting)
            self._waiting.clear()
            for one in self._jobs.values():
                one.stop.set()
            for one in stopped:
                one.rest(JobState.INTERRUPTED)
            threads = [*self._threads.values(), *self._ending, *([self._beat] if self._beat is not None else [])]
            self._lock.notify_all()
        for one in stopped:
            self._tell(one)
        deadline = time.monotonic() + _END_LIMIT_S
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            for one in self._jobs.values():
                if one not in self._threads:
                    one.release()

    def _take(self, record: JobRecord, kind: JobKind[Message, Message]) -> None:
        try:
            one = OneJob(record, kind, self._records)
        except ProtocolBreach as breach:
            self._notes.append(
                self._records.set_aside(record.job_id, Statement("record.damaged", detail=breach.detail))
            )
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
        if record is None:
            one.release()
            self._jobs.pop(one.job_id, None)
            raise unknown(one.job_id)
        one.load(record)

    def _queue(self, one: OneJob) -> None:
        """Let a job wait for its turn, once that is on the disk. Needs the lock of telling, and the claim.

        Raises:
            UserFacingError: It cannot be written down.
        """
        with self._lock:
            former = one.record()
            one.rest(JobState.WAITING)
            if one not in self._threads:
                one.measure()
            record = one.record()
        try:
            self._records.put(record)
        except OSError as error:
            with self._lock:
                one.load(former)
                self._let_go(one)
            raise not_written(error) from error
        with self._lock:
            one.saved = record
            # It may have been paused meanwhile.
            if one.state is JobState.WAITING:
                one.place = next(self._places)
                self._waiting.append(one)
                self._sort()

    def _sort(self) -> None:
        self._waiting.sort(key=lambda one: (_ORDER.index(one.priority), one.place))

    def _stop(self, one: OneJob, state: JobState) -> None:
        one.stop.set()
        one.rest(state)
        if one in self._waiting:
            self._waiting.remove(one)

    def _let_go(self, one: OneJob) -> None:
        """Let other processes work on a job that this one does not."""
        if one not in self._threads and not one.state.is_active:
            one.release()

    def _remove(self, one: OneJob) -> None:
        try:
            if one.state is not JobState.DONE:
                one.kind.discard(one.job_id, one.payload)
            self._records.remove(one.job_id)
        except OSError as error:
            raise not_written(error) from error
        finally:
            one.release()

    def _start_next(self) -> None:
        with self._lock:
            # One that was paused and resumed waits until its former run has ended.
            for one in [one for one in self._waiting if one not in self._threads]:
                running = sum(other.kind is one.kind for other in self._threads)
                if running < one.kind.most_at_once and not self._is_closed:
                    self._waiting.remove(one)
                    self._run_in_thread(one)
            moved = self._note_order()
        for one in moved:
            self._tell(one)

    def _run_in_thread(self, one: OneJob) -> None:
        thread = threading.Thread(
            target=self._run, args=(one, one.begin()), name=f"job-{one.kind.name}-{one.job_id}", daemon=True
        )
        self._threads[one] = thread
        if self._beat is None:
            self._beat = threading.Thread(target=self._keep_telling, name="job-beat", daemon=True)
            self._beat.start()
        thread.start()

    def _note_order(self) -> list[OneJob]:
        """Note for each job that waits which one is before it; return those for which that is news."""
        before = {one.kind.name: one.name for one in self._threads}
        moved = []
        for one in self._waiting:
            after = before.get(one.kind.name, "")
            if one.after != after:
                one.after = after
                moved.append(one)
            before[one.kind.name] = one.name
        return moved

    def _run(self, one: OneJob, stop: threading.Event) -> None:
        outcome: Outcome | None = DEFECT
        try:
            self._tell(one)
            outcome = JobRun(one, stop, self._lock, self._tell, self._checkpoint).outcome()
        finally:
            self._end(one, outcome)

    def _end(self, one: OneJob, outcome: Outcome | None) -> None:
        with self._lock:
            thread = self._threads.pop(one)
            self._ending.add(thread)
            if outcome is not None:
                one.rest(*outcome)
                if one in self._waiting:
                    self._waiting.remove(one)
            elif self._is_closed and one.state.is_active:
                one.rest(JobState.INTERRUPTED)
            if one.is_discarded:
                # What cannot be deleted is found again by the next run, interrupted.
                with contextlib.suppress(UserFacingError):
                    self._remove(one)
            elif one not in self._waiting:
                one.measure()
        try:
            self._told(one)
        finally:
            with self._lock:
                self._ending.discard(thread)

    def _checkpoint(self, one: OneJob, payload: Message) -> None:
        with self._telling:
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

    def _keep_telling(self) -> None:
        """Tell how slow a job has become of which nothing is heard."""
        while True:
            with self._lock:
                if self._lock.wait_for(lambda: self._is_closed, _BEAT_S):
                    return
                running = list(self._threads)
                for one in running:
                    one.mark_alive()
            for one in running:
                self._tell(one)

    def _told(self, one: OneJob) -> Job:
        """Tell how a job stands, then let go of it if it rests, and begin whatever has its turn."""
        job = self._tell(one)
        with self._lock:
            self._let_go(one)
        self._start_next()
        return job

    def _tell(self, one: OneJob) -> Job:
        """Write down and tell how a job stands, if that is news; return it."""
        with self._telling:
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


def _is_old(ended_at: str) -> bool:
    return bool(ended_at) and datetime.now(UTC) - parse_utc(ended_at) > KEPT

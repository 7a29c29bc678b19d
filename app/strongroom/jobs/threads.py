# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Jobs in threads: who waits, who runs, and what happens when a run ends."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable

from strongroom.core.errors import UserFacingError
from strongroom.jobs.announcing import Announcer
from strongroom.jobs.job import Job, JobPriority, JobState
from strongroom.jobs.one_job import OneJob, Outcome
from strongroom.jobs.running import DEFECT, JobRun

_ORDER = list(JobPriority)
_BEAT_S = 1.0
_END_LIMIT_S = 3.0


class JobThreads:
    """Runs as many jobs of each kind at once as the kind allows, the others in the order of priority and of asking.

    Args:
        lock: Guards the jobs and everything here.
        announcer: Tells how they stand.
        remove: Deletes what is kept of a job that was discarded; raises UserFacingError if it cannot. Needs the lock.
    """

    def __init__(self, lock: threading.Condition, announcer: Announcer, remove: Callable[[OneJob], None]) -> None:
        self._lock = lock
        self._announcer = announcer
        self._remove = remove
        self._waiting: list[OneJob] = []
        self._places = itertools.count()
        self._threads: dict[OneJob, threading.Thread] = {}
        self._ending: set[threading.Thread] = set()
        """Those whose work has ended, which is still to be written and told."""
        self._beat: threading.Thread | None = None
        self._is_closed = False

    def has(self, one: OneJob) -> bool:
        """Whether a run of a job goes on, even if it was stopped. Needs the lock."""
        return one in self._threads

    def add(self, one: OneJob) -> None:
        """Let a job wait for its turn. Needs the lock."""
        one.place = next(self._places)
        self._waiting.append(one)
        self.sort()

    def withdraw(self, one: OneJob) -> None:
        """Let a job wait no more. Needs the lock."""
        if one in self._waiting:
            self._waiting.remove(one)

    def sort(self) -> None:
        """Put those that wait in order, since a priority is new. Needs the lock."""
        self._waiting.sort(key=lambda one: (_ORDER.index(one.priority), one.place))

    def settle(self, one: OneJob) -> Job:
        """Write and tell the state of a job, release it unless it is active, and start the next ones."""
        # Whoever changes a job holds this from the claim to the writing. Without it, the end of a run could let
        # go of the claim in between, and a state would be told that nobody may write any more.
        with self._announcer.telling:
            job = self._announcer.tell(one)
            with self._lock:
                self._release(one)
        self._start_next()
        return job

    def close(self) -> None:
        """Begin nothing more, and wait for what ends, three seconds at most. Every job is to be stopped before."""
        with self._lock:
            self._is_closed = True
            stopped = list(self._waiting)
            self._waiting.clear()
            for one in stopped:
                one.rest(JobState.INTERRUPTED)
            threads = [*self._threads.values(), *self._ending, *([self._beat] if self._beat is not None else [])]
            self._lock.notify_all()
        for one in stopped:
            self._announcer.tell(one)
        deadline = time.monotonic() + _END_LIMIT_S
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

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
            self._announcer.tell(one)

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
            self._announcer.tell(one)
            outcome = JobRun(one, stop, self._lock, self._announcer).outcome()
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
            self.settle(one)
        finally:
            with self._lock:
                self._ending.discard(thread)

    def _release(self, one: OneJob) -> None:
        """Let other processes work on a job that this one does not."""
        if one not in self._threads and not one.state.is_active:
            one.release()

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
                self._announcer.tell(one)

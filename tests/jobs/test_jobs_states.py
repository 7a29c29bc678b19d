# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Any order of starting, pausing, resuming, cancelling, ending and killing agrees with a model of the queue."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from strongroom.core.errors import UserFacingError
from strongroom.jobs import JobPriority, JobQueue, JobState
from support.counting_job import Count, Counter, Listening

MOST_AT_ONCE = 2
ORDER = list(JobPriority)


@dataclass
class Expected:
    """What the model knows of a job."""

    state: JobState
    priority: JobPriority
    place: int
    reached: int = 0


class JobsAgreeWithAModel(RuleBasedStateMachine):
    """Every change is followed by a look at the whole queue, once it has come to rest."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.opened = 0
        self.places = 0
        self.jobs: dict[str, Expected] = {}
        self.open(self.root / "jobs-0")

    def open(self, folder: Path) -> None:
        self.folder = folder
        self.counter = Counter(most_at_once=MOST_AT_ONCE)
        self.queue = JobQueue(folder)
        self.queue.declare(self.counter.kind)
        self.listening = Listening(folder, self.queue)

    def of(self, *states: JobState) -> list[str]:
        return [job_id for job_id, job in self.jobs.items() if job.state in states]

    def wait_for_turn(self, job_id: str) -> None:
        self.places += 1
        self.jobs[job_id].state = JobState.WAITING
        self.jobs[job_id].place = self.places

    def fill(self) -> None:
        """Let those whose turn it is run."""
        waiting = sorted(
            self.of(JobState.WAITING),
            key=lambda job_id: (ORDER.index(self.jobs[job_id].priority), self.jobs[job_id].place),
        )
        for job_id in waiting[: MOST_AT_ONCE - len(self.of(JobState.RUNNING))]:
            self.jobs[job_id].state = JobState.RUNNING

    def interrupt(self) -> None:
        for job_id in self.of(JobState.WAITING, JobState.RUNNING):
            self.jobs[job_id].state = JobState.INTERRUPTED

    @rule(priority=st.sampled_from(JobPriority))
    def start(self, priority: JobPriority) -> None:
        job = self.queue.start(self.counter.kind, Count(100), name=f"job {len(self.jobs)}", priority=priority)
        self.jobs[job.job_id] = Expected(JobState.WAITING, priority, 0)
        self.wait_for_turn(job.job_id)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def pause(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        self.queue.pause(job_id)
        if self.jobs[job_id].state.is_active:
            self.jobs[job_id].state = JobState.PAUSED

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        self.queue.resume(job_id)
        if self.jobs[job_id].state.can_resume:
            self.wait_for_turn(job_id)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        self.queue.cancel(job_id)
        if self.jobs[job_id].state is not JobState.DONE:
            self.jobs[job_id].state = JobState.CANCELLED

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        self.queue.discard(job_id)
        del self.jobs[job_id]

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), priority=st.sampled_from(JobPriority))
    def set_priority(self, data: st.DataObject, priority: JobPriority) -> None:
        job_id = data.draw(st.sampled_from(list(self.jobs)))
        self.queue.set_priority(job_id, priority)
        self.jobs[job_id].priority = priority

    @precondition(lambda self: self.of(JobState.RUNNING))
    @rule(data=st.data())
    def count(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.of(JobState.RUNNING)))
        self.counter.count(job_id)
        self.jobs[job_id].reached += 1

    @precondition(lambda self: self.of(JobState.RUNNING))
    @rule(data=st.data(), succeeds=st.booleans())
    def end(self, data: st.DataObject, succeeds: bool) -> None:
        job_id = data.draw(st.sampled_from(self.of(JobState.RUNNING)))
        if succeeds:
            self.counter.finish(job_id)
        else:
            self.counter.fail(job_id, UserFacingError("count.no"))
        self.jobs[job_id].state = JobState.DONE if succeeds else JobState.FAILED

    @rule()
    def close_and_open(self) -> None:
        self.queue.close()
        self.interrupt()
        self.open(self.folder)

    @rule()
    def kill_and_open(self) -> None:
        # What lies on the disk at this moment is all that a process that is killed leaves behind.
        self.opened += 1
        folder = self.root / f"jobs-{self.opened}"
        if self.folder.exists():
            shutil.copytree(self.folder, folder)
        self.queue.close()
        self.interrupt()
        self.open(folder)

    @invariant()
    def the_queue_agrees(self) -> None:
        self.fill()
        running = sorted(self.of(JobState.RUNNING))
        self.counter.wait_until(lambda: sorted(self.counter.running) == running)
        expected = {job_id: (job.state, job.priority, job.reached) for job_id, job in self.jobs.items()}
        self.counter.wait_until(lambda: self.found() == expected)

    def found(self) -> dict[str, tuple[JobState, JobPriority, int]]:
        return {job.job_id: (job.state, job.priority, job.payload.reached) for job in self.queue.all()}

    @invariant()
    def nothing_was_told_before_it_was_on_the_disk(self) -> None:
        assert self.listening.not_on_disk == []

    def teardown(self) -> None:
        self.queue.close()
        shutil.rmtree(self.root)


TestJobsAgreeWithAModel = JobsAgreeWithAModel.TestCase
TestJobsAgreeWithAModel.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)

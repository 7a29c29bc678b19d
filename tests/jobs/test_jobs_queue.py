# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The queue, with a kind that counts: who runs when, what is kept, what is told, what is refused."""

import errno
import os
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import strongroom.jobs
from strongroom.core.clock import format_utc, utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.paths import DataPaths
from strongroom.core.statement import Statement
from strongroom.jobs import Job, JobPostponed, JobPriority, JobQueue, JobState, Progress
from strongroom.jobs.records import JobRecords
from strongroom.words import say_statement
from support.counting_job import Count, Counted, Counter, Listening

REFUSAL = UserFacingError("count.none_left", wanted=10)


class Desk:
    """A queue with one kind, and everything that it told."""

    def __init__(self, folder: Path, counter: Counter) -> None:
        self.folder = folder
        self.counter = counter
        self.queue = JobQueue(folder)
        self.queue.declare(counter.kind)
        self.listening = Listening(folder, self.queue)

    def start(self, name: str = "Count", **options) -> Job:
        return self.queue.start(self.counter.kind, Count(10), name=name, **options)

    def now(self, job: Job) -> Job:
        return self.queue.get(job.job_id)

    def wait(self, job: Job, state: JobState) -> Job:
        self.counter.wait_until(lambda: self.now(job).state is state)
        return self.now(job)

    def wait_until_released(self, job: Job) -> None:
        """Wait until the last run of a job has ended, and another process could take it."""
        self.counter.wait_until(lambda: not JobRecords(self.folder).is_claimed(job.job_id))

    def wait_for_runs(self, *jobs: Job) -> None:
        self.counter.wait_until(lambda: self.counter.running == [job.job_id for job in jobs])


@pytest.fixture
def open_desk(tmp_path):
    opened: list[Desk] = []

    def open_one(**options) -> Desk:
        opened.append(Desk(DataPaths(tmp_path).jobs, Counter(**options)))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.counter.is_deaf = False
        desk.queue.close()
        assert desk.listening.not_on_disk == []


@pytest.fixture
def desk(open_desk):
    return open_desk()


def test_the_room_knows_no_kind_of_work():
    source = "\n".join(path.read_text() for path in Path(strongroom.jobs.__file__).parent.glob("*.py"))
    words = set(re.findall(r"[a-z]+", source.lower()))
    assert words.isdisjoint(
        {
            "model",
            "models",
            "hub",
            "download",
            "downloads",
            "policy",
            "verify",
            "digest",
            "gguf",
            "chat",
            "conversation",
        }
    )


def test_a_job_goes_through_its_states(desk):
    job = desk.start("Count to ten")
    assert (job.state, job.name, job.kind) == (JobState.WAITING, "Count to ten", "count")
    desk.wait_for_runs(job)
    desk.counter.count(job.job_id)
    desk.counter.finish(job.job_id)
    desk.counter.wait_until(lambda: JobState.DONE in desk.listening.states(job.job_id))
    done = desk.now(job)
    assert done.result == Counted(10)
    assert done.progress == Progress(10, 10)
    assert "" < done.created_at <= done.started_at <= done.ended_at
    assert desk.listening.states(job.job_id) == [JobState.WAITING, JobState.RUNNING, JobState.DONE]


def test_at_most_so_many_of_a_kind_at_once_and_the_next_one_follows(desk):
    first, second, third, fourth = (desk.start(name) for name in ("a", "b", "c", "d"))
    desk.counter.wait_until(lambda: len(desk.counter.running) == 2)
    assert (desk.now(third).state, desk.now(third).after) == (JobState.WAITING, "b")
    assert desk.now(fourth).after == "c"
    desk.counter.finish(first.job_id)
    desk.wait_for_runs(second, third)
    assert desk.now(fourth).after in {"b", "c"}
    assert desk.now(third).after == ""


def test_kinds_do_not_wait_for_each_other(open_desk):
    desk = open_desk(most_at_once=1)
    other = Counter("other", most_at_once=1)
    desk.queue.declare(other.kind)
    desk.start()
    job = desk.queue.start(other.kind, Count(1), name="Other")
    other.wait_until(lambda: other.running == [job.job_id])
    assert [one.kind for one in desk.queue.all()] == ["count", "other"]
    assert [one.kind for one in desk.queue.all("other")] == ["other"]


def test_who_waits_begins_in_the_order_of_priority_and_then_of_asking(open_desk):
    desk = open_desk(most_at_once=1)
    running = desk.start()
    desk.wait_for_runs(running)
    background = desk.start(priority=JobPriority.BACKGROUND)
    normal, later = desk.start(), desk.start()
    foreground = desk.start(priority=JobPriority.FOREGROUND)
    desk.queue.set_priority(later.job_id, JobPriority.BACKGROUND)
    for job in (running, foreground, normal, background, later):
        desk.wait_for_runs(job)
        desk.counter.finish(job.job_id)
    desk.wait(later, JobState.DONE)


def test_a_paused_job_goes_on_from_its_checkpoint(desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.counter.count(job.job_id)
    desk.counter.count(job.job_id)
    paused = desk.queue.pause(job.job_id)
    assert (paused.state, paused.progress) == (JobState.PAUSED, Progress(2, 10))
    assert paused.ended_at
    assert desk.queue.pause(job.job_id).state is JobState.PAUSED
    assert desk.queue.resume(job.job_id).state is JobState.WAITING
    desk.wait_for_runs(job)
    desk.counter.count(job.job_id)
    assert desk.now(job).payload == Count(10, 3)


def test_a_job_that_is_resumed_waits_until_its_former_run_has_ended(desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.counter.is_deaf = True
    desk.queue.pause(job.job_id)
    desk.queue.resume(job.job_id)
    assert desk.counter.begun == [job.job_id]
    assert desk.now(job).state is JobState.WAITING
    desk.counter.is_deaf = False
    desk.counter.wait_until(lambda: desk.counter.begun == [job.job_id] * 2)
    desk.counter.finish(job.job_id)
    desk.wait(job, JobState.DONE)


def test_what_was_done_when_the_pause_came_counts(desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.counter.is_deaf = True
    desk.queue.pause(job.job_id)
    desk.queue.resume(job.job_id)
    desk.counter.finish(job.job_id)
    desk.wait(job, JobState.DONE)
    assert desk.counter.begun == [job.job_id]


def test_nothing_is_told_of_a_run_that_was_stopped(desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.counter.is_deaf = True
    desk.queue.pause(job.job_id)
    told = len(desk.listening.told)
    looked = threading.Event()

    def order(context) -> None:
        context.say("late")
        context.report(9, 10)
        looked.set()

    desk.counter.order(job.job_id, order)
    assert looked.wait(10)
    assert desk.now(job).progress == Progress(0, 10)
    assert len(desk.listening.told) == told


def test_one_that_waits_can_be_paused_cancelled_and_discarded(open_desk):
    desk = open_desk(most_at_once=1)
    running, paused, cancelled, discarded, last = (desk.start() for _ in range(5))
    desk.wait_for_runs(running)
    desk.queue.pause(paused.job_id)
    desk.queue.cancel(cancelled.job_id)
    desk.queue.discard(discarded.job_id)
    desk.counter.finish(running.job_id)
    desk.wait_for_runs(last)
    assert [job.state for job in desk.queue.all()] == [
        JobState.DONE,
        JobState.PAUSED,
        JobState.CANCELLED,
        JobState.RUNNING,
    ]


def test_a_cancelled_job_keeps_what_is_done_for_a_change_of_mind(desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.counter.count(job.job_id)
    assert desk.queue.cancel(job.job_id).state is JobState.CANCELLED
    assert desk.counter.discarded == []
    desk.queue.resume(job.job_id)
    desk.wait_for_runs(job)
    assert desk.now(job).payload == Count(10, 1)


def test_discarding_deletes_what_the_kind_keeps_and_is_told_once(desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.queue.discard(job.job_id)
    assert desk.queue.all() == ()
    desk.counter.wait_until(lambda: desk.counter.discarded == [job.job_id])
    desk.counter.wait_until(lambda: not list(desk.folder.iterdir()))
    assert [told.is_discarded for told in desk.listening.told].count(True) == 1
    assert desk.listening.told[-1].is_discarded


def test_discarding_what_is_done_leaves_to_the_kind_what_came_of_it(desk):
    job = desk.start()
    desk.counter.finish(job.job_id)
    desk.wait(job, JobState.DONE)
    desk.queue.discard(job.job_id)
    assert desk.counter.discarded == []
    assert desk.queue.all() == ()


def test_a_job_that_fails_says_why_and_can_be_tried_again(desk):
    job = desk.start()
    desk.counter.fail(job.job_id, REFUSAL)
    failed = desk.wait(job, JobState.FAILED)
    assert failed.problem == Statement("count.none_left", wanted=10)
    desk.queue.resume(job.job_id)
    desk.wait_for_runs(job)
    assert desk.now(job).problem is None
    desk.counter.finish(job.job_id)
    desk.wait(job, JobState.DONE)


def test_a_job_that_is_postponed_is_paused_and_says_why(desk):
    job = desk.start()
    desk.counter.fail(job.job_id, JobPostponed(REFUSAL))
    paused = desk.wait(job, JobState.PAUSED)
    assert paused.problem == Statement("count.none_left", wanted=10)


def test_a_job_that_ends_by_a_defect_has_failed_and_others_go_on(open_desk, monkeypatch):
    reported = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    desk = open_desk(most_at_once=1)
    job, other = desk.start(), desk.start()
    desk.counter.fail(job.job_id, ZeroDivisionError())
    failed = desk.wait(job, JobState.FAILED)
    assert failed.problem == Statement("jobs.defect")
    desk.wait_for_runs(other)
    desk.counter.wait_until(lambda: [one.exc_type for one in reported] == [ZeroDivisionError])


def test_progress_phase_rate_and_time_left_are_told(desk):
    job = desk.start()
    desk.wait_for_runs(job)

    def order(context) -> None:
        context.say("counting")
        for done in range(6):
            context.report(done, 10)

    desk.counter.order(job.job_id, order)
    desk.counter.wait_until(lambda: desk.now(job).progress == Progress(5, 10))
    now = desk.now(job)
    assert now.note == "counting"
    assert now.rate > 0
    assert now.seconds_left == pytest.approx(5 / now.rate)
    assert replace(now, rate=0.0).seconds_left is None
    desk.queue.pause(job.job_id)
    assert (desk.now(job).note, desk.now(job).rate) == ("", 0.0)


def test_what_was_under_way_at_the_end_of_the_app_is_interrupted_and_goes_on(open_desk):
    desk = open_desk(most_at_once=1)
    job, waiting = desk.start("running"), desk.start("waiting")
    desk.wait_for_runs(job)
    desk.counter.count(job.job_id)
    before = utc_now()
    desk.queue.close()
    later = open_desk()
    found = later.now(job)
    assert (found.state, found.name, found.payload) == (JobState.INTERRUPTED, "running", Count(10, 1))
    assert found.progress == Progress(1, 10)
    assert found.ended_at >= before
    assert later.now(waiting).state is JobState.INTERRUPTED
    later.queue.resume(job.job_id)
    later.wait_for_runs(job)
    later.counter.finish(job.job_id)
    later.wait(job, JobState.DONE)
    later.queue.close()
    last = open_desk().now(job)
    assert (last.state, last.result) == (JobState.DONE, Counted(10))


def test_when_a_killed_app_ended_is_known_from_its_last_sign_of_life(desk, open_desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.counter.is_deaf = True
    record = JobRecords(desk.folder).read_one(job.job_id)
    assert record is not None
    desk.queue.discard(job.job_id)
    desk.counter.is_deaf = False
    desk.counter.wait_until(lambda: not list(desk.folder.iterdir()))
    JobRecords(desk.folder).put(record)
    (desk.folder / f"{job.job_id}.lock").touch()
    os.utime(desk.folder / f"{job.job_id}.lock", (1_700_000_000, 1_700_000_000))
    found = open_desk().now(job)
    assert (found.state, found.ended_at) == (JobState.INTERRUPTED, "2023-11-14T22:13:20.000Z")


def test_closing_does_not_wait_for_work_that_does_not_end(desk):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.counter.is_deaf = True
    before = datetime.now(UTC)
    desk.queue.close()
    assert datetime.now(UTC) - before < timedelta(seconds=5)
    assert JobRecords(desk.folder).read_one(job.job_id).state is JobState.RUNNING


def test_ended_jobs_are_forgotten_after_a_day_and_others_never(open_desk):
    records = JobRecords(open_desk().folder)
    yesterday = format_utc(datetime.now(UTC) - timedelta(hours=25))
    kept = {}
    for state in JobState:
        desk = open_desk()
        job = desk.start(state)
        desk.queue.pause(job.job_id)
        desk.queue.close()
        record = records.read_one(job.job_id)
        records.put(replace(record, state=state, ended_at=yesterday, result={"total": 1}))
        kept[state] = job.job_id
    last = open_desk()
    found = {JobState(job.name) for job in last.queue.all()}
    assert found == set(JobState) - {JobState.DONE, JobState.CANCELLED}
    assert last.counter.discarded == [kept[JobState.CANCELLED]]
    assert not (last.folder / f"{kept[JobState.DONE]}.json").exists()


def test_records_of_a_kind_that_is_not_declared_are_left_alone(desk, open_desk):
    other = Counter("other")
    desk.queue.declare(other.kind)
    job = desk.queue.start(other.kind, Count(3), name="Other")
    desk.queue.pause(job.job_id)
    desk.queue.close()
    content = (desk.folder / f"{job.job_id}.json").read_bytes()
    later = open_desk()
    assert later.queue.all() == ()
    assert later.queue.notes == ()
    assert (desk.folder / f"{job.job_id}.json").read_bytes() == content
    later.queue.declare(other.kind)
    assert later.now(job).state is JobState.PAUSED


def test_refused_payload_that_its_kind_did_not_write_is_set_aside(desk, open_desk):
    job = desk.start()
    desk.queue.pause(job.job_id)
    desk.queue.close()
    records = JobRecords(desk.folder)
    records.put(replace(records.read_one(job.job_id), payload={"until": -1, "reached": 0}))
    later = open_desk()
    assert later.queue.all() == ()
    assert "set aside" in say_statement(later.queue.notes[0])
    assert (desk.folder / f"{job.job_id}.json.set-aside").exists()


def test_refused_unknown_job(desk):
    for action in (desk.queue.get, desk.queue.pause, desk.queue.resume, desk.queue.cancel, desk.queue.discard):
        with pytest.raises(UserFacingError) as caught:
            action("no such id")
        assert caught.value.code == "jobs.unknown"


def test_refused_job_that_another_process_works_on(desk, open_desk):
    job = desk.start()
    desk.wait_for_runs(job)
    other = open_desk()
    assert (other.now(job).state, other.now(job).is_elsewhere) == (JobState.RUNNING, True)
    for refused in (other.queue.resume, other.queue.pause, other.queue.cancel, other.queue.discard):
        with pytest.raises(UserFacingError) as caught:
            refused(job.job_id)
        assert caught.value.code == "jobs.busy"
    desk.counter.finish(job.job_id)
    desk.wait_until_released(job)
    assert other.queue.resume(job.job_id).state is JobState.DONE
    assert other.counter.begun == []


def test_a_job_that_another_process_has_forgotten_is_gone(desk, open_desk):
    job = desk.start()
    desk.queue.pause(job.job_id)
    desk.wait_until_released(job)
    other = open_desk()
    other.queue.discard(job.job_id)
    with pytest.raises(UserFacingError) as caught:
        desk.queue.resume(job.job_id)
    assert caught.value.code == "jobs.unknown"
    assert desk.queue.all() == ()


def test_a_look_at_the_disk_finds_what_other_processes_have_made(desk, open_desk):
    gone, paused = desk.start(), desk.start()
    for job in (gone, paused):
        desk.queue.pause(job.job_id)
        desk.wait_until_released(job)
    other = open_desk()
    other.queue.discard(gone.job_id)
    other.queue.resume(paused.job_id)
    other.wait_for_runs(paused)
    new = other.start("new")
    other.wait_for_runs(paused, new)
    desk.queue.refresh()
    assert [(job.job_id, job.state, job.is_elsewhere) for job in desk.queue.all()] == [
        (paused.job_id, JobState.RUNNING, True),
        (new.job_id, JobState.RUNNING, True),
    ]
    other.counter.finish(paused.job_id)
    other.wait_until_released(paused)
    desk.queue.refresh()
    assert desk.now(paused).state is JobState.DONE


def test_refused_job_that_cannot_be_written_down(desk, monkeypatch):
    job = desk.start()
    desk.wait_for_runs(job)
    desk.queue.pause(job.job_id)
    for number, code in ((errno.ENOSPC, "jobs.disk_full"), (errno.EROFS, "jobs.not_written")):
        monkeypatch.setattr(JobRecords, "put", _failing(number))
        for refused in (lambda: desk.queue.resume(job.job_id), desk.start):
            with pytest.raises(UserFacingError) as caught:
                refused()
            assert caught.value.code == code
        monkeypatch.undo()
    assert [one.state for one in desk.queue.all()] == [JobState.PAUSED]
    desk.queue.resume(job.job_id)
    desk.wait_for_runs(job)


def test_refused_checkpoint_leaves_the_former_one(desk, monkeypatch):
    job = desk.start()
    desk.wait_for_runs(job)
    raised = threading.Event()

    def order(context) -> None:
        monkeypatch.setattr(JobRecords, "put", _failing(errno.ENOSPC))
        with pytest.raises(OSError, match="No space"):
            context.checkpoint(Count(10, 5))
        monkeypatch.undo()
        assert context.payload == Count(10)
        raised.set()

    desk.counter.order(job.job_id, order)
    assert raised.wait(10)
    desk.counter.count(job.job_id)
    assert desk.now(job).payload == Count(10, 1)


def test_refused_discarding_of_what_cannot_be_deleted(desk):
    job = desk.start()
    desk.queue.pause(job.job_id)
    desk.wait_until_released(job)
    desk.counter.discard_problem = OSError(errno.EACCES, "Permission denied")
    with pytest.raises(UserFacingError) as caught:
        desk.queue.discard(job.job_id)
    assert caught.value.code == "jobs.not_written"
    assert desk.now(job).state is JobState.PAUSED


def test_a_listener_can_leave(desk):
    heard: list[Job] = []
    leave = desk.queue.subscribe(heard.append)
    leave()
    leave()
    desk.start()
    assert heard == []


def test_a_text_that_no_record_can_hold_is_made_one(desk, open_desk):
    job = desk.start("name \udcff" + "x" * 9_000)
    desk.counter.fail(job.job_id, UserFacingError("count.odd", file="The file \udcff" + "x" * 9_000))
    problem = desk.wait(job, JobState.FAILED).problem
    desk.queue.close()
    found = open_desk().now(job)
    assert found.name.startswith("name ?xxx")
    assert found.problem == problem
    assert str(problem.facts["file"]).startswith("The file ?xxx")


def _failing(number: int):
    def put(self, record) -> None:
        raise OSError(number, os.strerror(number))

    return put

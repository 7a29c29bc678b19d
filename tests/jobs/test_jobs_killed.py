# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""An app that is killed in the middle of a job finds it interrupted, and goes on; downloads have tests of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from strongroom.core.clock import utc_now
from strongroom.core.incident import IncidentEvent
from strongroom.core.paths import DataPaths
from strongroom.jobs import JobQueue, JobState, Progress
from strongroom.models import ModelLibrary
from strongroom.workspace import Workspace
from support import SUPPORT
from support.counting_job import Count, Counted, Counter


def kill_in_the_middle(folder: Path, *arguments: str) -> None:
    """Run the app until its job is in the middle of something, then kill it."""
    command = [sys.executable, str(SUPPORT / "killed_job.py"), str(folder), *arguments]
    environment = os.environ | {"PYTHONPATH": str(SUPPORT.parent)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout.readline() == "at work\n"
        finally:
            process.kill()


def test_a_job_that_is_killed_is_interrupted_and_goes_on_from_its_checkpoint(tmp_path):
    paths = DataPaths(tmp_path / "data")
    before = utc_now()
    kill_in_the_middle(paths.root, "count")
    counter = Counter()
    queue = JobQueue(paths.jobs)
    try:
        queue.declare(counter.kind)
        (job,) = queue.all()
        assert (job.state, job.name, job.payload) == (JobState.INTERRUPTED, "Count to ten", Count(10, 3))
        assert job.progress == Progress(3, 10)
        assert before <= job.ended_at <= utc_now()
        queue.resume(job.job_id)
        counter.count(job.job_id)
        assert queue.get(job.job_id).payload == Count(10, 4)
        counter.finish(job.job_id)
        counter.wait_until(lambda: queue.get(job.job_id).state is JobState.DONE)
        assert queue.get(job.job_id).result == Counted(10)
    finally:
        queue.close()


@pytest.mark.model
def test_a_verification_that_is_killed_begins_the_model_again_and_is_recorded_once(tmp_path):
    paths = DataPaths(tmp_path / "data")
    paths.ensure()
    starter = ModelLibrary(paths).starter_id
    kill_in_the_middle(paths.root, "verify", starter)
    with Workspace.open(paths) as workspace:
        (job,) = workspace.jobs.all()
        assert (job.kind, job.state) == ("verify", JobState.INTERRUPTED)
        assert job.name == workspace.shelf.entries()[0].name
        again = workspace.shelf.start_verifying(starter)
        assert again.job_id == job.job_id
        waiting = Counter()
        waiting.wait_until(lambda: not workspace.jobs.get(job.job_id).state.is_active)
        done = workspace.jobs.get(job.job_id)
        assert done.state is JobState.DONE
        assert done.progress.done == done.progress.total
        assert done.result.digest == workspace.shelf.entries()[0].expected_digest
        assert workspace.incidents.entries(event=IncidentEvent.VERIFY_MISMATCH) == []
        assert len(workspace.jobs.all()) == 1

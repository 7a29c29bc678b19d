# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom jobs``: listed, gone on with, paused, cancelled, refused."""

import json
import os

import pytest

from strongroom.jobs.records import JobRecords
from strongroom.workspace import Workspace
from support.counting_job import Counter


@pytest.fixture
def interrupted(paths):
    """A verification of the starter model that was paused before it began."""
    with Workspace.open(paths) as workspace:
        job = workspace.shelf.start_verifying(workspace.shelf.starter_id)
        workspace.jobs.pause(job.job_id)
        Counter().wait_until(lambda: not workspace.jobs.get(job.job_id).state.is_active)
    return job


def listed(run) -> dict[str, str]:
    return {job["job_id"]: job["state"] for job in json.loads(run("jobs", "list", "--json").stdout)}


def test_without_jobs_the_list_says_so(run):
    ended = run("jobs", "list")
    assert ended.exit_code == 0
    assert "There are no jobs." in ended.stderr


@pytest.mark.model
def test_a_job_is_listed_and_gone_on_with(run, interrupted):
    table = run("jobs", "list").stdout
    assert interrupted.job_id in table
    assert interrupted.name in table
    assert "paused" in table
    ended = run("jobs", "resume", interrupted.job_id)
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout == f"{interrupted.name}: done\n"
    assert listed(run) == {interrupted.job_id: "done"}


def test_a_job_is_cancelled_and_can_be_paused_where_it_rests(run, interrupted):
    assert run("jobs", "pause", interrupted.job_id).stdout == f"{interrupted.name}: paused\n"
    assert run("jobs", "cancel", interrupted.job_id).stdout == f"{interrupted.name}: cancelled\n"
    assert listed(run) == {interrupted.job_id: "cancelled"}


def test_a_job_that_fails_says_why(run, paths, interrupted):
    file = paths.jobs / f"{interrupted.job_id}.json"
    file.write_text(file.read_text().replace('"model_id":"', '"model_id":"no-such-'))
    ended = run("jobs", "resume", interrupted.job_id)
    assert ended.exit_code == 1
    assert f"no-such-{interrupted.payload.model_id}" in ended.stderr
    (told,) = json.loads(run("jobs", "list", "--json").stdout)
    assert (told["state"], told["problem"]["code"]) == ("failed", "model.unknown_model")


@pytest.mark.parametrize("command", ["resume", "pause", "cancel"])
def test_refused_unknown_job(run, command):
    ended = run("jobs", command, "0123456789abcdef")
    assert ended.exit_code == 1
    assert "There is no job '0123456789abcdef'." in ended.stderr


@pytest.mark.parametrize("command", ["resume", "pause", "cancel"])
def test_refused_job_that_another_process_works_on(run, paths, interrupted, command):
    file = paths.jobs / f"{interrupted.job_id}.json"
    file.write_text(file.read_text().replace('"state":"paused"', '"state":"running"'))
    claim = JobRecords(paths.jobs).claim(interrupted.job_id)
    try:
        assert "running elsewhere" in run("jobs", "list").stdout
        ended = run("jobs", command, interrupted.job_id)
    finally:
        os.close(claim)
    assert ended.exit_code == 1
    assert "Another window or terminal of the app works on this job." in ended.stderr

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Verifying a model as a job: its result, its refusal and its end are those of verifying it at once."""

import shutil
import threading

import pytest

from strongroom.core.errors import Cancelled
from strongroom.core.events import PhaseProgressed
from strongroom.core.verification import VerificationState
from strongroom.jobs import JobState
from strongroom.models import ModelRefused, RefusalReason


@pytest.mark.model
def test_a_model_is_verified_as_a_job(scripted, never):
    with scripted.open() as workspace:
        starter = workspace.shelf.entries()[0]
        result = workspace.shelf.verify_as_job(starter.model_id, on_event=scripted.listen, cancel=never)
        assert (result.state, result.digest) == (VerificationState.VERIFIED, starter.expected_digest)
        (job,) = workspace.jobs.all()
        assert (job.state, job.name, job.result.digest) == (JobState.DONE, starter.name, starter.expected_digest)
        assert scripted.of(PhaseProgressed)[-1].done == starter.size
        again = workspace.shelf.verify_as_job(starter.model_id, on_event=scripted.listen, cancel=never)
        assert again.verified_at >= result.verified_at
        assert [one.state for one in workspace.jobs.all()] == [JobState.DONE, JobState.DONE]


def test_refused_model_of_unknown_digest_is_refused_by_its_job_with_the_digest(scripted, never, tmp_path):
    with scripted.open() as workspace:
        copy = tmp_path / "copy.gguf"
        shutil.copyfile(workspace.shelf.entries()[0].path, copy)
        entry = workspace.shelf.import_file(copy)
        with pytest.raises(ModelRefused) as refusal:
            workspace.shelf.verify_as_job(entry.model_id, on_event=scripted.listen, cancel=never)
        assert refusal.value.reason is RefusalReason.UNKNOWN_DIGEST
        assert refusal.value.actual_digest
        (job,) = workspace.jobs.all()
        assert (job.state, job.problem) == (JobState.FAILED, refusal.value.statement)
        workspace.shelf.pin(entry.model_id, refusal.value.actual_digest)
        workspace.shelf.verify_as_job(entry.model_id, on_event=scripted.listen, cancel=never)
        assert [one.state for one in workspace.jobs.all()] == [JobState.DONE], "the same job was tried again"


def test_cancelling_ends_a_verification(scripted):
    cancel = threading.Event()
    cancel.set()
    with scripted.open() as workspace:
        with pytest.raises(Cancelled):
            workspace.shelf.verify_as_job(workspace.shelf.starter_id, on_event=scripted.listen, cancel=cancel)
        assert [job.state for job in workspace.jobs.all()] == [JobState.CANCELLED]

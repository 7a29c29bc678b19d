# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The policy's sealed copies: the worker has bytes that nobody can change, whatever happens to the files."""

import os
import sys
import threading
from pathlib import Path

import pytest

from strongroom.core.chat import MessageState
from strongroom.core.errors import Cancelled
from strongroom.core.events import Phase, PhaseProgressed
from strongroom.core.incident import IncidentEvent
from strongroom.core.paths import DataPaths
from strongroom.models import ModelRefused, RefusalReason
from strongroom.models.lease import PolledWatch
from strongroom.words import say_statement
from strongroom.workspace import Workspace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sealed memory")

SEALED = 'version = 1\nname = "Sealed"\nrevision = "1"\nrules = []\n[models]\nsealed_copy = true\n'


@pytest.fixture
def small_model(tmp_path):
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF" + bytes(3_000_000))
    return path


@pytest.fixture
def open_sealed(scripted):
    return lambda *answers: scripted.open(*answers, policy_file=scripted.policy(SEALED))


def pinned(workspace: Workspace, path: Path) -> str:
    """Import a model, pin its digest, and return its id."""
    entry = workspace.shelf.import_file(path)
    with pytest.raises(ModelRefused) as unknown:
        workspace.shelf.verify(entry.model_id, on_event=lambda _: None, cancel=threading.Event())
    workspace.shelf.pin(entry.model_id, unknown.value.actual_digest)
    return entry.model_id


def test_the_worker_gets_a_copy_in_memory_and_a_writer_at_the_file_harms_nothing(
    scripted, open_sealed, small_model, never
):
    with open_sealed(["First."], ["Second."]) as workspace:
        model_id = pinned(workspace, small_model)
        loaded = workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
        ((seen,),) = scripted.loads()
        assert seen["digest"] == loaded.digest
        assert seen["target"].startswith("/memfd:strongroom-model")
        assert "sealed copy" in say_statement(loaded.verification.lease_note)
        # Opens at once: the file is not in use any more.
        writer = os.open(small_model, os.O_RDWR | os.O_NONBLOCK)
        os.pwrite(writer, b"other bytes", 100)
        os.close(writer)
        assert workspace.models.loaded is not None
        finished = workspace.session().send("Hello", on_event=scripted.listen)
        assert (finished.state, finished.message.text) == (MessageState.COMPLETE, "First.")
        assert not workspace.incidents.entries(event=IncidentEvent.LEASE_BROKEN)
        workspace.models.unload_all()
        with pytest.raises(ModelRefused) as refusal:
            workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
        assert refusal.value.reason is RefusalReason.MISMATCH


def test_unloading_gives_the_memory_back(open_sealed, small_model, never, scripted):
    def in_use() -> int:
        return sum(
            "memfd:strongroom-model" in os.readlink(link)
            for link in Path("/proc/self/fd").iterdir()
            if os.path.lexists(link)
        )

    with open_sealed() as workspace:
        model_id = pinned(workspace, small_model)
        workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
        assert in_use() == 1
        workspace.models.unload_all()
        assert in_use() == 0


def test_progress_rises_over_hashing_copying_and_hashing_again(open_sealed, small_model, never, scripted):
    with open_sealed() as workspace:
        model_id = pinned(workspace, small_model)
        workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
    steps = [event for event in scripted.of(PhaseProgressed) if event.phase is Phase.VERIFYING]
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert {step.total for step in steps} == {small_model.stat().st_size}
    assert steps[-1].done == steps[-1].total


def test_cancel_ends_the_sealing(open_sealed, small_model, scripted):
    cancel = threading.Event()

    def stop(event):
        if isinstance(event, PhaseProgressed) and event.phase is Phase.VERIFYING and 2 * event.done > event.total:
            cancel.set()

    with open_sealed() as workspace:
        model_id = pinned(workspace, small_model)
        with pytest.raises(Cancelled):
            workspace.models.load(model_id, on_event=stop, cancel=cancel)
        assert workspace.models.loaded is None


def test_bytes_that_changed_unnoticed_after_the_verification_are_refused_and_recorded(
    scripted, open_sealed, small_model, never, monkeypatch
):
    # Where there are no leases, a writer that puts the old time back is not seen.
    monkeypatch.setattr("strongroom.models.opening.take_read_lease", lambda number: PolledWatch(number, "no leases"))
    with open_sealed() as workspace:
        model_id = pinned(workspace, small_model)
        before = small_model.stat()
        changed = []

        def change(event):
            is_verified = isinstance(event, PhaseProgressed) and 3 * (event.done + 1) > event.total
            if is_verified and not changed:
                changed.append(True)
                with small_model.open("r+b") as stream:
                    stream.seek(2_000_000)
                    stream.write(b"evil")
                os.utime(small_model, ns=(before.st_atime_ns, before.st_mtime_ns))

        with pytest.raises(ModelRefused) as refusal:
            workspace.models.load(model_id, on_event=change, cancel=never)
        assert changed
        assert refusal.value.reason is RefusalReason.MISMATCH
        record = workspace.incidents.entries(event=IncidentEvent.VERIFY_MISMATCH)[0].record
        assert record.model_digest == refusal.value.actual_digest
        assert record.details["expected"] == refusal.value.expected_digest
        assert workspace.models.loaded is None


@pytest.mark.model
def test_the_real_worker_answers_from_the_sealed_copy(scripted, tmp_path, never):
    with Workspace.open(DataPaths(tmp_path / "real"), policy_file=scripted.policy(SEALED)) as workspace:
        workspace.change_settings(max_tokens=8, temperature=0.0, context_length=512)
        loaded = workspace.models.load(on_event=scripted.listen, cancel=never)
        assert loaded.digest == workspace.shelf.entries()[0].expected_digest
        assert workspace.session().send("What is the capital of France?", on_event=scripted.listen).message.text

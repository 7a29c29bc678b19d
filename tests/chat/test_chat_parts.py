# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model of several files: all of them are verified and handed over, and a writer at any of them ends the model."""

import hashlib
import os
import threading

import pytest

from strongroom.core.chat import MessageState
from strongroom.core.errors import UserFacingError
from strongroom.core.events import Phase, PhaseProgressed, TextReleased
from strongroom.core.incident import IncidentEvent
from strongroom.models import ModelRefused, RefusalReason
from strongroom.workspace import Workspace

PARTS = 3


@pytest.fixture
def parts(tmp_path):
    """Files that look like the parts of one model to everybody but llama.cpp."""
    folder = tmp_path / "parts"
    folder.mkdir()
    paths = [folder / f"big-{number:05d}-of-{PARTS:05d}.gguf" for number in range(1, PARTS + 1)]
    for number, path in enumerate(paths):
        path.write_bytes(b"GGUF" + bytes([number]) * 300_000)
    return paths


def pinned(workspace: Workspace, first, never) -> str:
    """Import the model, pin its digest, and return its id."""
    entry = workspace.shelf.import_file(first)
    with pytest.raises(ModelRefused) as unknown:
        workspace.models.load(entry.model_id, on_event=lambda _: None, cancel=never)
    assert unknown.value.reason is RefusalReason.UNKNOWN_DIGEST
    workspace.shelf.pin(entry.model_id, unknown.value.actual_digest)
    return entry.model_id


def test_the_worker_gets_every_part_in_order(scripted, parts, never):
    with scripted.open(["Hello."]) as workspace:
        model_id = pinned(workspace, parts[0], never)
        loaded = workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
        assert workspace.session().send("Hello", on_event=scripted.listen).message.text == "Hello."
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in parts]
        assert [[seen["digest"] for seen in load] for load in scripted.loads()] == [digests]
        assert loaded.verification.part_digests == tuple(digests)
        assert loaded.verification.size == sum(path.stat().st_size for path in parts)


@pytest.mark.parametrize("place", range(PARTS))
def test_a_writer_at_any_part_ends_the_model_and_is_recorded(scripted, parts, never, tmp_path, place):
    with scripted.open(["This was shown. ", {"wait": str(tmp_path / "never")}]) as workspace:
        model_id = pinned(workspace, parts[0], never)
        workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
        (worker,) = workspace.models.processes()
        process_id = worker.process_id
        alive_at_write: list[bool] = []

        def write():
            # Blocks in open() until the worker is dead and the lease is given back.
            descriptor = os.open(parts[place], os.O_RDWR)
            alive_at_write.append(os.path.exists(f"/proc/{process_id}/exe"))
            os.close(descriptor)

        writers = []

        def on_event(event):
            if isinstance(event, TextReleased):
                writers.append(threading.Thread(target=write))
                writers[-1].start()

        finished = workspace.session().send("Hello", on_event=on_event)
        for writer in writers:
            writer.join()
        assert alive_at_write == [False]
        assert finished.state is MessageState.INTERRUPTED
        assert finished.error.code == "model.lease_broken"
        assert workspace.models.loaded is None
        (entry,) = workspace.incidents.entries(event=IncidentEvent.LEASE_BROKEN)
        assert entry.record.details["file"] == parts[place].name


def test_a_writer_while_the_model_loads_waits_until_the_worker_is_dead(scripted, parts, never):
    with scripted.open(["never"]) as workspace:
        model_id = pinned(workspace, parts[0], never)
        was_alive: list[bool] = []

        def write(process_id: int) -> None:
            descriptor = os.open(parts[1], os.O_RDWR)
            was_alive.append(os.path.exists(f"/proc/{process_id}/exe"))
            os.close(descriptor)

        def on_event(event):
            if isinstance(event, PhaseProgressed) and event.phase is Phase.LOADING and not was_alive:
                writer = threading.Thread(target=write, args=[workspace.models.processes()[0].process_id])
                writer.start()
                writer.join()

        with pytest.raises(UserFacingError) as refusal:
            workspace.models.load(model_id, on_event=on_event, cancel=never)
        assert refusal.value.code == "model.lease_broken"
        assert was_alive == [False]
        assert workspace.models.loaded is None
        assert workspace.incidents.entries(event=IncidentEvent.LEASE_BROKEN)


@pytest.mark.parametrize("place", range(PARTS))
def test_one_byte_changed_in_any_part_refuses_the_model_and_is_recorded(scripted, parts, never, place):
    with scripted.open(["never"]) as workspace:
        model_id = pinned(workspace, parts[0], never)
        with parts[place].open("r+b") as stream:
            stream.seek(1_000)
            stream.write(b"x")
        with pytest.raises(ModelRefused) as refusal:
            workspace.session().send("Hello", on_event=scripted.listen, model_id=model_id)
        assert refusal.value.reason is RefusalReason.MISMATCH
        assert [path.exists() for path in parts] == [number != place for number in range(PARTS)]
        assert workspace.incidents.entries(event=IncidentEvent.VERIFY_MISMATCH)
        assert workspace.models.loaded is None
        # A worker was getting ready meanwhile; it was never told to load, and it is gone.
        assert scripted.loads() == []
        assert not [one for one in threading.enumerate() if one.name == "engine-supervisor"]

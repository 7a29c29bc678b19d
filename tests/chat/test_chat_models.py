# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Only the verified bytes are loaded, and a writer ends the model."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from strongroom.core.chat import MessageState
from strongroom.core.errors import UserFacingError
from strongroom.core.events import TextReleased
from strongroom.core.incident import IncidentEvent
from strongroom.core.verification import VerificationState
from strongroom.models import ModelRefused, RefusalReason


@pytest.fixture
def copied_model(scripted, tmp_path):
    """A copy of the starter model, imported and pinned: its id and its path."""
    with scripted.open() as workspace:
        copy = tmp_path / "copy.gguf"
        shutil.copyfile(workspace.shelf.entries()[0].path, copy)
        entry = workspace.shelf.import_file(copy)
        with pytest.raises(ModelRefused) as unknown:
            workspace.models.load(entry.model_id, on_event=scripted.listen, cancel=threading.Event())
        assert unknown.value.reason is RefusalReason.UNKNOWN_DIGEST
        workspace.shelf.pin(entry.model_id, unknown.value.actual_digest)
    return entry.model_id, copy


def state_of(workspace, model_id):
    return next(entry.state for entry in workspace.shelf.entries() if entry.model_id == model_id)


def test_pinning_is_an_incident_and_makes_the_model_loadable(scripted, copied_model, never):
    model_id, _ = copied_model
    with scripted.open() as workspace:
        assert workspace.models.load(model_id, on_event=scripted.listen, cancel=never).model_id == model_id
        assert state_of(workspace, model_id) is VerificationState.PINNED
        assert workspace.incidents.entries(event=IncidentEvent.VERIFY_PINNED)


def test_one_byte_changed_is_refused_quarantined_and_recorded(scripted, copied_model, never):
    model_id, path = copied_model
    with path.open("r+b") as stream:
        stream.seek(50_000_000)
        byte = stream.read(1)
        stream.seek(50_000_000)
        stream.write(bytes([byte[0] ^ 1]))
    with scripted.open(["never"]) as workspace:
        with pytest.raises(ModelRefused) as refusal:
            workspace.session().send("Hello", on_event=scripted.listen, model_id=model_id)
        assert refusal.value.reason is RefusalReason.MISMATCH
        assert not path.exists()
        assert Path(refusal.value.quarantined_as).stat().st_size == 98_362_432
        record = workspace.incidents.entries(event=IncidentEvent.VERIFY_MISMATCH)[0].record
        assert record.details["model"] == model_id
        assert record.model_digest == refusal.value.actual_digest
        assert workspace.models.loaded is None
        assert workspace.conversations.list() == []
        assert state_of(workspace, model_id) is VerificationState.MISMATCH


def test_renaming_another_file_over_a_loaded_model_changes_nothing(scripted, copied_model, never, tmp_path):
    model_id, path = copied_model
    with scripted.open(["Still here."]) as workspace:
        workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
        evil = tmp_path / "evil.gguf"
        evil.write_bytes(b"GGUF evil")
        evil.replace(path)
        assert workspace.session().send("Hello", on_event=scripted.listen).message.text == "Still here."


def test_a_writer_ends_the_model_and_is_recorded(scripted, copied_model, never, tmp_path):
    model_id, path = copied_model
    with scripted.open(["This was shown. ", {"wait": str(tmp_path / "never")}]) as workspace:
        workspace.models.load(model_id, on_event=scripted.listen, cancel=never)
        writers, threads = [], []

        def write():
            # Blocks in open() until the worker is dead and the lease is given back.
            writers.append(os.open(path, os.O_RDWR))

        def on_event(event):
            if isinstance(event, TextReleased):
                threads.append(threading.Thread(target=write))
                threads[-1].start()

        finished = workspace.session().send("Hello", on_event=on_event)
        for thread in threads:
            thread.join()
        assert finished.state is MessageState.INTERRUPTED
        assert finished.error.code == "model.lease_broken"
        assert finished.message.text == "This was shown. "
        assert workspace.models.loaded is None
        assert workspace.incidents.entries(event=IncidentEvent.LEASE_BROKEN)
        with pytest.raises(ModelRefused) as refusal:
            workspace.session().send("Again", on_event=lambda _: None, model_id=model_id)
        assert refusal.value.reason is RefusalReason.IN_USE_BY_WRITER
        for writer in writers:
            os.close(writer)


def test_verify_model_reports_and_records_nothing_when_all_is_well(scripted, never):
    with scripted.open() as workspace:
        starter = workspace.shelf.entries()[0]
        result = workspace.shelf.verify(starter.model_id, on_event=scripted.listen, cancel=never)
        assert result.state is VerificationState.VERIFIED
        assert result.digest == starter.expected_digest
        assert not workspace.incidents.entries(event=IncidentEvent.VERIFY_MISMATCH)


def test_an_unknown_model_id_is_refused(scripted, never):
    with scripted.open() as workspace, pytest.raises(UserFacingError):
        workspace.models.load("no-such-model", on_event=scripted.listen, cancel=never)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Isolation that falls short is recorded, told, and refused where the policy asks for more."""

import os
import sys
import threading

import pytest

from strongroom.confinement.levels import IsolationRefused
from strongroom.confinement.setup import ProcessSetup
from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentEvent
from strongroom.core.isolation import (
    Barrier,
    Capability,
    Confinement,
    Gap,
    IsolationLevel,
    Outcome,
    ProcessRole,
)
from strongroom.words import explain, say_note
from strongroom.workspace import Workspace

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is expected here is what Linux can do")

POLICY = """
version = 1
name = "Strict"
revision = "1"
presets = ["general-business"]
[isolation]
minimum = "{minimum}"
"""
FULL = Confinement((Barrier.SYSTEM_CALLS, Barrier.NO_NEW_PRIVILEGES))
OPEN = Confinement((), (Gap(Barrier.SYSTEM_CALLS, "this kernel has none"),))


def load(workspace: Workspace):
    return workspace.models.load(on_event=lambda _: None, cancel=threading.Event())


def records(workspace: Workspace, event: IncidentEvent) -> list[dict]:
    return [dict(entry.record.details) for entry in workspace.incidents.entries(event=event)]


def test_a_fully_isolated_model_needs_no_word(scripted):
    with scripted.open(["Hi."], setup=ProcessSetup(FULL)) as workspace:
        loaded = load(workspace)
        assert loaded.confinement.level is IsolationLevel.FULL
        assert not [note for note in loaded.notes if note.code.startswith("isolation")]
        assert not records(workspace, IncidentEvent.ISOLATION_REDUCED)


@pytest.mark.parametrize(
    ("missing", "level"),
    [(["file_rules"], "reduced"), (["system_calls"], "reduced"), (["system_calls", "file_rules"], "none")],
)
def test_a_model_with_less_is_an_incident_and_a_note_and_answers(scripted, missing, level):
    scripted.missing = missing
    with scripted.open(["Hi."], ["Hi again."]) as workspace:
        loaded = load(workspace)
        (note,) = [note for note in loaded.notes if note.code == "isolation.reduced"]
        assert "this kernel has none" in say_note(note)
        (record,) = records(workspace, IncidentEvent.ISOLATION_REDUCED)
        assert (record["process"], record["least"]) == ("worker", "none")
        assert {*missing} <= {*record["missing"].split(", ")}
        assert record["level"] == level
        assert workspace.session().send("Hello", on_event=scripted.listen).message.text == "Hi."
        load(workspace)
        assert len(records(workspace, IncidentEvent.ISOLATION_REDUCED)) == 1


@pytest.mark.parametrize("minimum", ["reduced", "full"])
def test_refused_by_policy_before_the_model_is_read(scripted, minimum):
    scripted.missing = ["system_calls", "file_rules"]
    policy = scripted.policy(POLICY.format(minimum=minimum))
    with scripted.open(["Hi."], policy_file=policy, setup=ProcessSetup(FULL)) as workspace:
        with pytest.raises(IsolationRefused) as refusal:
            load(workspace)
        assert refusal.value.code == "isolation.refused"
        assert minimum in explain(refusal.value).message
        assert refusal.value.role is ProcessRole.WORKER
        assert workspace.models.loaded is None
        assert scripted.loads() == []
        (record,) = records(workspace, IncidentEvent.ISOLATION_REFUSED)
        assert (record["process"], record["least"], record["level"]) == ("worker", minimum, "none")


def test_refused_when_the_main_process_itself_is_not_isolated(scripted):
    policy = scripted.policy(POLICY.format(minimum="full"))
    with scripted.open(["Hi."], policy_file=policy, setup=ProcessSetup(OPEN)) as workspace:
        with pytest.raises(IsolationRefused) as refusal:
            load(workspace)
        assert refusal.value.role is ProcessRole.MAIN
        (reduced,) = records(workspace, IncidentEvent.ISOLATION_REDUCED)
        assert (reduced["process"], reduced["missing"]) == ("main", "system_calls")


def test_refused_when_the_shortfall_cannot_be_recorded(scripted, monkeypatch):
    scripted.missing = ["file_rules"]
    with scripted.open(["Hi."]) as workspace:

        def full(*_arguments, **_more):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(workspace.incidents, "append", full)
        with pytest.raises(UserFacingError) as refusal:
            load(workspace)
        assert refusal.value.code == "incidents.not_writable"
        assert scripted.loads() == []


def test_every_process_is_measured_by_trying(scripted, monkeypatch):
    with Workspace.open(scripted.paths, setup=ProcessSetup(FULL)) as workspace:
        known = {report.role: report for report in workspace.processes.known()}
        assert known[ProcessRole.MAIN].process_id == os.getpid()
        assert not any(report.attempts for report in known.values())
        measured = {report.role: report for report in workspace.processes.measure(cancel=threading.Event())}
        worker = measured[ProcessRole.WORKER]
        assert worker.attempts
        assert {one.outcome for one in worker.attempts} == {Outcome.DENIED}
        assert not worker.surprises
        assert worker.measured_at
        private = [one.name for one in worker.attempts if one.capability is Capability.READ_FILES]
        assert {"read_chats.db", "read_incidents.db", "read_keys.json"} <= {*private}
        # This process is not confined, whatever the setup above says: the attempts show it.
        assert {one.capability for one in measured[ProcessRole.MAIN].surprises} >= {Capability.INTERNET}


def test_a_program_that_opens_a_workspace_by_itself_is_not_called_isolated(scripted):
    with scripted.open(["Hi."]) as workspace:
        main = next(report for report in workspace.processes.known() if report.role is ProcessRole.MAIN)
        assert main.confinement.level is IsolationLevel.NONE
        assert main.confinement.gaps
        assert not records(workspace, IncidentEvent.ISOLATION_REDUCED)

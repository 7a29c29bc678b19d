# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the workspace tells about the processes that reach a hub, and what it asks of them."""

import os
import socket
import sys
import threading

import pytest

from strongroom.confinement.setup import ProcessSetup
from strongroom.core.hub import SearchQuery
from strongroom.core.incident import IncidentEvent
from strongroom.core.isolation import Barrier, Confinement, Gap, IsolationLevel, Outcome, ProcessRole
from strongroom.hub import HubFault
from strongroom.hub.launch import HUB_HELPER
from strongroom.processes.forking import SplitOff
from strongroom.processes.launcher_spawner import LauncherSpawner
from strongroom.words import say_statement
from strongroom.workspace import Workspace
from strongroom.workspace.process_reports import launcher_report, measure_helper, measure_launcher

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is expected here is what Linux can do")

POLICY = """
version = 1
name = "Strict"
revision = "1"
presets = ["general-business"]
[isolation]
minimum = "full"
"""
OPEN = Confinement((), (Gap(Barrier.SYSTEM_CALLS, "this kernel has none"),))


def helper_of(workspace: Workspace):
    (report,) = [report for report in workspace.processes.known() if report.role is ProcessRole.HELPER]
    return report


def test_the_helper_is_started_to_be_measured_and_asks_no_hub(scripted, never):
    with scripted.open(["Hi."]) as workspace:
        before = helper_of(workspace)
        assert (before.process_id, before.attempts) == (None, ())
        assert "None runs" in say_statement(before.note)
        private = [scripted.paths.chats, scripted.paths.incidents, scripted.paths.egress]
        report = measure_helper(workspace.hub, private, never)
        assert report.confinement.level is IsolationLevel.FULL
        assert report.surprises == ()
        assert {one.outcome for one in report.attempts if one.name.startswith("read_")} == {Outcome.DENIED}
        assert report.process_id == helper_of(workspace).process_id
        assert workspace.egress.count_since_start == 0


def test_no_helper_is_started_while_offline(scripted, never):
    with scripted.open(["Hi."]) as workspace:
        workspace.change_settings(offline=True)
        report = measure_helper(workspace.hub, [], never)
        assert (report.process_id, report.attempts) == (None, ())
        assert "Offline" in say_statement(report.note)


def test_refused_by_policy_a_hub_is_asked_nothing_when_the_main_process_is_not_isolated(scripted):
    with scripted.open(["Hi."], policy_file=scripted.policy(POLICY), setup=ProcessSetup(OPEN)) as workspace:
        with pytest.raises(HubFault) as refusal:
            workspace.hub.search(SearchQuery(), cancel=threading.Event())
        assert refusal.value.code == "hub.not_isolated"
        assert workspace.hub.process_id is None
        assert workspace.egress.count_since_start == 0
        assert workspace.incidents.entries(event=IncidentEvent.ISOLATION_REFUSED)
        report = measure_helper(workspace.hub, [], threading.Event())
        assert report.process_id is None
        assert "full isolation" in say_statement(report.note)


def test_a_launcher_that_has_ended_is_told():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        launcher = LauncherSpawner(SplitOff(os.getpid(), ours), HUB_HELPER)
        for report in (launcher_report(launcher), measure_launcher(launcher, [])):
            assert report.process_id is None
            assert "open it again" in say_statement(report.note)
    assert launcher_report(None) is None

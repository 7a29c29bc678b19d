# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom false-alarms``: the administrator reads, exports and clears what users reported."""

import json
import shutil
import tomllib

import pytest

from strongroom.cli import ExitCode
from strongroom.core.findings import Action, Direction, Evidence, Mark
from strongroom.core.incident import IncidentEvent
from strongroom.core.paths import DataPaths
from strongroom.workspace import Workspace, report_false_alarm

HOSTILE = "\x1b]0;owned\x07"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder with two reports, and its keys."""
    folder = tmp_path_factory.mktemp("reported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRONGROOM_KEY_FILE", str(folder / "keys"))
        with Workspace.open(DataPaths(folder / "data")) as workspace:
            for rule, category, passage in (
                ("email-in-answers", "pii.email", "press@example.org"),
                ("cards", "pii.payment_card", "4111 1111 1111 1111"),
            ):
                mark = Mark(
                    0, 5, Action.MASK, rule, category, 0.95, Direction.ANSWER, workspace.policy.latest.identity,
                    evidence=Evidence.CHECK_DIGIT,
                )  # fmt: skip
                report_false_alarm(workspace, mark, passage=passage, comment=f"a comment{HOSTILE}")
    return folder


@pytest.fixture
def reported(made, tmp_path):
    """A copy of that folder, where commands find it."""
    shutil.copytree(made / "data", tmp_path / "data")
    shutil.copy(made / "keys", tmp_path / "keys")


def test_reports_are_listed_newest_first_and_by_rule(run, reported):
    listed = json.loads(run("false-alarms", "list", "--json").stdout)
    assert [(one["alarm_id"], one["rule_id"]) for one in listed] == [(2, "cards"), (1, "email-in-answers")]
    assert listed[0]["evidence"] == "check_digit"
    of_rule = json.loads(run("false-alarms", "list", "--rule", "cards", "--json").stdout)
    assert [one["alarm_id"] for one in of_rule] == [2]
    assert json.loads(run("false-alarms", "list", "--rule", "none", "--json").stdout) == []


def test_no_listing_obeys_a_comment(run, reported):
    for arguments in (["list"], ["show", "1"], ["export"], ["list", "--json"]):
        result = run("false-alarms", *arguments)
        assert result.exit_code == 0
        assert "\x1b" not in result.stdout
        assert "press@example.org" in result.stdout


def test_one_report_is_shown_with_what_speaks_for_the_rule(run, reported):
    shown = run("false-alarms", "show", "2").stdout
    assert "check_digit" in shown
    assert "95%" in shown
    assert "sha256:" in shown


@pytest.mark.parametrize("command", [["list", "--toml"], ["export", "--toml"]])
def test_reports_become_entries_of_the_allow_list(run, reported, command):
    tables = tomllib.loads(run("false-alarms", *command).stdout)["adjust"]
    assert {table["category"]: table["allow"]["terms"] for table in tables} == {
        "pii.email": ["press@example.org"],
        "pii.payment_card": ["4111 1111 1111 1111"],
    }
    (one,) = tomllib.loads(run("false-alarms", "show", "1", "--toml").stdout)["adjust"]
    assert one == {"category": "pii.email", "allow": {"terms": ["press@example.org"]}}


def test_an_export_goes_to_a_new_private_file(run, reported, tmp_path):
    target = tmp_path / "reports.jsonl"
    assert run("false-alarms", "export", "--output", target).exit_code == 0
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["alarm_id"] for line in lines] == [2, 1]
    assert target.stat().st_mode & 0o077 == 0
    assert run("false-alarms", "export", "--output", target).exit_code == ExitCode.FAILURE


def test_reports_are_removed_only_when_confirmed(run, reported):
    assert run("false-alarms", "clear", stdin="n\n").exit_code == ExitCode.CANCELLED
    assert len(json.loads(run("false-alarms", "list", "--json").stdout)) == 2
    assert run("false-alarms", "clear", "1").exit_code == 0
    assert [one["alarm_id"] for one in json.loads(run("false-alarms", "list", "--json").stdout)] == [2]
    assert run("false-alarms", "clear", "--yes").exit_code == 0
    assert json.loads(run("false-alarms", "list", "--json").stdout) == []


@pytest.mark.parametrize("command", [["show", "7"], ["clear", "7"]])
def test_a_report_that_is_not_there_is_told(run, reported, command):
    result = run("false-alarms", *command)
    assert result.exit_code == ExitCode.FAILURE
    assert "7" in result.stderr


def test_the_incident_log_names_the_rule_and_not_the_passage(run, reported):
    listed = run("incidents", "list", "--event", IncidentEvent.FALSE_ALARM_REPORTED.value, "--json").stdout
    assert {entry["rule_id"] for entry in json.loads(listed)} == {"cards", "email-in-answers"}
    assert "press@" not in listed
    assert "4111 1111" not in listed

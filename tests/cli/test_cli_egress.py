# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom egress list | verify | export``, and what the doctor says of the ledger."""

import csv
import io
import json

import pytest

from strongroom.cli import ExitCode
from strongroom.core.egress import EgressRequest, Purpose
from strongroom.workspace import Workspace


@pytest.fixture
def kept(paths):
    """A data folder whose ledger has a request that was answered, one without an answer, and one that did not end."""
    with Workspace.open(paths) as workspace:
        for path, end in (("/api/models", (200, 1_500)), ("/blobs/1", (0, 0)), ("/blobs/2", None)):
            number = workspace.egress.begun(EgressRequest("GET", "hub.example", path, Purpose.SEARCH))
            if end is not None:
                workspace.egress.made(number, status=end[0], received=end[1])
    return paths


def test_requests_are_listed_newest_first(run, kept):
    listed = json.loads(run("egress", "list", "--json").stdout)
    assert [(entry["sequence"], entry["path"], entry["status"], entry["received"]) for entry in listed] == [
        (5, "/blobs/2", None, None),
        (3, "/blobs/1", 0, 0),
        (1, "/api/models", 200, 1_500),
    ]
    assert listed[0].keys() == {"sequence", "began_at", "method", "host", "path", "why", "status", "received"}
    assert [entry["sequence"] for entry in json.loads(run("egress", "list", "--limit", "1", "--json").stdout)] == [5]
    lines = run("egress", "list").stdout.splitlines()
    assert lines[0].split() == ["N", "TIME", "WHY", "STATUS", "RECEIVED", "REQUEST"]
    assert "not ended" in lines[1]
    assert "no answer" in lines[2]
    assert lines[3].split()[2:] == ["search", "200", "1.5", "kB", "GET", "hub.example/api/models"]


def test_listing_and_verifying_add_nothing_to_the_ledger(run, kept):
    before = kept.egress.read_bytes(), kept.egress_anchor.read_bytes()
    assert run("egress", "list").exit_code == run("egress", "verify").exit_code == 0
    # What it says about this process, which the app's start has not confined, is no matter of the ledger.
    assert "3 requests, intact" in run("doctor").stdout
    assert (kept.egress.read_bytes(), kept.egress_anchor.read_bytes()) == before


def test_verify_of_an_intact_ledger(run, kept):
    assert "intact: 3 requests, 5 records, head sha256:" in run("egress", "verify").stdout
    verified = json.loads(run("egress", "verify", "--json").stdout)
    assert (verified["intact"], verified["requests"], verified["entries"], verified["problems"]) == (True, 3, 5, [])


def test_verify_of_a_ledger_whose_anchor_is_gone_fails(run, kept):
    kept.egress_anchor.unlink()
    result = run("egress", "verify", "--json")
    assert result.exit_code == ExitCode.NOT_VERIFIED
    assert [problem["kind"] for problem in json.loads(result.stdout)["problems"]] == ["anchor_missing"]
    assert run("incidents", "verify").exit_code == 0
    assert len(json.loads(run("egress", "list", "--json").stdout)) == 3


def test_verify_of_a_ledger_that_is_gone_fails_and_the_doctor_says_so(run, kept):
    for path in kept.root.glob("egress.db*"):
        path.unlink()
    assert run("egress", "verify").exit_code == ExitCode.NOT_VERIFIED
    doctor = run("doctor")
    assert doctor.exit_code == ExitCode.FAILURE
    assert "egress.db is gone" in doctor.stdout
    assert not kept.egress.exists()


def test_refused_with_a_damaged_ledger_a_search_says_why(run, kept):
    kept.egress_anchor.unlink()
    result = run("models", "search", "tiny")
    assert result.exit_code == ExitCode.FAILURE
    assert "Egress ledger not writable" in result.stderr
    assert "egress.anchor is gone" in result.stderr


def test_refused_where_there_is_no_ledger(run):
    result = run("egress", "list")
    assert result.exit_code == ExitCode.FAILURE
    assert "No egress ledger" in result.stderr


def test_an_export_is_the_whole_ledger_and_an_incident(run, kept, tmp_path):
    file = tmp_path / "egress.jsonl"
    assert "5 records" in run("egress", "export", file).stderr
    records = [json.loads(line)["header"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert [record["sequence"] for record in records] == [1, 2, 3, 4, 5]
    assert {record["event"] for record in records} == {"egress.begun", "egress.made"}
    rows = list(csv.DictReader(io.StringIO(run("egress", "export", "--format", "csv").stdout)))
    assert [(row["path"], row["status"]) for row in rows] == [
        ("/blobs/2", ""),
        ("/blobs/1", "0"),
        ("/api/models", "200"),
    ]
    incidents = json.loads(run("incidents", "list", "--event", "log.exported", "--json").stdout)
    assert [entry["details"] for entry in incidents] == [
        {"log": "egress", "format": "csv", "to": "standard output"},
        {"log": "egress", "format": "jsonl", "to": str(file)},
    ]


def test_refused_to_overwrite_a_file_with_an_export(run, kept, tmp_path):
    file = tmp_path / "egress.jsonl"
    file.write_text("mine", encoding="utf-8")
    assert run("egress", "export", file).exit_code == ExitCode.FAILURE
    assert file.read_text(encoding="utf-8") == "mine"


def test_the_doctor_counts_the_requests(run, kept):
    facts = json.loads(run("doctor", "--json").stdout)["facts"]
    assert facts["egress"].startswith("3 requests, intact, ")

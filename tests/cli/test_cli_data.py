# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Commands on a data folder: incidents, conversations, models. No model is loaded here."""

import csv
import hashlib
import io
import json
from dataclasses import replace

import pytest

from strongroom.cli import ExitCode
from strongroom.cli.asking import answer_fields
from strongroom.core.chat import MessageState, Role, StoredMessage
from strongroom.core.events import TurnFinished
from strongroom.core.findings import Action, Direction, Mark
from strongroom.core.generation import FinishReason, GenerationSettings, SamplingParameters
from strongroom.core.incident import IncidentEvent
from strongroom.workspace import Workspace

HOSTILE = "\x1b]0;owned\x07"


@pytest.fixture
def kept(paths):
    """A data folder with one conversation and some incidents."""
    with Workspace.open(paths) as workspace:
        number = workspace.conversations.create("Lighthouses" + HOSTILE).conversation_id
        workspace.conversations.add_message(number, Role.USER, "Tell me")
        answer = workspace.conversations.begin_answer(number, "Tiny", "00")
        mark = Mark(6, 21, Action.MASK, "email", "pii.email", 1.0, Direction.ANSWER, workspace.policy.latest.identity)
        workspace.conversations.append_release(answer.message_id, f"Mail: [e-mail masked] {HOSTILE}", (mark,))
        workspace.conversations.finish_answer(answer.message_id, MessageState.STOPPED, FinishReason.CANCELLED, None)
        for text in ("jane@example.org", "john@example.org"):
            findings = workspace.filters.filter_text(text, Direction.ANSWER).findings
            workspace.recorder.record_findings(findings, text, conversation_id=number)
        workspace.recorder.record_event(IncidentEvent.WORKER_FAULT, kind="=cmd|' /C calc'!A0" + HOSTILE)
    return number


def test_incidents_are_listed_newest_first_and_filtered(run, kept):
    listed = json.loads(run("incidents", "list", "--json").stdout)
    assert [entry["event"] for entry in listed] == ["worker.fault", "filter.mask", "filter.mask", "policy.loaded"]
    assert [entry["sequence"] for entry in listed] == [4, 3, 2, 1]
    masked = json.loads(run("incidents", "list", "--category", "pii.email", "--limit", "1", "--json").stdout)
    assert [entry["sequence"] for entry in masked] == [3]
    assert len(json.loads(run("incidents", "list", "--event", "policy.loaded", "--json").stdout)) == 1


def test_no_listing_shows_a_text_or_obeys_one(run, kept):
    for arguments in (["incidents", "list"], ["conversations", "list"], ["conversations", "show", str(kept)]):
        result = run(*arguments)
        assert result.exit_code == 0
        assert "example.org" not in result.output
        assert "\x1b" not in result.stdout


def test_show_prints_the_selected_path_with_what_each_answer_was_made_with(run, kept, paths):
    made_with = GenerationSettings(SamplingParameters(), 4_711, "7" * 64)
    with Workspace.open(paths) as workspace:
        store = workspace.conversations
        prompt = store.messages(kept)[0].message_id
        other = store.add_message(
            kept, Role.ASSISTANT, "Another answer", model_name="Tiny", model_digest="d" * 64, made_with=made_with,
            parent=prompt,
        )  # fmt: skip
        store.database.write(
            "INSERT INTO message_parts VALUES (?, 1, 'tool_result', ?)", (other.message_id, '{"of": "a later version"}')
        )
    shown = run("conversations", "show", str(kept)).stdout

    assert shown.index("Tell me") < shown.index("Another answer")
    assert "e-mail masked" not in shown
    assert "A part of this message that this version cannot show." in shown
    assert "a later version" not in shown
    assert f"seed 4711 · Tiny sha256 {'d' * 64}" in shown
    (listed,) = json.loads(run("conversations", "list", "--json").stdout)
    assert (listed["message_count"], listed["head_id"]) == (3, other.message_id)


def test_an_answer_as_json_says_which_model_and_which_seed_it_is_from():
    made_with = GenerationSettings(SamplingParameters(), 4_711, "7" * 64)
    message = StoredMessage(
        2, 1, Role.ASSISTANT, "Hi", "2026", model_name="Tiny", model_digest="d" * 64, made_with=made_with
    )
    finished = TurnFinished(message, FinishReason.STOP, MessageState.COMPLETE, None)

    fields = answer_fields(finished)
    assert (fields["model"], fields["model_digest"]) == ("Tiny", "d" * 64)
    assert (fields["seed"], fields["template_digest"]) == (4_711, "7" * 64)
    unknown = answer_fields(replace(finished, message=replace(message, made_with=None)))
    assert unknown["seed"] is unknown["template_digest"] is None


def test_listing_and_verifying_add_nothing_to_the_log(run, kept, paths):
    before = paths.incidents.read_bytes(), paths.incident_anchor.read_bytes()
    assert run("incidents", "verify").exit_code == 0
    assert run("incidents", "list").exit_code == 0
    assert (paths.incidents.read_bytes(), paths.incident_anchor.read_bytes()) == before


def test_verify_of_an_intact_log(run, kept):
    assert "intact: 4 records" in run("incidents", "verify").stdout
    verified = json.loads(run("incidents", "verify", "--json").stdout)
    assert (verified["intact"], verified["entries"], verified["problems"]) == (True, 4, [])


def test_verify_of_a_log_whose_anchor_is_gone_fails(run, kept, paths):
    paths.incident_anchor.unlink()
    result = run("incidents", "verify", "--json")
    assert result.exit_code == ExitCode.NOT_VERIFIED
    assert [problem["kind"] for problem in json.loads(result.stdout)["problems"]] == ["anchor_missing"]


def test_verify_of_a_log_that_is_gone_fails(run, kept, paths):
    for path in paths.root.glob("incidents.db*"):
        path.unlink()
    assert run("incidents", "verify").exit_code == ExitCode.NOT_VERIFIED


def test_verify_names_the_record_of_a_flipped_byte(run, kept, paths):
    content = bytearray(paths.incidents.read_bytes())
    content[-2000] ^= 1
    paths.incidents.write_bytes(content)
    result = run("incidents", "verify")
    assert result.exit_code == ExitCode.NOT_VERIFIED
    assert "record" in result.stdout


def test_without_a_log_there_is_nothing_to_verify_and_nothing_is_made(run, paths):
    result = run("incidents", "verify")
    assert result.exit_code == ExitCode.FAILURE
    assert "no incident log" in result.stderr
    assert not paths.root.exists()


def test_an_export_is_an_incident_and_runs_no_formula(run, kept, tmp_path):
    target = tmp_path / "incidents.csv"
    assert run("incidents", "export", "--format", "csv", "--output", target).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"), newline="")))
    assert rows[0]["event"] == "log.exported"
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    assert target.stat().st_mode & 0o077 == 0
    assert json.loads(run("incidents", "list", "--limit", "1", "--json").stdout)[0]["event"] == "log.exported"


def test_an_export_never_overwrites_a_file(run, kept, tmp_path):
    target = tmp_path / "there"
    target.write_text("mine")
    for arguments in (["incidents", "export"], ["conversations", "export", str(kept)]):
        result = run(*arguments, "--output", str(target))
        assert result.exit_code == ExitCode.FAILURE
        assert "there already" in result.stderr
    assert target.read_text() == "mine"


def test_lines_of_an_export_carry_their_proof(run, kept):
    lines = [json.loads(line) for line in run("incidents", "export", "--category", "pii.email").stdout.splitlines()]
    assert [line["header"]["sequence"] for line in lines] == [3, 2]
    assert all(line["chain"].startswith("sha256:") for line in lines)


def test_conversations_are_listed_found_and_shown(run, kept):
    listed = json.loads(run("conversations", "list", "--json").stdout)
    assert [(one["conversation_id"], one["message_count"]) for one in listed] == [(kept, 2)]
    assert json.loads(run("conversations", "list", "--search", "submarine", "--json").stdout) == []
    shown = run("conversations", "show", str(kept)).stdout
    assert "Mail: [e-mail masked]" in shown
    assert "(stopped)" in shown


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_conversations_are_exported_as_they_are_kept(run, kept, form):
    result = run("conversations", "export", str(kept), "--format", form)
    assert result.exit_code == 0
    assert "[e-mail masked]" in result.stdout
    if form == "json":
        assert json.loads(result.stdout)["messages"][1]["text"] == f"Mail: [e-mail masked] {HOSTILE}"


def test_a_conversation_is_deleted_only_when_confirmed(run, kept):
    assert run("conversations", "delete", str(kept), stdin="n\n").exit_code == ExitCode.CANCELLED
    assert len(json.loads(run("conversations", "list", "--json").stdout)) == 1
    assert run("conversations", "delete", str(kept), "--yes").exit_code == 0
    assert json.loads(run("conversations", "list", "--json").stdout) == []


@pytest.mark.parametrize("command", ["show", "export", "delete"])
def test_a_conversation_that_is_not_there_is_refused(run, kept, command):
    result = run("conversations", command, "4711", *(["--yes"] if command == "delete" else []))
    assert result.exit_code == ExitCode.FAILURE
    assert result.stderr


def test_the_starter_model_is_listed_first_with_its_state(run):
    (starter,) = json.loads(run("models", "list", "--json").stdout)
    assert (starter["model_id"], starter["license"]) == ("smollm2-135m-instruct", "Apache-2.0")
    assert starter["state"] in ("unchecked", "verified")
    assert "smollm2-135m-instruct" in run("models", "list").stdout


def test_a_model_that_is_not_there_is_refused(run):
    result = run("models", "verify", "nothing", "--json")
    assert result.exit_code == ExitCode.FAILURE
    assert json.loads(result.stdout)[0]["state"] == "unknown_model"


@pytest.fixture
def tiny(tmp_path):
    """A file that begins as a GGUF file does; nothing here loads it."""
    path = tmp_path / "tiny\x1b[31m.gguf"
    path.write_bytes(b"GGUF" + bytes(4096))
    return path


def test_an_imported_model_is_unknown_until_it_is_pinned(run, tiny):
    result = run("models", "import", tiny)
    assert result.exit_code == 0
    assert "unknown" in result.stdout
    assert "\x1b" not in result.stdout
    model_id = json.loads(run("models", "list", "--json").stdout)[1]["model_id"]
    refused = run("models", "verify", model_id)
    assert refused.exit_code == ExitCode.NOT_VERIFIED
    pinned = run("models", "import", tiny, "--pin", "--json")
    assert json.loads(pinned.stdout)["state"] == "pinned"
    assert run("models", "verify", model_id).exit_code == 0
    assert json.loads(run("incidents", "list", "--limit", "1", "--json").stdout)[0]["event"] == "verify.pinned"


def test_a_model_with_another_digest_than_its_publisher_states_is_refused_and_not_imported(run, tiny):
    result = run("models", "import", tiny, "--sha256", "0" * 64)
    assert result.exit_code == ExitCode.NOT_VERIFIED
    assert "not imported" in result.stderr
    assert tiny.exists()
    assert len(json.loads(run("models", "list", "--json").stdout)) == 1


def test_a_model_with_its_publishers_digest_is_pinned_to_it(run, tiny):
    digest = hashlib.sha256(tiny.read_bytes()).hexdigest()
    result = run("models", "import", tiny, "--copy", "--sha256", digest.upper(), "--json")
    assert result.exit_code == 0
    imported = json.loads(result.stdout)
    assert (imported["state"], imported["expected_digest"]) == ("pinned", digest)
    assert imported["path"] != str(tiny)


def test_a_pinned_model_that_changed_is_refused_quarantined_and_recorded(run, tiny):
    run("models", "import", tiny, "--pin")
    tiny.write_bytes(b"GGUF" + bytes(4095) + b"x")
    result = run("models", "verify", json.loads(run("models", "list", "--json").stdout)[1]["model_id"])
    assert result.exit_code == ExitCode.NOT_VERIFIED
    assert "quarantine" in result.stderr
    assert not tiny.exists()
    assert json.loads(run("incidents", "list", "--limit", "1", "--json").stdout)[0]["event"] == "verify.mismatch"


def test_a_file_that_is_no_model_is_refused(run, tmp_path):
    other = tmp_path / "photo.gguf"
    other.write_bytes(b"JFIF" + bytes(100))
    assert run("models", "import", other).exit_code == ExitCode.FAILURE
    assert run("models", "import", tmp_path / "none.gguf", "--sha256", "0" * 64).exit_code == ExitCode.FAILURE


def test_without_a_key_nothing_is_kept_and_standard_error_says_so(run, paths, monkeypatch):
    monkeypatch.delenv("STRONGROOM_KEY_FILE")
    result = run("conversations", "list", "--json")
    assert json.loads(result.stdout) == []
    assert "Nothing is kept" in result.stderr
    assert not paths.chats.exists()

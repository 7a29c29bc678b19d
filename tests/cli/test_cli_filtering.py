# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom filter``: text and lines of JSON through a policy, with offsets into the input and honest exit codes."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from strongroom.cli import ExitCode, app

TEXT = "Mail jane.doe@example.org, card 4111 1111 1111 1111."


def lines_of(result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_text_is_filtered_by_the_built_in_policy(run):
    result = run("filter", stdin=TEXT)
    assert (result.exit_code, result.stdout) == (0, "Mail [e-mail masked], card [card number masked].")


def test_line_ends_and_controls_of_clean_text_pass_unchanged(run):
    text = b"a\r\nb\x1b[1m\tc\n\n\xc3\xbc no line end"
    assert run("filter", stdin=text).stdout_bytes == text


def test_a_line_of_json_gives_text_verdict_and_findings(run):
    result = run("filter", "--jsonl", stdin=json.dumps({"text": TEXT, "id": 7}) + "\n")
    assert result.exit_code == 0
    (answer,) = lines_of(result)
    assert list(answer) == ["text", "verdict", "findings"]
    assert (answer["text"], answer["verdict"]) == ("Mail [e-mail masked], card [card number masked].", "mask")
    assert [list(finding) for finding in answer["findings"]] == [
        ["rule", "category", "start", "end", "confidence", "action", "severity", "evidence", "disguise"]
    ] * 2
    assert [TEXT[finding["start"] : finding["end"]] for finding in answer["findings"]] == [
        "jane.doe@example.org",
        "4111 1111 1111 1111",
    ]
    assert {finding["action"] for finding in answer["findings"]} == {"mask"}


def test_offsets_count_code_points_of_the_input(run):
    text = "𝒳🙂é " + TEXT
    (answer,) = lines_of(run("filter", "--jsonl", stdin=json.dumps({"text": text})))
    assert text[answer["findings"][0]["start"] : answer["findings"][0]["end"]] == "jane.doe@example.org"


def test_clean_text_is_allowed(run):
    assert lines_of(run("filter", "--jsonl", stdin='{"text": "hello"}\n')) == [
        {"text": "hello", "verdict": "allow", "findings": []}
    ]


@pytest.mark.parametrize(
    "bad",
    ["{", "[]", '"text"', '{"text": 1}', "{}", '{"text": null}', "\xff", "[" * 100_000, "NaN", '{"text": "\\u12"}'],
)
def test_a_bad_line_gets_its_error_in_its_place_and_the_exit_code_says_so(run, bad):
    lines = [b'{"text": "one"}', bad.encode("latin-1"), b'{"text": "two"}']
    result = run("filter", "--jsonl", stdin=b"\n".join(lines) + b"\n")
    first, error, last = lines_of(result)
    assert (first["text"], last["text"]) == ("one", "two")
    assert list(error) == ["error"]
    assert result.exit_code == ExitCode.FAILURE


def test_half_a_surrogate_pair_gets_an_error_or_an_answer_but_never_ends_the_stream(run):
    result = run("filter", "--jsonl", stdin='{"text": "a\\ud83d"}\n{"text": "two"}\n')
    first, last = lines_of(result)
    assert "error" in first or first["text"].startswith("a")
    assert last["text"] == "two"


def test_a_missing_line_end_and_empty_lines_are_no_matter(run):
    assert len(lines_of(run("filter", "--jsonl", stdin='\n{"text": "one"}\n\n  \n{"text": "two"}'))) == 2


@given(st.lists(st.text(), max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_line_in_is_one_line_out_whatever_the_text(texts):
    stdin = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    result = CliRunner().invoke(app, ["filter", "--jsonl"], input=stdin)
    assert len(result.stdout_bytes.split(b"\n")) == len(texts) + 1
    assert len(lines_of(result)) == len(texts)


def test_the_direction_chooses_the_rules(run, policy_file, rule):
    policy = policy_file(rule("falcon", "mask", "prompt"))
    assert run("filter", "--policy", policy, stdin="falcon").stdout == "falcon"
    assert run("filter", "--policy", policy, "--direction", "prompt", stdin="falcon").stdout == "[term masked]"


def test_a_blocked_text_ends_before_the_passage_and_exits_with_3(run, policy_file, rule):
    policy = policy_file(rule("falcon", "block", message="Not outside."))
    result = run("filter", "--policy", policy, stdin="The falcon is secret.")
    assert (result.exit_code, result.stdout) == (ExitCode.REFUSED, "The ")
    assert "term-falcon" in result.stderr
    assert "Not outside." in result.stderr


def test_a_blocked_line_is_a_verdict_and_no_failure(run, policy_file, rule):
    policy = policy_file(rule("falcon", "block"))
    result = run("filter", "--policy", policy, "--jsonl", stdin='{"text": "The falcon"}\n')
    assert result.exit_code == 0
    assert lines_of(result)[0]["verdict"] == "block"


def test_a_dry_run_is_reported_as_what_it_did(run, policy_file, rule):
    policy = policy_file(rule("falcon", "block") + "dry_run = true\n")
    (answer,) = lines_of(run("filter", "--policy", policy, "--jsonl", stdin='{"text": "falcon"}\n'))
    assert (answer["text"], answer["verdict"], answer["findings"][0]["action"]) == ("falcon", "log", "log")


def test_input_that_is_not_utf8_is_refused(run):
    result = run("filter", stdin=b"fine so far\n" + b"\xff\xfe")
    assert result.exit_code == ExitCode.FAILURE
    assert "not UTF-8" in result.stderr


def test_input_that_ends_within_a_character_is_refused(run):
    assert run("filter", stdin="€".encode()[:2]).exit_code == ExitCode.FAILURE


def test_an_invalid_policy_filters_nothing(run, policy_file):
    result = run("filter", "--policy", policy_file("colour = 1\n"), stdin=TEXT)
    assert (result.exit_code, result.stdout) == (ExitCode.FAILURE, "")
    assert "colour" in result.stderr


def test_a_missing_policy_filters_nothing(run, tmp_path):
    result = run("filter", "--policy", tmp_path / "none.toml", stdin=TEXT)
    assert (result.exit_code, result.stdout) == (ExitCode.FAILURE, "")


def test_the_policy_of_the_data_folder_is_in_force(run, policy_file, rule, paths):
    paths.ensure()
    policy_file(rule("falcon", "mask")).rename(paths.policy)
    assert run("filter", stdin="falcon").stdout == "[term masked]"


def test_no_data_folder_and_no_key_is_made(run, paths, tmp_path):
    run("filter", stdin=TEXT)
    assert not paths.root.exists()
    assert not (tmp_path / "keys").exists()

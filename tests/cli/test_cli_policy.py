# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom policy``: what an administrator runs before a roll-out."""

import json
import os
import sys

import pytest

from strongroom.cli import ExitCode


def test_a_valid_policy_is_named_with_its_digest(run, policy_file, rule):
    result = run("policy", "check", policy_file(rule("falcon", "mask")))
    assert result.exit_code == 0
    assert "is valid: Test 1, sha256:" in result.stdout


def test_every_problem_of_a_policy_is_told_with_line_and_column(run, policy_file):
    result = run("policy", "check", policy_file('colour = 1\n[[rules]]\nid = "A B"\n'))
    assert result.exit_code == ExitCode.FAILURE
    assert result.stdout == ""
    assert "colour" in result.stderr
    assert "line 4, column 1" in result.stderr
    assert "line 6" in result.stderr


def test_a_pattern_that_could_hang_the_app_is_refused_with_the_reason(run, policy_file):
    rules = (
        '[[rules]]\nid = "x"\ncategory = "a.b"\naction = "mask"\n'
        "detector = { type = \"pattern\", pattern = '(?=a)b' }\n"
    )
    result = run("policy", "check", "--json", policy_file(rules))
    assert result.exit_code == ExitCode.FAILURE
    assert "look" in json.loads(result.stderr)["error"]["message"]


def test_check_as_json(run, policy_file, rule):
    path = policy_file(rule("falcon", "mask"))
    assert json.loads(run("policy", "check", "--json", path).stdout)["source"] == str(path)


def test_show_says_in_sentences_what_each_rule_does_and_where_it_comes_from(run, policy_file, rule):
    path = policy_file('description = "Own."\npresets = ["finance"]\n' + rule("falcon", "mask", severity="high"))
    result = run("policy", "show", "--policy", path)
    lines = result.stdout.splitlines()
    assert lines[:2] == ["Own.", "Combines the preset Finance."]
    assert lines[3:6] == [
        "term-falcon  (term.test, severity high)",
        "    Looks for 1 term, as whole words in everything, from a confidence of 50% on.",
        "    Puts [term masked] in its place.",
    ]
    assert "    Comes from the preset finance." in lines
    assert "sha256:" in result.stderr


def test_show_says_where_each_value_comes_from(run, policy_file):
    path = policy_file('presets = ["finance"]\n[isolation]\nminimum = "reduced"\n')
    lines = run("policy", "show", "--policy", path).stdout.splitlines()
    assert f'    isolation.minimum = "reduced"  ({path}, line 6)' in lines
    assert "    hub.is_allowed = true  (built-in)" in lines
    origins = json.loads(run("policy", "show", "--json", "--policy", path).stdout)["origins"]
    assert origins["isolation.minimum"] == {"layer": "user", "source": str(path), "line": 6}
    assert origins["models.sealed_copy"] == {"layer": "built_in", "source": "built-in", "line": None}
    assert origins["rules.iban"]["source"] == "preset finance"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("command", [["check"], ["show", "--policy"], ["test", "--policy"]])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link to nothing"])
def test_what_is_no_policy_file_is_refused_at_once(run, tmp_path, command, kind):
    path = tmp_path / "policy.toml"
    {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
        "link to nothing": lambda: path.symlink_to("missing"),
    }[kind]()
    result = run("policy", *command, path, *(["samples.jsonl"] if command[0] == "test" else []))
    assert result.exit_code == ExitCode.FAILURE
    assert "Policy not readable" in result.stderr
    assert str(path) in result.stderr


def test_show_source_prints_the_text_in_force_exactly(run, policy_file, rule):
    path = policy_file(rule("falcon", "mask") + "# ü\n")
    result = run("policy", "show", "--source", "--policy", path)
    assert result.stdout_bytes == path.read_bytes()
    assert "sha256:" in result.stderr


def test_show_as_json_has_identity_text_and_rules(run):
    shown = json.loads(run("policy", "show", "--json").stdout)
    assert shown["source"] == "built-in"
    assert "[[rules]]" in shown["text"]
    assert shown["presets"] == []
    first = shown["rules"][0]
    assert (first["rule_id"], first["category"]) == ("payment-card", "pii.payment_card")
    assert first["scopes"] == ["prompt", "answer", "reasoning", "code", "export"]


def test_presets_are_listed_with_their_descriptions(run):
    lines = run("policy", "presets").stdout.splitlines()
    assert lines[0] == "general-business"
    assert lines[1].startswith("    Masks account numbers")
    assert {"healthcare", "finance", "legal", "software-team", "education"} <= set(lines)


def test_a_preset_can_be_copied_and_is_then_a_valid_policy(run, tmp_path):
    printed = run("policy", "presets", "finance")
    path = tmp_path / "copied.toml"
    path.write_bytes(printed.stdout_bytes)
    assert "PCI DSS" in path.read_text(encoding="utf-8")
    assert run("policy", "show", "--source", "--policy", path).stdout_bytes == printed.stdout_bytes
    (preset,) = json.loads(run("policy", "presets", "finance", "--json").stdout)
    assert (preset["name"], preset["title"]) == ("finance", "Finance")


def test_a_preset_that_is_none_is_refused(run):
    result = run("policy", "presets", "bank")
    assert result.exit_code == ExitCode.FAILURE
    assert "general-business" in result.stderr


@pytest.fixture
def samples(tmp_path):
    def write(*lines):
        path = tmp_path / "samples.jsonl"
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text(text + "\n", encoding="utf-8")
        return path

    return write


def test_samples_that_are_as_expected_prove_a_policy(run, policy_file, rule, samples):
    path = samples(
        {"text": "the falcon", "expect": ["term-falcon"], "verdict": "mask"},
        {"text": "the falcon\u2028", "direction": "prompt", "expect": ["term.*"]},
        "",
        {"text": "the heron", "expect": []},
    )
    result = run("policy", "test", path, "--policy", policy_file(rule("falcon", "mask")))
    assert (result.exit_code, result.stdout) == (ExitCode.OK, "")
    assert "3 of 3 samples are as expected under Test 1, sha256:" in result.stderr


def test_samples_that_differ_are_told_with_their_lines_and_without_the_passage(run, policy_file, rule, samples):
    path = samples(
        {"text": "the falcon", "expect": []},
        {"text": "the heron", "expect": ["term.test", "pii.email"]},
        {"text": "the falcon", "expect": ["term.test"], "verdict": "block"},
        {"text": "fine", "expect": []},
        "{",
        {"text": "x", "expected": []},
    )
    policy = policy_file(rule("falcon", "mask"))
    result = run("policy", "test", path, "--policy", policy)
    assert result.exit_code == ExitCode.FAILURE
    one, two, three, four, five = (line.removeprefix(f"{path}, ") for line in result.stdout.splitlines())
    assert one == "line 1: not expected: term-falcon (term.test) from character 5 to 10"
    assert two == "line 2: not found: term.test, pii.email"
    assert three == "line 3: another verdict: mask"
    assert four.startswith("line 5: not JSON")
    assert five.startswith("line 6: expect: Field required")
    assert "1 of 6 samples are as expected" in result.stderr
    report = json.loads(run("policy", "test", path, "--json", "--policy", policy).stdout)
    assert (report["samples"], len(report["failures"])) == (6, 5)
    assert report["policy"].startswith("sha256:")
    assert report["failures"][0]["unexpected"] == [
        {"rule": "term-falcon", "category": "term.test", "start": 4, "end": 10}
    ]
    assert report["failures"][2]["verdict"] == "mask"


@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"\xff"])
def test_samples_that_are_none_prove_nothing(run, tmp_path, content):
    path = tmp_path / "samples.jsonl"
    if content is not None:
        path.write_bytes(content)
    result = run("policy", "test", path)
    assert result.exit_code == ExitCode.FAILURE
    assert str(path) in result.stderr


def test_schema_is_json(run):
    assert json.loads(run("policy", "schema").stdout)["$schema"]

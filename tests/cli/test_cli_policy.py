# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom policy``: what an administrator runs before a roll-out."""

import json

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


def test_show_prints_the_text_in_force_exactly(run, policy_file, rule):
    path = policy_file(rule("falcon", "mask") + "# ü\n")
    result = run("policy", "show", "--policy", path)
    assert result.stdout_bytes == path.read_bytes()
    assert "sha256:" in result.stderr


def test_show_as_json_has_identity_and_text(run):
    shown = json.loads(run("policy", "show", "--json").stdout)
    assert shown["source"] == "built-in"
    assert "[[rules]]" in shown["text"]


def test_schema_is_json(run):
    assert json.loads(run("policy", "schema").stdout)["$schema"]

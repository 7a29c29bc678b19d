# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Values that cross borders: their bounds, order and derived facts."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from strongroom.core.clock import format_utc, parse_utc, utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Action, Direction, FilteredText, Finding
from strongroom.core.generation import GenerationSettings, SamplingParameters
from strongroom.core.paths import DataPaths, default_root, resource_path


def finding(action: Action, *, dry_run: bool = False) -> Finding:
    return Finding("r", "c", "d", Direction.ANSWER, 0, 1, 0.9, action, dry_run=dry_run)


def test_actions_are_ordered_from_mildest_to_strictest():
    assert sorted(Action, key=lambda action: action.severity) == [
        Action.ALLOW, Action.LOG, Action.WARN, Action.MASK, Action.REPLACE, Action.BLOCK,
    ]  # fmt: skip


def test_a_dry_run_at_most_logs():
    assert finding(Action.BLOCK, dry_run=True).effective_action is Action.LOG
    assert finding(Action.ALLOW, dry_run=True).effective_action is Action.ALLOW
    assert finding(Action.BLOCK).effective_action is Action.BLOCK


def test_the_verdict_is_the_strictest_action_carried_out():
    findings = (finding(Action.LOG), finding(Action.BLOCK, dry_run=True), finding(Action.MASK))
    assert FilteredText("x", (), findings).verdict is Action.MASK
    assert FilteredText("x", (), ()).verdict is Action.ALLOW


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("top_k", -1),
        ("top_p", 1.5),
        ("min_p", -1.0),
        ("repeat_penalty", 0.0),
        ("seed", 2**32),
        ("max_tokens", 0),
        ("stop", ("",)),
        ("stop", ("x",) * 17),
    ],
)
def test_a_sampling_parameter_out_of_range_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=name):
        SamplingParameters(**{name: value})


def test_a_seed_that_is_set_is_the_one_that_is_used_and_another_is_drawn_anew():
    assert SamplingParameters(seed=7).choose_seed() == 7
    drawn = {SamplingParameters().choose_seed() for _ in range(20)}
    assert len(drawn) > 1
    assert all(0 <= seed < 2**32 for seed in drawn)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("seed", 2**32),
        ("template_digest", "7" * 63),
        ("template_digest", "A" * 64),
        ("template_digest", "7" * 64 + "\n"),
    ],
)
def test_a_setting_that_no_answer_was_generated_with_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=name):
        GenerationSettings(**{"sampling": SamplingParameters(), "seed": 1, name: value})


def test_times_are_utc_text_that_sorts():
    early = datetime(2026, 11, 23, 14, 2, 31, 417_000, tzinfo=timezone(timedelta(hours=2)))
    assert format_utc(early) == "2026-11-23T12:02:31.417Z"
    assert parse_utc(format_utc(early)) == early
    assert format_utc(early) < format_utc(early + timedelta(milliseconds=1))
    assert parse_utc(utc_now()).tzinfo is UTC


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        parse_utc("2026-11-23T12:02:31")
    assert parse_utc("2026-11-23T12:02:31Z").tzinfo is UTC


def test_the_environment_moves_everything(monkeypatch, tmp_path):
    monkeypatch.setenv("STRONGROOM_HOME", str(tmp_path / "elsewhere"))
    paths = DataPaths(default_root())
    paths.ensure()
    assert paths.root == tmp_path / "elsewhere"
    assert paths.root.stat().st_mode & 0o077 == 0
    for name in ("chats", "incidents", "incident_anchor", "models", "quarantine", "settings", "policy", "key_record"):
        assert getattr(paths, name).parent == paths.root


def test_shipped_files_are_found_and_a_missing_one_is_named():
    assert resource_path("policies/default.toml").is_file()
    with pytest.raises(FileNotFoundError, match=r"no-such\.file"):
        resource_path("no-such.file")


def test_the_user_facing_error_is_a_code_and_facts():
    error = UserFacingError("storage.truncated", path=Path("/data/chats.db"), size=4_095)
    assert str(error) == "storage.truncated (path=/data/chats.db, size=4095)"
    assert (error.code, error.facts) == ("storage.truncated", {"path": "/data/chats.db", "size": 4_095})

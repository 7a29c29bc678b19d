# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The commands that say whether an installation works: measured, not assumed."""

import json
import os
import stat
import sys

import pytest


def test_doctor_measures_and_makes_nothing(program):
    found = program.json("doctor", "--json")
    assert found["problems"] == []
    facts = found["facts"]
    assert "llama.cpp" in facts["llama_cpp"]
    assert facts["devices"].startswith("CPU")
    assert facts["policy"].startswith("Built-in default")
    assert str(program.folder / "keys") in facts["keys"]
    assert facts["databases"] == "not made yet"
    assert facts["window"].startswith("none: there is no display")
    assert "smollm2-135m-instruct" in facts["models"]
    assert facts["hub"].startswith("https://huggingface.co, only when")
    assert "GB" in facts["free_memory"] or "MB" in facts["free_memory"]
    assert not program.paths.root.exists()
    assert not (program.folder / "keys").exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_doctor_names_what_is_wrong(program):
    assert program.run("conversations", "list").returncode == 0
    (program.folder / "keys").unlink()
    program.paths.root.chmod(program.paths.root.stat().st_mode | stat.S_IROTH)
    program.paths.policy.write_text("colour = 1\n")
    ended = program.run("doctor", "--json")
    assert ended.returncode == 1
    assert {problem["key"] for problem in json.loads(ended.stdout)["problems"]} == {"data_folder", "keys", "policy"}


@pytest.mark.model
def test_self_test_passes_and_leaves_nothing(program):
    before = set(os.listdir(program.folder))
    ended = program.run("self-test", "--json", TMPDIR=str(program.folder))
    steps = json.loads(ended.stdout)["steps"]
    assert [(step["name"], step["ok"]) for step in steps if not step["ok"]] == [], steps
    assert [step["name"] for step in steps] == [
        "shipped files",
        "encrypted database",
        "filter",
        "incident log",
        "model verification",
        "model loading",
        "answer",
        "hub helper",
        "isolation",
        "window toolkit",
    ]
    assert (ended.returncode, set(os.listdir(program.folder))) == (0, before)


def test_the_program_turns_into_a_worker_before_any_door_is_opened(program):
    """How a frozen bundle, which has no interpreter beside it, starts its workers."""
    worker = program.run("--engine-worker")
    assert worker.returncode == 0
    assert json.loads(worker.stdout)["type"] == "hello"
    assert json.loads(program.run("--engine-facts").stdout)["devices"]


@pytest.mark.skipif(sys.platform != "linux", reason="what is expected here is what Linux can do")
def test_the_doctor_lets_each_process_try_and_all_that_should_be_is_denied(measured):
    processes = {one["process"]: one for one in measured["processes"]}
    assert processes.keys() == {"main", "worker", "helper", "launcher"}
    for name, process in processes.items():
        assert (process["level"], process["gaps"], process["granted"]) == ("full", [], []), name
        assert process["attempts"], name
        possible = [one for one in process["attempts"] if one["outcome"] == "allowed"]
        assert not [one["name"] for one in possible if one["capability"] not in process["needs"]], name
    assert not [one for one in processes["worker"]["attempts"] if one["outcome"] != "denied"]
    assert {one["outcome"] for one in processes["main"]["attempts"] if one["capability"] == "internet"} == {"denied"}


@pytest.mark.skipif(sys.platform != "linux", reason="what is expected here is what Linux can do")
def test_refused_taking_over_a_process_that_has_a_network(measured):
    main = next(one for one in measured["processes"] if one["process"] == "main")
    takeovers = [one for one in main["attempts"] if one["name"].startswith("change_memory_of_networked_process")]
    assert [one["outcome"] for one in takeovers] == ["denied", "denied"]

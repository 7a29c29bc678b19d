# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model file that is not what it should be: refused, moved away, recorded, and said in one clear message."""

import json
import shutil

import pytest

from strongroom.models.starter import find_starter, load_starter

pytestmark = pytest.mark.model


@pytest.fixture
def copied_model(tmp_path):
    """A copy of the real starter model."""
    path = tmp_path / "copy.gguf"
    shutil.copy(find_starter(load_starter()), path)
    return path


def test_one_changed_byte_is_refused_quarantined_and_recorded(program, copied_model):
    imported = program.json("models", "import", copied_model, "--sha256", load_starter().sha256, "--json")
    assert imported["state"] == "pinned"
    with copied_model.open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)[0]
        file.seek(50_000_000)
        file.write(bytes([byte ^ 1]))
    ended = program.run("ask", "Hello", "--model", imported["model_id"], "--json")
    assert (ended.returncode, ended.stdout) == (4, "")
    error = json.loads(ended.stderr)["error"]
    assert error["code"] == "model.mismatch"
    assert load_starter().sha256 in error["message"]
    assert str(program.paths.quarantine) in error["message"]
    assert error["next_step"]
    assert not copied_model.exists()
    (quarantined,) = [path for path in program.paths.quarantine.iterdir() if path.stat().st_size > 1_000_000]
    assert quarantined.stat().st_size == load_starter().size
    (incident,) = program.json("incidents", "list", "--event", "verify.mismatch", "--json")
    assert incident["details"]["model"] == imported["model_id"]
    states = {entry["model_id"]: entry["state"] for entry in program.json("models", "list", "--json")}
    assert states[imported["model_id"]] == "mismatch"
    again = program.run("ask", "Hello", "--model", imported["model_id"])
    assert again.returncode == 4
    assert "quarantine" in again.stderr
    assert program.json("conversations", "list", "--json") == []


def test_an_unknown_digest_is_refused_until_it_is_pinned(program, copied_model):
    imported = program.json("models", "import", copied_model, "--json")
    assert imported["state"] == "unknown"
    refused = program.run("ask", "Hello", "--model", imported["model_id"])
    assert (refused.returncode, refused.stdout) == (4, "")
    assert load_starter().sha256 in refused.stderr
    assert program.json("models", "import", copied_model, "--pin", "--json")["state"] == "pinned"
    answered = program.run("ask", "Hello", "--model", imported["model_id"], "--max-tokens", "2", "--temperature", "0")
    assert (answered.returncode, bool(answered.stdout.strip())) == (0, True)


def test_a_model_that_is_not_on_the_shelf_is_refused(program):
    ended = program.run("ask", "Hello", "--model", "gpt")
    assert ended.returncode == 1
    assert "smollm2-135m-instruct" in ended.stderr

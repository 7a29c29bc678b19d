# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom models import | remove``: files, folders, other programs' folders, checksum files."""

import hashlib
import json

import pytest

SMALL = b"GGUF" + bytes(2_000)
OTHER = b"GGUF" + bytes(3_000)


@pytest.fixture
def folder(tmp_path):
    """A folder of the user's, two levels deep, with a whole model and one of which a part is missing."""
    root = tmp_path / "mine"
    (root / "deep" / "deeper").mkdir(parents=True)
    (root / "one-Q4_0.gguf").write_bytes(SMALL)
    (root / "deep" / "deeper" / "two-Q8_0.gguf").write_bytes(OTHER)
    (root / "deep" / "half-00001-of-00002.gguf").write_bytes(SMALL + b"x")
    (root / "notes.txt").write_text("no model")
    return root


def test_a_folder_of_any_depth_is_imported_in_place(run, folder):
    ended = run("models", "import", folder, "--json")
    assert ended.exit_code == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert [entry["path"] for entry in told["imported"]] == [
        str(folder / "deep" / "deeper" / "two-Q8_0.gguf"),
        str(folder / "one-Q4_0.gguf"),
    ]
    assert {entry["state"] for entry in told["imported"]} == {"unknown"}
    assert [one["name"] for one in told["left_out"]] == ["half"]
    assert "Left out: half" in run("models", "import", folder).stderr


def test_ollamas_folder_is_imported_without_copying(run, tmp_path):
    digest = hashlib.sha256(SMALL).hexdigest()
    blobs, library = tmp_path / "models" / "blobs", tmp_path / "models" / "manifests" / "registry.ollama.ai" / "library"
    blobs.mkdir(parents=True)
    (library / "tiny").mkdir(parents=True)
    (blobs / f"sha256-{digest}").write_bytes(SMALL)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": len(SMALL)}
    (library / "tiny" / "latest").write_text(json.dumps({"schemaVersion": 2, "layers": [layer]}))
    imported = json.loads(run("models", "import", tmp_path / "models", "--json").stdout)["imported"]
    assert [(entry["name"], entry["expected_digest"]) for entry in imported] == [("tiny:latest", digest)]
    assert "Ollama" in imported[0]["source"]
    verified = run("models", "verify", imported[0]["model_id"])
    assert verified.exit_code == 0, verified.stderr
    assert "Ollama" in verified.stdout


def test_a_checksum_file_vouches_for_a_model(run, folder):
    sums = folder / "SHA256SUMS"
    sums.write_text(f"{hashlib.sha256(SMALL).hexdigest()}  one-Q4_0.gguf\n")
    entry = json.loads(run("models", "import", folder / "one-Q4_0.gguf", "--checksums", sums, "--json").stdout)
    assert entry["state"] == "verified"
    assert "SHA256SUMS" in entry["source"]


def test_a_checksum_file_of_other_bytes_is_refused_and_nothing_is_moved(run, folder):
    sums = folder / "SHA256SUMS"
    sums.write_text(f"{hashlib.sha256(OTHER).hexdigest()}  one-Q4_0.gguf\n")
    ended = run("models", "import", folder / "one-Q4_0.gguf", "--checksums", sums, "--json")
    assert ended.exit_code == 4
    assert json.loads(ended.stderr)["error"]["code"] == "model.mismatch"
    assert (folder / "one-Q4_0.gguf").read_bytes() == SMALL


def test_options_of_one_file_are_refused_for_a_folder(run, folder):
    assert run("models", "import", folder, "--pin").exit_code == 2


def test_remove_takes_a_model_off_the_shelf_and_leaves_its_file(run, folder):
    model = folder / "one-Q4_0.gguf"
    entry = json.loads(run("models", "import", model, "--json").stdout)
    assert json.loads(run("models", "remove", entry["model_id"], "--delete-files", "--json").stdout)["deleted"] == []
    assert model.exists()
    assert entry["model_id"] not in run("models", "list").stdout
    assert run("models", "remove", entry["model_id"]).exit_code == 1


def test_remove_deletes_a_copy_of_the_data_folder_on_request(run, folder, paths):
    entry = json.loads(run("models", "import", folder / "one-Q4_0.gguf", "--copy", "--json").stdout)
    kept = [entry["path"]]
    assert str(paths.models) in kept[0]
    assert json.loads(run("models", "remove", entry["model_id"], "--delete-files", "--json").stdout)["deleted"] == kept


def test_the_starter_model_stays(run):
    ended = run("models", "remove", "smollm2-135m-instruct")
    assert ended.exit_code == 1
    assert "belongs to the app" in ended.stderr

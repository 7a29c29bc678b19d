# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Bringing models: split ones, folders of any depth, and what other programs keep."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import FileKind
from strongroom.core.paths import DataPaths
from strongroom.core.verification import VerificationState
from strongroom.models import ModelLibrary, ModelRefused, RefusalReason, discover
from strongroom.models.ollama import read_manifest
from strongroom.words import explain, say_statement
from support.made_models import (
    COMMIT,
    OTHER_COMMIT,
    cached_snapshot,
    digest_of,
    ollama_model,
    write_gguf,
)
from support.refusals import raises_saying

# split models


@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_part_brings_the_others(library: ModelLibrary, tmp_path: Path, place: int) -> None:
    shards = write_gguf(tmp_path / "big-Q4_0.gguf", "big", tensors=3, parts=3)
    entry = library.import_file(shards[place])
    assert (entry.name, entry.model_id, entry.quantization) == ("big-Q4_0", "big-q4-0", "Q4_0")
    assert [part.path for part in entry.parts] == list(map(str, shards))
    assert entry.path == str(shards[0])
    assert entry.size == sum(path.stat().st_size for path in shards)
    assert entry.state is VerificationState.UNKNOWN
    assert len(library.entries()) == 2


def test_refused_split_model_without_a_part_names_it(library: ModelLibrary, tmp_path: Path) -> None:
    shards = write_gguf(tmp_path / "big-Q4_0.gguf", "big", tensors=3, parts=3)
    shards[1].unlink()
    with pytest.raises(ModelRefused) as caught:
        library.import_file(shards[2])
    assert caught.value.reason is RefusalReason.MISSING
    assert "big-Q4_0-00002-of-00003.gguf, part 2 of the 3 of big-Q4_0" in explain(caught.value).message
    assert len(library.entries()) == 1


def test_refused_split_model_with_a_part_that_is_no_gguf(library: ModelLibrary, tmp_path: Path) -> None:
    shards = write_gguf(tmp_path / "big.gguf", "big", tensors=2, parts=2)
    shards[1].write_bytes(b"<html>")
    with raises_saying(ModelRefused, "00002") as caught:
        library.import_file(shards[0])
    assert caught.value.reason is RefusalReason.NOT_GGUF


@pytest.mark.parametrize("name", ["x-00004-of-00003.gguf", "x-00000-of-00003.gguf", "x-1-of-2.gguf"])
def test_name_that_is_no_part_is_a_whole_model(library: ModelLibrary, tmp_path: Path, name: str) -> None:
    write_gguf(tmp_path / name, "whole")
    assert len(library.import_file(tmp_path / name).parts) == 1


def test_link_of_another_name_to_a_part_brings_the_others(library: ModelLibrary, tmp_path: Path) -> None:
    shards = write_gguf(tmp_path / "real" / "big.gguf", "big", parts=2)
    (tmp_path / "link.gguf").symlink_to(shards[1])
    assert [part.path for part in library.import_file(tmp_path / "link.gguf").parts] == list(map(str, shards))


def test_split_model_is_copied_whole_into_a_folder_of_its_own(
    library: ModelLibrary, tmp_path: Path, paths: DataPaths
) -> None:
    shards = write_gguf(tmp_path / "big.gguf", "big", tensors=3, parts=3)
    steps: list[tuple[int, int]] = []
    entry = library.import_file(shards[0], copy=True, on_progress=lambda done, total: steps.append((done, total)))
    assert [Path(part.path) for part in entry.parts] == [paths.models / "big" / path.name for path in shards]
    assert [Path(part.path).read_bytes() for part in entry.parts] == [path.read_bytes() for path in shards]
    assert steps[-1] == (entry.size, entry.size)


def test_cancelled_copy_of_a_split_model_leaves_nothing_behind(
    library: ModelLibrary, tmp_path: Path, paths: DataPaths
) -> None:
    shards = write_gguf(tmp_path / "big.gguf", "big", tensors=3, parts=3)
    cancel = threading.Event()

    def stop(done: int, total: int) -> None:
        if done > shards[0].stat().st_size:
            cancel.set()

    # The third part is not begun: a block is larger than a part.
    with pytest.raises(Cancelled):
        library.import_file(shards[0], copy=True, on_progress=stop, cancel=cancel)
    assert list(paths.models.iterdir()) == []
    assert len(library.entries()) == 1


def test_projector_is_kept_as_one_and_not_offered_for_chats(library: ModelLibrary, tmp_path: Path) -> None:
    write_gguf(tmp_path / "mmproj-model-f16.gguf", "eyes", architecture="clip")
    entry = library.import_file(tmp_path / "mmproj-model-f16.gguf")
    assert entry.kind is FileKind.PROJECTOR
    assert entry in library.entries()
    assert entry not in library.chat_models()


@pytest.mark.parametrize(
    ("architecture", "general_type", "kind"),
    [
        ("llama", "model", FileKind.MODEL),
        ("clip", "model", FileKind.PROJECTOR),
        ("clip", "mmproj", FileKind.PROJECTOR),
        ("llama", "adapter", FileKind.ADAPTER),
    ],
)
def test_header_says_what_the_file_is_for(
    library: ModelLibrary, tmp_path: Path, architecture: str, general_type: str, kind: FileKind
) -> None:
    write_gguf(tmp_path / "some-file.gguf", "x", architecture=architecture, general_type=general_type)
    entry = library.import_file(tmp_path / "some-file.gguf")
    assert (entry.kind, entry.quantization, entry.license) == (kind, "F32", "mit")
    assert (entry in library.chat_models()) == (kind is FileKind.MODEL)


def test_header_that_cannot_be_read_leaves_it_to_the_name(library: ModelLibrary, tmp_path: Path) -> None:
    (tmp_path / "mmproj-Q8_0.gguf").write_bytes(b"GGUF" + b"\xff" * 100)
    entry = library.import_file(tmp_path / "mmproj-Q8_0.gguf")
    assert (entry.kind, entry.quantization, entry.license) == (FileKind.PROJECTOR, "Q8_0", "")


@pytest.mark.parametrize("name", ["renamed.gguf", "big-00001-of-00001.gguf"])
def test_refused_lone_part_under_another_name(library: ModelLibrary, tmp_path: Path, name: str) -> None:
    shards = write_gguf(tmp_path / "big.gguf", "big", tensors=3, parts=3)
    renamed = shards[0].rename(tmp_path / name)
    with raises_saying(ModelRefused, "one of the 3 parts") as caught:
        library.import_file(renamed)
    assert caught.value.reason is RefusalReason.MISSING
    assert "-00001-of-00003.gguf" in explain(caught.value).next_step


# folders


def test_folder_of_any_depth_is_searched(library: ModelLibrary, tmp_path: Path) -> None:
    deep = tmp_path / "root" / Path(*("abcdefghijklmnop" * 2))
    write_gguf(deep / "deep.gguf", "deep")
    write_gguf(tmp_path / "root" / "top.GGUF", "top")
    write_gguf(tmp_path / "root" / "split" / "big.gguf", "big", parts=2)
    (tmp_path / "root" / "notes.txt").write_text("GGUF")
    (tmp_path / "root" / "page.gguf").write_text("<html>")
    (tmp_path / "root" / "folder.gguf").mkdir()
    steps: list[tuple[int, int]] = []
    found = discover(tmp_path / "root", on_progress=lambda seen, models: steps.append((seen, models)))
    assert [candidate.name for candidate in found] == ["deep", "big", "top"]
    assert [len(candidate.parts) for candidate in found] == [1, 2, 1]
    assert all(not (candidate.problem or candidate.source or candidate.origin) for candidate in found)
    assert steps[-1] == (40, 3)
    entries = library.import_candidates(found)
    assert [entry.name for entry in entries] == ["deep", "big", "top"]
    assert library.entries()[1:] == entries


def test_file_that_links_lead_to_is_found_once(tmp_path: Path) -> None:
    real = write_gguf(tmp_path / "a" / "model.gguf", "model")[0]
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "link.gguf").symlink_to(real)
    (tmp_path / "b" / "again.gguf").symlink_to(real)
    assert [candidate.path for candidate in discover(tmp_path)] == [real]


def test_link_loops_end(tmp_path: Path) -> None:
    write_gguf(tmp_path / "a" / "model.gguf", "model")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "folder.gguf").symlink_to(tmp_path)
    (tmp_path / "self.gguf").symlink_to(tmp_path / "self.gguf")
    (tmp_path / "one.gguf").symlink_to(tmp_path / "two.gguf")
    (tmp_path / "two.gguf").symlink_to(tmp_path / "one.gguf")
    os.mkfifo(tmp_path / "pipe.gguf")
    assert [candidate.name for candidate in discover(tmp_path)] == ["model"]


def test_chosen_folder_may_be_a_link(tmp_path: Path) -> None:
    real = write_gguf(tmp_path / "real" / "model.gguf", "model")[0]
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert [candidate.path for candidate in discover(tmp_path / "link")] == [real]


def test_found_model_that_cannot_be_imported_says_why(library: ModelLibrary, tmp_path: Path) -> None:
    shards = write_gguf(tmp_path / "big.gguf", "big", parts=2)
    shards[0].unlink()
    (tmp_path / "gone.gguf").symlink_to(tmp_path / "nowhere")
    problems = {candidate.name: say_statement(candidate.problem) for candidate in discover(tmp_path)}
    assert "big-00001-of-00002.gguf" in problems["big"]
    assert "nowhere" in problems["gone"]
    whole = write_gguf(tmp_path / "whole.gguf", "whole")[0]
    with raises_saying(ModelRefused, "00001"):
        library.import_candidates([found for found in discover(tmp_path) if found.name in ("big", "whole")])
    assert len(library.entries()) == 1  # all or none
    assert whole.exists()


def test_refused_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "gone", tmp_path / "file"):
        with pytest.raises(UserFacingError) as caught:
            discover(path)
        assert caught.value.code == "model.folder_unreadable"


def test_refused_folder_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strongroom.models.discovery.MOST_NAMES", 10)
    for number in range(11):
        (tmp_path / str(number)).mkdir()
    with pytest.raises(UserFacingError) as caught:
        discover(tmp_path)
    assert caught.value.code == "model.folder_too_large"


def test_cancelled_search(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        discover(tmp_path, cancel=cancel)


def test_folder_that_may_not_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_gguf(tmp_path / "open" / "model.gguf", "model")
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("strongroom.models.discovery.os.scandir", refuse)
    assert [candidate.name for candidate in discover(tmp_path)] == ["model"]


# the Hugging Face cache


def test_cache_gives_repository_commit_and_stated_digests(library: ModelLibrary, tmp_path: Path) -> None:
    files = write_gguf(tmp_path / "made" / "big-Q8_0.gguf", "big", parts=2)
    links = cached_snapshot(tmp_path / "hub", "some-author/Big-GGUF", files)
    (candidate,) = discover(tmp_path / "hub")
    assert (candidate.name, candidate.repository, candidate.commit) == ("big-Q8_0", "some-author/Big-GGUF", COMMIT)
    assert (candidate.source, candidate.origin) == ("Hugging Face cache", "Hugging Face cache")
    (entry,) = library.import_candidates([candidate])
    assert entry.state is VerificationState.UNCHECKED  # a name is a statement, not a check
    assert (entry.source, entry.repository, entry.commit) == ("Hugging Face cache", "some-author/Big-GGUF", COMMIT)
    assert [part.sha256 for part in entry.parts] == [digest_of(path) for path in files]
    assert [Path(part.path) for part in entry.parts] == [link.resolve() for link in links]
    with library.open_verified(entry.model_id) as verified:
        assert verified.result.source == "Hugging Face cache"
    assert library.get(entry.model_id).state is VerificationState.VERIFIED
    assert library.import_file(links[1]).model_id == entry.model_id  # one file of the cache says as much


def test_copy_from_the_cache_has_the_models_name(library: ModelLibrary, tmp_path: Path, paths: DataPaths) -> None:
    files = write_gguf(tmp_path / "made" / "tiny.gguf", "tiny")
    links = cached_snapshot(tmp_path / "hub", "a/tiny", files)
    entry = library.import_file(links[0], copy=True)
    assert Path(entry.path) == paths.models / "tiny.gguf"
    assert (entry.source, entry.expected_digest) == ("Hugging Face cache", digest_of(files[0]))


def test_cache_with_shared_blobs_states_the_digest_that_the_link_is_named_after(
    library: ModelLibrary, tmp_path: Path
) -> None:
    files = write_gguf(tmp_path / "made" / "tiny.gguf", "tiny")
    links = cached_snapshot(tmp_path / "hub", "a/tiny", files)
    blob = links[0].resolve()
    shared = blob.rename(tmp_path / "hub" / "named-by-something-else")
    blob.symlink_to(shared)
    entry = library.import_file(links[0])
    assert (entry.path, entry.expected_digest) == (str(shared), digest_of(files[0]))


def test_cache_without_links_states_nothing(library: ModelLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "hub" / "models--a--tiny" / "snapshots" / COMMIT
    entry = library.import_file(write_gguf(folder / "tiny.gguf", "tiny")[0])
    assert (entry.state, entry.source) == (VerificationState.UNKNOWN, "")
    assert (entry.repository, entry.commit) == ("a/tiny", COMMIT)


@pytest.mark.parametrize("target", ["../../../elsewhere/{}", "../../blobs/../other/{}", "../../blobs/{}x"])
def test_link_out_of_the_cache_states_nothing(library: ModelLibrary, tmp_path: Path, target: str) -> None:
    file = write_gguf(tmp_path / "made" / "tiny.gguf", "tiny")[0]
    link = cached_snapshot(tmp_path / "hub", "a/tiny", [file])[0]
    target = target.format(digest_of(file))
    place = Path(os.path.normpath(link.parent / target))
    place.parent.mkdir(exist_ok=True)
    file.rename(place)
    link.unlink()
    link.symlink_to(target)
    assert link.exists()
    assert library.import_file(link).state is VerificationState.UNKNOWN


# LM Studio


@pytest.mark.parametrize("folder", [".lmstudio/models", ".cache/lm-studio/models"])
def test_lm_studio_folder_gives_the_repository(library: ModelLibrary, tmp_path: Path, folder: str) -> None:
    file = write_gguf(tmp_path / folder / "lmstudio-community" / "Tiny-GGUF" / "Tiny-Q4_K_M.gguf", "tiny")[0]
    (candidate,) = discover(tmp_path / folder)
    assert (candidate.origin, candidate.repository) == ("LM Studio", "lmstudio-community/Tiny-GGUF")
    (entry,) = library.import_candidates([candidate])
    assert (entry.path, entry.state, entry.commit) == (str(file), VerificationState.UNKNOWN, "")


# Ollama


def test_ollama_models_are_used_in_place(library: ModelLibrary, tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "made" / "m.gguf", "model")[0]
    eyes = write_gguf(tmp_path / "made" / "p.gguf", "eyes", architecture="clip")[0]
    style = write_gguf(tmp_path / "made" / "a.gguf", "style")[0]
    root = tmp_path / ".ollama" / "models"
    ollama_model(root, "llava:7b", [("model", model), ("projector", eyes), ("adapter", style)])
    found = {candidate.name: candidate for candidate in discover(tmp_path / ".ollama")}
    assert found.keys() == {"llava:7b", "llava:7b projector", "llava:7b adapter"}
    kinds = [found[name].kind for name in ("llava:7b", "llava:7b projector", "llava:7b adapter")]
    assert kinds == [FileKind.MODEL, FileKind.PROJECTOR, FileKind.ADAPTER]
    entries = library.import_candidates([found["llava:7b"], found["llava:7b projector"], found["llava:7b adapter"]])
    assert [entry.state for entry in entries] == [VerificationState.UNCHECKED] * 3
    assert [entry.source for entry in entries] == ["Ollama's manifest"] * 3
    assert entries[0].path == str(root / "blobs" / f"sha256-{digest_of(model)}")
    assert [entry.name for entry in library.chat_models()[1:]] == ["llava:7b"]
    for entry in entries:
        with library.open_verified(entry.model_id) as verified:
            assert verified.result.source == "Ollama's manifest"
    assert library.get(entries[0].model_id).state is VerificationState.VERIFIED


def test_ollama_models_are_named_as_ollama_names_them(tmp_path: Path) -> None:
    files = [write_gguf(tmp_path / "made" / f"{number}.gguf", str(number))[0] for number in range(3)]
    root = tmp_path / "ollama"
    ollama_model(root, "tiny:latest", [("model", files[0])])
    ollama_model(root, "tiny:1b", [("model", files[0])])  # one file under two names is one model
    ollama_model(root, "me/tuned:latest", [("model", files[1]), ("license", files[1])])
    ollama_model(root, "unsloth/tiny:Q4_K_M", [("model", files[2])], host="hf.co")
    names = {candidate.name for candidate in discover(root)}
    assert names == {"tiny:1b", "me/tuned:latest", "hf.co/unsloth/tiny:Q4_K_M"}


@pytest.mark.parametrize("inside", ["", "models"])
def test_ollama_folder_is_found_from_above_and_from_itself(tmp_path: Path, inside: str) -> None:
    model = write_gguf(tmp_path / "made" / "m.gguf", "model")[0]
    ollama_model(tmp_path / "ollama" / "models", "tiny:1b", [("model", model)])
    assert [candidate.name for candidate in discover(tmp_path / "ollama" / inside)] == ["tiny:1b"]


def test_models_beside_ollamas_folders_are_found_too(tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "made" / "m.gguf", "model")[0]
    ollama_model(tmp_path / "ollama", "tiny:1b", [("model", model)])
    write_gguf(tmp_path / "ollama" / "beside.gguf", "beside")
    write_gguf(tmp_path / "ollama" / "mine" / "below.gguf", "below")
    assert {candidate.name for candidate in discover(tmp_path / "ollama")} == {"tiny:1b", "beside", "below"}


@pytest.mark.parametrize(
    "layer",
    [
        {"digest": "sha256:../../../etc/passwd", "size": 1},
        {"digest": "sha256:" + "A" * 64, "size": 1},
        {"digest": "sha512:" + "0" * 64, "size": 1},
        {"digest": "sha256:" + "0" * 64, "size": 1},
        {"digest": "good", "size": "1"},
        {"digest": "good", "size": -1},
        {"digest": "good", "size": True},
        {"digest": "good"},
        {"size": 1},
        {"digest": ["good"], "size": 1},
    ],
)
def test_layer_that_makes_no_sense_is_passed_over(tmp_path: Path, layer: dict[str, object]) -> None:
    model = write_gguf(tmp_path / "made" / "m.gguf", "model")[0]
    manifest = ollama_model(tmp_path / "ollama", "tiny:1b", [("model", model)])
    if layer.get("digest") == "good":
        layer = layer | {"digest": f"sha256:{digest_of(model)}"}
    layer = {"mediaType": "application/vnd.ollama.image.model"} | layer
    manifest.write_text(json.dumps({"layers": [layer, 7, None, [layer]]}))
    assert discover(tmp_path / "ollama") == []


@pytest.mark.parametrize(
    "text", ["", "[", "[]", "7", '{"layers": {}}', '{"layers": null}', "{}", "[" * 100_000, " " * 2_000_000, "\x00"]
)
def test_manifest_that_makes_no_sense_is_passed_over(tmp_path: Path, text: str) -> None:
    model = write_gguf(tmp_path / "made" / "m.gguf", "model")[0]
    ollama_model(tmp_path / "ollama", "tiny:1b", [("model", model)])
    manifest = ollama_model(tmp_path / "ollama", "tiny:2b", [("model", model)])
    manifest.write_text(text)
    assert [candidate.name for candidate in discover(tmp_path / "ollama")] == ["tiny:1b"]


LAYER = st.fixed_dictionaries(
    {},
    optional={
        "mediaType": st.just("application/vnd.ollama.image.model") | st.text(),
        "digest": st.from_regex(r"sha256:[0-9a-f]{64}") | st.text() | st.none(),
        "size": st.integers() | st.floats() | st.text(),
    },
)
JSON = st.recursive(st.none() | st.integers() | st.text() | LAYER, lambda inner: st.lists(inner, max_size=3))


@given(
    content=st.binary(max_size=200)
    | st.fixed_dictionaries({"layers": JSON}).map(lambda made: json.dumps(made).encode())
)
@settings(max_examples=150, deadline=None)
def test_any_other_manifest_yields_nothing_and_raises_nothing(content: bytes, tmp_path_factory: Any) -> None:
    manifest = tmp_path_factory.mktemp("ollama") / "manifests" / "host" / "space" / "model" / "tag"
    manifest.parent.mkdir(parents=True)
    manifest.write_bytes(content)
    assert list(read_manifest(manifest, manifest.parents[4])) == []


def test_manifest_that_is_no_plain_file_is_passed_over(tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "made" / "m.gguf", "model")[0]
    manifest = ollama_model(tmp_path / "ollama", "tiny:1b", [("model", model)])
    elsewhere = manifest.rename(tmp_path / "elsewhere")
    manifest.symlink_to(elsewhere)
    os.mkfifo(manifest.with_name("pipe"))
    assert discover(tmp_path / "ollama") == []
    assert list(read_manifest(manifest.with_name("pipe"), tmp_path / "ollama")) == []  # raced into place


def test_layer_that_is_no_gguf_file_is_passed_over(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(b"safetensors")
    ollama_model(tmp_path / "ollama", "tiny:1b", [("model", weights)])
    assert discover(tmp_path / "ollama") == []


# statements against what is known


def test_import_from_a_cache_never_changes_a_known_digest(library: ModelLibrary, tmp_path: Path) -> None:
    """A pinned model's file is found again through a cache that now states another digest for it."""
    file = write_gguf(tmp_path / "made" / "tiny.gguf", "tiny")[0]
    link = cached_snapshot(tmp_path / "hub", "a/tiny", [file])[0]
    entry = library.import_file(link)
    blob = Path(entry.path)
    lying = blob.with_name("0" * 64)
    lying.symlink_to(blob)
    link.unlink()
    link.symlink_to(Path("../../blobs") / lying.name)
    again = library.import_file(link)
    assert (again.model_id, again.expected_digest) == (entry.model_id, digest_of(file))


def test_unknown_file_takes_the_digest_that_a_cache_states_later(library: ModelLibrary, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "made" / "tiny.gguf", "tiny")[0]
    link = cached_snapshot(tmp_path / "hub", "a/tiny", [file], commit=OTHER_COMMIT)[0]
    first = library.import_file(link.resolve())
    assert first.state is VerificationState.UNKNOWN
    second = library.import_file(link)
    assert (second.model_id, second.state) == (first.model_id, VerificationState.UNCHECKED)
    assert (second.repository, second.commit) == ("a/tiny", OTHER_COMMIT)

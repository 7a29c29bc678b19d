# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Invariant 1 for whole models: attacks on parts, on files that go with a model, on caches, and on names."""

import os
from pathlib import Path

import pytest

from strongroom.core.hub import FileKind, RemoteFile, RemoteModel, Repository
from strongroom.core.paths import DataPaths
from strongroom.core.verification import VerificationState
from strongroom.models import ModelLibrary, RefusalReason, discover
from strongroom.words import explain
from support.made_models import (
    COMMIT,
    OTHER_COMMIT,
    cached_snapshot,
    digest_of,
    ollama_model,
    pin,
    refusal_of,
    write_gguf,
)


def swap(path: Path, other: Path) -> str:
    """Put ``other``, a good GGUF file of the same size, in the place of ``path``, with its times; return its digest."""
    status = path.stat()
    assert other.stat().st_size == status.st_size
    assert digest_of(other) != digest_of(path)
    other.replace(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return digest_of(path)


def fetched(
    library: ModelLibrary, path: Path, *, kind: FileKind = FileKind.MODEL, commit: str = COMMIT, digest: str = ""
) -> str:
    remote = RemoteFile(path.name, path.stat().st_size, digest or digest_of(path))
    repository = Repository("author/Tiny-GGUF", commit, "author", "mit", (), False, 0, 0, "", 0, "", ())
    return library.add_downloaded(repository, RemoteModel(kind, path.stem, "", (remote,)), [path]).model_id


@pytest.mark.parametrize("place", [0, 1, 2])
def test_refused_swapped_shard(library: ModelLibrary, tmp_path: Path, place: int) -> None:
    """A later shard that llama.cpp, given the first one's path, would load by its name."""
    good = write_gguf(tmp_path / "good" / "big.gguf", "good", tensors=3, parts=3)
    evil = write_gguf(tmp_path / "evil" / "big.gguf", "evil", tensors=3, parts=3)
    model_id = pin(library, good[0])
    expected, found = digest_of(good[place]), swap(good[place], evil[place])
    refused = refusal_of(library, model_id)
    assert (refused.reason, refused.path) == (RefusalReason.MISMATCH, good[place])
    assert (refused.expected_digest, refused.actual_digest) == (expected, found)


def test_refused_shards_in_another_order(library: ModelLibrary, tmp_path: Path) -> None:
    """Every byte is one that was vouched for, but not in this place."""
    shards = write_gguf(tmp_path / "big.gguf", "good", tensors=4, parts=4)
    model_id = pin(library, shards[0])
    between = shards[1].rename(tmp_path / "between")
    shards[2].rename(shards[1])
    between.rename(shards[2])
    assert shards[1].stat().st_size == shards[2].stat().st_size
    assert refusal_of(library, model_id).path == shards[1]


def test_shard_swapped_after_verification_changes_nothing(library: ModelLibrary, tmp_path: Path) -> None:
    shards = write_gguf(tmp_path / "good" / "big.gguf", "good", tensors=2, parts=2)
    evil = write_gguf(tmp_path / "evil" / "big.gguf", "evil", tensors=2, parts=2)
    good = shards[1].read_bytes()
    with library.open_verified(pin(library, shards[0])) as verified:
        swap(shards[1], evil[1])
        assert os.pread(verified.descriptors[1], len(good) + 1, 0) == good
        assert verified.is_intact


@pytest.mark.parametrize("kind", [FileKind.PROJECTOR, FileKind.ADAPTER])
def test_refused_swapped_projector_or_adapter(
    library: ModelLibrary, tmp_path: Path, paths: DataPaths, kind: FileKind
) -> None:
    good = write_gguf(tmp_path / "good" / f"{kind}.gguf", "good", architecture="clip")[0]
    evil = write_gguf(tmp_path / "evil" / f"{kind}.gguf", "evil", architecture="clip")[0]
    model_id = fetched(library, good, kind=kind)
    library.open_verified(model_id).close()
    found = swap(good, evil)
    refused = refusal_of(library, model_id)
    assert (refused.reason, refused.actual_digest) == (RefusalReason.MISMATCH, found)
    assert refused.quarantined_as == paths.quarantine / f"{good.name}.quarantined"


def test_refused_poisoned_hugging_face_cache(library: ModelLibrary, tmp_path: Path) -> None:
    """Other bytes of the same size under the name that the digest of the good ones gave the file."""
    good = write_gguf(tmp_path / "made" / "tiny.gguf", "good")[0]
    evil = write_gguf(tmp_path / "made" / "evil.gguf", "evil")[0]
    link = cached_snapshot(tmp_path / "hub", "author/tiny", [good])[0]
    swap(link.resolve(), evil)
    (candidate,) = discover(tmp_path / "hub")
    (entry,) = library.import_candidates([candidate])
    assert entry.state is VerificationState.UNCHECKED
    refused = refusal_of(library, entry.model_id)
    assert (refused.reason, refused.expected_digest) == (RefusalReason.MISMATCH, digest_of(good))
    assert "Hugging Face cache" in explain(refused).message


def test_refused_hugging_face_cache_poisoned_through_its_link(library: ModelLibrary, tmp_path: Path) -> None:
    """The file's name now leads to another blob, which is honestly named: it is not what was imported."""
    good = write_gguf(tmp_path / "made" / "tiny.gguf", "good")[0]
    evil = write_gguf(tmp_path / "made" / "evil.gguf", "evil")[0]
    link = cached_snapshot(tmp_path / "hub", "author/tiny", [good])[0]
    model_id = library.import_file(link).model_id
    evil_link = cached_snapshot(tmp_path / "hub", "author/tiny", [evil])[0]
    evil_link.replace(link)
    with library.open_verified(model_id) as verified:  # the link is not asked again
        assert verified.result.digest == digest_of(good)
    other = library.import_file(link)
    assert other.model_id != model_id
    assert (other.expected_digest, library.get(model_id).expected_digest) == (digest_of(evil), digest_of(good))


def test_refused_poisoned_ollama_blob(library: ModelLibrary, tmp_path: Path) -> None:
    good = write_gguf(tmp_path / "made" / "tiny.gguf", "good")[0]
    evil = write_gguf(tmp_path / "made" / "evil.gguf", "evil")[0]
    ollama_model(tmp_path / "ollama", "tiny:1b", [("model", good)])
    (candidate,) = discover(tmp_path / "ollama")
    swap(candidate.path, evil)
    (entry,) = library.import_candidates([candidate])
    refused = refusal_of(library, entry.model_id)
    assert (refused.reason, refused.expected_digest) == (RefusalReason.MISMATCH, digest_of(good))
    assert "Ollama's manifest" in explain(refused).message


def test_poisoned_ollama_manifest_is_another_model(library: ModelLibrary, tmp_path: Path) -> None:
    """The same name and tag now mean another blob: what was imported stays what it was."""
    good = write_gguf(tmp_path / "made" / "tiny.gguf", "good")[0]
    evil = write_gguf(tmp_path / "made" / "evil.gguf", "evil")[0]
    ollama_model(tmp_path / "ollama", "tiny:1b", [("model", good)])
    (first,) = library.import_candidates(discover(tmp_path / "ollama"))
    ollama_model(tmp_path / "ollama", "tiny:1b", [("model", evil)])
    (second,) = library.import_candidates(discover(tmp_path / "ollama"))
    assert first.model_id != second.model_id
    with library.open_verified(first.model_id) as verified:
        assert verified.result.digest == digest_of(good)


def test_reused_namespace_is_another_model(library: ModelLibrary, tmp_path: Path) -> None:
    """Somebody else has the repository's name now, and the file in it has the same name and size."""
    good = write_gguf(tmp_path / "good" / "tiny.gguf", "good")[0]
    evil = write_gguf(tmp_path / "evil" / "tiny.gguf", "evil")[0]
    first = fetched(library, good)
    second = fetched(library, evil, commit=OTHER_COMMIT)
    third = fetched(library, evil)  # the same commit with another digest: a hub that does not tell the truth
    assert len({first, second, third}) == 3
    assert library.get(first).expected_digest == digest_of(good)
    with library.open_verified(first) as verified:
        assert verified.result.digest == digest_of(good)


def test_refused_reused_namespace_in_the_former_files_place(library: ModelLibrary, tmp_path: Path) -> None:
    good = write_gguf(tmp_path / "good" / "tiny.gguf", "good")[0]
    evil = write_gguf(tmp_path / "evil" / "tiny.gguf", "evil")[0]
    expected = digest_of(good)
    first = fetched(library, good)
    swap(good, evil)
    second = fetched(library, good, commit=OTHER_COMMIT)
    library.open_verified(second).close()
    refused = refusal_of(library, first)
    assert (refused.reason, refused.expected_digest) == (RefusalReason.MISMATCH, expected)


def test_missed_model_is_not_replaced_by_a_file_that_is_said_to_be_another(
    library: ModelLibrary, tmp_path: Path
) -> None:
    good = write_gguf(tmp_path / "made" / "tiny.gguf", "good")[0]
    model_id = pin(library, good)
    good.unlink()
    evil = write_gguf(tmp_path / "other" / "tiny.gguf", "evil")[0]
    assert fetched(library, evil) != model_id
    assert library.get(model_id).state is VerificationState.MISSING

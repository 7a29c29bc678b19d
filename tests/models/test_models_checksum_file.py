# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Checksum files: what they say, and a model that one of them vouches for."""

import subprocess
import threading
from pathlib import Path

import pytest

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.paths import DataPaths
from strongroom.core.verification import VerificationState
from strongroom.models import ModelLibrary, ModelRefused, RefusalReason
from strongroom.models.checksum_file import read_checksums
from strongroom.models.starter import StarterModel
from strongroom.words import explain
from support.made_models import digest_of, pin
from support.refusals import raises_saying

A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    "text",
    [
        f"{A}  model.gguf\n",
        f"{A} *model.gguf",
        f"{A.upper()}  ./folder/model.gguf\r\n{B}  other.gguf\r\n",
        f"SHA256 (model.gguf) = {A}\nSHA512 (model.gguf) = {B}{B}\n",
        f"# a comment\n\n{B}  other.gguf\n{A}  model.gguf\n{A}  model.gguf\n",
        f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{A}  model.gguf\n-----BEGIN PGP SIGNATURE-----\niQ\n",
    ],
)
def test_digest_is_found_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "SHA256SUMS").write_text(text)
    assert read_checksums(tmp_path / "SHA256SUMS", ["model.gguf"]) == (A,)


def test_digests_come_in_the_order_of_the_names(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_text(f"{A}  a\n{B}  b\n")
    assert read_checksums(tmp_path / "SHA256SUMS", ["b", "a"]) == (B, A)


@pytest.mark.parametrize(
    "name", ["plain.gguf", "a space.gguf", "back\\slash\\n.gguf", "two\nlines\r.gguf", "\udcff.gguf"]
)
@pytest.mark.parametrize("options", [[], ["--binary"], ["--tag"]])
def test_what_sha256sum_writes_is_read(tmp_path: Path, name: str, options: list[str]) -> None:
    (tmp_path / name).write_bytes(b"GGUF")
    done = subprocess.run(["sha256sum", *options, name], cwd=tmp_path, capture_output=True, check=True, timeout=60)
    (tmp_path / "SHA256SUMS").write_bytes(done.stdout)
    assert read_checksums(tmp_path / "SHA256SUMS", [name]) == (digest_of(tmp_path / name),)


def test_lone_digest_speaks_of_the_file_that_it_is_named_after(tmp_path: Path) -> None:
    (tmp_path / "model.gguf.sha256").write_text(f"{A}\n")
    assert read_checksums(tmp_path / "model.gguf.sha256", ["model.gguf"]) == (A,)
    with raises_saying(UserFacingError, r"nothing about other\.gguf"):
        read_checksums(tmp_path / "model.gguf.sha256", ["other.gguf"])


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "no line with a SHA-256"),
        ("d41d8cd98f00b204e9800998ecf8427e  model.gguf", "no line with a SHA-256"),
        (f"{A}  model.gguf.part", "nothing about model.gguf"),
        (f"{A}  model.gguf\n{B}  folder/model.gguf", "2 different things about model.gguf"),
        (f"{A}0  model.gguf", "no line with a SHA-256"),
        ("#" * 1_100_000, "too large"),
    ],
)
def test_refused_file_that_does_not_say_it(tmp_path: Path, text: str, fact: str) -> None:
    (tmp_path / "SHA256SUMS").write_text(text)
    with raises_saying(UserFacingError, fact) as caught:
        read_checksums(tmp_path / "SHA256SUMS", ["model.gguf"])
    assert caught.value.code == "model.checksum_file"


def sums_for(path: Path, digest: str) -> Path:
    sums = path.with_name("SHA256SUMS")
    sums.write_text(f"{digest}  {path.name}\n")
    return sums


def test_checksum_file_vouches_for_a_model(library: ModelLibrary, model_file: Path) -> None:
    model_id = library.import_file(model_file).model_id
    entry = library.pin_from_checksum_file(model_id, sums_for(model_file, digest_of(model_file)))
    assert (entry.state, entry.source) == (VerificationState.VERIFIED, "checksum file SHA256SUMS")
    assert entry.expected_digest == digest_of(model_file)
    with library.open_verified(model_id) as verified:
        assert verified.result.source == entry.source


def test_refused_checksum_of_other_bytes_changes_nothing(library: ModelLibrary, model_file: Path) -> None:
    model_id = library.import_file(model_file).model_id
    with pytest.raises(ModelRefused) as caught:
        library.pin_from_checksum_file(model_id, sums_for(model_file, A))
    assert caught.value.reason is RefusalReason.MISMATCH
    assert (caught.value.expected_digest, caught.value.actual_digest) == (A, digest_of(model_file))
    assert "checksum file SHA256SUMS" in explain(caught.value).message
    assert library.get(model_id).state is VerificationState.UNKNOWN
    assert model_file.exists()


def test_refused_checksum_where_a_digest_is_known(library: ModelLibrary, model_file: Path) -> None:
    model_id = pin(library, model_file)
    with pytest.raises(UserFacingError) as caught:
        library.pin_from_checksum_file(model_id, sums_for(model_file, digest_of(model_file)))
    assert caught.value.code == "model.digest_known"


def test_refused_checksum_file_that_is_not_there(library: ModelLibrary, model_file: Path) -> None:
    model_id = library.import_file(model_file).model_id
    with pytest.raises(ModelRefused) as caught:
        library.pin_from_checksum_file(model_id, model_file.with_name("gone"))
    assert caught.value.reason is RefusalReason.MISSING


def test_cancelled_checksum_changes_nothing(library: ModelLibrary, model_file: Path) -> None:
    model_id = library.import_file(model_file).model_id
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        library.pin_from_checksum_file(model_id, sums_for(model_file, digest_of(model_file)), cancel=cancel)
    assert library.get(model_id).state is VerificationState.UNKNOWN


def test_checksum_does_not_bring_back_a_model_that_was_removed_meanwhile(
    library: ModelLibrary, model_file: Path, paths: DataPaths, absent_starter: StarterModel
) -> None:
    model_id = library.import_file(model_file).model_id
    other = ModelLibrary(paths, starter=absent_starter)

    def remove(done: int, total: int) -> None:
        if done == 0:
            other.remove(model_id)

    with pytest.raises(ModelRefused) as caught:
        library.pin_from_checksum_file(model_id, sums_for(model_file, digest_of(model_file)), on_progress=remove)
    assert caught.value.reason is RefusalReason.UNKNOWN_MODEL
    assert len(library.entries()) == 1


def test_refused_checksum_of_a_model_that_was_pinned_meanwhile(
    library: ModelLibrary, model_file: Path, paths: DataPaths, absent_starter: StarterModel
) -> None:
    model_id = library.import_file(model_file).model_id
    other = ModelLibrary(paths, starter=absent_starter)

    def pin_it(done: int, total: int) -> None:
        if done == 0:
            pin(other, model_file)

    with pytest.raises(UserFacingError) as caught:
        library.pin_from_checksum_file(model_id, sums_for(model_file, digest_of(model_file)), on_progress=pin_it)
    assert caught.value.code == "model.digest_known"
    assert library.get(model_id).source == "user"

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Hashing a descriptor."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.core.errors import Cancelled
from strongroom.models.digest import BLOCK_SIZE, FileGrew, hash_descriptor


@pytest.fixture
def descriptor(model_file: Path) -> Iterator[int]:
    number = os.open(model_file, os.O_RDONLY)
    yield number
    os.close(number)


@pytest.mark.parametrize("size", [0, 1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 3 * BLOCK_SIZE])
def test_digest_is_sha256_of_the_whole_file(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "file").write_bytes(content)
    number = os.open(tmp_path / "file", os.O_RDONLY)
    try:
        assert hash_descriptor(number) == hashlib.sha256(content).hexdigest()
    finally:
        os.close(number)


@given(offset=st.integers(0, 4 * BLOCK_SIZE))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_digest_neither_uses_nor_moves_the_offset(descriptor: int, model_file: Path, offset: int) -> None:
    os.lseek(descriptor, offset, os.SEEK_SET)
    assert hash_descriptor(descriptor) == hashlib.sha256(model_file.read_bytes()).hexdigest()
    assert os.lseek(descriptor, 0, os.SEEK_CUR) == offset


def test_progress_counts_bytes_up_to_the_total(descriptor: int, model_file: Path) -> None:
    steps: list[tuple[int, int]] = []
    hash_descriptor(descriptor, on_progress=lambda done, total: steps.append((done, total)))
    total = model_file.stat().st_size
    assert steps[0] == (0, total)
    assert steps[-1] == (total, total)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_progress_is_told_at_most_30_times_a_second(
    descriptor: int, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model_file.open("ab") as stream:
        stream.truncate(100 * BLOCK_SIZE)
    seconds = iter(number * 0.01 for number in range(1_000))  # each read takes 10 ms
    monkeypatch.setattr("strongroom.models.digest.time", SimpleNamespace(monotonic=lambda: next(seconds)))
    steps: list[int] = []
    hash_descriptor(descriptor, on_progress=lambda done, total: steps.append(done))
    assert 20 <= len(steps) <= 32  # one second, and the two at the ends


def test_cancelled_before_the_first_read(descriptor: int) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        hash_descriptor(descriptor, cancel=cancel)


def test_cancelled_hashing_hashes_no_further_block(descriptor: int) -> None:
    cancel = threading.Event()
    blocks = 0

    def guard() -> None:  # runs after the check of `cancel` and before each block
        nonlocal blocks
        blocks += 1
        cancel.set()

    with pytest.raises(Cancelled):
        hash_descriptor(descriptor, cancel=cancel, guard=guard)
    assert blocks == 1


@pytest.mark.parametrize("blocks", [0, 1, 3])
def test_what_the_guard_raises_ends_the_hashing_and_the_reading(tmp_path: Path, blocks: int) -> None:
    (tmp_path / "file").write_bytes(bytes(10 * BLOCK_SIZE))
    number = os.open(tmp_path / "file", os.O_RDONLY)
    seen = 0

    def guard() -> None:
        nonlocal seen
        if seen == blocks:
            raise PermissionError("a writer")
        seen += 1

    try:
        with pytest.raises(PermissionError):
            hash_descriptor(number, guard=guard)
        assert not [thread for thread in threading.enumerate() if thread.name == "digest-reader"]
    finally:
        os.close(number)


def test_growing_file_is_refused_instead_of_followed_forever(descriptor: int, model_file: Path) -> None:
    def grow() -> None:
        with model_file.open("ab") as stream:
            stream.write(b"more" * BLOCK_SIZE)

    with pytest.raises(FileGrew):
        hash_descriptor(descriptor, guard=grow)


def test_unreadable_descriptor_is_an_error(tmp_path: Path) -> None:
    number = os.open(tmp_path / "write-only", os.O_WRONLY | os.O_CREAT)
    try:
        with pytest.raises(OSError, match="Bad file descriptor"):
            hash_descriptor(number)
    finally:
        os.close(number)

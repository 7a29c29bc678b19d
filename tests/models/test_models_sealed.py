# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Sealed copies in memory: nobody can change them, and what was changed before the seal is noticed."""

import contextlib
import errno
import hashlib
import importlib.util
import mmap
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strongroom.core.errors import Cancelled
from strongroom.models import Expectation, ModelRefused, RefusalReason, open_verified_model, seal_model
from strongroom.models import sealed as sealed_here
from strongroom.models.lease import PolledWatch
from strongroom.models.sealed import SealRefused, seal_copy
from strongroom.words import explain

if sys.platform == "linux":
    import fcntl

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has sealed memory")


@pytest.fixture
def descriptor(model_file: Path) -> Iterator[int]:
    number = os.open(model_file, os.O_RDONLY)
    yield number
    os.close(number)


@pytest.fixture
def digest(model_file: Path) -> str:
    return hashlib.sha256(model_file.read_bytes()).hexdigest()


@pytest.fixture
def sealed(descriptor: int, digest: str) -> Iterator[int]:
    number = seal_copy(descriptor, digest)
    yield number
    os.close(number)


def copies_in_memory() -> list[int]:
    """The descriptors of this process that are files in memory."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            if "memfd:strongroom-model" in os.readlink(f"/proc/self/fd/{name}"):
                found.append(int(name))
    return found


@linux_only
def test_the_copy_holds_the_bytes_and_has_all_seals(sealed: int, model_file: Path) -> None:
    assert os.pread(sealed, model_file.stat().st_size + 1, 0) == model_file.read_bytes()
    wanted = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    assert fcntl.fcntl(sealed, fcntl.F_GET_SEALS) & wanted == wanted
    assert fcntl.fcntl(sealed, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    assert not os.get_inheritable(sealed)
    assert copies_in_memory() == [sealed]


@linux_only
@pytest.mark.parametrize(
    "change",
    [
        lambda number: os.pwrite(number, b"x", 0),
        lambda number: os.ftruncate(number, 10),
        lambda number: os.ftruncate(number, 10_000_000),
        lambda number: mmap.mmap(number, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE),
        lambda number: fcntl.fcntl(number, fcntl.F_ADD_SEALS, 0x20),
    ],
    ids=["write", "cut", "grow", "map writable", "another seal"],
)
def test_a_sealed_copy_refuses_every_change_even_to_root(sealed: int, change: Callable[[int], object]) -> None:
    # As root or as the owner: whoever may open it again may open it for writing, and cannot write.
    again = os.open(f"/proc/{os.getpid()}/fd/{sealed}", os.O_RDWR)
    try:
        with pytest.raises(OSError, match="not permitted") as refused:
            change(again)
        assert refused.value.errno == errno.EPERM
    finally:
        os.close(again)


@linux_only
def test_the_file_may_change_afterwards(sealed: int, model_file: Path, digest: str) -> None:
    model_file.write_bytes(b"other bytes")
    assert hashlib.sha256(os.pread(sealed, 10_000_000, 0)).hexdigest() == digest


@linux_only
def test_a_file_that_changed_after_its_verification_is_refused(descriptor: int, model_file: Path, digest: str) -> None:
    with model_file.open("r+b") as stream:
        stream.seek(1_000_000)
        stream.write(b"?")
    with pytest.raises(ModelRefused) as refused:
        seal_copy(descriptor, digest)
    assert refused.value.reason is RefusalReason.MISMATCH
    assert refused.value.expected_digest == digest
    assert refused.value.actual_digest == hashlib.sha256(model_file.read_bytes()).hexdigest()
    assert copies_in_memory() == []


@linux_only
@pytest.mark.parametrize("size", [100, 5_000_000], ids=["shorter", "longer"])
def test_a_file_of_another_length_is_refused(descriptor: int, model_file: Path, digest: str, size: int) -> None:
    os.truncate(model_file, size)
    with pytest.raises(ModelRefused):
        seal_copy(descriptor, digest)


@linux_only
def test_a_copy_that_somebody_wrote_to_before_the_seal_is_refused(descriptor: int, digest: str) -> None:
    written: list[int] = []

    def write_behind(done: int, total: int) -> None:
        if done == total // 2 and not written:  # all is copied, nothing is sealed
            written.extend(os.pwrite(number, b"EVIL", 0) for number in copies_in_memory())

    with pytest.raises(ModelRefused) as refused:
        seal_copy(descriptor, digest, on_progress=write_behind)
    assert written == [4]
    assert refused.value.reason is RefusalReason.MISMATCH


@linux_only
def test_a_copy_that_somebody_has_mapped_writable_is_refused(descriptor: int, digest: str) -> None:
    maps: list[mmap.mmap] = []

    def map_it(done: int, total: int) -> None:
        if not maps:
            maps.extend(mmap.mmap(number, 4096) for number in copies_in_memory())

    with pytest.raises(SealRefused) as refused:
        seal_copy(descriptor, digest, on_progress=map_it)
    assert refused.value.code == "model.seal_unavailable"
    assert len(maps) == 1
    maps[0].close()
    assert copies_in_memory() == []


@linux_only
@pytest.mark.parametrize("share", [0.25, 0.5], ids=["while copying", "before hashing"])
def test_sealing_can_be_cancelled(descriptor: int, digest: str, share: float) -> None:
    cancel = threading.Event()
    steps: list[float] = []

    def stop(done: int, total: int) -> None:
        steps.append(done / total)
        if done >= share * total:
            cancel.set()

    with pytest.raises(Cancelled):
        seal_copy(descriptor, digest, on_progress=stop, cancel=cancel)
    assert share <= steps[-1] < share + 0.25
    assert copies_in_memory() == []


@linux_only
def test_progress_counts_each_byte_twice(descriptor: int, model_file: Path, digest: str) -> None:
    steps: list[tuple[int, int]] = []
    os.close(seal_copy(descriptor, digest, on_progress=lambda done, total: steps.append((done, total))))
    size = model_file.stat().st_size
    assert {total for _, total in steps} == {2 * size}
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert (size, 2 * size) in steps
    assert steps[-1] == (2 * size, 2 * size)


@linux_only
def test_a_model_larger_than_the_memory_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    huge = tmp_path / "huge.gguf"
    with huge.open("wb") as stream:
        stream.truncate(2**43)  # no blocks on the disk
    number = os.open(huge, os.O_RDONLY)
    try:
        with pytest.raises(SealRefused) as refused:
            seal_copy(number, "0" * 64)
    finally:
        os.close(number)
    assert refused.value.code == "model.seal_memory"
    assert "8,796.1 GB" in explain(refused.value).message


def test_a_system_without_sealed_memory_refuses(descriptor: int, digest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    spec = importlib.util.spec_from_file_location("sealed_elsewhere", sealed_here.__file__)
    elsewhere = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(elsewhere)
    with pytest.raises(elsewhere.SealRefused) as refused:
        elsewhere.seal_copy(descriptor, digest)
    assert refused.value.code == "model.seal_unavailable"
    assert "Linux" in explain(refused.value).message
    assert "sealed_copy" in explain(refused.value).next_step


@linux_only
def test_a_model_in_parts_is_sealed_part_by_part(tmp_path: Path) -> None:
    contents = [b"GGUF" + bytes([number]) * (1_500_000 + number) for number in range(3)]
    parts = []
    for number, content in enumerate(contents):
        path = tmp_path / f"part{number}.gguf"
        path.write_bytes(content)
        parts.append((path, Expectation(hashlib.sha256(content).hexdigest(), "a test's list", len(content))))
    steps: list[tuple[int, int]] = []
    with open_verified_model(parts) as model:
        copies = seal_model(model, on_progress=lambda done, total: steps.append((done, total)))
    with copies:
        assert [os.pread(number, 2_000_000, 0) for number in copies.descriptors] == contents
        assert copies_in_memory() == list(copies.descriptors)
        assert copies.result.part_digests == model.result.part_digests
        assert copies.is_intact
        copies.on_broken(lambda: pytest.fail("no writer can appear"))
        parts[1][0].write_bytes(b"another file")
    assert not copies.is_intact
    assert copies_in_memory() == []
    total = 2 * sum(map(len, contents))
    assert {whole for _, whole in steps} == {total}
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (total, total)


@linux_only
def test_when_one_part_changed_no_copy_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strongroom.models.opening.take_read_lease", lambda number: PolledWatch(number, "no leases"))
    parts = []
    for number in range(3):
        path = tmp_path / f"part{number}.gguf"
        path.write_bytes(b"GGUF" + bytes([number]) * 100_000)
        parts.append((path, Expectation(hashlib.sha256(path.read_bytes()).hexdigest(), "a test's list", 100_004)))
    with open_verified_model(parts) as model:
        with parts[2][0].open("r+b") as stream:
            stream.write(b"EVIL")
        with pytest.raises(ModelRefused) as refused:
            seal_model(model)
    assert refused.value.path == parts[2][0]
    assert copies_in_memory() == []


@linux_only
def test_a_file_that_cannot_be_read_any_more_is_refused(tmp_path: Path, digest: str) -> None:
    number = os.open(tmp_path / "write-only", os.O_WRONLY | os.O_CREAT)
    os.truncate(number, 1_000)
    try:
        with pytest.raises(ModelRefused) as refused:
            seal_copy(number, digest, path=tmp_path / "write-only")
    finally:
        os.close(number)
    assert refused.value.reason is RefusalReason.UNREADABLE
    assert "write-only" in explain(refused.value).message
    assert copies_in_memory() == []

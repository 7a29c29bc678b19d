# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Invariant 1: what is handed out is the very bytes that were verified. One test for each way round it."""

import errno
import fcntl
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from strongroom.core.errors import Cancelled
from strongroom.core.verification import VerificationState
from strongroom.models import USER_SOURCE, Expectation, ModelRefused, RefusalReason, VerifiedFile, open_verified
from strongroom.models.opening import open_with_lease
from strongroom.words import explain, say_statement


def refusal(path: Path, expected: Expectation) -> ModelRefused:
    with pytest.raises(ModelRefused) as caught:
        open_verified(path, expected)
    assert caught.value.code == f"model.{caught.value.reason}"
    assert caught.value.path == path
    return caught.value


def bytes_of(verified: VerifiedFile) -> bytes:
    return os.pread(verified.descriptor, verified.result.size + 1, 0)


def test_expected_bytes_are_handed_out_under_a_lease(model_file: Path, expected: Expectation) -> None:
    with open_verified(model_file, expected) as verified:
        assert bytes_of(verified) == model_file.read_bytes()
        assert verified.is_intact
        verified.require_intact()
        result = verified.result
    assert result.state is VerificationState.VERIFIED
    assert (result.digest, result.source, result.size) == (expected.digest, "a test's list", expected.size)
    assert (result.is_leased, result.lease_note) == (True, None)
    assert not verified.is_intact


def test_digest_that_the_user_pinned_is_called_so(model_file: Path, expected: Expectation) -> None:
    with open_verified(model_file, Expectation(expected.digest, USER_SOURCE)) as verified:
        assert verified.result.state is VerificationState.PINNED


def test_descriptor_is_not_inherited_unless_passed(model_file: Path, expected: Expectation) -> None:
    with open_verified(model_file, expected) as verified:
        assert not os.get_inheritable(verified.descriptor)


def test_refused_same_size_corruption(model_file: Path, expected: Expectation) -> None:
    model_file.write_bytes(os.urandom(model_file.stat().st_size))
    refused = refusal(model_file, expected)
    assert refused.reason is RefusalReason.MISMATCH
    assert refused.expected_digest == expected.digest
    assert refused.actual_digest is not None
    assert refused.actual_digest in explain(refused).message


@pytest.mark.parametrize("where", [0, 1024 * 1024, -1], ids=["first", "middle", "last"])
def test_refused_one_byte_changed(model_file: Path, expected: Expectation, where: int) -> None:
    content = bytearray(model_file.read_bytes())
    content[where] ^= 1
    model_file.write_bytes(content)
    assert refusal(model_file, expected).reason is RefusalReason.MISMATCH


def test_refused_short_file_before_anything_is_hashed(model_file: Path, expected: Expectation) -> None:
    os.truncate(model_file, 100)
    refused = refusal(model_file, expected)
    assert refused.reason is RefusalReason.MISMATCH
    assert refused.actual_digest is None
    assert "100 bytes" in explain(refused).message


def test_refused_short_file_when_only_the_digest_is_known(model_file: Path, expected: Expectation) -> None:
    os.truncate(model_file, model_file.stat().st_size - 1)
    assert refusal(model_file, Expectation(expected.digest, "x")).reason is RefusalReason.MISMATCH


def test_refused_empty_file(model_file: Path, expected: Expectation) -> None:
    os.truncate(model_file, 0)
    assert refusal(model_file, expected).reason is RefusalReason.MISMATCH


def test_refused_unknown_digest_and_names_what_it_is(model_file: Path, expected: Expectation) -> None:
    refused = refusal(model_file, Expectation(None, ""))
    assert refused.reason is RefusalReason.UNKNOWN_DIGEST
    assert refused.actual_digest == expected.digest


def test_rename_swap_after_open_changes_nothing(model_file: Path, expected: Expectation, tmp_path: Path) -> None:
    good = model_file.read_bytes()
    evil = tmp_path / "evil"
    evil.write_bytes(b"E" * len(good))
    with open_verified(model_file, expected) as verified:
        evil.rename(model_file)
        assert bytes_of(verified) == good
        assert verified.is_intact


def test_rename_swap_during_hashing_changes_nothing(model_file: Path, expected: Expectation, tmp_path: Path) -> None:
    good = model_file.read_bytes()
    evil = tmp_path / "evil"
    evil.write_bytes(b"E" * len(good))

    def swap(done: int, total: int) -> None:
        if evil.exists():
            evil.rename(model_file)

    with open_verified(model_file, expected, on_progress=swap) as verified:
        assert bytes_of(verified) == good
    assert model_file.read_bytes() != good


def test_refused_in_place_write_before_hashing_with_forged_mtime(model_file: Path, expected: Expectation) -> None:
    status = model_file.stat()
    with model_file.open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"EVIL")
    os.utime(model_file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert model_file.stat().st_mtime_ns == status.st_mtime_ns
    assert refusal(model_file, expected).reason is RefusalReason.MISMATCH


def test_refused_writer_present_before_hashing(model_file: Path, expected: Expectation, start_writer: Callable) -> None:
    start_writer(model_file, "idle").wait_for("opened")
    assert refusal(model_file, expected).reason is RefusalReason.IN_USE_BY_WRITER


def test_refused_leftover_writable_mapping(model_file: Path, expected: Expectation, start_writer: Callable) -> None:
    start_writer(model_file, "mapping").wait_for("mapped")
    assert refusal(model_file, expected).reason is RefusalReason.IN_USE_BY_WRITER


@pytest.mark.parametrize("mode", ["blocking", "nonblocking"])
def test_refused_in_place_write_during_hashing(
    model_file: Path, expected: Expectation, start_writer: Callable, mode: str
) -> None:
    arrived = threading.Event()
    writers = []

    def attack(done: int, total: int) -> None:
        if not writers:
            writers.append(start_writer(model_file, mode))
            assert arrived.wait(20)

    # A second lease on the same file tells when the writer has asked to be let in.
    descriptor, bell = open_with_lease(model_file)
    bell.on_broken(arrived.set)
    with pytest.raises(ModelRefused) as caught:
        open_verified(model_file, expected, on_progress=attack)
    bell.release()
    os.close(descriptor)
    assert caught.value.reason is RefusalReason.IN_USE_BY_WRITER
    writers[0].wait_for("written" if mode == "blocking" else "would block")  # the lease was given back


def test_in_place_write_after_hashing_waits_for_the_callback(
    model_file: Path, expected: Expectation, start_writer: Callable
) -> None:
    good = model_file.read_bytes()
    at_callback: list[bytes] = []
    with open_verified(model_file, expected) as verified:
        verified.on_broken(lambda: at_callback.append(bytes_of(verified)))
        start_writer(model_file).wait_for("written")
        assert at_callback == [good]  # unchanged for as long as the callback ran
        assert not verified.is_intact
        with pytest.raises(ModelRefused) as caught:
            verified.require_intact()
        assert caught.value.reason is RefusalReason.IN_USE_BY_WRITER


def test_callback_may_close_the_file(model_file: Path, expected: Expectation, start_writer: Callable) -> None:
    verified = open_verified(model_file, expected)
    verified.on_broken(verified.close)
    start_writer(model_file).wait_for("written")
    verified.close()


def test_closed_file_lets_writers_in_although_a_child_has_it_open(model_file: Path, expected: Expectation) -> None:
    verified = open_verified(model_file, expected)
    inherited = os.dup(verified.descriptor)  # the same open file description, as in a worker
    verified.close()
    os.close(os.open(model_file, os.O_WRONLY | os.O_NONBLOCK))
    assert os.pread(inherited, 4, 0) == b"GGUF"
    os.close(inherited)


def test_refused_symlink_in_the_files_place(model_file: Path, expected: Expectation, tmp_path: Path) -> None:
    moved = model_file.rename(tmp_path / "elsewhere.gguf")
    model_file.symlink_to(moved)
    refused = refusal(model_file, expected)
    assert refused.reason is RefusalReason.NOT_A_FILE
    assert "a link" in explain(refused).message


def test_symlink_swap_after_open_changes_nothing(model_file: Path, expected: Expectation, tmp_path: Path) -> None:
    good = model_file.read_bytes()
    (tmp_path / "evil").write_bytes(b"evil")
    with open_verified(model_file, expected) as verified:
        model_file.unlink()
        model_file.symlink_to(tmp_path / "evil")
        assert bytes_of(verified) == good
        assert verified.is_intact


def test_symlink_raced_into_place_is_not_followed(
    model_file: Path, expected: Expectation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "elsewhere.gguf"
    real = os.open

    def race(path: object, flags: int, *rest: int) -> int:
        if path == model_file and not moved.exists():
            model_file.rename(moved)
            model_file.symlink_to(moved)
        return real(path, flags, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("strongroom.models.opening.os.open", race)
    assert refusal(model_file, expected).reason is RefusalReason.NOT_A_FILE
    assert moved.exists()


def test_write_through_a_hard_link_breaks_the_lease(
    model_file: Path, expected: Expectation, start_writer: Callable
) -> None:
    other = model_file.with_name("another-name")
    os.link(model_file, other)
    broken = threading.Event()
    with open_verified(model_file, expected) as verified:
        verified.on_broken(broken.set)
        start_writer(other).wait_for("written")
        assert broken.is_set()


def test_refused_fifo_without_waiting_for_its_other_end(tmp_path: Path, expected: Expectation) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused = refusal(tmp_path / "pipe", expected)
    assert refused.reason is RefusalReason.NOT_A_FILE
    assert "a pipe" in explain(refused).message


def test_refused_fifo_raced_into_place(
    model_file: Path, expected: Expectation, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def race(path: object, flags: int, *rest: int) -> int:
        if path == model_file:
            model_file.unlink()
            os.mkfifo(model_file)
        return real(path, flags, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("strongroom.models.opening.os.open", race)
    assert refusal(model_file, expected).reason is RefusalReason.NOT_A_FILE


def test_refused_folder(tmp_path: Path, expected: Expectation) -> None:
    assert "a folder" in explain(refusal(tmp_path, expected)).message


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_refused_device(device: str, expected: Expectation) -> None:
    refused = refusal(Path(device), expected)
    assert refused.reason is RefusalReason.NOT_A_FILE
    assert "a device" in explain(refused).message


def test_refused_socket(tmp_path: Path, expected: Expectation) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert "a socket" in explain(refusal(tmp_path / "s", expected)).message


@pytest.mark.parametrize("name", ["gone.gguf", "files/Tiny-Q4_K_M.gguf/inside"])
def test_refused_missing_file(model_file: Path, tmp_path: Path, expected: Expectation, name: str) -> None:
    assert refusal(tmp_path / name, expected).reason is RefusalReason.MISSING


def test_refused_unreadable_file(model_file: Path, expected: Expectation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("strongroom.models.opening.os.open", refuse)
    refused = refusal(model_file, expected)
    assert refused.reason is RefusalReason.UNREADABLE
    assert "Permission denied" in explain(refused).message


def test_refused_read_error_in_the_middle(
    model_file: Path, expected: Expectation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("strongroom.models.digest.os.preadv", fail)
    refused = refusal(model_file, expected)
    assert refused.reason is RefusalReason.UNREADABLE
    assert "Input/output error" in explain(refused).message


def test_refused_file_that_changes_where_there_are_no_leases(
    model_file: Path, expected: Expectation, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.fcntl

    def no_leases(number: int, command: int, argument: int = 0) -> int:
        if command == fcntl.F_SETLEASE:
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(number, command, argument)

    monkeypatch.setattr("strongroom.models.lease_linux.fcntl.fcntl", no_leases)

    def write(done: int, total: int) -> None:
        if done == total:
            with model_file.open("r+b") as stream:
                stream.write(b"EVIL")

    with pytest.raises(ModelRefused) as caught:
        open_verified(model_file, expected, on_progress=write)
    assert caught.value.reason in (RefusalReason.CHANGED, RefusalReason.IN_USE_BY_WRITER)


def test_missing_lease_is_said_in_the_result(
    model_file: Path, expected: Expectation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_leases(number: int, command: int, argument: int = 0) -> int:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr("strongroom.models.lease_linux.fcntl.fcntl", no_leases)
    with open_verified(model_file, expected) as verified:
        assert not verified.result.is_leased
        assert "no leases" in say_statement(verified.result.lease_note)
        assert verified.is_intact


def test_cancelled_hashing_leaves_nothing_open(model_file: Path, expected: Expectation) -> None:
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        open_verified(model_file, expected, on_progress=lambda done, total: cancel.set(), cancel=cancel)
    os.close(os.open(model_file, os.O_WRONLY | os.O_NONBLOCK))  # no lease left either


def test_failing_progress_callback_leaves_nothing_open(model_file: Path, expected: Expectation) -> None:
    def fail(done: int, total: int) -> None:
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        open_verified(model_file, expected, on_progress=fail)
    os.close(os.open(model_file, os.O_WRONLY | os.O_NONBLOCK))

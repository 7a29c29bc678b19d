# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Leases, against a real other process that writes."""

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strongroom.models.lease import PolledWatch, ReadLease, WriterPresent
from strongroom.words import say_statement

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="leases of Linux")

if sys.platform == "linux":
    import fcntl

    from strongroom.models.lease_linux import LinuxLease, take_read_lease


def open_on(path: Path) -> list[int]:
    """Return this process's descriptors that lead to ``path``."""
    numbers = map(int, os.listdir("/proc/self/fd"))
    return [number for number in numbers if os.path.realpath(f"/proc/self/fd/{number}") == str(path)]


@pytest.fixture
def descriptor(model_file: Path) -> Iterator[int]:
    number = os.open(model_file, os.O_RDONLY | os.O_CLOEXEC)
    yield number
    os.close(number)


@pytest.fixture
def lease(descriptor: int) -> Iterator[ReadLease]:
    taken = take_read_lease(descriptor)
    yield taken
    taken.release()


def test_lease_is_granted_and_held(lease: ReadLease) -> None:
    assert lease.is_leased
    assert lease.note is None
    assert lease.is_held()


def test_blocking_writer_waits_until_callbacks_returned(
    lease: ReadLease, model_file: Path, start_writer: Callable
) -> None:
    seen_by_callback: list[list[str]] = []
    entered, may_return = threading.Event(), threading.Event()

    def callback() -> None:
        entered.set()
        assert may_return.wait(20)
        seen_by_callback.append(list(writer.said))

    lease.on_broken(callback)
    writer = start_writer(model_file)
    assert entered.wait(20)
    assert not lease.is_held()
    may_return.set()
    writer.wait_for("written")
    assert seen_by_callback == [["ready"]]  # it had asked, and had not got in


def test_nonblocking_writer_is_turned_away_and_still_counts(
    lease: ReadLease, model_file: Path, start_writer: Callable
) -> None:
    broken = threading.Event()
    lease.on_broken(broken.set)
    before = model_file.read_bytes()
    writer = start_writer(model_file, "nonblocking")
    writer.wait_for("would block")
    assert broken.wait(20)
    assert model_file.read_bytes() == before


def test_truncation_by_path_breaks_the_lease(lease: ReadLease, model_file: Path) -> None:
    sizes: list[int] = []
    lease.on_broken(lambda: sizes.append(model_file.stat().st_size))
    size = model_file.stat().st_size
    subprocess.run([sys.executable, "-I", "-c", f"import os; os.truncate({str(model_file)!r}, 5)"], check=True)
    assert sizes == [size]  # the callback came first
    assert model_file.stat().st_size == 5


def test_process_survives_the_kernels_signal_and_no_handler_runs(model_file: Path) -> None:
    program = f"""
import os, signal, subprocess, sys, threading
from strongroom.models.lease_linux import take_read_lease
assert signal.getsignal(signal.SIGIO) is signal.SIG_DFL and signal.getsignal(signal.SIGURG) is signal.SIG_DFL
descriptor = os.open({str(model_file)!r}, os.O_RDONLY)
lease = take_read_lease(descriptor)
broken = threading.Event()
lease.on_broken(broken.set)
subprocess.run([sys.executable, "-c", "import os; os.open({str(model_file)!r}, os.O_WRONLY)"], check=True)
assert broken.wait(20)
print("alive")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


def test_lease_refused_while_a_writer_is_present(descriptor: int, model_file: Path, start_writer: Callable) -> None:
    start_writer(model_file, "idle").wait_for("opened")
    with pytest.raises(WriterPresent):
        take_read_lease(descriptor)


def test_lease_refused_while_a_writable_mapping_is_left_over(
    descriptor: int, model_file: Path, start_writer: Callable
) -> None:
    start_writer(model_file, "mapping").wait_for("mapped")
    with pytest.raises(WriterPresent):
        take_read_lease(descriptor)


def test_released_lease_lets_writers_in_at_once(lease: ReadLease, model_file: Path) -> None:
    calls: list[str] = []
    lease.on_broken(lambda: calls.append("broken"))
    lease.release()
    lease.release()
    began = time.monotonic()
    with model_file.open("r+b"):
        pass
    assert time.monotonic() - began < 5
    assert not lease.is_held()
    assert calls == []


def test_late_callback_is_called_at_once(lease: ReadLease, model_file: Path, start_writer: Callable) -> None:
    broken = threading.Event()
    lease.on_broken(broken.set)
    start_writer(model_file, "nonblocking")
    assert broken.wait(20)
    late: list[bool] = []
    lease.on_broken(lambda: late.append(True))
    assert late == [True]


def test_callback_may_release(lease: ReadLease, model_file: Path, start_writer: Callable) -> None:
    lease.on_broken(lease.release)
    start_writer(model_file).wait_for("written")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_failing_callback_does_not_hold_the_writer(lease: ReadLease, model_file: Path, start_writer: Callable) -> None:
    def fail() -> None:
        raise RuntimeError("on purpose")

    lease.on_broken(fail)
    start_writer(model_file).wait_for("written")


def test_child_with_the_descriptor_can_neither_drop_nor_keep_the_lease(
    lease: ReadLease, descriptor: int, model_file: Path
) -> None:
    program = """
import fcntl, os, sys
descriptor = int(sys.argv[1])
try:
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
except OSError:
    pass
print(os.pread(descriptor, 4, 0) == b"GGUF", flush=True)
sys.stdin.read()
print(os.pread(descriptor, 4, 0) == b"GGUF", flush=True)
"""
    worker = subprocess.Popen(
        [sys.executable, "-I", "-c", program, str(descriptor)],
        pass_fds=[descriptor],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout
    assert worker.stdin
    assert worker.stdout.readline() == "True\n"
    assert lease.is_held()  # not dropped by the child
    lease.release()
    writer = os.open(model_file, os.O_WRONLY | os.O_NONBLOCK)  # not kept by the child: this would be EWOULDBLOCK
    os.close(writer)
    worker.stdin.close()
    assert worker.stdout.read() == "True\n"  # still readable
    worker.wait(20)
    worker.stdout.close()


def test_dead_process_leaves_no_lease_behind_in_its_worker(model_file: Path) -> None:
    program = f"""
import os, subprocess, sys
from strongroom.models.lease_linux import take_read_lease
descriptor = os.open({str(model_file)!r}, os.O_RDONLY)
lease = take_read_lease(descriptor)
assert lease.is_held()
worker = subprocess.Popen([sys.executable, "-I", "-c", "import sys; sys.stdin.read()"], pass_fds=[descriptor])
print("leased", flush=True)
os.kill(os.getpid(), 9)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    assert parent.stdin
    assert parent.stdout.readline() == "leased\n"
    parent.wait(20)
    os.close(os.open(model_file, os.O_WRONLY | os.O_NONBLOCK))  # the worker still has the file open for reading
    parent.stdin.close()
    parent.stdout.close()


def test_lease_dropped_by_somebody_else_counts_as_broken(lease: ReadLease, model_file: Path) -> None:
    assert isinstance(lease, LinuxLease)
    broken = threading.Event()
    lease.on_broken(broken.set)
    (leased,) = (number for number in open_on(model_file) if fcntl.fcntl(number, fcntl.F_GETLEASE) == fcntl.F_RDLCK)
    fcntl.fcntl(leased, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    assert broken.wait(20)


def test_hard_link_is_covered_because_the_lease_is_on_the_file(
    lease: ReadLease, model_file: Path, start_writer: Callable
) -> None:
    other = model_file.with_name("other-name")
    os.link(model_file, other)
    broken = threading.Event()
    lease.on_broken(broken.set)
    start_writer(other, "nonblocking").wait_for("would block")
    assert broken.wait(20)


def test_renaming_and_permissions_leave_the_lease_alone(lease: ReadLease, model_file: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    evil.write_bytes(b"evil")
    evil.rename(model_file)
    assert lease.is_held()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOLCK])
def test_no_lease_to_be_had_is_said_and_watched_instead(
    descriptor: int, model_file: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    real = fcntl.fcntl

    def refuse(number: int, command: int, argument: int = 0) -> int:
        if command == fcntl.F_SETLEASE:
            raise OSError(code, os.strerror(code))
        return real(number, command, argument)

    monkeypatch.setattr("strongroom.models.lease_linux.fcntl.fcntl", refuse)
    watch = take_read_lease(descriptor)
    assert isinstance(watch, PolledWatch)
    assert not watch.is_leased
    assert say_statement(watch.note)
    assert watch.is_held()
    broken = threading.Event()
    watch.on_broken(broken.set)
    with model_file.open("r+b") as stream:
        stream.write(b"EVIL")
    assert broken.wait(20)
    watch.release()


def test_unexpected_failure_is_not_taken_for_harmless(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fcntl.fcntl

    def refuse(number: int, command: int, argument: int = 0) -> int:
        if command == fcntl.F_SETLEASE:
            raise OSError(errno.EIO, "no")
        return real(number, command, argument)

    monkeypatch.setattr("strongroom.models.lease_linux.fcntl.fcntl", refuse)
    with pytest.raises(OSError, match="no"):
        take_read_lease(descriptor)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_file_of_another_user_gets_no_lease_and_says_why(descriptor: int) -> None:
    program = """
import os, sys
from strongroom.models.lease_linux import take_read_lease
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
lease = take_read_lease(int(sys.argv[1]))
print(lease.is_leased, "other_owner" in lease.note.code, lease.is_held())
lease.release()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(descriptor)],
        pass_fds=[descriptor],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "False True True\n", done.stderr


def test_polled_watch_survives_a_rename_over_its_name(descriptor: int, model_file: Path, tmp_path: Path) -> None:
    watch = PolledWatch(descriptor, "no leases here")
    evil = tmp_path / "evil"
    evil.write_bytes(b"evil")
    evil.rename(model_file)
    assert watch.is_held()
    watch.release()

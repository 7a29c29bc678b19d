# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Trying what a process should not be able to do, from within it. What is possible is undone at once, or does nothing.

An attempt goes as far as the kernel's decision and no further: a program that does not exist is run, a thread that
cannot be made is started, an address that nothing lies at is read.
"""

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from strongroom.confinement.kernel import packed, system_call
from strongroom.core.isolation import Attempt, Capability, Outcome

_STREAM, _DATAGRAM, _RAW, _SEQUENCED = 1, 2, 3, 5
_UNIX, _INET, _INET6, _NETLINK, _PACKET, _ALG, _VSOCK = 1, 2, 10, 16, 17, 38, 40
_ICMP = 1
_SHARES_SIGNALS_ALONE = 0x800
_NEW_USERS, _SHARES_FOLDER = 0x1000_0000, 0x200
_TIOCSTI = 0x5412
_PTRACE_SEIZE = 0x4206
_NO_SUCH_OPTIONS = 0x7FFF_FFFF
_DENIALS = frozenset(("EPERM", "EACCES"))
_ABSENCES = frozenset(("ENOSYS", "EAFNOSUPPORT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP"))
_SHARED_FOLDER = Path("/tmp")  # noqa: S108  # nothing is kept there
_STAND_IN = Path("/proc/self/comm")
"""A file that anybody may open for writing, of which nothing is written."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """One thing to try: it returns when it is possible, and raises OSError when it is not."""

    name: str
    capability: Capability
    run: Callable[[], object]
    means_possible: tuple[int, ...] = ()
    """Errors by which the kernel, having let the call in, refuses only the nonsense in it."""


def try_everything(*, private: Sequence[Path] = (), networked: Sequence[int] = ()) -> tuple[Attempt, ...]:
    """Try everything, in this process and its calling thread; takes a few milliseconds.

    Args:
        private: Files of the app that this process must not read, besides one of the system's.
        networked: Processes that have a network, which this one must not be able to take over.

    Returns:
        One result for each attempt; none where this system has no such list.
    """
    if sys.platform != "linux":
        return ()
    return tuple(_result(trial) for trial in (*_trials(private), *_takeovers(networked)))


def _result(trial: _Trial) -> Attempt:
    try:
        trial.run()
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "")
        if error.errno in trial.means_possible:
            return Attempt(trial.name, trial.capability, Outcome.ALLOWED, name)
        if name in _ABSENCES:
            return Attempt(trial.name, trial.capability, Outcome.ABSENT, name)
        # Anything else, out of descriptors for example, is no proof of a denial.
        outcome = Outcome.DENIED if name in _DENIALS else Outcome.ALLOWED
        return Attempt(trial.name, trial.capability, outcome, name)
    return Attempt(trial.name, trial.capability, Outcome.ALLOWED)


def _trials(private: Sequence[Path]) -> Iterator[_Trial]:
    yield from _sockets()
    yield from _files(private)
    yield from _processes()
    yield from _kernel()


def _sockets() -> Iterator[_Trial]:
    internet, other = Capability.INTERNET, Capability.OTHER_SOCKETS
    for name, capability, family, kind, protocol in (
        ("socket_inet", internet, _INET, _STREAM, 0),
        ("socket_inet_udp", internet, _INET, _DATAGRAM, 0),
        ("socket_inet_raw", internet, _INET, _RAW, _ICMP),
        ("socket_inet6", internet, _INET6, _STREAM, 0),
        ("socket_inet6_udp", internet, _INET6, _DATAGRAM, 0),
        ("socket_packet", internet, _PACKET, _RAW, 0),
        ("socket_unix", other, _UNIX, _STREAM, 0),
        ("socket_netlink", other, _NETLINK, _RAW, 0),
        ("socket_vsock", other, _VSOCK, _STREAM, 0),
        ("socket_alg", other, _ALG, _SEQUENCED, 0),
    ):
        yield _Trial(name, capability, _closing("socket", family, kind, protocol))
    yield _Trial("socketpair", other, _pair)
    yield _Trial("listen", other, _call("listen", -1, 0), (errno.EBADF,))


def _files(private: Sequence[Path]) -> Iterator[_Trial]:
    read, write = Capability.READ_FILES, Capability.WRITE_FILES
    yield _Trial("read_file", read, _opening(Path("/etc/passwd"), os.O_RDONLY))
    yield _Trial("list_folder", read, _opening(Path("/"), os.O_RDONLY | os.O_DIRECTORY))
    for path in private:
        if not _is_missing(path):
            yield _Trial(f"read_{path.name}", read, _opening(path, os.O_RDONLY))
    yield _Trial("read_own_environment", read, _opening(Path("/proc/self/environ"), os.O_RDONLY))
    yield _Trial("read_parent_environment", read, _opening(Path(f"/proc/{os.getppid()}/environ"), os.O_RDONLY))
    yield _Trial("list_own_descriptors", read, _opening(Path("/proc/self/fd"), os.O_RDONLY | os.O_DIRECTORY))
    yield _Trial("read_parent_memory_file", read, _opening(Path(f"/proc/{os.getppid()}/mem"), os.O_RDONLY))
    yield _Trial("write_file", write, _opening(_STAND_IN, os.O_WRONLY))
    yield _Trial("make_file", write, _opening(_SHARED_FOLDER, os.O_WRONLY | os.O_TMPFILE))
    yield _Trial("make_shared_file", write, _opening(Path("/dev/shm"), os.O_WRONLY | os.O_TMPFILE))  # noqa: S108
    yield _Trial("memory_file", write, _closing("memfd_create", b"strongroom", 0))
    yield _Trial("change_permissions", write, _call("fchmod", -1, 0), (errno.EBADF,))
    yield _Trial("watch_folder", read, _call("inotify_add_watch", -1, b"/", 1), (errno.EBADF,))


def _is_missing(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        # Even that may not be asked.
        return False
    return False


def _processes() -> Iterator[_Trial]:
    reach = Capability.REACH_PROCESSES
    parent = os.getppid()
    yield _Trial(
        "run_program",
        Capability.RUN_PROGRAMS,
        _call("execve", b"/nonexistent/strongroom", None, None),
        (errno.ENOENT, errno.EFAULT),
    )
    yield _Trial(
        "start_process", Capability.START_PROCESSES, _call("clone", _SHARES_SIGNALS_ALONE, 0, 0, 0, 0), (errno.EINVAL,)
    )
    yield _Trial(
        "trace_parent", reach, _call("ptrace", _PTRACE_SEIZE, parent, 0, _NO_SUCH_OPTIONS), (errno.EIO, errno.EINVAL)
    )
    yield _Trial("read_parent_memory", reach, _call("process_vm_readv", parent, None, 0, None, 0, 0))
    yield _Trial("signal_parent", reach, _call("kill", parent, 0))
    yield _Trial("queue_signal", reach, _call("rt_sigqueueinfo", parent, 0, None), (errno.EFAULT,))
    yield _Trial("attach_shared_memory", reach, _call("shmat", -1, None, 0), (errno.EINVAL,))
    yield _Trial("watch_parent", reach, _closing("pidfd_open", parent, 0))
    yield _Trial("take_descriptor", reach, _call("pidfd_getfd", -1, 0, 0), (errno.EBADF,))


def _takeovers(networked: Sequence[int]) -> Iterator[_Trial]:
    for number, process_id in enumerate(networked, 1):
        path = Path(f"/proc/{process_id}/mem")
        yield _Trial(f"change_memory_of_networked_process_{number}", Capability.INTERNET, _opening(path, os.O_RDWR))


def _kernel() -> Iterator[_Trial]:
    kernel = Capability.KERNEL
    for name, run, means_possible in (
        ("io_uring", _call("io_uring_setup", 0, None), (errno.EINVAL, errno.EFAULT)),
        ("bpf", _call("bpf", 0x7FFF, None, 0), (errno.EINVAL, errno.EFAULT)),
        ("userfaultfd", _call("userfaultfd", 0x7FFF_0000), (errno.EINVAL,)),
        ("perf_events", _call("perf_event_open", None, 0, -1, -1, 0), (errno.EFAULT, errno.EINVAL)),
        ("kernel_keys", _call("keyctl", 0, -4, 0), (errno.ENOKEY,)),
        ("new_namespace", _call("unshare", 0), ()),
        # The kernel refuses to make this one, once it has got as far as looking at it.
        ("process_in_new_namespace", _call("clone", _NEW_USERS | _SHARES_FOLDER, 0, 0, 0, 0), (errno.EINVAL,)),
        ("type_into_terminal", _call("ioctl", -1, _TIOCSTI, None), (errno.EBADF,)),
        ("join_namespace", _call("setns", -1, 0), (errno.EBADF,)),
        ("mount", _call("mount", None, None, None, 0, None), (errno.EFAULT, errno.EINVAL)),
    ):
        yield _Trial(name, kernel, run, means_possible)


def _call(name: str, *arguments: int | bytes | None) -> Callable[[], object]:
    return lambda: system_call(name, *arguments)


def _closing(name: str, *arguments: int | bytes | None) -> Callable[[], object]:
    return lambda: os.close(system_call(name, *arguments))


def _opening(path: Path, flags: int) -> Callable[[], object]:
    return lambda: os.close(os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK))


def _pair() -> None:
    both = ctypes.create_string_buffer(packed([(0, 4), (0, 4)]), 8)
    system_call("socketpair", _UNIX, _STREAM, 0, both)
    for start in (0, 4):
        os.close(int.from_bytes(both.raw[start : start + 4], sys.byteorder))

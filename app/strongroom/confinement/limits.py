# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What every process of ours gives up by itself at its start: dumps, outliving its parent, privileges."""

import ctypes
import os
import signal
import struct
import sys

from strongroom.confinement.kernel import packed, system_call

if sys.platform != "win32":
    import resource

_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_GET_NO_NEW_PRIVS = 1, 2, 38, 39
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 4, 24
_REACH = sum(1 << number for number in (12, 13, 16, 17, 18, 19, 20, 21, 22, 25, 34, 38, 39, 40))
"""Capabilities: NET_ADMIN, NET_RAW, SYS_MODULE, SYS_RAWIO, SYS_CHROOT, SYS_PTRACE, SYS_PACCT, SYS_ADMIN, SYS_BOOT,
SYS_TIME, SYSLOG, PERFMON, BPF, CHECKPOINT_RESTORE (capabilities(7))."""
_CAPABILITY_VERSION = 0x2008_0522


def die_with_parent() -> None:
    """Let the kernel end this process when the thread that started it ends (Linux; elsewhere the pipes' end does)."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It had ended before it was watched.
        os.kill(os.getpid(), signal.SIGKILL)


def dies_with_parent() -> bool:
    """Return whether the kernel ends this process with its parent."""
    if sys.platform != "linux":
        return False
    wanted = ctypes.c_int(0)
    return ctypes.CDLL(None).prctl(_PR_GET_PDEATHSIG, ctypes.byref(wanted)) == 0 and wanted.value == signal.SIGKILL


def dump_no_core() -> None:
    """Keep conversations and tokens off the disk when this process crashes.

    Where the system has a program that collects crashes, Linux hands the whole memory to it whatever the limit is. Only
    a limit of one byte, too little for any file, ends that as well (``fs/coredump.c``).
    """
    if sys.platform != "win32":
        limit = 1 if sys.platform == "linux" else 0
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
        except (ValueError, OSError):
            # Somebody has set it to 0 for good, and it cannot be raised any more.
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write_no_files() -> None:
    """Let no file grow: whatever gets opened, nothing can be kept in it. Pipes are no files."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def gain_no_privileges() -> bool:
    """Let no program that this process runs gain privileges; return whether the kernel knows of it."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)


def hide_memory() -> None:
    """Keep other processes of the same user out of this one's memory and descriptors.

    The main process must not take over the one that has a network by writing into it. Not for a worker with a model in
    several parts: its own ``/proc/self/fd`` would be closed to it as well.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def drop_reach() -> None:
    """Give up those of root's powers that reach other processes, networks and the kernel, here and in all children."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    header, held = packed([(_CAPABILITY_VERSION, 4), (0, 4)]), ctypes.create_string_buffer(24)
    system_call("capget", header, held)
    words = struct.unpack("=6I", held.raw)
    kept = [word & ~(_REACH >> (32 if place >= 3 else 0) & 0xFFFF_FFFF) for place, word in enumerate(words)]
    # First what programs could get back when they are run, which takes a power that goes next.
    for number in range(64):
        if _REACH >> number & 1:
            libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    system_call("capset", header, struct.pack("=6I", *kept))


def drop_capabilities() -> None:
    """Give up root's powers, where this process has any. Being the owner of files remains."""
    if sys.platform != "linux":
        return
    header = packed([(_CAPABILITY_VERSION, 4), (0, 4)])
    system_call("capset", header, bytes(24))

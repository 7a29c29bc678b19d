# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What every process of ours gives up by itself at its start: dumps, outliving its parent, privileges."""

import ctypes
import os
import signal
import sys

from strongroom.confinement.kernel import packed, system_call

if sys.platform != "win32":
    import resource

_PR_SET_PDEATHSIG, _PR_GET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_GET_NO_NEW_PRIVS = 1, 2, 38, 39
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
    """Keep conversations and tokens off the disk when this process crashes."""
    if sys.platform != "win32":
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


def drop_capabilities() -> None:
    """Give up root's powers, where this process has any. Being the owner of files remains."""
    if sys.platform != "linux":
        return
    header = packed([(_CAPABILITY_VERSION, 4), (0, 4)])
    system_call("capset", header, bytes(24))

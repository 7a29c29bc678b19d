# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Splitting off a process that serves this one, before this one confines itself: it keeps what this one gives up.

Linux only: elsewhere the main process is not confined by rules that its children would inherit.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from strongroom.confinement import limits
from strongroom.confinement.confining import confine_launcher
from strongroom.core.isolation import Confinement

_DEFECT_EXIT = 71
_MOST_DESCRIPTORS = 4_096


@dataclass(frozen=True, slots=True)
class SplitOff:
    """A process that serves this one, and the way to it. It ends when the channel is closed."""

    process_id: int
    channel: socket.socket
    """One packet is one message; descriptors may go along."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held from a question to its answer."""


def split_off(serve: Callable[[socket.socket, Confinement], None]) -> SplitOff:
    """Fork a process that runs ``serve`` and then ends. Call it while there is one thread and little is loaded.

    It has a session of its own, so that a terminal's signals are not for it, no standard streams, so that nobody waits
    for it at the end of a pipe, and no other descriptor than its channel. It ends with this process.

    Args:
        serve: Runs in the new process, with its end of the channel and what holds that process back.

    Raises:
        OSError: The system lets no more processes be made.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.getpid()
    process_id = os.fork()
    if process_id:
        theirs.close()
        return SplitOff(process_id, ours)
    status = _DEFECT_EXIT
    try:
        _let_go_of_all_but(theirs.fileno())
        limits.die_with_parent()
        if os.getppid() == parent:
            limits.dump_no_core()
            serve(theirs, confine_launcher())
        status = 0
    finally:
        # Whatever happens, this process never goes on with what its parent does.
        os._exit(status)


def _let_go_of_all_but(channel: int) -> None:
    os.setsid()
    os.chdir(os.sep)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    for descriptor in _open_descriptors():
        if descriptor > 2 and descriptor != channel:
            # The one with which the folder was read is closed already.
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _open_descriptors() -> list[int]:
    try:
        return [int(path.name) for path in Path("/proc/self/fd").iterdir()]
    except OSError:
        # No /proc here. At the program's start there are few.
        return list(range(_MOST_DESCRIPTORS))

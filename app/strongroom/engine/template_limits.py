# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Limits on time and memory for code that somebody else wrote, inside this process.

They hold where the operating system has interval timers and address-space limits (Linux; macOS has the timers). Where
they do not, or where one native operation outlasts them, the app ends the whole worker.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

if sys.platform != "win32":
    import resource

_REPEAT_S = 0.05


class TookTooLong(BaseException):
    """The time limit has passed. No subclass of Exception: library code that catches those must not swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TookTooLong` inside the block once ``seconds`` of wall-clock time have passed.

    Works in the main thread of a system with interval timers; does nothing elsewhere. A timer and a handler that were
    set before continue afterwards.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    is_armed = True

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if is_armed:
            raise TookTooLong

    began = time.monotonic()
    former_handler = signal.signal(signal.SIGALRM, interrupt)
    # It repeats, because an exception that is raised in a destructor or a comparison can get lost.
    former_delay, former_interval = signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT_S)
    try:
        yield
    finally:
        try:
            is_armed = False
        finally:
            # Again, for a signal that came just before the line above was reached.
            is_armed = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former_handler)
            if former_delay:
                remaining = max(0.001, former_delay - (time.monotonic() - began))
                signal.setitimer(signal.ITIMER_REAL, remaining, former_interval)


class MemoryHeadroom:
    """Limits how much address space a block may add. Opens what it needs at once, so that it works confined later."""

    def __init__(self) -> None:
        self._pages = _open_statm()

    @contextmanager
    def limit(self, extra_bytes: int) -> Iterator[None]:
        """Let allocations inside the block fail once the process has grown by ``extra_bytes``.

        Does nothing where the system does not tell a process's size.
        """
        if self._pages is None or sys.platform == "win32":
            yield
            return
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = self._size() + extra_bytes
        if soft != resource.RLIM_INFINITY:
            wanted = min(wanted, soft)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

    def close(self) -> None:
        """Let go of the descriptor."""
        if self._pages is not None:
            os.close(self._pages)
            self._pages = None

    def _size(self) -> int:
        assert self._pages is not None  # noqa: S101  # limit() has looked
        return int(os.pread(self._pages, 64, 0).split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _open_statm() -> int | None:
    try:
        return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None

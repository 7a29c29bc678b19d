# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The promise that an open model file is not written to: what every operating system's way to it has in common.

A lease is taken before a file is hashed and kept until it is unloaded. When somebody wants to write, the callbacks run
first (the worker that has the file mapped is killed), and only then the writer may go on.
"""

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from strongroom.core.statement import Statement

WATCH_INTERVAL_S = 0.05
"""How often a lease is looked at. A writer waits this long, and a callback's time, before it may go on."""


class WriterPresent(OSError):
    """Somebody has the file open for writing, or mapped writable."""


class ReadLease(ABC):
    """One file that is in use here, and whoever may want to write to it.

    Args:
        note: Why the operating system will not report writers; None when it will.
        is_watched: Whether the lease can break at all, so that a thread must look at it.
    """

    def __init__(self, *, note: Statement | None, is_watched: bool) -> None:
        self.note = note
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._is_broken = False
        self._is_released = False
        self._ended = threading.Event()
        if is_watched:
            threading.Thread(target=self._watch, name="lease-watch", daemon=True).start()

    @property
    def is_leased(self) -> bool:
        """Whether the operating system reports a writer before it lets it write."""
        return self.note is None

    def is_held(self) -> bool:
        """Ask the operating system now, without waiting for the watching thread."""
        with self._lock:
            return not self._is_broken and not self._is_released and self._holds()

    def on_broken(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once, from the watching thread, when a writer appears; at once if one already has.

        The writer waits until every callback has returned, so a callback does what must come first and no more.
        """
        with self._lock:
            if not self._is_broken:
                self._callbacks.append(callback)
                return
        callback()

    def release(self) -> None:
        """Let writers go on, and stop watching. May be called again, from any thread, callbacks included."""
        self._ended.set()
        with self._lock:
            if not self._is_released:
                self._is_released = True
                self._let_go()

    def _watch(self) -> None:
        while not self._ended.wait(WATCH_INTERVAL_S):
            with self._lock:
                if self._is_released or self._holds():
                    continue
                self._is_broken = True
                callbacks = tuple(self._callbacks)
            try:
                for callback in callbacks:
                    callback()
            finally:
                # Holding on after a failed callback would protect nothing: the kernel lets the writer go on anyway.
                self.release()

    def _holds(self) -> bool:
        try:
            return self._still_holds()
        except OSError:
            return False  # a file that can no longer be asked about is not known to be unchanged

    @abstractmethod
    def _still_holds(self) -> bool:
        """Return whether no writer has appeared. Called under the lock, never after :meth:`_let_go`."""

    @abstractmethod
    def _let_go(self) -> None:
        """Give the operating system's part back. Called once, under the lock."""


class PolledWatch(ReadLease):
    """Where there is no lease: looks at the size and the modification time, and so learns of a write after it.

    Whoever writes and puts the old time back between two looks is not seen. The change time is not looked at: a
    rename or a new permission moves it too, and neither concerns the bytes.
    """

    def __init__(self, descriptor: int, note: Statement) -> None:
        self._descriptor = os.dup(descriptor)
        self._seen = self._look()
        super().__init__(note=note, is_watched=True)

    def _look(self) -> tuple[int, int]:
        status = os.fstat(self._descriptor)
        return status.st_size, status.st_mtime_ns

    def _still_holds(self) -> bool:
        return self._look() == self._seen

    def _let_go(self) -> None:
        os.close(self._descriptor)

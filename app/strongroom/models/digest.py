# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The SHA-256 of an open descriptor: never of a path, because a path can mean another file a moment later."""

import contextlib
import hashlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Self

from strongroom.core.errors import Cancelled

BLOCK_SIZE = 1024 * 1024
"""Bytes of one read: few system calls, and a block is still in the processor's cache when it is hashed."""

_BLOCKS = 4
"""Blocks that may be read ahead of the hashing."""

PROGRESS_INTERVAL_S = 1 / 30

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in total."""


class ProgressOfAll:
    """Turns the progress of each of several files into that of all of them."""

    def __init__(self, on_progress: Progress, total: int) -> None:
        self._on_progress = on_progress
        self._total = total
        self._before = 0

    def __call__(self, done: int, _total: int) -> None:
        """Tell the bytes done and in total, over all files."""
        self._on_progress(self._before + done, self._total)

    def finish(self, size: int) -> None:
        """Go on to the next file, after one of ``size`` bytes."""
        self._before += size


class FileGrew(OSError):
    """There is more in the file than there was when hashing began."""


def hash_descriptor(
    descriptor: int,
    *,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
    guard: Callable[[], None] | None = None,
) -> str:
    """Return the hex SHA-256 of everything in ``descriptor``, from its first byte, wherever its offset stands.

    Args:
        descriptor: Open for reading. On POSIX its offset is neither used nor moved.
        on_progress: Told the bytes done and in total, at the beginning, at the end, and at most 30 times a second
            between.
        cancel: Once set, no further block is hashed.
        guard: Called before each block is hashed; what it raises ends the hashing.

    Raises:
        Cancelled: ``cancel`` was set.
        FileGrew: The file is longer than it was at the beginning.
        OSError: The file cannot be read.
    """
    total = os.fstat(descriptor).st_size
    digest = hashlib.sha256()
    done = 0
    reported_at = time.monotonic()
    if on_progress:
        on_progress(0, total)
    with _Reader(descriptor, total) as reader:
        while True:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            if guard is not None:
                guard()
            block = reader.next()
            if not block:
                break
            digest.update(block)
            done += len(block)
            if done > total:
                raise FileGrew(f"more than {total} bytes")
            now = time.monotonic()
            if on_progress and now - reported_at >= PROGRESS_INTERVAL_S:
                reported_at = now
                on_progress(done, total)
    if on_progress:
        on_progress(done, total)
    return digest.hexdigest()


class _Reader:
    """Reads a file from its beginning in a thread of its own: the disk works while the processor hashes.

    Neither reading nor hashing holds Python's lock.

    Args:
        descriptor: Open for reading, until this is left.
        expected_size: Reading ends at the first byte behind it at the latest.
    """

    def __init__(self, descriptor: int, expected_size: int) -> None:
        self._descriptor = descriptor
        self._expected_size = expected_size
        self._free: queue.SimpleQueue[memoryview | None] = queue.SimpleQueue()
        self._read: queue.SimpleQueue[tuple[memoryview, int] | OSError] = queue.SimpleQueue()
        self._current: memoryview | None = None
        self._thread = threading.Thread(target=self._run, name="digest-reader", daemon=True)
        size = min(BLOCK_SIZE, expected_size + 1)
        for _ in range(_BLOCKS):
            self._free.put(memoryview(bytearray(size)))

    def next(self) -> memoryview:
        """Return the next bytes, which are overwritten after another call; none at the end.

        Raises:
            OSError: The file cannot be read.
        """
        if self._current is not None:
            self._free.put(self._current)
        read = self._read.get()
        if isinstance(read, OSError):
            raise read
        self._current, count = read
        return self._current[:count]

    def __enter__(self) -> Self:
        if sys.platform == "linux":
            # The kernel reads twice as far ahead.
            with contextlib.suppress(OSError):
                os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # The last read may still be going on; the descriptor must stay open for it.
        self._free.put(None)
        self._thread.join()

    def _run(self) -> None:
        offset = 0
        while (block := self._free.get()) is not None:
            try:
                count = read_at(self._descriptor, block, offset)
            except OSError as error:
                self._read.put(error)
                return
            self._read.put((block, count))
            offset += count
            if count == 0 or offset > self._expected_size:
                return


def read_at(descriptor: int, view: memoryview, offset: int) -> int:
    """Read into ``view`` what stands from ``offset`` on; return the number of bytes, 0 at the end.

    Raises:
        OSError: The file cannot be read.
    """
    if sys.platform == "win32":
        # Python has no positioned read there; nobody else uses the descriptor while it is hashed.
        os.lseek(descriptor, offset, os.SEEK_SET)
        data = os.read(descriptor, len(view))
        view[: len(data)] = data
        return len(data)
    else:  # noqa: RET505  # the type checker looks at one of the two only
        return os.preadv(descriptor, [view], offset)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The SHA-256 of an open descriptor: never of a path, because a path can mean another file a moment later."""

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable

from strongroom.core.errors import Cancelled

BLOCK_SIZE = 1024 * 1024
"""Bytes of one read. Larger blocks leave the processor's cache and are slower; smaller ones cost system calls."""

PROGRESS_INTERVAL_S = 1 / 30

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in total."""


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
        cancel: Once set, no further block is read.
        guard: Called before each block; what it raises ends the hashing.

    Raises:
        Cancelled: ``cancel`` was set.
        FileGrew: The file is longer than it was at the beginning.
        OSError: The file cannot be read.
    """
    total = os.fstat(descriptor).st_size
    digest = hashlib.sha256()
    block = bytearray(BLOCK_SIZE)
    view = memoryview(block)
    done = 0
    reported_at = time.monotonic()
    if on_progress:
        on_progress(0, total)
    while True:
        if cancel is not None and cancel.is_set():
            raise Cancelled
        if guard is not None:
            guard()
        count = read_at(descriptor, view, done)
        if count == 0:
            break
        digest.update(view[:count])
        done += count
        if done > total:
            raise FileGrew(f"more than {total} bytes")
        now = time.monotonic()
        if on_progress and now - reported_at >= PROGRESS_INTERVAL_S:
            reported_at = now
            on_progress(done, total)
    if on_progress:
        on_progress(done, total)
    return digest.hexdigest()


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

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A lock between processes: the window and the terminal may use one data folder at the same time.

The operating system frees it when its holder dies, however it dies.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_LIMIT_S = 10.0
"""How long to wait for another process before giving up."""


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``; made if missing, and left behind.

    It excludes other threads too: every call opens the file anew, and the lock belongs to that opening.

    Raises:
        TimeoutError: Somebody else held it for :data:`LOCK_LIMIT_S` seconds.
        OSError: The file cannot be made.
    """
    descriptor = open_lock_file(path)
    try:
        _wait_for(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def open_lock_file(path: Path) -> int:
    """Open, and if need be make, a lock file; closing the descriptor ends its lock.

    Raises:
        OSError: The file cannot be made.
    """
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int) -> bool:
    """Take the lock of an open lock file if nobody has it; say whether that worked."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _wait_for(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_LIMIT_S
    pause = 0.0005
    while not try_lock(descriptor):
        # Asking again, because a lock that blocks has no time limit, and its holder may have been suspended.
        if time.monotonic() >= deadline:
            raise TimeoutError(f"{path} is locked by another process")
        time.sleep(pause)
        pause = min(pause * 2, 0.02)

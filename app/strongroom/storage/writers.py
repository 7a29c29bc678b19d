# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Who is writing an answer, and whether they are still alive.

An answer that nobody is writing any more was interrupted. But a second window or a terminal may be opened on the same
data folder while the first is answering, and must not take that answer for an interrupted one. So each writer holds
the lock of a file of its own, which the operating system frees however the writer ends.
"""

import contextlib
import os
import secrets
from pathlib import Path

from strongroom.core.locking import open_lock_file, try_lock


class Writer:
    """One store that may write answers. Its token marks them.

    Args:
        database: The database's file; None for one in memory, which has no other writers.
    """

    def __init__(self, database: Path | None) -> None:
        self.token = secrets.token_hex(8)
        self._database = database
        self._path = None if database is None else _lock_path(database, self.token)
        self._descriptor: int | None = None

    def announce(self) -> None:
        """Take the lock, before the first answer is begun. May be called again.

        Raises:
            OSError: The lock file cannot be made.
        """
        while self._path is not None and self._descriptor is None:
            descriptor = open_lock_file(self._path)
            # Somebody who was clearing up may have locked and removed the file between these two steps.
            if try_lock(descriptor) and _is_same(descriptor, self._path):
                self._descriptor = descriptor
            else:
                os.close(descriptor)

    def is_alive(self, token: str) -> bool:
        """Say whether the writer with ``token`` is still there."""
        if token == self.token:
            return True
        return self._database is not None and _is_locked(_lock_path(self._database, token))

    def clear_up(self) -> None:
        """Remove the lock files of writers that are gone."""
        if self._database is None:
            return
        for path in self._database.parent.glob(f"{self._database.name}.writer-*"):
            if path != self._path:
                _is_locked(path)

    def close(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None and self._path is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._path.unlink(missing_ok=True)


def _lock_path(database: Path, token: str) -> Path:
    return database.with_name(f"{database.name}.writer-{token}")


def _is_locked(path: Path) -> bool:
    """Say whether somebody holds the lock of ``path``; a file whose holder is gone is removed."""
    if not path.exists():
        return False
    try:
        descriptor = open_lock_file(path)
    except OSError:
        return True  # Not ours to judge; an answer is rather left alone than cut off.
    try:
        if not try_lock(descriptor):
            return True
        with contextlib.suppress(OSError):  # Windows does not remove an open file; the next start does.
            path.unlink()
        return False
    finally:
        os.close(descriptor)


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False

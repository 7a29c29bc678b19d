# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The bytes of a file that is being downloaded, on the disk, and the SHA-256 of exactly these bytes."""

import hashlib
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from strongroom.models.fingerprint import Fingerprint

_BLOCK_SIZE = 1024 * 1024
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class PartFile:
    """An open part file; made if missing, readable by its owner only. A context manager.

    Nothing may be appended before :meth:`rehash` has read what an earlier run left.

    Raises:
        OSError: It cannot be opened, is a link, or is no regular file.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._file = io.FileIO(os.open(path, _FLAGS, 0o600), "r+")
        self._digest = hashlib.sha256()
        self.length = 0
        """Bytes that are in the file and in the digest."""
        if not stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
            self._file.close()
            raise OSError(f"{path} is not a file")

    def rehash(self, on_progress: Callable[[int], None]) -> None:
        """Read all that is there, and take it for the beginning of the download.

        Args:
            on_progress: Told after each block how many bytes were read; what it raises ends the reading.

        Raises:
            OSError: It cannot be read.
        """
        view = memoryview(bytearray(_BLOCK_SIZE))
        while count := self._file.readinto(view):
            self._digest.update(view[:count])
            self.length += count
            on_progress(self.length)

    def append(self, data: bytes) -> None:
        """Write ``data`` behind what is there.

        Raises:
            OSError: Not all of it could be written; :attr:`length` counts what was.
        """
        view = memoryview(data)
        while view:
            count = self._file.write(view)
            self._digest.update(view[:count])
            self.length += count
            view = view[count:]

    @property
    def size_on_disk(self) -> int:
        """How many bytes the file has, whoever wrote them."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def fingerprint(self) -> Fingerprint:
        """What the open file looks like from outside."""
        return Fingerprint.of(os.fstat(self._file.fileno()))

    def hexdigest(self) -> str:
        """Return the SHA-256 of what was read and appended."""
        return self._digest.hexdigest()

    def sync(self) -> None:
        """Bring the bytes onto the disk.

        Raises:
            OSError: The disk failed or is full.
        """
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exception_type: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

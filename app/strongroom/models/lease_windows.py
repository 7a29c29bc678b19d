# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Share modes of Windows: a file opened with ``FILE_SHARE_READ`` alone cannot be opened for writing or deleting.

Written from the documentation of ``CreateFileW`` (share modes, ``ERROR_SHARING_VIOLATION``, reparse points); not yet
run on Windows. What can be checked elsewhere is: which flags are asked for, and what each failure becomes.
"""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from strongroom.models.lease import ReadLease, WriterPresent

GENERIC_READ = 0x8000_0000
FILE_SHARE_READ = 0x1
OPEN_EXISTING = 3
FILE_FLAG_OPEN_REPARSE_POINT = 0x0020_0000
"""Opens a link itself, which is then refused as not a file, rather than what it points to."""
FILE_FLAG_SEQUENTIAL_SCAN = 0x0800_0000
INVALID_HANDLE_VALUE = 2**64 - 1
ERROR_FILE_NOT_FOUND = 2
ERROR_PATH_NOT_FOUND = 3
ERROR_ACCESS_DENIED = 5
ERROR_SHARING_VIOLATION = 32

_ERRNO = {
    ERROR_FILE_NOT_FOUND: errno.ENOENT,
    ERROR_PATH_NOT_FOUND: errno.ENOENT,
    ERROR_ACCESS_DENIED: errno.EACCES,
}

CreateFile = Callable[[str, int, int, Any, int, int, Any], int]
"""``CreateFileW`` as ctypes offers it: name, access, share mode, security, disposition, flags, template."""


class ShareModeLease(ReadLease):
    """Held for as long as the descriptor is open; nobody can write, so there is nobody to report."""

    def __init__(self) -> None:
        super().__init__(note=None, is_watched=False)

    def _still_holds(self) -> bool:
        return True

    def _let_go(self) -> None:
        """Nothing is held apart from the descriptor, which its owner closes."""


def open_shared_for_reading(
    path: Path,
    create_file: CreateFile,
    last_error: Callable[[], int],
    to_descriptor: Callable[[int, int], int],
) -> int:
    """Open ``path`` so that nobody can write to it or delete it, and return a descriptor.

    Args:
        path: An absolute path.
        create_file: ``kernel32.CreateFileW``.
        last_error: ``ctypes.get_last_error``.
        to_descriptor: ``msvcrt.open_osfhandle``.

    Raises:
        WriterPresent: Somebody has the file open for writing or deleting.
        OSError: The file cannot be opened.
    """
    flags = FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_SEQUENTIAL_SCAN
    handle = create_file(str(path), GENERIC_READ, FILE_SHARE_READ, None, OPEN_EXISTING, flags, None)
    if handle in (INVALID_HANDLE_VALUE, -1, None):
        problem = last_error()
        if problem == ERROR_SHARING_VIOLATION:
            raise WriterPresent(errno.EAGAIN, "another program has the file open for writing")
        code = _ERRNO.get(problem, errno.EIO)
        raise OSError(code, f"{os.strerror(code)} (Windows error {problem})", str(path))
    return to_descriptor(handle, os.O_RDONLY)


if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    def open_with_share_mode(path: Path) -> tuple[int, ReadLease]:
        """Open ``path`` as :func:`open_shared_for_reading` does, with the system's own functions."""
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        create_file = kernel32.CreateFileW
        create_file.argtypes = [
            wintypes.LPCWSTR,
            wintypes.DWORD,
            wintypes.DWORD,
            wintypes.LPVOID,
            wintypes.DWORD,
            wintypes.DWORD,
            wintypes.HANDLE,
        ]
        create_file.restype = wintypes.HANDLE
        descriptor = open_shared_for_reading(path, create_file, ctypes.get_last_error, msvcrt.open_osfhandle)
        return descriptor, ShareModeLease()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Moving a file that did not match out of the way: by renaming, deleting nothing, replacing nothing."""

import os
from pathlib import Path

from strongroom.core.durable import sync_folder
from strongroom.core.locking import file_lock
from strongroom.models.fingerprint import Fingerprint

SUFFIX = ".quarantined"


def quarantine(path: Path, seen: Fingerprint, folder: Path) -> Path | None:
    """Rename the file at ``path`` into ``folder``, or beside itself where that is another file system.

    Args:
        path: The file that did not match.
        seen: What was hashed. Another file that stands at ``path`` by now is left alone.
        folder: Where quarantined files go.

    Returns:
        Where the file is now; None when it could not be moved, or is no longer there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with file_lock(folder / "quarantine.lock"):
            if path.lstat().st_ino != seen.inode:
                return None
            return _rename(path, folder) or _rename(path, path.parent)
    except OSError:
        return None  # the caller's refusal stands, and says that the file is still in its place


def _rename(path: Path, folder: Path) -> Path | None:
    target = _unused(folder / f"{path.name}{SUFFIX}")
    try:
        path.rename(target)
    except OSError:
        return None
    sync_folder(folder)
    if folder != path.parent:
        sync_folder(path.parent)
    return target


def _unused(wanted: Path) -> Path:
    target, number = wanted, 1
    while os.path.lexists(target):
        number += 1
        target = wanted.with_name(f"{wanted.name}-{number}")
    return target

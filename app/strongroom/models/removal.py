# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Deleting the files of a model that was taken off the list: the only place of this room that deletes any.

Only what lies in the app's own models folder goes, and only what no other model of the list uses.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from strongroom.core.durable import sync_folder
from strongroom.core.errors import UserFacingError
from strongroom.models.manifest import ShelfRecord


def delete_own_files(removed: ShelfRecord, others: Iterable[ShelfRecord], folder: Path) -> tuple[Path, ...]:
    """Delete the files of ``removed`` that lie in ``folder`` and belong to it alone, and the folders left empty by it.

    Returns:
        What was deleted.

    Raises:
        UserFacingError: A file cannot be deleted (``model.delete_failed``); those before it are gone.
    """
    shared = {os.path.realpath(path) for other in others for path in other.paths}
    own = Path(os.path.realpath(folder))
    deleted = []
    for path in map(Path, removed.paths):
        if os.path.realpath(path) in shared or not _is_own(path, own):
            continue
        try:
            path.unlink()
            if path.parent != own:
                _remove_if_empty(path.parent)
            sync_folder(own)
        except OSError as error:
            raise UserFacingError("model.delete_failed", path=path, reason=error.strerror or str(error)) from error
        deleted.append(path)
    return tuple(deleted)


def _is_own(path: Path, own: Path) -> bool:
    """Return whether the file itself, not what a link stands for, is a model file in the folder ``own``."""
    try:
        is_plain = stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False  # gone already
    parent = Path(os.path.realpath(path.parent))
    if parent == own and path.name.startswith("shelf."):
        return False  # the list itself, which only a forged record names
    return is_plain and (parent == own or own in parent.parents)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # not empty: a part of another model of the same digest, or something of the user's

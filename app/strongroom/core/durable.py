# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Small files that are on the disk, whole, when the call returns: records, anchors, key files."""

import os
import secrets
from pathlib import Path


def replace_durably(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``path``, readable by the owner only: all of it or nothing, also after a crash.

    Two writers of one path need a lock: the draft has one name, so that a crash leaves at most one behind.

    Raises:
        OSError: It could not be written; the former file is untouched.
    """
    draft = path.with_name(path.name + ".part")
    _write(draft, content, os.O_TRUNC)
    draft.replace(path)
    sync_folder(path.parent)


def create_durably(path: Path, content: bytes) -> None:
    """Make ``path``, readable by the owner only. It appears with its whole content, and never replaces anything.

    Raises:
        FileExistsError: Somebody else made it first.
        OSError: It could not be written.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        _write(draft, content, os.O_EXCL)
        # A link, unlike a rename, fails when the name is taken; and unlike a plain O_EXCL file it is never seen empty.
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the system can do so.

    Raises:
        OSError: The disk failed.
    """
    if os.name == "nt":
        return  # Windows has no handle on a folder that can be flushed; NTFS journals the rename itself.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes, flag: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flag | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)

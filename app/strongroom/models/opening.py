# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Opening a model file once, as a plain file and under a lease: the only place that asks which system this is."""

import errno
import os
import stat
import sys
from pathlib import Path

from strongroom.core.statement import Statement
from strongroom.models.lease import ReadLease, WriterPresent
from strongroom.models.refusal import ModelRefused, RefusalReason

if sys.platform == "win32":
    from strongroom.models.lease_windows import open_with_share_mode as _open_with_lease
elif sys.platform == "linux":
    from strongroom.models.lease_linux import take_read_lease
else:
    from strongroom.models.lease import PolledWatch

    def take_read_lease(descriptor: int) -> ReadLease:
        """Watch the file of ``descriptor``."""
        return PolledWatch(descriptor, Statement("lease.not_on_this_system"))


def open_regular(path: Path) -> int:
    """Open ``path`` for reading and return a descriptor that children do not inherit unless told to.

    A link in the last place is not followed, and opening a pipe does not wait for its other end.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE or UNREADABLE.
    """
    # Looking first keeps devices closed: merely opening some of them does something.
    _require_regular(path, _look(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | _PLAIN)
    except OSError as error:
        raise _explain(path, error) from error
    try:
        _require_regular(path, os.fstat(descriptor))
    except ModelRefused:
        os.close(descriptor)
        raise
    return descriptor


def open_with_lease(path: Path) -> tuple[int, ReadLease]:
    """Open ``path`` as :func:`open_regular` does and keep writers away, or watch for them, from now on.

    Returns:
        The descriptor, which the caller closes, and the lease, which the caller releases first.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE, UNREADABLE or IN_USE_BY_WRITER.
    """
    try:
        return _open_leased(path)
    except WriterPresent as error:
        raise refused_for_writer(path) from error
    except OSError as error:
        raise _explain(path, error) from error


def refused_for_writer(path: Path) -> ModelRefused:
    """Return the refusal of a file that somebody is able to change right now."""
    return ModelRefused(
        RefusalReason.IN_USE_BY_WRITER,
        path=path,
    )


if sys.platform == "win32":
    _PLAIN = os.O_BINARY | os.O_NOINHERIT

    def _open_leased(path: Path) -> tuple[int, ReadLease]:
        _require_regular(path, _look(path))
        descriptor, lease = _open_with_lease(path)
        try:
            _require_regular(path, os.fstat(descriptor))
        except ModelRefused:
            os.close(descriptor)
            raise
        return descriptor, lease

else:
    _PLAIN = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY

    def _open_leased(path: Path) -> tuple[int, ReadLease]:
        descriptor = open_regular(path)
        try:
            return descriptor, take_read_lease(descriptor)
        except OSError:
            os.close(descriptor)
            raise


def _look(path: Path) -> os.stat_result:
    try:
        return path.lstat()
    except OSError as error:
        raise _explain(path, error) from error


def _require_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _not_a_file(path, _KINDS.get(stat.S_IFMT(status.st_mode), Statement("model.odd_file")))


_KINDS = {
    stat.S_IFDIR: Statement("model.folder"),
    stat.S_IFLNK: Statement("model.link"),
    stat.S_IFIFO: Statement("model.pipe"),
    stat.S_IFSOCK: Statement("model.socket"),
    stat.S_IFCHR: Statement("model.device"),
    stat.S_IFBLK: Statement("model.device"),
}


def _not_a_file(path: Path, kind: Statement) -> ModelRefused:
    return ModelRefused(RefusalReason.NOT_A_FILE, path=path, kind=kind)


def _explain(path: Path, error: OSError) -> ModelRefused:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return ModelRefused(RefusalReason.MISSING, path=path)
    if error.errno == errno.ELOOP:
        return _not_a_file(path, _KINDS[stat.S_IFLNK])
    if error.errno == errno.EWOULDBLOCK:  # somebody holds a write lease on it
        return refused_for_writer(path)
    return ModelRefused(RefusalReason.UNREADABLE, path=path, cause=error.strerror or str(error))

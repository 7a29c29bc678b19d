# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Read leases of Linux: ``fcntl(2)``, commands ``F_SETLEASE``, ``F_GETLEASE`` and ``F_SETSIG``.

A lease belongs to an open file description. Ours sits on a description of its own that no child inherits: a worker can
neither drop it nor keep it alive, and it ends with this process at the latest.
"""

import errno
import os
import signal
import sys

from strongroom.core.statement import Statement
from strongroom.models.lease import PolledWatch, ReadLease, WriterPresent

if sys.platform == "linux":
    import fcntl

    _NOTES = {
        errno.EACCES: Statement("lease.other_owner"),
        errno.EPERM: Statement("lease.other_owner"),
        errno.EINVAL: Statement("lease.none_or_off"),
        errno.EOPNOTSUPP: Statement("lease.not_on_this_file_system"),
        errno.ENOLCK: Statement("lease.used_up"),
        errno.ENOENT: Statement("lease.no_proc"),
    }

    class LinuxLease(ReadLease):
        """A lease that the kernel granted on ``own``, a descriptor that this object closes."""

        def __init__(self, own: int) -> None:
            self._own = own
            super().__init__(note=None, is_watched=True)

        def _still_holds(self) -> bool:
            # While the lease is being broken, F_GETLEASE already answers with what it is to become.
            return fcntl.fcntl(self._own, fcntl.F_GETLEASE) == fcntl.F_RDLCK

        def _let_go(self) -> None:
            try:
                fcntl.fcntl(self._own, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            except OSError as error:
                if error.errno != errno.EAGAIN:  # the kernel had already taken it back
                    raise
            finally:
                os.close(self._own)

    def take_read_lease(descriptor: int) -> ReadLease:
        """Take a read lease on the file of ``descriptor``, or watch it where the system grants none.

        Raises:
            WriterPresent: Somebody has the file open for writing, or a writable mapping is left over.
            OSError: The lease failed for a reason that is not known to be harmless.
        """
        own = -1
        try:
            # The very inode: this link leads to the open file, not to whatever the path means by now.
            own = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
            # The default SIGIO would end the process. SIGURG is ignored unless somebody asks for it.
            fcntl.fcntl(own, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(own, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            if own >= 0:
                os.close(own)
            if error.errno == errno.EAGAIN:
                raise WriterPresent(error.errno, "another program has the file open for writing") from error
            if note := _NOTES.get(error.errno or 0):
                return PolledWatch(descriptor, note)
            raise
        return LinuxLease(own)

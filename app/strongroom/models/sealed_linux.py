# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Files in memory that can be sealed: ``memfd_create(2)``, and ``F_ADD_SEALS`` of ``fcntl(2)``."""

import errno
import os
import sys

if sys.platform == "linux":
    import fcntl

    _ALL_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    _MFD_NOEXEC_SEAL = 0x0008
    """Since Linux 6.3, and a duty where ``vm.memfd_noexec`` is 2; Python has no name for it yet."""

    def create() -> int:
        """Return a new, empty file in memory, open for writing, with no name on any disk.

        Raises:
            OSError: The kernel made none.
        """
        flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
        try:
            return os.memfd_create("strongroom-model", flags | _MFD_NOEXEC_SEAL)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            return os.memfd_create("strongroom-model", flags)

    def seal(descriptor: int) -> int:
        """Seal a file in memory for good, and return another descriptor of it that is open for reading only.

        Raises:
            OSError: It is not sealed; EBUSY when somebody has it mapped writable.
        """
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _ALL_SEALS)
        # Before Linux 6.7, a sealed file that is open for writing cannot be mapped shared, not even for reading.
        return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)

    def available_memory() -> int | None:
        """Return the bytes that the kernel could give without swapping; None where it does not tell."""
        try:
            with open("/proc/meminfo", encoding="ascii") as rows:
                return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("MemAvailable:")), None)
        except (OSError, ValueError, IndexError):
            return None

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a file looks like from outside. Good for what is shown, never for trust: all of it can be forged."""

import os
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Inode, bytes, and the two times, in nanoseconds, at which contents and inode were last changed."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Return the fingerprint of what ``os.stat`` or ``os.fstat`` returned."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

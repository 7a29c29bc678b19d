# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a download fits on the disk: asked before anything arrives, and again before each file."""

import shutil
from pathlib import Path

from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault

SPACE_RESERVE = 512 * 1024 * 1024
"""Bytes that a download leaves free: the chats and the incident log must still be written."""


def require_space(folder: Path, needed: int, reserve: int = SPACE_RESERVE) -> None:
    """Return if ``needed`` more bytes fit on the disk of ``folder`` and leave ``reserve`` free.

    Raises:
        HubFault: They do not.
        OSError: There is no such folder.
    """
    if needed <= 0:
        return
    free = shutil.disk_usage(folder).free
    if free - reserve < needed:
        detail = Statement("hub.detail.space", needed=needed, free=free, reserve=reserve)
        raise HubFault(FaultKind.DISK_FULL, detail)

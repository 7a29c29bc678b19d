# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From the hub's threads to the window: the newest state of each download, read by a timer.

It is bounded by itself, holding one state for each download, and no thread of the hub ever waits for the window.
"""

import threading
from collections.abc import Sequence

from strongroom.core.hub import Download


class DownloadFeed:
    """Keeps what has changed since the last look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed: dict[str, Download] = {}

    def post(self, download: Download) -> None:
        """Take the new state of a download, from any thread."""
        with self._lock:
            self._changed[download.download_id] = download

    def take(self) -> Sequence[Download]:
        """Return the newest state of every download that changed since the last call."""
        with self._lock:
            changed = list(self._changed.values())
            self._changed.clear()
        return changed

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How fast something gets done, over the last seconds."""

from collections import deque

WINDOW_S = 5.0


class RateMeter:
    """Told now and then how much is done; works out how much it is per second. Times are of one monotonic clock."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, at: float, done: int) -> None:
        """Take note that ``done`` of the work is done at the time ``at``."""
        self._seen.append((at, done))
        while len(self._seen) > 2 and self._seen[1][0] <= at - WINDOW_S:
            self._seen.popleft()

    def forget(self) -> None:
        """Begin anew, as after a pause."""
        self._seen.clear()

    def value(self, now: float) -> float:
        """Return the rate per second; 0 when nothing was done within the window."""
        if len(self._seen) < 2 or self._seen[-1][0] <= now - WINDOW_S:
            return 0.0
        began_at, before = self._seen[0]
        # Up to now, not up to the last note: work that has stalled gets slower while it is looked at.
        return (self._seen[-1][1] - before) / max(now - began_at, 0.001)

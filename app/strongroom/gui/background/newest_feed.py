# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From other threads to the window: the newest state of each thing, read by a timer.

It is bounded by itself, holding one state for each thing, and no thread that posts one ever waits for the window.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class NewestFeed(Generic[T]):
    """Keeps what has changed since the last look.

    Args:
        id_of: Tells which thing a state is of.
    """

    def __init__(self, id_of: Callable[[T], str]) -> None:
        self._id_of = id_of
        self._lock = threading.Lock()
        self._changed: dict[str, T] = {}

    def post(self, state: T) -> None:
        """Take the new state of a thing, from any thread."""
        with self._lock:
            self._changed[self._id_of(state)] = state

    def take(self) -> Sequence[T]:
        """Return the newest state of every thing that changed since the last call."""
        with self._lock:
            changed = list(self._changed.values())
            self._changed.clear()
        return changed

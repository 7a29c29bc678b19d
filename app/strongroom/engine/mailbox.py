# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A bounded queue between the thread that reads a worker's lines and the thread that waits for an answer.

When it is full, the reader stops reading and the worker blocks on its own pipe, so that a worker can never fill the
app's memory. Unlike the standard bounded queue, it can be closed for good, which wakes both sides, and it costs little:
both sides run once per token, on a machine whose cores are all busy computing that token.
"""

import queue
import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class MailboxClosed(Exception):
    """Nothing will come any more, and everything that came has been taken."""


class Mailbox(Generic[T]):
    """First in, first out; at most ``capacity`` items. One thread puts, one takes, any may close."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._has_room = threading.Event()
        self._has_room.set()
        self._is_closed = False

    def put(self, item: T) -> bool:
        """Wait for room, then add ``item``; return False when the mailbox was closed instead."""
        while self._items.qsize() >= self._capacity and not self._is_closed:
            self._has_room.clear()
            # Looked at again, for an item that was taken just before the line above.
            if self._items.qsize() >= self._capacity and not self._is_closed:
                self._has_room.wait()
        if not self._is_closed:
            self._items.put(item)
        return not self._is_closed

    def take(self, timeout: float) -> T | None:
        """Return the oldest item, or None after ``timeout`` seconds.

        Raises:
            MailboxClosed: The mailbox is closed and empty.
        """
        try:
            item = self._items.get(timeout=timeout)
        except queue.Empty:
            return None
        if not self._has_room.is_set():
            self._has_room.set()
        if item is None:
            # Left for whoever asks next.
            self._items.put(None)
            raise MailboxClosed
        return item

    def close(self) -> None:
        """Take no more items; those that are here can still be taken."""
        self._is_closed = True
        self._items.put(None)
        self._has_room.set()

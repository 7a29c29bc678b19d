# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which conversations are being answered: many at once, but each of them once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from strongroom.core.errors import UserFacingError


class RunningTurns:
    """Knows what is being answered. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[object] = set()
        self._is_excluded = False

    @contextmanager
    def turn(self, session: object, conversation_id: int | None) -> Iterator[Callable[[int], None]]:
        """Run one turn. What it yields is to be called with the conversation's number once it has one.

        Args:
            session: Whoever runs it; it runs one at a time.
            conversation_id: The conversation; None for one that is not kept yet.

        Raises:
            UserFacingError: The session or the conversation is being answered already, or nothing may be
                (``chat.busy``).
        """
        mine: set[object] = {session} if conversation_id is None else {session, conversation_id}
        with self._lock:
            if self._is_excluded or self._running & mine:
                raise UserFacingError("chat.busy")
            self._running |= mine

        def begin_conversation(number: int) -> None:
            mine.add(number)
            with self._lock:
                self._running.add(number)

        try:
            yield begin_conversation
        finally:
            with self._lock:
                self._running -= mine

    @contextmanager
    def excluded(self) -> Iterator[None]:
        """Let no turn run.

        Raises:
            UserFacingError: One is running (``chat.busy``).
        """
        with self._lock:
            if self._is_excluded or self._running:
                raise UserFacingError("chat.busy", case="any")
            self._is_excluded = True
        try:
            yield
        finally:
            with self._lock:
                self._is_excluded = False

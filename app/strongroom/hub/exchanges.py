# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The helper's HTTP requests before they go out: numbered, told to the app, and held until it has recorded them."""

import threading
from collections.abc import Callable

from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.protocol import RequestBegun, Say

RECORD_LIMIT_S = 20.0
"""How long the app may take to record a request: its disk may be busy, or another process write to the ledger."""


class Exchanges:
    """All exchanges of one helper. Thread-safe.

    Args:
        say: Sends a message to the app.
        limit_s: How long to wait for the app.
    """

    def __init__(self, say: Say, *, limit_s: float = RECORD_LIMIT_S) -> None:
        self._say = say
        self._limit_s = limit_s
        self._order = threading.Lock()
        """Held from the choice of a number until it is said, so that numbers count up on the pipe."""
        self._newest = 0
        self._changed = threading.Condition()
        """Guards what follows. Never held while something is said: the thread that reads the app's lines needs it."""
        self._unrecorded: set[int] = set()

    def begin(self, build: Callable[[int], RequestBegun]) -> int:
        """Say that an exchange is about to begin; return its number.

        Args:
            build: Makes the message with the number.
        """
        with self._order:
            self._newest += 1
            number = self._newest
            with self._changed:
                self._unrecorded.add(number)
            self._say(build(number))
        return number

    def recorded(self, exchange: int) -> None:
        """Let an exchange go out: the app has recorded it. A number that nobody waits for means nothing."""
        with self._changed:
            self._unrecorded.discard(exchange)
            self._changed.notify_all()

    def wake_waiting(self) -> None:
        """Let everybody who waits ask again whether the exchange is still wanted."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_recorded(self, exchange: int, is_unwanted: Callable[[], bool]) -> None:
        """Return when the app has recorded an exchange, or when it is no longer wanted.

        Raises:
            HubFault: The app took too long.
        """
        with self._changed:
            is_over = self._changed.wait_for(
                lambda: exchange not in self._unrecorded or is_unwanted(), timeout=self._limit_s
            )
            self._unrecorded.discard(exchange)
        if not is_over:
            raise HubFault(FaultKind.LEDGER, Statement("hub.detail.app_silent"))

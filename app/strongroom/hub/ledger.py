# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where the app writes down each HTTP request before the helper may make it, and how it ended."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from strongroom.core.clock import utc_now
from strongroom.core.egress import EgressEntry, EgressRequest
from strongroom.core.errors import UserFacingError
from strongroom.core.line_messages import BreachKind, ProtocolBreach
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.protocol import MOST_REQUESTS, RequestBegun, RequestMade

_MOST_REMEMBERED = 500


class RequestLedger(Protocol):
    """Keeps every request. Called on the threads that read helpers' lines."""

    def require_sound(self) -> None:
        """Return only while requests can be recorded at all.

        Raises:
            UserFacingError: They cannot; no helper is started.
        """

    def begun(self, request: EgressRequest) -> int:
        """Record a request that is about to go out; return the record's number. It is kept when this returns.

        Raises:
            UserFacingError: It cannot be recorded; the request must not go out.
        """

    def made(self, sequence: int, *, status: int, received: int) -> None:
        """Record the end of the request whose beginning has this number.

        Raises:
            UserFacingError: It cannot be recorded; no other request must go out.
        """


class RememberedRequests:
    """The requests of this run: counted, the last ones remembered, and handed on to a ledger that keeps them.

    Args:
        ledger: Keeps them; without one, they are remembered only.
    """

    def __init__(self, ledger: RequestLedger | None = None) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._count = 0
        self._entries: dict[int, EgressEntry] = {}

    @property
    def count(self) -> int:
        """How many requests were begun."""
        return self._count

    @property
    def latest(self) -> tuple[EgressEntry, ...]:
        """The last ones, the oldest first."""
        with self._lock:
            return tuple(self._entries.values())

    def require_sound(self) -> None:
        """See :meth:`RequestLedger.require_sound`."""
        if self._ledger is not None:
            self._ledger.require_sound()

    def begun(self, request: EgressRequest) -> int:
        """See :meth:`RequestLedger.begun`."""
        kept_as = self._ledger.begun(request) if self._ledger is not None else None
        with self._lock:
            self._count += 1
            sequence = self._count if kept_as is None else kept_as
            self._entries[sequence] = EgressEntry(
                sequence, utc_now(), request.method, request.host, request.path, request.why
            )
            if len(self._entries) > _MOST_REMEMBERED:
                del self._entries[next(iter(self._entries))]
        return sequence

    def made(self, sequence: int, *, status: int, received: int) -> None:
        """See :meth:`RequestLedger.made`."""
        with self._lock:
            if sequence in self._entries:
                self._entries[sequence] = replace(self._entries[sequence], status=status, received=received)
        if self._ledger is not None:
            self._ledger.made(sequence, status=status, received=received)


class ExchangeRecord:
    """What one helper says about its exchanges: checked, written into a ledger, and acknowledged. Used by one thread.

    Args:
        ledger: Keeps them.
        acknowledge: Lets the helper make the request with this number.
    """

    def __init__(self, ledger: RequestLedger, acknowledge: Callable[[int], object]) -> None:
        self._ledger = ledger
        self._acknowledge = acknowledge
        self._newest = 0
        self._open: dict[int, tuple[int, int]] = {}
        """The app's request and the ledger's number of each exchange that has not ended."""

    def begin(self, untrusted_message: RequestBegun) -> None:
        """Record an exchange, then let it go out.

        Raises:
            ProtocolBreach: Its number does not count up, or too many are under way.
            HubFault: It cannot be recorded.
        """
        exchange = untrusted_message.exchange
        if exchange <= self._newest:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "exchange numbers do not count up")
        if len(self._open) >= MOST_REQUESTS:
            raise ProtocolBreach(BreachKind.FLOOD, "more exchanges than requests are under way")
        self._newest = exchange
        # The reader of the line has checked each of these fields.
        request = EgressRequest(
            untrusted_message.method, untrusted_message.host, untrusted_message.path, untrusted_message.why
        )
        try:
            sequence = self._ledger.begun(request)
        except UserFacingError as error:
            raise ledger_fault(error) from error
        self._open[exchange] = (untrusted_message.request, sequence)
        self._acknowledge(exchange)

    def end(self, untrusted_message: RequestMade) -> None:
        """Record how an exchange ended.

        Raises:
            ProtocolBreach: There is no such exchange, or it belongs to another request.
            HubFault: It cannot be recorded.
        """
        request, sequence = self._open.pop(untrusted_message.exchange, (0, 0))
        if request != untrusted_message.request:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{untrusted_message.TYPE} is about no exchange")
        try:
            self._ledger.made(sequence, status=untrusted_message.status, received=untrusted_message.received)
        except UserFacingError as error:
            raise ledger_fault(error) from error


def ledger_fault(error: UserFacingError) -> HubFault:
    """Return what the refusal of a ledger means for whoever asked a hub for something."""
    return HubFault(FaultKind.LEDGER, error.statement)

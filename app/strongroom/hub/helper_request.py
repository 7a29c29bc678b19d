# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One request of the app while the helper works on it: why, whom to tell, and whether to stop.

Each runs in a thread of its own. Nothing reaches the network outside a request: every HTTP request has a reason.
"""

import contextlib
import re
import socket
import threading
import weakref
from collections.abc import Iterator
from contextvars import ContextVar

from strongroom.core.egress import Purpose
from strongroom.core.errors import Cancelled
from strongroom.hub.exchanges import Exchanges
from strongroom.hub.protocol import MOST_HOST, MOST_PATH, RequestBegun, RequestMade, Say

_UNPRINTABLE = re.compile(r"[^!-~]")

_current: ContextVar["HelperRequest"] = ContextVar("helper_request")


class HelperRequest:
    """What a thread of the helper does for the app.

    Args:
        request: The number of the app's request.
        purpose: Why HTTP requests are made.
        say: Sends a message to the app.
        exchanges: Those of this helper.
        token: The access token, or nothing.
    """

    def __init__(self, request: int, purpose: Purpose, say: Say, exchanges: Exchanges, *, token: str = "") -> None:
        self.request = request
        self.purpose = purpose
        self.token = token
        self.say = say
        self._exchanges = exchanges
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    @classmethod
    def current(cls) -> "HelperRequest":
        """Return the request of this thread.

        Raises:
            LookupError: There is none.
        """
        return _current.get()

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """Make this the request of this thread."""
        mark = _current.set(self)
        try:
            yield
        finally:
            _current.reset(mark)

    @property
    def is_stopped(self) -> bool:
        """Whether the app no longer wants it."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End it soon, from any thread: connections are shut down, waits end, :meth:`require_wanted` raises."""
        self._stop.set()
        with self._lock:
            for connection in self._sockets:
                _shut_down(connection)
        self._exchanges.wake_waiting()

    def require_wanted(self) -> None:
        """Return while the app wants the request.

        Raises:
            Cancelled: It was stopped.
        """
        if self._stop.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Wait before another attempt.

        Raises:
            Cancelled: It was stopped.
        """
        self._stop.wait(seconds)
        self.require_wanted()

    def watch(self, connection: socket.socket) -> None:
        """Let :meth:`stop` end what waits on ``connection``."""
        with self._lock:
            self._sockets.add(connection)
            if self._stop.is_set():
                _shut_down(connection)

    def begin_exchange(self, method: str, host: str, path: str) -> int:
        """Tell the app of an HTTP request that is about to be made; return its number once the app has recorded it.

        Raises:
            HubFault: The app did not record it in time; the request must not be made.
            Cancelled: The request was stopped; the request must not be made.
        """
        host, path = _UNPRINTABLE.sub("?", host)[:MOST_HOST], _UNPRINTABLE.sub("?", path)[:MOST_PATH]
        exchange = self._exchanges.begin(
            lambda number: RequestBegun(self.request, number, method, host, path, self.purpose)
        )
        try:
            self._exchanges.wait_until_recorded(exchange, lambda: self.is_stopped)
            self.require_wanted()
        except BaseException:
            self.end_exchange(exchange, status=0, received=0)
            raise
        return exchange

    def end_exchange(self, exchange: int, *, status: int, received: int) -> None:
        """Tell the app how an HTTP request has ended."""
        self.say(RequestMade(self.request, exchange, status, received))


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # The base class's method: that of a TLS socket would first forget its keys, under the feet of the reader.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the helper does with the app's requests: each runs in a thread of its own and ends with one answer."""

import threading
import time

from strongroom.core.egress import Purpose
from strongroom.core.errors import Cancelled
from strongroom.core.line_messages import BreachKind, ProtocolBreach
from strongroom.hub.exchanges import Exchanges
from strongroom.hub.faults import FaultKind, HubFault, written_detail
from strongroom.hub.helper_request import HelperRequest
from strongroom.hub.http_rules import HubClient
from strongroom.hub.options import Patience
from strongroom.hub.protocol import (
    MOST_REQUESTS,
    Answer,
    Configure,
    Failed,
    Fetch,
    Fetched,
    Found,
    Open,
    Opened,
    ReadHeader,
    Request,
    Say,
    Search,
    Stopped,
)
from strongroom.hub.remote import Remote
from strongroom.hub.transfer import fetch

_PURPOSES: dict[type[Request], Purpose] = {
    Search: Purpose.SEARCH,
    Open: Purpose.REPOSITORY,
    ReadHeader: Purpose.HEADER,
    Fetch: Purpose.DOWNLOAD,
}


_FIRST_REQUEST_S = 60.0
"""A helper that has just started is about to be asked for something."""
_SPENT_BY = (FaultKind.UNREACHABLE, FaultKind.NOT_WRITTEN)


class Serving:
    """Takes requests and answers them.

    Args:
        endpoint: The hub's address.
        configure: How to reach it.
        say: Sends a message to the app.
    """

    def __init__(self, endpoint: str, configure: Configure, say: Say) -> None:
        self._endpoint = endpoint
        self._configure = configure
        self._say = say
        self._exchanges = Exchanges(say)
        self._helper_requests: dict[int, HelperRequest] = {}
        self._lock = threading.Condition()
        self._rested_at = time.monotonic()
        self._times_wanted = 0
        self._is_spent = False
        self._reaching = threading.Lock()
        self._reached: tuple[HubClient, Remote] | None = None
        self._newest = 0

    def begin(self, request: Request) -> None:
        """Start to work on a request.

        Raises:
            ProtocolBreach: It has a number that was used before, or too many are under way.
        """
        helper_request = HelperRequest(
            request.request, _PURPOSES[type(request)], self._say, self._exchanges, token=request.token
        )
        with self._lock:
            if request.request <= self._newest:
                raise ProtocolBreach(BreachKind.MALFORMED_LINE, "request numbers do not count up")
            if len(self._helper_requests) >= MOST_REQUESTS:
                raise ProtocolBreach(BreachKind.FLOOD, f"more than {MOST_REQUESTS} requests")
            self._newest = request.request
            self._helper_requests[request.request] = helper_request
            self._want()
        threading.Thread(
            target=self._run, args=(request, helper_request), name=f"request-{request.request}", daemon=True
        ).start()

    def stop(self, request: int) -> None:
        """End a request soon; one that has been answered already needs nothing."""
        with self._lock:
            helper_request = self._helper_requests.get(request)
        if helper_request is not None:
            helper_request.stop()

    def recorded(self, exchange: int) -> None:
        """Let an HTTP request go out: the app has recorded it."""
        self._exchanges.recorded(exchange)

    def stay(self) -> None:
        """Take something that is done at once for a sign that this process is wanted."""
        with self._lock:
            self._want()

    def wait_until_idle(self, limit_s: float) -> int:
        """Return when nothing was wanted for ``limit_s`` seconds and nothing is under way.

        At once after a failure that another process might not have: what this one may read and write was settled when
        it started, and a change of network replaces the list of name servers.

        Returns:
            How often something was wanted.
        """
        with self._lock:
            while True:
                left = self._rested_at + self._idle_limit(limit_s) - time.monotonic()
                if not self._helper_requests and left <= 0:
                    return self._times_wanted
                self._lock.wait(None if self._helper_requests else left)

    def wait_until_wanted(self, times: int, limit_s: float) -> None:
        """Return when something was wanted more often than so many times, or after ``limit_s`` seconds."""
        with self._lock:
            self._lock.wait_for(lambda: self._times_wanted != times, limit_s)

    def _idle_limit(self, limit_s: float) -> float:
        if self._is_spent:
            return 0.0
        return limit_s if self._times_wanted else max(limit_s, _FIRST_REQUEST_S)

    def _want(self) -> None:
        self._times_wanted += 1
        self._rested_at = time.monotonic()
        self._lock.notify_all()

    def _run(self, request: Request, helper_request: HelperRequest) -> None:
        with helper_request.under_way():
            answer = self._answer(request, helper_request)
        # Before the answer: with it, the app may send the next request.
        with self._lock:
            del self._helper_requests[request.request]
            self._is_spent = self._is_spent or (isinstance(answer, Failed) and answer.kind in _SPENT_BY)
            self._rested_at = time.monotonic()
            self._lock.notify_all()
        try:
            self._say(answer)
        except ProtocolBreach:
            # A repository can be larger than one line may be.
            self._say(Failed(request.request, FaultKind.BAD_ANSWER, "more than the app takes"))

    def _answer(self, request: Request, helper_request: HelperRequest) -> Answer:
        try:
            client, remote = self._reach()
            if isinstance(request, Search):
                return Found(request.request, remote.search(request))
            if isinstance(request, Open):
                return Opened(request.request, remote.open(request))
            if isinstance(request, ReadHeader):
                return remote.read_header(request, helper_request)
            return Fetched(request.request, request.sha256, str(fetch(client, request, patience=client.patience)))
        except Cancelled:
            return Stopped(request.request)
        except HubFault as fault:
            # That bytes were put into quarantine is said in any case.
            if helper_request.is_stopped and fault.kind is not FaultKind.MISMATCH:
                return Stopped(request.request)
            return Failed(request.request, fault.kind, written_detail(fault.detail))

    def _reach(self) -> tuple[HubClient, Remote]:
        """Return the client, made for the first request: what is wrong with the settings is that request's answer."""
        with self._reaching:
            if self._reached is None:
                configure = self._configure
                patience = Patience(
                    configure.connect_s, configure.read_s, configure.first_wait_s, configure.longest_wait_s
                )
                client = HubClient(self._endpoint, ca_file=configure.ca_file, patience=patience)
                self._reached = client, Remote(client)
            return self._reached

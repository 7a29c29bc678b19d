# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One request on its way through the helper, as the app sees it: what is said about it, and whether it is over."""

import base64
import binascii
import threading
from collections import deque
from collections.abc import Callable

from strongroom.core.errors import Cancelled
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach
from strongroom.hub.faults import HubFault, read_detail
from strongroom.hub.protocol import (
    ANSWERS,
    HEADER_LIMIT,
    Answer,
    Failed,
    Fetch,
    Fetched,
    FetchStep,
    Found,
    HeaderPart,
    HeaderRead,
    Open,
    Opened,
    Question,
    ReadHeader,
    Search,
    Stopped,
)
from strongroom.processes.messages import Probe, Probed

_POLL_S = 0.02
"""How often a waiting thread looks at its cancel event."""
_MOST_UNREAD = 1_000
_EXPECTED: dict[type[Question], tuple[type[Message], ...]] = {
    Search: (Found,),
    Open: (Opened,),
    ReadHeader: (HeaderPart, HeaderRead),
    Fetch: (FetchStep, Fetched),
    Probe: (Probed,),
}


class PendingRequest:
    """What the helper says about one request. One thread reads; :meth:`stop` may be called from any."""

    def __init__(self, request: Question, stop: Callable[[int], None]) -> None:
        self.request = request
        self._stop = stop
        self._said: deque[Message] = deque()
        self._changed = threading.Condition()
        self._fault: HubFault | None = None
        self._is_over = False
        self._header_bytes = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing will be added any more."""
        return self._is_over

    def stop(self) -> None:
        """Ask the helper to stop. The answer is then :class:`Stopped`, or the one that was faster."""
        if not self._is_over:
            self._stop(self.request.request)

    def take(self, timeout: float) -> Message | None:
        """Return the next step or the answer; None when nothing is said for ``timeout`` seconds.

        Steps of a download that nobody has taken yet give way to the newest.

        Raises:
            HubFault: The helper is gone, and all that it had said has been taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._said or self._fault, timeout)
            if self._said:
                return self._said.popleft()
            if self._fault is not None:
                # A fault of its own for each one who asks: a raised exception gathers a traceback.
                raise HubFault(self._fault.kind, self._fault.detail)
            return None

    def finish(self, cancel: threading.Event, on_step: Callable[[Message], None] | None = None) -> Answer:
        """Wait for the answer and return it.

        Args:
            cancel: Ends the request when it is set, without waiting for the helper to be done with it.
            on_step: Called with each step, in this thread.

        Raises:
            HubFault: The request has failed, or the helper is gone.
            Cancelled: ``cancel`` was set, or the request was stopped in another way.
        """
        while True:
            if cancel.is_set():
                self.stop()
                raise Cancelled
            message = self.take(_POLL_S)
            if isinstance(message, Stopped):
                raise Cancelled
            if isinstance(message, Failed):
                raise HubFault(message.kind, read_detail(message.detail))
            if isinstance(message, ANSWERS):
                return message
            if message is not None and on_step is not None:
                on_step(message)

    def hear(self, untrusted_message: Message) -> None:
        """Add what the helper has said.

        Raises:
            ProtocolBreach: It does not belong to such a request, or it is too much.
        """
        is_answer = isinstance(untrusted_message, ANSWERS)
        if not isinstance(untrusted_message, (*_EXPECTED[type(self.request)], Failed, Stopped)):
            raise ProtocolBreach(
                BreachKind.MALFORMED_LINE, f"{untrusted_message.TYPE} is nothing to say about {self.request.TYPE}"
            )
        if isinstance(untrusted_message, HeaderPart):
            self._header_bytes += len(_decoded(untrusted_message))
            if self._header_bytes > HEADER_LIMIT:
                raise ProtocolBreach(BreachKind.FLOOD, "a header is too long")
        if isinstance(untrusted_message, HeaderRead) and untrusted_message.total != self._header_bytes:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a header has another length than its parts")
        with self._changed:
            if isinstance(untrusted_message, FetchStep) and self._said and isinstance(self._said[-1], FetchStep):
                self._said.pop()
            if len(self._said) >= _MOST_UNREAD:
                raise ProtocolBreach(BreachKind.FLOOD, "more is said than is read")
            self._said.append(untrusted_message)
            self._is_over = is_answer
            self._changed.notify_all()

    def break_off(self, fault: HubFault) -> None:
        """End the request: the helper is gone."""
        with self._changed:
            if not self._is_over:
                self._is_over = True
                self._fault = fault
            self._changed.notify_all()


def header_bytes(part: HeaderPart) -> bytes:
    """Return the bytes of a part that :meth:`PendingRequest.hear` has let through."""
    return base64.b64decode(part.data)


def _decoded(part: HeaderPart) -> bytes:
    try:
        return base64.b64decode(part.data, validate=True)
    except binascii.Error:
        raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a part of a header is not Base64") from None

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One helper process: what is asked of it, who hears its answers, and why it is gone, in the hub's words."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from strongroom.confinement.choosing import combined_confinement
from strongroom.confinement.observing import checked
from strongroom.confinement.spawning import Spawner, SpawnerGone
from strongroom.core.isolation import Confinement
from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach, decode, require_version
from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.ledger import ExchangeRecord, RequestLedger
from strongroom.hub.pending_request import PendingRequest
from strongroom.hub.protocol import (
    FROM_HELPER,
    HELPER_LINE_LIMIT,
    MOST_REQUESTS,
    Configure,
    Hello,
    Idle,
    Question,
    Recorded,
    RequestBegun,
    RequestMade,
    Stop,
    encode,
)
from strongroom.processes.child import ChildEnd, ChildPlan, ChildProcess, Delivery
from strongroom.processes.messages import Confined

_POLL_S = 0.02
_LEAVING_S = 1.0
"""How long the helper may take to leave when nothing is wanted of it any more."""
_WRITE_LIMIT_S = 20.0
"""How long the helper may leave a line unread: it reads all the time, except while it starts."""


_READY_LIMIT_S = 60.0
"""How long the helper may take to load what it needs and to confine itself."""


class NobodyThere(Exception):
    """The helper had ended before it could take a request; nothing of the request has left the app."""


class HelperProcess:
    """A running helper. Thread-safe.

    Args:
        command: Its command line.
        environment: Its whole environment.
        configure: What it is told before the first request.
        ledger: Keeps each HTTP request before it is made, on the thread that reads the helper's lines. When it cannot,
            the helper is ended at once.
        spawner: Starts it.

    Raises:
        HubFault: It could not be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        configure: Configure,
        ledger: RequestLedger,
        spawner: Spawner,
    ) -> None:
        self._exchanges = ExchangeRecord(ledger, lambda exchange: self._write(encode(Recorded(exchange))))
        self._accepted: tuple[type[Message], ...] = (Hello,)
        self._ready_by = time.monotonic() + _READY_LIMIT_S
        self._said: Confined | None = None
        self._confinement: Confinement | None = None
        self._has_left = False
        self._fault: HubFault | None = None
        self._pending: dict[int, PendingRequest] = {}
        self._changed = threading.Condition()
        """Guards the pending requests and the fault."""
        self._order_lock = threading.Lock()
        """Held from the choice of a number until it is written, so that numbers count up on the pipe."""
        self._newest = 0
        plan = ChildPlan(command=command, environment=environment, line_limit=HELPER_LINE_LIMIT, name="hub")
        try:
            self._child = ChildProcess(spawner, plan, self._hear_line, self._explain)
        except SpawnerGone:
            raise HubFault(FaultKind.LAUNCHER_GONE) from None
        except OSError as error:
            reason = error.strerror or "unknown"
            raise HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.not_started", reason=reason)) from None
        self._write(encode(Hello()) + encode(configure))

    @property
    def process_id(self) -> int:
        """The process's number."""
        return self._child.process_id

    @property
    def is_alive(self) -> bool:
        """Whether it can take a request."""
        # The process may have ended a moment ago, and its supervisor not have noticed.
        return self._fault is None and not self._child.has_ended

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The last lines of its standard error, made printable."""
        return self._child.diagnostics

    @property
    def confinement(self) -> Confinement | None:
        """What holds around it; None before that was awaited."""
        return self._confinement

    def await_confinement(self, cancel: threading.Event) -> Confinement | None:
        """Return what holds around it, once it has said so; None when ``cancel`` is set before.

        Nothing is asked of it before that.

        Raises:
            NobodyThere: The helper has left, as nothing was wanted of it.
            HubFault: The helper is gone, or does not get ready.
        """
        with self._changed:
            while self._said is None:
                self._require_here()
                if cancel.is_set():
                    return None
                if time.monotonic() > self._ready_by:
                    self._fault = HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.not_ready"))
                    self._child.kill()
                self._changed.wait(_POLL_S)
            if self._confinement is None:
                said = checked(self._said.untrusted_confinement, self.process_id)
                self._confinement = combined_confinement(self._child.handle, said)
            return self._confinement

    def ask(self, build: Callable[[int], Question], cancel: threading.Event) -> PendingRequest | None:
        """Send a request, once there is room for one more; None when ``cancel`` is set before.

        Args:
            build: Makes the request with its number.
            cancel: Ends the waiting.

        Raises:
            NobodyThere: The helper had ended unnoticed; the request can be made of another one.
            HubFault: The helper is gone.
        """
        while True:
            if not self._wait_for_room(cancel):
                return None
            with self._order_lock:
                request = build(self._newest + 1)
                line = encode(request)
                pending = PendingRequest(request, self._stop)
                with self._changed:
                    self._require_here()
                    if len(self._pending) >= MOST_REQUESTS:
                        continue
                    self._newest += 1
                    self._pending[request.request] = pending
                if self._write(line):
                    return pending
                with self._changed:
                    self._pending.pop(request.request, None)
                raise NobodyThere

    def end(self, fault: HubFault) -> None:
        """End the process, politely by the end of its input, then by force. Conversations break off with ``fault``."""
        self._break_off(fault)
        self._child.close(_LEAVING_S)

    def _require_here(self) -> None:
        if self._has_left:
            raise NobodyThere
        if self._fault is not None:
            # A fault of its own for each one who asks: a raised exception gathers a traceback.
            raise HubFault(self._fault.kind, self._fault.detail)

    def _stop(self, request: int) -> None:
        self._write(encode(Stop(request)))

    def _wait_for_room(self, cancel: threading.Event) -> bool:
        with self._changed:
            while len(self._pending) >= MOST_REQUESTS and self._fault is None:
                if cancel.is_set():
                    return False
                self._changed.wait(_POLL_S)
        return True

    def _write(self, line: bytes) -> bool:
        """Write a line; return whether the helper could take it."""
        delivery = self._child.write(line, limit_s=_WRITE_LIMIT_S)
        if delivery is Delivery.NOT_READ:
            self._child.kill()
        return delivery is Delivery.COMPLETE

    def _hear_line(self, untrusted_line: bytes) -> bool:
        message = decode(untrusted_line, self._accepted, HELPER_LINE_LIMIT)
        if isinstance(message, Hello):
            require_version(message)
            self._accepted = (Confined,)
            return True
        if isinstance(message, Confined):
            self._accepted = FROM_HELPER[2:]
            with self._changed:
                self._said = message
                self._changed.notify_all()
            return True
        if isinstance(message, Idle):
            self._let_go()
            return True
        try:
            self._hear(message)
        except HubFault as fault:
            # What the ledger does not have must not leave, so nothing more of this helper may.
            self._break_off(fault)
            self._child.kill()
        return True

    def _let_go(self) -> None:
        """End a helper that has nothing to do, unless something is about to be asked of it."""
        with self._changed:
            if self._pending or self._fault is not None:
                return
            self._has_left = True
            self._fault = HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.not_wanted"))
        self._child.close(_LEAVING_S)

    def _hear(self, message: Message) -> None:
        number: int = getattr(message, "request", 0)
        with self._changed:
            pending = self._pending.get(number)
        if isinstance(message, RequestMade):
            # Also of a helper that is being ended: the request was made.
            self._exchanges.end(message)
            return
        if pending is None:
            if self._fault is not None:
                return
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} is about no request")
        if isinstance(message, RequestBegun):
            self._exchanges.begin(message)
            return
        pending.hear(message)
        if pending.is_over:
            with self._changed:
                self._pending.pop(number, None)
                self._changed.notify_all()

    def _explain(self, end: ChildEnd) -> None:
        if end.breach is not None:
            reason = Statement("hub.detail.protocol_broken", reason=end.breach.detail)
        elif end.status < 0:
            reason = Statement("hub.detail.signal", number=-end.status)
        else:
            reason = Statement("hub.detail.exit_status", status=end.status)
        self._break_off(HubFault(FaultKind.HELPER_GONE, reason))

    def _break_off(self, fault: HubFault) -> None:
        """Make ``fault`` the reason of the end, unless there is one already."""
        with self._changed:
            if self._fault is None:
                self._fault = fault
            all_pending = list(self._pending.values())
            self._pending.clear()
            self._changed.notify_all()
        for pending in all_pending:
            pending.break_off(self._fault)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One helper process: started, spoken to, heard, ended.

A supervisor thread starts the process, reads its lines and waits for its end. It lives as long as the process, which
matters on Linux: the helper asks to be killed when the *thread* that started it ends.
"""

import os
import select
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach, decode
from strongroom.hub.conversation import Conversation
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.ledger import ExchangeRecord, RequestLedger
from strongroom.hub.protocol import (
    FROM_HELPER,
    HELPER_LINE_LIMIT,
    MOST_REQUESTS,
    Configure,
    Hello,
    Recorded,
    Request,
    RequestBegun,
    RequestMade,
    Stop,
    encode,
    require_version,
)

_POLL_S = 0.02
_EXIT_GRACE_S = 1.0
_WRITE_LIMIT_S = 20.0
"""How long the helper may leave a line unread: it reads all the time, except while it starts."""
_STDERR_LINES = 60
_STDERR_LINE_CHARACTERS = 300


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

    Raises:
        HubFault: It could not be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        configure: Configure,
        ledger: RequestLedger,
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._exchanges = ExchangeRecord(ledger, lambda exchange: self._write(encode(Recorded(exchange))))
        self._process: subprocess.Popen[bytes] | None = None
        self._is_started = threading.Event()
        self._fault: HubFault | None = None
        self._conversations: dict[int, Conversation] = {}
        self._changed = threading.Condition()
        """Guards the conversations and the fault."""
        self._stdin_lock = threading.Lock()
        self._order_lock = threading.Lock()
        """Held from the choice of a number until it is written, so that numbers count up on the pipe."""
        self._newest = 0
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._supervisor = threading.Thread(target=self._supervise, name="hub-supervisor", daemon=True)
        self._supervisor.start()
        self._is_started.wait()
        if self._fault is not None:
            raise self._fault
        self._write(encode(Hello()) + encode(configure))

    @property
    def process_id(self) -> int:
        """The process's number."""
        assert self._process is not None  # noqa: S101  # the constructor raises otherwise
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can take a request."""
        # The process may have ended a moment ago, and its supervisor not have noticed.
        return self._fault is None and self._process is not None and self._process.poll() is None

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The last lines of its standard error, made printable."""
        return tuple(self._stderr)

    def ask(self, build: Callable[[int], Request], cancel: threading.Event) -> Conversation | None:
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
                conversation = Conversation(request, self._stop)
                with self._changed:
                    if self._fault is not None:
                        raise HubFault(self._fault.kind, self._fault.detail)
                    if len(self._conversations) >= MOST_REQUESTS:
                        continue
                    self._newest += 1
                    self._conversations[request.request] = conversation
                if self._write(line):
                    return conversation
                with self._changed:
                    self._conversations.pop(request.request, None)
                raise NobodyThere

    def end(self, fault: HubFault) -> None:
        """End the process, politely by the end of its input, then by force. Conversations break off with ``fault``."""
        self._break_off(fault)
        process = self._process
        if process is None:
            return
        with self._stdin_lock:
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_EXIT_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        if threading.current_thread() is not self._supervisor:
            self._supervisor.join()

    def _stop(self, request: int) -> None:
        self._write(encode(Stop(request)))

    def _wait_for_room(self, cancel: threading.Event) -> bool:
        with self._changed:
            while len(self._conversations) >= MOST_REQUESTS and self._fault is None:
                if cancel.is_set():
                    return False
                self._changed.wait(_POLL_S)
        return True

    def _write(self, line: bytes) -> bool:
        """Write a line; return whether the helper could take it."""
        process = self._process
        rest = memoryview(line)
        deadline = time.monotonic() + _WRITE_LIMIT_S
        with self._stdin_lock:
            while rest:
                if process is None or process.stdin is None or process.stdin.closed:
                    return False
                try:
                    rest = rest[os.write(process.stdin.fileno(), rest) :]
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        process.kill()
                        return False
                    select.select([], [process.stdin], [], _POLL_S)
                except OSError:
                    return False
        return True

    def _supervise(self) -> None:
        try:
            process = self._start()
        except OSError as error:
            self._fault = HubFault(FaultKind.HELPER_GONE, f"it could not be started: {error.strerror or 'unknown'}")
            self._is_started.set()
            return
        drain = threading.Thread(target=self._drain, args=(process,), name="hub-stderr", daemon=True)
        drain.start()
        self._process = process
        self._is_started.set()
        breach = self._read_all(process)
        if breach is not None:
            process.kill()
        try:
            status = process.wait(_EXIT_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        self._break_off(HubFault(FaultKind.HELPER_GONE, _explain(status, breach)))
        drain.join()
        with self._stdin_lock:
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=64 * 1024,
            close_fds=True,
            env=self._environment,
            cwd=Path(os.sep),
            # Ctrl+C in a terminal is for the app, which then ends its helper itself.
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101  # it was asked for
        os.set_blocking(process.stdin.fileno(), False)
        return process

    def _read_all(self, process: subprocess.Popen[bytes]) -> ProtocolBreach | None:
        """Read lines until the end or a breach."""
        stream = process.stdout
        assert stream is not None  # noqa: S101  # it was asked for
        accepted: tuple[type[Message], ...] = (Hello,)
        while untrusted_line := stream.readline(HELPER_LINE_LIMIT + 1):
            try:
                message = decode(untrusted_line, accepted, HELPER_LINE_LIMIT)
                if isinstance(message, Hello):
                    require_version(message)
                    accepted = FROM_HELPER[1:]
                else:
                    self._hear(message)
            except HubFault as fault:
                # What the ledger does not have must not leave, so nothing more of this helper may.
                self._break_off(fault)
                process.kill()
            except ProtocolBreach as breach:
                # A line that was cut off by the process's end says less than that end does.
                is_cut_off = not untrusted_line.endswith(b"\n") and len(untrusted_line) <= HELPER_LINE_LIMIT
                return None if is_cut_off else breach
        return None

    def _hear(self, message: Message) -> None:
        number: int = getattr(message, "request", 0)
        with self._changed:
            conversation = self._conversations.get(number)
        if isinstance(message, RequestMade):
            # Also of a helper that is being ended: the request was made.
            self._exchanges.end(message)
            return
        if conversation is None:
            if self._fault is not None:
                return
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE} is about no request")
        if isinstance(message, RequestBegun):
            self._exchanges.begin(message)
            return
        conversation.hear(message)
        if conversation.is_over:
            with self._changed:
                self._conversations.pop(number, None)
                self._changed.notify_all()

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        """Keep the last lines of the standard error, so that the process never blocks on it."""
        assert process.stderr is not None  # noqa: S101  # it was asked for
        while untrusted_line := process.stderr.readline(_STDERR_LINE_CHARACTERS):
            text = untrusted_line.decode("utf-8", "replace").rstrip()
            self._stderr.append("".join(character if character.isprintable() else "?" for character in text))

    def _break_off(self, fault: HubFault) -> None:
        """Make ``fault`` the reason of the end, unless there is one already."""
        with self._changed:
            if self._fault is None:
                self._fault = fault
            conversations = list(self._conversations.values())
            self._conversations.clear()
            self._changed.notify_all()
        for conversation in conversations:
            conversation.break_off(self._fault)


def _explain(status: int, breach: ProtocolBreach | None) -> str:
    if breach is not None:
        return f"it broke its protocol: {breach.detail}"
    return f"signal {-status}" if status < 0 else f"exit status {status}"

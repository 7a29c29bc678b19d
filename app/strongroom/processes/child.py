# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One child process: started, written to, read line by line, drained, ended.

A supervisor thread starts the process, reads its lines and waits for its end. It lives as long as the process, which
matters on Linux: a child asks to be killed when the *thread* that started it ends.
"""

import os
import queue
import select
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from strongroom.confinement.spawning import Handle, Spawner
from strongroom.core.foreign_text import printable
from strongroom.core.line_messages import BreachKind, ProtocolBreach

_POLL_S = 0.02
_EXIT_GRACE_S = 1.0
"""How long a process may take to end after its last line, or after it was killed."""
_STDERR_LINES = 60
_STDERR_LINE_CHARACTERS = 300
_STDERR_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """What is to be started.

    Attributes:
        command: The program and its arguments.
        environment: Its whole environment.
        line_limit: Bytes of one line that it may write, line feed included.
        name: For the names of the threads that look after it.
        descriptors: What it inherits besides its standard streams.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    line_limit: int
    name: str
    descriptors: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a process ended."""

    status: int
    """As :mod:`subprocess` gives it: negative for a signal."""
    breach: ProtocolBreach | None
    """What it was ended for."""
    diagnostics: tuple[str, ...]
    """The last lines of its standard error, made printable."""


class Delivery(StrEnum):
    """What became of a line that was written to a process."""

    COMPLETE = "complete"
    NO_READER = "no_reader"
    GIVEN_UP = "given_up"
    NOT_READ = "not_read"
    """The time was over. Part of the line may have been taken: the process is of no use any more."""


class ChildProcess:
    """A running child process. Thread-safe.

    Args:
        spawner: Starts it.
        plan: What is started.
        on_line: Called with each line that it writes, unchecked and at most one byte longer than the limit, on the
            supervisor thread. It may raise a :class:`ProtocolBreach`, which ends the process, and returns whether more
            lines are wanted.
        on_end: Called once, on the supervisor thread, when the process is gone.

    Raises:
        OSError: It could not be started.
        ValueError: Nothing of this kind can be started.
    """

    def __init__(
        self,
        spawner: Spawner,
        plan: ChildPlan,
        on_line: Callable[[bytes], bool],
        on_end: Callable[[ChildEnd], None],
    ) -> None:
        self._spawner = spawner
        self._plan = plan
        self._on_line = on_line
        self._on_end = on_end
        self._breach: ProtocolBreach | None = None
        self._stdin_lock = threading.Lock()
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        started: queue.SimpleQueue[_Streams | Exception] = queue.SimpleQueue()
        self._supervisor = threading.Thread(
            target=self._supervise, args=(started,), name=f"{plan.name}-supervisor", daemon=True
        )
        self._supervisor.start()
        outcome = started.get()
        if isinstance(outcome, Exception):
            self._supervisor.join()
            raise outcome
        self._streams = outcome

    @property
    def process_id(self) -> int:
        """The process's number."""
        return self._streams.handle.pid

    @property
    def handle(self) -> Handle:
        """What its spawner gave: whatever that knows about the process."""
        return self._streams.handle

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone; its supervisor may not have noticed yet."""
        return self._streams.handle.poll() is not None

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The last lines of its standard error: foreign text, made printable."""
        return tuple(self._stderr)

    def write(self, line: bytes, *, limit_s: float, give_up: Callable[[], bool] = lambda: False) -> Delivery:
        """Write one line, or several.

        Args:
            line: What is written.
            limit_s: How long the process may take to read it.
            give_up: Asked each time there is no room; true ends the writing.
        """
        deadline = time.monotonic() + limit_s
        rest = memoryview(line)
        stdin = self._streams.stdin
        with self._stdin_lock:
            while rest:
                if stdin.closed:
                    return Delivery.NO_READER
                try:
                    written = os.write(stdin.fileno(), rest)
                except BlockingIOError:
                    select.select([], [stdin], [], _POLL_S)
                    written = 0
                except OSError:
                    return Delivery.NO_READER
                rest = rest[written:]
                if rest and not written:
                    if give_up():
                        return Delivery.GIVEN_UP
                    if time.monotonic() > deadline:
                        return Delivery.NOT_READ
        return Delivery.COMPLETE

    def kill(self) -> None:
        """End the process at once, without waiting."""
        self._streams.handle.kill()

    def kill_and_wait(self) -> None:
        """End the process at once; return when it is gone."""
        self.kill()
        self._wait(_EXIT_GRACE_S)

    def close(self, grace_s: float) -> None:
        """End the process: by the end of its input, and by force when it stays. Returns when it is gone.

        Args:
            grace_s: How long it may take to leave by itself.
        """
        with self._stdin_lock:
            self._streams.stdin.close()
        if not self._wait(grace_s):
            self.kill_and_wait()
        if threading.current_thread() is not self._supervisor:
            self._supervisor.join()

    def _wait(self, timeout: float) -> bool:
        """Return whether the process is gone within ``timeout`` seconds."""
        try:
            self._streams.handle.wait(timeout)
        except subprocess.TimeoutExpired:
            # After a kill: uninterruptible in the kernel, for example on a dead network drive. It can do nothing more.
            return False
        return True

    def _supervise(self, started: "queue.SimpleQueue[_Streams | Exception]") -> None:
        plan = self._plan
        try:
            handle = self._spawner.spawn(
                plan.command, descriptors=plan.descriptors, environment=plan.environment, folder=Path(os.sep)
            )
        except (OSError, ValueError) as error:
            started.put(error)
            return
        streams = _Streams(handle)
        drain = threading.Thread(target=self._drain, args=(streams,), name=f"{plan.name}-stderr", daemon=True)
        drain.start()
        started.put(streams)
        try:
            self._read_all(streams)
        finally:
            # Also when a defect ends this thread: somebody waits for the end.
            if self._breach is not None:
                handle.kill()
            status = _reap(handle)
            drain.join()
            with self._stdin_lock:
                streams.close()
            self._on_end(ChildEnd(status, self._breach, self.diagnostics))

    def _read_all(self, streams: "_Streams") -> None:
        """Read lines until the end, a breach, or the app's loss of interest."""
        limit = self._plan.line_limit
        while untrusted_line := streams.stdout.readline(limit + 1):
            try:
                if not self._on_line(untrusted_line):
                    return
            except ProtocolBreach as breach:
                # A line that was cut off by the process's end says less than that end does.
                is_cut_off = not untrusted_line.endswith(b"\n") and len(untrusted_line) <= limit
                if not is_cut_off and self._breach is None:
                    self._breach = breach
                return

    def _drain(self, streams: "_Streams") -> None:
        """Keep the last lines of the standard error, so that the process never blocks on it."""
        total, rest = 0, b""
        while untrusted_chunk := os.read(streams.stderr.fileno(), 65_536):
            total += len(untrusted_chunk)
            if total > _STDERR_LIMIT and self._breach is None:
                self._breach = ProtocolBreach(BreachKind.FLOOD, "standard error")
                streams.handle.kill()
            *lines, rest = (rest + untrusted_chunk).split(b"\n")
            rest = rest[-_STDERR_LINE_CHARACTERS:]
            self._stderr.extend(printable(line, _STDERR_LINE_CHARACTERS) for line in lines[-_STDERR_LINES:])
        if rest:
            self._stderr.append(printable(rest, _STDERR_LINE_CHARACTERS))


class _Streams:
    """A process and its three pipes, of which the writing one does not block."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.stdin = _asked_for(handle.stdin)
        self.stdout = _asked_for(handle.stdout)
        self.stderr = _asked_for(handle.stderr)
        os.set_blocking(self.stdin.fileno(), False)

    def close(self) -> None:
        for stream in (self.stdin, self.stdout, self.stderr):
            stream.close()


def _asked_for(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101  # a spawner makes all three
    return stream


def _reap(handle: Handle) -> int:
    try:
        return handle.wait(_EXIT_GRACE_S)
    except subprocess.TimeoutExpired:
        handle.kill()
        return handle.wait()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One worker process: started, read, drained, ended and explained.

A supervisor thread starts the process, reads its lines and waits for its end. It lives as long as the process, which
matters on Linux: the worker asks to be killed when the *thread* that started it ends.
"""

import os
import select
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.line_messages import BreachKind, Message, ProtocolBreach
from strongroom.engine.dialogue import Dialogue
from strongroom.engine.faults import EngineFault, FaultKind
from strongroom.engine.launch import worker_environment
from strongroom.engine.mailbox import Mailbox, MailboxClosed
from strongroom.engine.protocol import (
    OUT_OF_MEMORY_EXIT,
    OUT_OF_MEMORY_WORDS,
    WORKER_LINE_LIMIT,
)

_MAILBOX_CAPACITY = 512
_POLL_S = 0.02
_EXIT_GRACE_S = 1.0
_STDERR_LINES = 60
_STDERR_LINE_CHARACTERS = 300
_STDERR_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A checked message, and when its line came (monotonic seconds)."""

    message: Message
    at: float


class WorkerProcess:
    """A running worker.

    Args:
        command: The worker's command line.
        descriptors: All that it inherits.
        dialogue: Checks its lines.

    Raises:
        EngineFault: It could not be started.
    """

    def __init__(self, command: Sequence[str], descriptors: Sequence[int], dialogue: Dialogue) -> None:
        self._command = list(command)
        self._descriptors = tuple(descriptors)
        self._dialogue = dialogue
        self._mailbox: Mailbox[Received] = Mailbox(_MAILBOX_CAPACITY)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_started = threading.Event()
        self._fault: EngineFault | None = None
        self._imposed: EngineFault | None = None
        self._stdin_lock = threading.Lock()
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._oom_kills = oom_kill_count()
        self._supervisor = threading.Thread(target=self._supervise, name="engine-supervisor", daemon=True)
        self._supervisor.start()
        self._is_started.wait()
        if self._process is None:
            self._supervisor.join()
            raise self.fault

    @property
    def process_id(self) -> int:
        """The process's number."""
        assert self._process is not None  # noqa: S101  # the constructor raises otherwise
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and has not broken its protocol."""
        return self._fault is None and self._imposed is None and self._process is not None

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The last lines of its standard error: foreign text, made printable."""
        return tuple(self._stderr)

    def take(self, timeout: float) -> Received | None:
        """Return the next message, or None after ``timeout`` seconds.

        Raises:
            EngineFault: The process is gone, and all it had said has been taken.
        """
        try:
            return self._mailbox.take(timeout)
        except MailboxClosed:
            raise self.fault from None

    @property
    def fault(self) -> EngineFault:
        """Why the process is gone; meaningless while it is alive."""
        return self._fault or self._imposed or EngineFault.killed()

    def send(self, line: bytes, *, give_up: Callable[[], bool], limit_s: float) -> None:
        """Write one line.

        A worker that does not read must not block the app: after ``limit_s`` seconds, or when ``give_up`` returns
        true in the middle of the line, it is killed. A worker that is gone is reported by :meth:`take`.
        """
        deadline = time.monotonic() + limit_s
        rest = memoryview(line)
        with self._stdin_lock:
            while rest:
                written = self._write_some(rest)
                if written is None:
                    return
                rest = rest[written:]
                if rest and not written:
                    if give_up():
                        self.impose(EngineFault.killed())
                        return
                    if time.monotonic() > deadline:
                        self.impose(EngineFault(FaultKind.SILENT, f"no line was read for {limit_s:g} s"))
                        return

    def impose(self, fault: EngineFault) -> None:
        """End the process at once, and let ``fault`` be what is said about it, unless it had ended before."""
        if self._imposed is None:
            self._imposed = fault
        self._kill_and_wait()

    def close(self) -> None:
        """End the process: politely by the end of its input, then by force. Returns when it is gone."""
        if self._imposed is None:
            self._imposed = EngineFault.killed()
        self._close_stdin()
        try:
            self._wait(_EXIT_GRACE_S / 2)
        except subprocess.TimeoutExpired:
            self._kill_and_wait()
        self._mailbox.close()
        if threading.current_thread() is not self._supervisor:
            self._supervisor.join()

    def _write_some(self, rest: memoryview) -> int | None:
        """Return how many bytes the pipe took, waiting a moment for room; None when there is no reader any more."""
        process = self._process
        if process is None or process.stdin is None or process.stdin.closed:
            return None
        try:
            return os.write(process.stdin.fileno(), rest)
        except BlockingIOError:
            select.select([], [process.stdin], [], _POLL_S)
            return 0
        except OSError:
            return None

    def _supervise(self) -> None:
        try:
            process = self._start()
        except OSError as error:
            self._fault = EngineFault(FaultKind.NOT_STARTED, error.strerror or "")
            self._mailbox.close()
            self._is_started.set()
            return
        drain = threading.Thread(target=self._drain, args=(process,), name="engine-stderr", daemon=True)
        drain.start()
        self._process = process
        self._is_started.set()
        breach = self._read_all(process)
        if breach is not None:
            process.kill()
        returncode = self._reap(process)
        drain.join()
        self._close_stdin()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        self._fault = self._explain(returncode, breach)
        self._mailbox.close()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=WORKER_LINE_LIMIT,
            close_fds=True,
            pass_fds=self._descriptors,
            env=worker_environment(),
            cwd=Path(os.sep),
            # Ctrl+C in a terminal is for the app, which then ends its workers itself.
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101  # it was asked for
        os.set_blocking(process.stdin.fileno(), False)
        return process

    def _read_all(self, process: subprocess.Popen[bytes]) -> ProtocolBreach | None:
        """Read lines until the end, a breach, or the app's loss of interest."""
        stream = process.stdout
        assert stream is not None  # noqa: S101  # it was asked for
        while untrusted_line := stream.readline(WORKER_LINE_LIMIT + 1):
            try:
                message = self._dialogue.receive(untrusted_line)
            except ProtocolBreach as breach:
                # A line that was cut off by the process's end says less than that end does.
                is_cut_off = not untrusted_line.endswith(b"\n") and len(untrusted_line) <= WORKER_LINE_LIMIT
                return None if is_cut_off else breach
            if not self._mailbox.put(Received(message, time.monotonic())):
                return None
        return None

    def _reap(self, process: subprocess.Popen[bytes]) -> int:
        try:
            return process.wait(_EXIT_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        """Keep the last lines of the standard error, so that the process never blocks on it."""
        assert process.stderr is not None  # noqa: S101  # it was asked for
        total, rest = 0, b""
        while untrusted_chunk := os.read(process.stderr.fileno(), 65_536):
            total += len(untrusted_chunk)
            if total > _STDERR_LIMIT and self._imposed is None:
                self._imposed = EngineFault(FaultKind.FLOOD, "standard error")
                process.kill()
            *lines, rest = (rest + untrusted_chunk).split(b"\n")
            rest = rest[-_STDERR_LINE_CHARACTERS:]
            self._stderr.extend(printable(line, _STDERR_LINE_CHARACTERS) for line in lines[-_STDERR_LINES:])
        if rest:
            self._stderr.append(printable(rest, _STDERR_LINE_CHARACTERS))

    def _explain(self, returncode: int, breach: ProtocolBreach | None) -> EngineFault:
        diagnostics = self.diagnostics
        if breach is not None:
            return EngineFault(_BREACHES[breach.kind], breach.detail, diagnostics=diagnostics)
        if self._imposed is not None:
            return self._imposed
        kind, detail = explain_exit(
            returncode, diagnostics=diagnostics, was_oom_killer_active=oom_kill_count() > self._oom_kills
        )
        return EngineFault(kind, detail, diagnostics=diagnostics)

    def _kill_and_wait(self) -> None:
        process = self._process
        if process is None:
            return
        process.kill()
        self._mailbox.close()
        try:
            self._wait(_EXIT_GRACE_S)
        except subprocess.TimeoutExpired:
            # Uninterruptible in the kernel, for example on a dead network drive. It can do nothing any more.
            return

    def _wait(self, timeout: float) -> None:
        if self._process is not None:
            self._process.wait(timeout)

    def _close_stdin(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with self._stdin_lock:
                process.stdin.close()


_BREACHES = {
    BreachKind.OVERSIZED_LINE: FaultKind.OVERSIZED_LINE,
    BreachKind.MALFORMED_LINE: FaultKind.MALFORMED_LINE,
    BreachKind.WRONG_VERSION: FaultKind.WRONG_VERSION,
    BreachKind.FLOOD: FaultKind.FLOOD,
}


def explain_exit(
    returncode: int, *, diagnostics: Sequence[str] = (), was_oom_killer_active: bool = False
) -> tuple[FaultKind, str]:
    """Return the kind of a process's end, and the detail for its sentence.

    Args:
        returncode: As ``subprocess`` gives it: negative for a signal.
        diagnostics: The last lines of its standard error. They only choose between sentences.
        was_oom_killer_active: Whether the kernel ended any process for want of memory while this one ran.
    """
    has_run_out = any(word in line for line in diagnostics for word in OUT_OF_MEMORY_WORDS)
    if returncode == -signal.SIGKILL:
        return (FaultKind.OUT_OF_MEMORY, "the system ended it") if was_oom_killer_active else (FaultKind.KILLED, "")
    if returncode == OUT_OF_MEMORY_EXIT or (returncode != 0 and has_run_out):
        return FaultKind.OUT_OF_MEMORY, ""
    if returncode < 0:
        name = signal.Signals(-returncode).name if -returncode in set(signal.Signals) else f"signal {-returncode}"
        return FaultKind.CRASHED, name
    return FaultKind.EXITED, f"exit status {returncode}"


def oom_kill_count() -> int:
    """Return how many processes the kernel has ended for want of memory since it started; 0 where it does not tell."""
    try:
        rows = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    return next((int(row.split()[1]) for row in rows if row.startswith("oom_kill ")), 0)


def printable(untrusted_text: bytes | str, limit: int) -> str:
    """Return foreign text cut to ``limit`` characters, with a question mark for everything that is not printable."""
    text = untrusted_text.decode("utf-8", "replace") if isinstance(untrusted_text, bytes) else untrusted_text
    return "".join(character if character.isprintable() else "?" for character in text.strip()[:limit])

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One worker process: what it said, and why it is gone, in the engine's words."""

import queue
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from strongroom.confinement.choosing import spawner_for
from strongroom.confinement.spawning import Handle, Spawner
from strongroom.core.isolation import ProcessRole
from strongroom.core.line_messages import BreachKind, Message
from strongroom.core.statement import Statement
from strongroom.engine.dialogue import Dialogue
from strongroom.engine.faults import EngineFault, FaultKind
from strongroom.engine.launch import worker_environment
from strongroom.engine.mailbox import Mailbox, MailboxClosed
from strongroom.engine.protocol import (
    OUT_OF_MEMORY_EXIT,
    OUT_OF_MEMORY_WORDS,
    WORKER_LINE_LIMIT,
)
from strongroom.processes.child import ChildEnd, ChildPlan, ChildProcess, Delivery
from strongroom.processes.messages import Probed

_MAILBOX_CAPACITY = 512
_ASIDE_POLL_S = 0.05
_LEAVING_S = 0.5
"""How long a worker may take to leave when nothing is wanted of it any more."""


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
        spawner: Starts it; the system's own for workers when None.

    Raises:
        EngineFault: It could not be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        descriptors: Sequence[int],
        dialogue: Dialogue,
        *,
        spawner: Spawner | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._mailbox: Mailbox[Received] = Mailbox(_MAILBOX_CAPACITY)
        self._asides: queue.SimpleQueue[Probed] = queue.SimpleQueue()
        self._fault: EngineFault | None = None
        self._imposed: EngineFault | None = None
        self._oom_kills = oom_kill_count()
        plan = ChildPlan(
            command=command,
            environment=worker_environment(),
            line_limit=WORKER_LINE_LIMIT,
            name="engine",
            descriptors=descriptors,
        )
        try:
            self._child = ChildProcess(spawner or spawner_for(ProcessRole.WORKER), plan, self._hear, self._explain)
        except OSError as error:
            raise EngineFault(FaultKind.NOT_STARTED, error.strerror or "") from None

    @property
    def process_id(self) -> int:
        """The process's number."""
        return self._child.process_id

    @property
    def handle(self) -> Handle:
        """What its spawner gave, which may know what holds around the process."""
        return self._child.handle

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and has not broken its protocol."""
        return self._fault is None and self._imposed is None

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The last lines of its standard error: foreign text, made printable."""
        return self._child.diagnostics

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
        delivery = self._child.write(line, give_up=give_up, limit_s=limit_s)
        if delivery is Delivery.GIVEN_UP:
            self.impose(EngineFault.killed())
        elif delivery is Delivery.NOT_READ:
            self.impose(EngineFault(FaultKind.SILENT, Statement("engine.detail.not_read", seconds=limit_s)))

    def impose(self, fault: EngineFault) -> None:
        """End the process at once, and let ``fault`` be what is said about it, unless it had ended before."""
        if self._imposed is None:
            self._imposed = fault
        self._child.kill()
        # The thread that reads may wait for room.
        self._mailbox.close()
        self._child.kill_and_wait()

    def close(self) -> None:
        """End the process: politely by the end of its input, then by force. Returns when it is gone."""
        if self._imposed is None:
            self._imposed = EngineFault.killed()
        self._mailbox.close()
        self._child.close(_LEAVING_S)

    def take_aside(self, timeout: float) -> Probed:
        """Return the answer to a probe, which may come in the middle of another request's messages.

        Raises:
            EngineFault: The process is gone, or said nothing for ``timeout`` seconds.
        """
        until = time.monotonic() + timeout
        while self.is_alive:
            try:
                return self._asides.get(timeout=_ASIDE_POLL_S)
            except queue.Empty:
                if time.monotonic() > until:
                    raise EngineFault(FaultKind.SILENT, Statement("engine.detail.seconds", seconds=timeout)) from None
        raise self.fault

    def _hear(self, untrusted_line: bytes) -> bool:
        message = self._dialogue.receive(untrusted_line)
        if isinstance(message, Probed):
            self._asides.put(message)
            return True
        return self._mailbox.put(Received(message, time.monotonic()))

    def _explain(self, end: ChildEnd) -> None:
        if end.breach is not None:
            self._fault = EngineFault(_BREACHES[end.breach.kind], end.breach.detail, diagnostics=end.diagnostics)
        elif self._imposed is not None:
            self._fault = self._imposed
        else:
            is_oom = oom_kill_count() > self._oom_kills
            kind, detail = explain_exit(end.status, diagnostics=end.diagnostics, was_oom_killer_active=is_oom)
            self._fault = EngineFault(kind, detail, diagnostics=end.diagnostics)
        self._mailbox.close()


_BREACHES = {
    BreachKind.OVERSIZED_LINE: FaultKind.OVERSIZED_LINE,
    BreachKind.MALFORMED_LINE: FaultKind.MALFORMED_LINE,
    BreachKind.WRONG_VERSION: FaultKind.WRONG_VERSION,
    BreachKind.FLOOD: FaultKind.FLOOD,
}


def explain_exit(
    returncode: int, *, diagnostics: Sequence[str] = (), was_oom_killer_active: bool = False
) -> tuple[FaultKind, str | Statement]:
    """Return the kind of a process's end, and the detail for its sentence.

    Args:
        returncode: As ``subprocess`` gives it: negative for a signal.
        diagnostics: The last lines of its standard error. They only choose between sentences.
        was_oom_killer_active: Whether the kernel ended any process for want of memory while this one ran.
    """
    has_run_out = any(word in line for line in diagnostics for word in OUT_OF_MEMORY_WORDS)
    if returncode == -signal.SIGKILL:
        return _ENDED_BY_SYSTEM if was_oom_killer_active else (FaultKind.KILLED, "")
    if returncode == OUT_OF_MEMORY_EXIT or (returncode != 0 and has_run_out):
        return FaultKind.OUT_OF_MEMORY, ""
    if returncode < 0:
        if -returncode in set(signal.Signals):
            return FaultKind.CRASHED, signal.Signals(-returncode).name
        return FaultKind.CRASHED, Statement("engine.detail.signal", number=-returncode)
    return FaultKind.EXITED, Statement("engine.detail.exit_status", status=returncode)


_ENDED_BY_SYSTEM = (FaultKind.OUT_OF_MEMORY, Statement("engine.detail.ended_by_system"))


def oom_kill_count() -> int:
    """Return how many processes the kernel has ended for want of memory since it started; 0 where it does not tell."""
    try:
        rows = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    return next((int(row.split()[1]) for row in rows if row.startswith("oom_kill ")), 0)

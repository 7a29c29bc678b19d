# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Waiting for what a worker says about one request: no longer than allowed, and no longer than the user wants."""

import threading
import time

from strongroom.core.statement import Statement
from strongroom.engine.dialogue import Dialogue
from strongroom.engine.faults import EngineFault, FaultKind
from strongroom.engine.process import Received, WorkerProcess
from strongroom.engine.protocol import Cancel, Done, Failed, encode

_POLL_S = 0.02
"""How often a waiting thread looks at its cancel event."""
CANCEL_GRACE_S = 0.12
"""How long a worker may take to stop by itself before it is killed: Stop answers within 200 ms."""


class CancelOverdue(Exception):
    """The worker was asked to stop, did not, and is killed now."""


class Waiting:
    """Takes one request's messages, in one thread.

    Args:
        process: The worker.
        dialogue: Told when the request may end as cancelled.
        request: The request's number.
        cancel: Asks the worker to stop when it is set.
        paused: Set while the worker has been told to wait: it may be silent then.
    """

    def __init__(
        self,
        process: WorkerProcess,
        dialogue: Dialogue,
        request: int,
        cancel: threading.Event,
        paused: threading.Event | None = None,
    ) -> None:
        self._process = process
        self._dialogue = dialogue
        self._request = request
        self._cancel = cancel
        self._paused = paused or threading.Event()
        self._kill_at: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether the worker was asked to stop."""
        return self._kill_at is not None

    def next(self, limit_s: float) -> Received:
        """Return the next message.

        Raises:
            EngineFault: The worker is gone, or was silent for ``limit_s`` seconds and is gone now.
            CancelOverdue: It did not stop in time and is gone now.
        """
        silent_at = time.monotonic() + limit_s
        while True:
            if self._cancel.is_set():
                self._stop()
            received = self._process.take(_POLL_S)
            if received is not None:
                return received
            now = time.monotonic()
            if self._paused.is_set():
                silent_at = now + limit_s
            if self._kill_at is not None and now > self._kill_at:
                self._process.impose(EngineFault.killed())
                raise CancelOverdue
            if now > silent_at:
                fault = EngineFault(
                    FaultKind.SILENT,
                    Statement("engine.detail.seconds", seconds=limit_s),
                    diagnostics=self._process.diagnostics,
                )
                self._process.impose(fault)
                raise fault

    def abandon(self, limit_s: float) -> None:
        """Stop a request whose messages nobody takes any more; a worker that goes on anyway is killed.

        Args:
            limit_s: How long it may be silent.
        """
        self._stop()
        try:
            while not isinstance(self.next(limit_s).message, (Done, Failed)):
                pass
        except (CancelOverdue, EngineFault):
            return

    def _stop(self) -> None:
        """Ask the worker to stop, once."""
        if self._kill_at is None:
            self._kill_at = time.monotonic() + CANCEL_GRACE_S
            self._dialogue.allow_cancelled(self._request)
            # A cancel ends the pause too.
            self._paused.clear()
            self._process.send(encode(Cancel(self._request)), give_up=lambda: True, limit_s=0.0)

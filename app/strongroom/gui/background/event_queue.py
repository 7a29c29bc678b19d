# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From the thread that runs a turn to the window: a bounded queue that a timer empties.

A thousand tokens become some thirty paints a second, and a flood makes the sender wait instead of filling memory.
"""

import queue
import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from strongroom.core.events import ChatEvent, PhaseProgressed

FLUSH_MS = 33
CAPACITY = 512
_CLOSED_CHECK_S = 0.05


class EventQueue(QObject):
    """Carries events of one running turn or load into the GUI thread.

    Signals:
        arrived: A list of events, in order; of several progress reports of one phase in a row, the last.
    """

    arrived = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events: queue.Queue[ChatEvent] = queue.Queue(CAPACITY)
        self._is_closed = threading.Event()
        self._timer = QTimer(self)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self.flush)

    def start(self) -> None:
        """Begin to deliver."""
        if not self._is_closed.is_set():
            self._timer.start()

    def stop(self) -> None:
        """Deliver what has arrived, then rest until the next start."""
        self._timer.stop()
        self.flush()

    def close(self) -> None:
        """Drop what arrives from now on, so that no sender waits for a window that is gone."""
        self._is_closed.set()
        self._timer.stop()
        self._drain()

    def post(self, event: ChatEvent) -> None:
        """Hand over one event, from any thread; waits while the queue is full."""
        while not self._is_closed.is_set():
            try:
                self._events.put(event, timeout=_CLOSED_CHECK_S)
            except queue.Full:
                continue
            return

    def flush(self) -> None:
        """Deliver what has arrived."""
        if events := self._drain():
            self.arrived.emit(_without_stale_progress(events))

    def _drain(self) -> list[ChatEvent]:
        events: list[ChatEvent] = []
        # At most one queue's worth, so that a flood cannot keep the window busy in this loop.
        for _ in range(CAPACITY):
            try:
                events.append(self._events.get_nowait())
            except queue.Empty:
                break
        return events


def _without_stale_progress(events: Sequence[ChatEvent]) -> list[ChatEvent]:
    kept: list[ChatEvent] = []
    for event in events:
        if isinstance(event, PhaseProgressed) and kept and isinstance(kept[-1], PhaseProgressed):
            kept.pop()
        kept.append(event)
    return kept

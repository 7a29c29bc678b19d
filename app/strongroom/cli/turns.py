# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one turn so that Ctrl+C stops the answer and never the app, and never in the middle of a database write."""

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from strongroom.core.events import ChatEvent, Listener, PromptRefused, TurnFinished
from strongroom.core.generation import SamplingParameters

if TYPE_CHECKING:
    from strongroom.chat import Session

T = TypeVar("T")


INTERRUPTS_BEFORE_LEAVING = 3
"""How often Ctrl+C may be pressed in one operation before it ends the program after all."""


@dataclass(frozen=True, slots=True)
class _Returned(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _Raised:
    error: BaseException


@dataclass(frozen=True, slots=True)
class _Interrupted:
    """Ctrl+C was pressed."""


def run_turn(
    session: "Session",
    text: str,
    show: Listener,
    *,
    sampling: SamplingParameters | None = None,
    model_id: str = "",
    system_prompt: str | None = None,
) -> TurnFinished | PromptRefused:
    """Send ``text`` and show the events on this thread until the answer ended.

    Raises:
        UserFacingError: Nothing was sent, nothing was stored.
        Cancelled: Ctrl+C while the model was verified or loaded.
        KeyboardInterrupt: Ctrl+C was pressed again and again.
    """
    return run_stoppable(
        lambda on_event, stop: session.send(
            text, on_event=on_event, sampling=sampling, model_id=model_id, system_prompt=system_prompt, cancel=stop
        ),
        show,
    )


def run_stoppable(work: Callable[[Listener, threading.Event], T], show: Listener) -> T:
    """Run ``work`` on a thread of its own and ``show`` its events on this one; Ctrl+C sets the event that it is given.

    Python delivers Ctrl+C to the main thread, wherever that is. Keeping the work off it means that an interrupt can
    neither tear a transaction nor get lost inside a library.

    Raises:
        BaseException: What ``work`` raised.
        KeyboardInterrupt: Ctrl+C was pressed again and again.
    """
    arrivals: queue.SimpleQueue[ChatEvent | _Returned[T] | _Raised | _Interrupted] = queue.SimpleQueue()
    stop = threading.Event()

    def run() -> None:
        try:
            arrivals.put(_Returned(work(arrivals.put, stop)))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is awaited
            arrivals.put(_Raised(error))

    interrupts = 0
    with _interrupts_become(lambda: arrivals.put(_Interrupted())):
        threading.Thread(target=run, name="strongroom-turn").start()
        while True:
            arrival = arrivals.get()
            if isinstance(arrival, _Returned):
                return arrival.value
            if isinstance(arrival, _Raised):
                raise arrival.error
            if isinstance(arrival, _Interrupted):
                stop.set()
                interrupts += 1
                if interrupts >= INTERRUPTS_BEFORE_LEAVING:
                    raise KeyboardInterrupt
            else:
                show(arrival)


@contextmanager
def _interrupts_become(report: Callable[[], None]) -> Iterator[None]:
    """Call ``report`` for SIGINT instead of raising; only the main thread may change that, others leave it alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # SimpleQueue.put is reentrant, so the handler may run while this very thread is inside the queue.
    former = signal.signal(signal.SIGINT, lambda _number, _frame: report())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)

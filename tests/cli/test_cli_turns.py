# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Ctrl+C during work: it stops the work, not the program, and reaches no other thread."""

import os
import signal
import threading

import pytest

from strongroom.cli.turns import INTERRUPTS_BEFORE_LEAVING, run_stoppable
from strongroom.core.errors import Cancelled
from strongroom.core.events import Phase, PhaseProgressed

PATIENCE_S = 10


def progress(done: int) -> PhaseProgressed:
    return PhaseProgressed(Phase.LOADING, done, 1000)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_events_arrive_in_order_on_the_calling_thread():
    shown: list[tuple[PhaseProgressed, threading.Thread]] = []

    def work(on_event, stop):
        for done in range(100):
            on_event(progress(done))
        return "result"

    result = run_stoppable(work, lambda event: shown.append((event, threading.current_thread())))
    assert result == "result"
    assert [event.done for event, _ in shown] == list(range(100))
    assert {thread for _, thread in shown} == {threading.current_thread()}


def test_an_error_of_the_work_is_raised_here():
    def work(on_event, stop):
        raise Cancelled

    with pytest.raises(Cancelled):
        run_stoppable(work, lambda event: None)


def test_interrupt_stops_the_work_and_its_result_still_comes():
    def work(on_event, stop):
        on_event(progress(1))
        assert stop.wait(PATIENCE_S)
        return "what was there"

    assert run_stoppable(work, lambda event: interrupt()) == "what was there"


def test_pressing_again_and_again_leaves_after_all():
    release = threading.Event()

    def work(on_event, stop):
        for done in range(INTERRUPTS_BEFORE_LEAVING):
            on_event(progress(done))
        release.wait(PATIENCE_S)

    with pytest.raises(KeyboardInterrupt):
        run_stoppable(work, lambda event: interrupt())
    release.set()


def test_the_former_handler_is_back_afterwards():
    before = signal.getsignal(signal.SIGINT)
    run_stoppable(lambda on_event, stop: None, lambda event: None)
    assert signal.getsignal(signal.SIGINT) is before

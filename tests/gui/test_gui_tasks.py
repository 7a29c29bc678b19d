# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Background work: off the GUI thread, reported in it, cancelled, joined."""

import threading
import time

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication

from strongroom.core.errors import Cancelled
from strongroom.core.events import Phase, PhaseProgressed, TextReleased
from strongroom.gui.background.event_queue import CAPACITY, EventQueue
from strongroom.gui.background.task_runner import TaskRunner


@pytest.fixture
def runner(qapp):
    made = TaskRunner()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def events(qapp):
    made = EventQueue()
    yield made
    made.close()
    made.deleteLater()


def unexpected(error):
    raise AssertionError(error)


def test_work_runs_elsewhere_and_reports_here(runner, qtbot):
    seen = []
    runner.run(
        lambda _: threading.current_thread(), lambda where: seen.append((where, QThread.currentThread())), unexpected
    )
    qtbot.waitUntil(lambda: bool(seen))
    where, reported_in = seen[0]
    assert where is not threading.main_thread()
    assert reported_in is QApplication.instance().thread()


def test_a_failure_is_reported_as_it_is(runner, qtbot):
    failure = ValueError("as it is")
    seen = []

    def fail(_cancelled):
        raise failure

    runner.run(fail, unexpected, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [failure]


def test_store_work_keeps_its_order(runner, qtbot):
    done = []
    for number in range(50):
        runner.store(lambda number=number: number, done.append, unexpected)
    qtbot.waitUntil(lambda: len(done) == 50)
    assert done == list(range(50))


def test_cancel_reaches_the_work(runner, qtbot):
    seen = []

    def wait(cancelled):
        assert cancelled.wait(30)
        raise Cancelled

    task = runner.run(wait, unexpected, seen.append)
    task.cancel()
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], Cancelled)


def test_what_waits_for_a_thread_is_cancelled_at_once(qtbot):
    runner = TaskRunner(workers=1)
    go, seen = threading.Event(), []
    runner.run(lambda _: go.wait(30), lambda _: None, unexpected)
    waiting = runner.run(lambda _: pytest.fail("it was cancelled"), unexpected, seen.append)
    waiting.cancel()
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], Cancelled)
    go.set()
    runner.close()


def test_many_waits_do_not_keep_others_from_beginning(runner, qtbot):
    go, begun = threading.Event(), []
    for number in range(12):
        runner.run(lambda _, number=number: (begun.append(number), go.wait(30)), lambda _: None, unexpected)
    qtbot.waitUntil(lambda: len(begun) == 12)
    go.set()


def test_closing_cancels_joins_and_reports_nothing(runner, qtbot):
    ended, reported = threading.Event(), []

    def wait(cancelled):
        if cancelled.wait(30):
            ended.set()

    runner.run(wait, reported.append, reported.append)
    runner.close()
    assert ended.is_set()
    QApplication.processEvents()
    assert reported == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("strongroom-")]


def test_nothing_polls_when_nothing_is_under_way(runner, qtbot):
    runner.store(lambda: None, lambda _: None, unexpected)
    qtbot.waitUntil(lambda: not runner.pending)
    assert not runner.findChild(QTimer).isActive()


def test_a_thousand_events_become_few_signals(events, qtbot):
    flushes, began = [], time.monotonic()
    events.arrived.connect(flushes.append)
    events.start()
    sender = threading.Thread(target=lambda: [events.post(TextReleased(1, str(i))) for i in range(1000)])
    sender.start()
    qtbot.waitUntil(lambda: sum(map(len, flushes)) == 1000)
    sender.join()
    assert [event.text for flush in flushes for event in flush] == [str(i) for i in range(1000)]
    # Some thirty in a second, however long a busy machine takes for a thousand events.
    assert len(flushes) <= (time.monotonic() - began) / 0.030 + 2


def test_of_progress_only_the_latest_is_shown(events, qtbot):
    flushes = []
    events.arrived.connect(flushes.append)
    for done in range(100):
        events.post(PhaseProgressed(Phase.LOADING, done, 1000))
    events.post(TextReleased(1, "a"))
    events.flush()
    assert flushes == [[PhaseProgressed(Phase.LOADING, 99, 1000), TextReleased(1, "a")]]


def test_a_flood_waits_instead_of_filling_memory(events, qtbot):
    sent = []

    def flood():
        for number in range(CAPACITY * 3):
            events.post(TextReleased(1, "x"))
            sent.append(number)

    sender = threading.Thread(target=flood)
    sender.start()
    qtbot.waitUntil(lambda: len(sent) == CAPACITY)
    assert sender.is_alive()
    received = []
    events.arrived.connect(received.extend)
    events.start()
    qtbot.waitUntil(lambda: len(received) == CAPACITY * 3)
    sender.join()


def test_a_sender_does_not_wait_for_a_window_that_is_gone(events):
    sender = threading.Thread(target=lambda: [events.post(TextReleased(1, "x")) for _ in range(CAPACITY * 2)])
    sender.start()
    events.close()
    sender.join(20)
    assert not sender.is_alive()

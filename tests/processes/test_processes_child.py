# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A child process is started, heard, written to and ended, and how it ended is known."""

import queue
import signal
import sys
import threading

import pytest

from strongroom.confinement.spawning import DirectSpawner
from strongroom.core.line_messages import BreachKind, ProtocolBreach
from strongroom.processes.child import ChildEnd, ChildPlan, ChildProcess, Delivery

PATIENCE_S = 20


class Heard:
    """What the supervisor thread has reported."""

    def __init__(self, *, breach_at: bytes = b"", defect_at: bytes = b"") -> None:
        self.lines: queue.Queue[bytes] = queue.Queue()
        self.ends: queue.Queue[ChildEnd] = queue.Queue()
        self._breach_at = breach_at
        self._defect_at = defect_at

    def on_line(self, line: bytes) -> bool:
        if self._breach_at and line.startswith(self._breach_at):
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a test")
        if self._defect_at and line.startswith(self._defect_at):
            raise ZeroDivisionError
        self.lines.put(line)
        return True

    def start(self, program: str, *, line_limit: int = 100, command: list[str] | None = None) -> ChildProcess:
        plan = ChildPlan(command or [sys.executable, "-I", "-c", program], {}, line_limit, "test")
        return ChildProcess(DirectSpawner(), plan, self.on_line, self.ends.put)

    def end(self) -> ChildEnd:
        return self.ends.get(timeout=PATIENCE_S)


@pytest.fixture
def started():
    children = []

    def start(heard: Heard, program: str, **options) -> ChildProcess:
        children.append(heard.start(program, **options))
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.close(0)


def test_lines_come_in_order_and_the_end_is_explained(started):
    heard = Heard()
    started(heard, "import sys; print('one'); print('two'); print('\\x1b[31mred', file=sys.stderr); sys.exit(3)")
    end = heard.end()
    assert (heard.lines.get(), heard.lines.get()) == (b"one\n", b"two\n")
    assert (end.status, end.breach, end.diagnostics) == (3, None, ("?[31mred",))


def test_a_program_that_cannot_be_started_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        Heard().start("", command=[str(tmp_path / "nothing")])


def test_a_breach_ends_the_process(started):
    heard = Heard(breach_at=b"bad")
    started(heard, "print('bad', flush=True); input()")
    end = heard.end()
    assert end.status == -signal.SIGKILL
    assert end.breach is not None


def test_a_line_that_the_end_has_cut_off_is_no_breach(started):
    heard = Heard(breach_at=b"ba")
    started(heard, "print('ba', end='')")
    assert heard.end() == ChildEnd(0, None, ())


def test_a_line_is_read_no_further_than_one_byte_over_its_limit(started):
    heard = Heard()
    started(heard, "print('x' * 1000)", line_limit=10)
    assert heard.lines.get(timeout=PATIENCE_S) == b"x" * 11


def test_a_defect_of_the_listener_ends_the_process_all_the_same(started, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    heard = Heard(defect_at=b"odd")
    started(heard, "print('odd', flush=True); input()")
    assert heard.end().status == -signal.SIGKILL


def test_what_nobody_reads_is_given_up_in_time(started):
    heard = Heard()
    child = started(heard, "print('here', flush=True); import time; time.sleep(600)")
    heard.lines.get(timeout=PATIENCE_S)
    assert child.write(b"x" * 1_000_000, limit_s=0.05) is Delivery.NOT_READ
    assert child.write(b"x" * 1_000_000, limit_s=60, give_up=lambda: True) is Delivery.GIVEN_UP
    child.kill_and_wait()
    assert heard.end().status == -signal.SIGKILL
    assert child.write(b"x", limit_s=60) is Delivery.NO_READER


def test_closing_is_polite_first(started):
    heard = Heard()
    child = started(heard, "import sys; print('here', flush=True); sys.stdin.read(); sys.exit(7)")
    heard.lines.get(timeout=PATIENCE_S)
    assert child.write(b"good-bye\n", limit_s=PATIENCE_S) is Delivery.COMPLETE
    child.close(PATIENCE_S)
    child.close(PATIENCE_S)
    assert heard.end().status == 7
    assert child.has_ended

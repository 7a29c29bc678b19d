# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A filter that never keeps anybody waiting: one that hangs is a filter that failed.

Each text is filtered in a thread of its own. Whoever feeds it waits for as long as the most patient user would; then
the text is blocked, the rule that was at work is named, and nothing that the thread may still say is heard.
"""

import ctypes
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from strongroom.core.findings import Direction, FilteredText
from strongroom.core.statement import Statement
from strongroom.filter.compiled import CompiledPolicy
from strongroom.filter.failure import FilterFailure
from strongroom.filter.stream import Release, StreamFilter, whole

T = TypeVar("T")

PATIENCE_S = 10.0
"""Seconds that a step may take, however short the text. An ordinary one takes less than a thousandth of one."""
_CHARACTERS_PER_SECOND = 100_000
"""What a longer text is granted in addition; a hundred times as long as it takes on a slow machine."""


class GuardedStream:
    """A :class:`~strongroom.filter.stream.StreamFilter` whose steps end in time. Used once, from one thread at a time.

    Args:
        compiled: The policy.
        direction: Which way the text is going.
        patience_s: Seconds that a step may take.
    """

    def __init__(self, compiled: CompiledPolicy, direction: Direction, *, patience_s: float = PATIENCE_S) -> None:
        self._stream = StreamFilter(compiled, direction)
        self._patience_s = patience_s
        self._thread = _FilterThread()
        self._failure: FilterFailure | None = None
        self._is_finished = False
        # A text that is given up halfway must not leave its thread behind.
        weakref.finalize(self, self._thread.end)

    @property
    def held(self) -> int:
        """Characters that are held back at the moment."""
        return self._stream.held

    def feed(self, text: str) -> Release:
        """See :meth:`strongroom.filter.stream.StreamFilter.feed`; a step that takes too long has failed."""
        return self._run(lambda: self._stream.feed(text), len(text))

    def finish(self) -> Release:
        """See :meth:`strongroom.filter.stream.StreamFilter.finish`; a step that takes too long has failed."""
        release = self._run(self._stream.finish, 0)
        self._is_finished = True
        self._thread.end()
        return release

    def _run(self, step: Callable[[], T], characters: int) -> T:
        if self._failure is not None:
            raise self._failure
        if self._is_finished:
            return step()
        seconds = self._patience_s + characters / _CHARACTERS_PER_SECOND
        try:
            return self._thread.run(step, seconds)
        except TimeoutError:
            self._failure = took_too_long(self._stream, seconds)
            raise self._failure from None


def filter_text(
    compiled: CompiledPolicy, direction: Direction, text: str, *, patience_s: float = PATIENCE_S
) -> FilteredText:
    """Return the whole ``text`` as the policy lets it be seen.

    Raises:
        FilterFailure: A detector failed or took too long; nothing of the text may be used.
    """
    stream = StreamFilter(compiled, direction)
    return run_guarded(lambda: whole(stream, text), stream, len(text), patience_s=patience_s)


def run_guarded(call: Callable[[], T], stream: StreamFilter, characters: int, *, patience_s: float = PATIENCE_S) -> T:
    """Return what ``call`` returns, which uses ``stream`` to filter a whole text.

    Raises:
        FilterFailure: A detector failed, or all of it took too long.
    """
    thread = _FilterThread()
    seconds = patience_s + characters / _CHARACTERS_PER_SECOND
    try:
        return thread.run(call, seconds)
    except TimeoutError:
        raise took_too_long(stream, seconds) from None
    finally:
        thread.end()


def took_too_long(stream: StreamFilter, seconds: float) -> FilterFailure:
    """Return the failure of a filter that did not come back in time."""
    return FilterFailure(stream.rule_at_work, Statement("filter.no_answer", seconds=seconds))


class _FilterThread:
    """Runs one step after another. It ends when it is told to, or when a step has taken too long."""

    def __init__(self) -> None:
        self._steps: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, step: Callable[[], T], seconds: float) -> T:
        """Return what ``step`` returns, or raise what it raises.

        Raises:
            TimeoutError: It took longer than that. The thread must not be used again.
        """
        if self._thread is None:
            self._thread = threading.Thread(
                target=_work, args=(self._steps, self._outcomes), name="strongroom-filter", daemon=True
            )
            self._thread.start()
        self._steps.put(step)
        try:
            result, error = self._outcomes.get(timeout=seconds)
        except queue.Empty:
            self._give_up(self._thread)
            raise TimeoutError from None
        if error is not None:
            raise error
        outcome: T = result
        return outcome

    def end(self) -> None:
        """Let the thread end."""
        if self._thread is not None:
            self._steps.put(None)

    def _give_up(self, thread: threading.Thread) -> None:
        """End the thread if it is running Python; native code cannot be ended, and its thread is left alone."""
        self._steps.put(None)
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))


def _work(
    steps: "queue.SimpleQueue[Callable[[], Any] | None]",
    outcomes: "queue.SimpleQueue[tuple[Any, BaseException | None]]",
) -> None:
    # A function, so that the thread does not keep alive whoever started it.
    while (step := steps.get()) is not None:
        try:
            outcome: tuple[Any, BaseException | None] = step(), None
        except BaseException as error:  # noqa: BLE001 - raised again where the step was asked for
            outcome = None, error
        del step
        outcomes.put(outcome)

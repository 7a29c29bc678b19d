# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One question at a time, of which only the newest counts."""

import threading
from collections.abc import Callable
from typing import TypeVar

from strongroom.gui.background.task_runner import Task, TaskRunner

T = TypeVar("T")


class LatestRequest:
    """Runs one request at a time; a new one takes the place of the former, whose outcome is not told any more."""

    def __init__(self, runner: TaskRunner, on_changed: Callable[[], object]) -> None:
        self._runner = runner
        self._on_changed = on_changed
        self._task: Task | None = None

    @property
    def is_running(self) -> bool:
        """Whether a request is under way."""
        return self._task is not None

    def start(
        self,
        operation: Callable[[threading.Event], T],
        on_success: Callable[[T], None],
        on_error: Callable[[BaseException], None],
    ) -> None:
        """Begin a request."""
        if self._task is not None:
            self._task.cancel()
        task: Task | None = None

        def end() -> bool:
            if self._task is not task:
                return False
            self._task = None
            self._on_changed()
            return True

        def succeed(result: T) -> None:
            if end():
                on_success(result)

        def fail(error: BaseException) -> None:
            if end():
                on_error(error)

        task = self._task = self._runner.run(operation, succeed, fail)
        self._on_changed()

    def cancel(self) -> bool:
        """Stop the request that is under way; return whether there was one."""
        if self._task is None:
            return False
        self._task.cancel()
        self._task = None
        self._on_changed()
        return True

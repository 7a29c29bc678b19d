# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One run of a job: what its kind's work is handed, and what comes of it."""

import threading
from collections.abc import Callable

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.line_messages import Message, values_of
from strongroom.core.statement import Statement
from strongroom.jobs.announcing import Announcer
from strongroom.jobs.job import JobState, problem_of
from strongroom.jobs.kind import JobPostponed
from strongroom.jobs.one_job import OneJob, Outcome

DEFECT: Outcome = (JobState.FAILED, Statement("jobs.defect"), None)
"""How a run ends by a mistake in the program, which its thread reports."""


class JobRun:
    """Fulfills :class:`~strongroom.jobs.kind.JobContext`.

    Args:
        one: The job.
        stop: Ends this run.
        lock: Guards ``one``.
        announcer: Tells how ``one`` stands, and writes its payload down.
    """

    def __init__(
        self,
        one: OneJob,
        stop: threading.Event,
        lock: threading.Condition,
        announcer: Announcer,
    ) -> None:
        self._one = one
        self._stop = stop
        self._lock = lock
        self._announcer = announcer

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self._one.job_id

    @property
    def payload(self) -> Message:
        """What is to be done."""
        with self._lock:
            return self._one.payload

    @property
    def cancelled(self) -> threading.Event:
        """Set when the run shall end."""
        return self._stop

    def report(self, done: int, total: int) -> None:
        """Tell how far it is."""
        self._change(lambda: self._one.advance(done, total))

    def say(self, note: str) -> None:
        """Tell which phase the work is in."""
        self._change(lambda: self._one.say(note))

    def checkpoint(self, payload: Message) -> None:
        """Let the next run begin with ``payload``.

        Raises:
            OSError: It cannot be written.
        """
        self._announcer.checkpoint(self._one, payload)

    def outcome(self) -> Outcome | None:
        """Do the work; return how it ended, or None when it was stopped: who stopped it has said how it stands."""
        try:
            result = self._one.kind.run(self)
            values_of(result)
            return JobState.DONE, None, result
        except Cancelled:
            return None if self._stop.is_set() else (JobState.PAUSED, None, None)
        except JobPostponed as postponed:
            return None if self._stop.is_set() else (JobState.PAUSED, problem_of(postponed.error), None)
        except UserFacingError as error:
            return JobState.FAILED, problem_of(error), None

    def _change(self, change: Callable[[], None]) -> None:
        with self._lock:
            if self._stop.is_set():
                return
            change()
        self._announcer.tell(self._one)

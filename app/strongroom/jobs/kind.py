# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A kind of job, as the room that does the work declares it, and what its work is handed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from strongroom.core.errors import UserFacingError
from strongroom.core.line_messages import Message
from strongroom.jobs.job import Progress, Unit

P = TypeVar("P", bound=Message)
R = TypeVar("R", bound=Message)
PayloadOfContext = TypeVar("PayloadOfContext", bound=Message)


class JobPostponed(Exception):
    """Raised by the work of a kind: it cannot go on for now, through no fault of its own; the job is paused.

    Args:
        error: Why.
    """

    def __init__(self, error: UserFacingError) -> None:
        super().__init__(str(error))
        self.error = error


class JobContext(Protocol[PayloadOfContext]):
    """What the work of a kind knows and tells while it runs. Its methods may be called from any thread."""

    @property
    def job_id(self) -> str:
        """The job's id: 16 hexadecimal digits, which may name files of the kind's own."""

    @property
    def payload(self) -> PayloadOfContext:
        """What is to be done, as of the last checkpoint."""

    @property
    def cancelled(self) -> threading.Event:
        """Set when the run shall end: paused, cancelled, or the app ends. Raise ``Cancelled`` then, soon."""

    def report(self, done: int, total: int) -> None:
        """Tell how far it is. Ignored once :attr:`cancelled` is set."""

    def say(self, note: str) -> None:
        """Tell which phase the work is in; its rate is measured anew. Ignored once :attr:`cancelled` is set."""

    def checkpoint(self, payload: PayloadOfContext) -> None:
        """Let the next run begin with ``payload``; it is on the disk when this returns.

        Raises:
            OSError: It cannot be written; the next run begins with the former one.
        """


def _nothing_done(job_id: str, payload: Message) -> Progress:  # noqa: ARG001
    return Progress()


def _nothing_kept(job_id: str, payload: Message) -> None:
    """Leave nothing behind, since nothing is kept."""


@dataclass(frozen=True, slots=True)
class JobKind(Generic[P, R]):
    """One kind of work.

    A run may follow one that was killed at any moment: the work looks at what is there and goes on.
    """

    name: str
    """Lower-case letters, digits and dots; part of each record on the disk."""
    payload: type[P]
    result: type[R]
    run: Callable[[JobContext[P]], R]
    """Does the work, on a thread of its own, and returns what came of it, which counts even if it comes after a pause.

    Raises:
        UserFacingError: It failed.
        JobPostponed: It cannot go on for now.
        Cancelled: The context's event was set.
    """
    most_at_once: int = 1
    unit: Unit = Unit.BYTES
    progress: Callable[[str, P], Progress] = _nothing_done
    """Looks at how much of a job is done that does not run, given its id and payload; quick, and never raises."""
    discard: Callable[[str, P], None] = _nothing_kept
    """Deletes what the kind keeps for an unfinished job, given its id and payload; raises OSError if it cannot."""

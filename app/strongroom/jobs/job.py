# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One job as others see it: frozen snapshots, and the words for its states."""

from dataclasses import dataclass, field
from enum import StrEnum

from strongroom.core.errors import UserFacingError
from strongroom.core.line_messages import Message
from strongroom.core.statement import Fact, Statement

MOST_TEXT = 2_000
"""Characters of a text among a problem's facts."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    """It begins as soon as it is its turn."""
    RUNNING = "running"
    PAUSED = "paused"
    """By the user, or because it cannot go on for now. What is done is kept."""
    INTERRUPTED = "interrupted"
    """The app ended before the job did. What is done is kept."""
    DONE = "done"
    FAILED = "failed"
    """See :attr:`Job.problem`."""
    CANCELLED = "cancelled"
    """The user wants it no more. What is done is kept for a day, in case that was a mistake."""

    @property
    def is_active(self) -> bool:
        """Whether something is being done or about to be done."""
        return self in (JobState.WAITING, JobState.RUNNING)

    @property
    def can_resume(self) -> bool:
        """Whether a job in this state can go on or be tried again."""
        return not self.is_active and self is not JobState.DONE


class JobPriority(StrEnum):
    """What begins first where not everything can run at once."""

    FOREGROUND = "foreground"
    NORMAL = "normal"
    BACKGROUND = "background"


class Unit(StrEnum):
    """What the progress of a kind counts."""

    BYTES = "bytes"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a job is done. A total of 0 is not known yet."""

    done: int = 0
    total: int = 0


def problem_of(error: UserFacingError) -> Statement:
    """Return an error as a record can hold it: a file's name in it may be no whole Unicode text."""
    facts = {name: _writable(value) for name, value in error.facts.items()}
    return Statement(error.code, **facts)


@dataclass(frozen=True, slots=True)
class Job:
    """How one job stands."""

    job_id: str
    kind: str
    """Which kind of work it is: the name under which its owner declared it."""
    name: str
    """What the user asked for, in words of the kind's owner; foreign text."""
    state: JobState
    progress: Progress
    unit: Unit
    rate: float
    """Units per second over the last seconds; 0 while nothing is done."""
    priority: JobPriority
    created_at: str
    payload: Message
    """What the kind needs to do it; of the class that the kind declares."""
    result: Message | None = None
    """What came of it, once done; of the class that the kind declares."""
    started_at: str = ""
    """When its present or last run began; empty before the first."""
    ended_at: str = ""
    """When it last stopped, whatever the reason; empty while it is active."""
    note: str = ""
    """What the kind says about the phase it is in; empty while it does not run."""
    problem: Statement | None = None
    """Why it failed or cannot go on; the doors word it."""
    after: str = ""
    """While it waits: the name of the job before it; empty when it is next."""
    is_elsewhere: bool = False
    """Another process of the app had it when this one looked last."""
    is_discarded: bool = field(default=False, kw_only=True)
    """It was forgotten: the last that is heard of it."""

    @property
    def seconds_left(self) -> float | None:
        """The time that the rest takes at this rate; None when nothing is done or the total is not known."""
        left = self.progress.total - self.progress.done
        return left / self.rate if self.rate > 0 and self.progress.total else None


def _writable(fact: Fact) -> Fact:
    if isinstance(fact, str):
        return fact.encode("utf-8", "replace").decode()[:MOST_TEXT]
    if isinstance(fact, tuple):
        return tuple(_writable(item) for item in fact)
    if isinstance(fact, Statement):
        return Statement(fact.code, **{name: _writable(value) for name, value in fact.facts.items()})
    return fact

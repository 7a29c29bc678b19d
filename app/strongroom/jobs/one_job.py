# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One job as the queue keeps it: where it stands, and the claim on it."""

import os
import threading
import time
from dataclasses import replace

from strongroom.core.clock import utc_now
from strongroom.core.line_messages import Message, message_with, values_of
from strongroom.core.statement import Statement
from strongroom.jobs.job import Job, JobPriority, JobState, Progress
from strongroom.jobs.kind import JobKind
from strongroom.jobs.rate import RateMeter
from strongroom.jobs.records import JobRecord, JobRecords

Outcome = tuple[JobState, Statement | None, Message | None]
"""How a run has ended: the state, why it is not done, and what came of it."""


class OneJob:
    """Changed under the lock of its owner only.

    Args:
        record: What is on disk of it.
        kind: Its kind.
        records: Where the record is.

    Raises:
        ProtocolBreach: The record's payload or result is none of this kind.
    """

    def __init__(self, record: JobRecord, kind: JobKind[Message, Message], records: JobRecords) -> None:
        self.kind = kind
        self._records = records
        self._rate = RateMeter()
        self._claim: int | None = None
        self.stop = threading.Event()
        """Ends the run that it was made for."""
        self.place = 0
        """Its place among those that were asked for with the same priority."""
        self.after = ""
        self.is_discarded = False
        self.told: Job | None = None
        self.load(record)

    def load(self, record: JobRecord) -> None:
        """Take what is on the disk for how it stands: what ended with its process is interrupted.

        Raises:
            ProtocolBreach: The record's payload or result is none of this kind.
        """
        payload = message_with(self.kind.payload, dict(record.payload))
        result = message_with(self.kind.result, dict(record.result)) if record.result is not None else None
        self._record = self.saved = record
        self.payload, self.result = payload, result
        self.state = record.state
        self.note = ""
        self.is_elsewhere = self.state.is_active and not self.is_claimed and self._records.is_claimed(record.job_id)
        if self.state.is_active and not self.is_elsewhere:
            self.state = JobState.INTERRUPTED
            self._record = replace(record, state=self.state, ended_at=self._records.last_alive(record.job_id))
        self.measure()

    @property
    def job_id(self) -> str:
        """Its id."""
        return self._record.job_id

    @property
    def name(self) -> str:
        """What the user asked for."""
        return self._record.name

    @property
    def priority(self) -> JobPriority:
        """How soon its turn comes."""
        return self._record.priority

    @priority.setter
    def priority(self, priority: JobPriority) -> None:
        self._record = replace(self._record, priority=priority)

    @property
    def ended_at(self) -> str:
        """When it last stopped."""
        return self._record.ended_at

    @property
    def created_at(self) -> str:
        """When it was asked for."""
        return self._record.created_at

    def snapshot(self) -> Job:
        """Return how it stands."""
        record = self._record
        is_running = self.state is JobState.RUNNING and not self.is_elsewhere
        return Job(
            job_id=record.job_id,
            kind=record.kind,
            name=record.name,
            state=self.state,
            progress=self.progress,
            unit=self.kind.unit,
            rate=self._rate.value(time.monotonic()) if is_running else 0.0,
            priority=record.priority,
            created_at=record.created_at,
            payload=self.payload,
            result=self.result,
            started_at=record.started_at,
            ended_at=record.ended_at,
            note=self.note if is_running else "",
            problem=record.problem,
            after=self.after if self.state is JobState.WAITING else "",
            is_elsewhere=self.is_elsewhere,
            is_discarded=self.is_discarded,
        )

    def record(self) -> JobRecord:
        """Return what is to be on disk.

        Raises:
            ProtocolBreach: The kind's payload or result holds a value that it does not allow itself.
        """
        result = values_of(self.result) if self.result is not None else None
        return replace(self._record, state=self.state, payload=values_of(self.payload), result=result)

    def begin(self) -> threading.Event:
        """Let its turn begin; return the event that ends it."""
        self.state = JobState.RUNNING
        self.after = ""
        self._record = replace(self._record, started_at=utc_now())
        self.stop = threading.Event()
        return self.stop

    def rest(self, state: JobState, problem: Statement | None = None, result: Message | None = None) -> None:
        """Put it into a state in which nothing is done."""
        self.state = state
        self.note = ""
        self.result = result
        self._rate.forget()
        self._record = replace(
            self._record,
            ended_at="" if state.is_active else utc_now(),
            problem=problem,
        )

    def measure(self) -> None:
        """Take note of how much is done, once nobody works on it any more."""
        self.progress = self.kind.progress(self.job_id, self.payload)
        if self.state is JobState.DONE:
            self.progress = Progress(self.progress.total, self.progress.total)

    def advance(self, done: int, total: int) -> None:
        """Take note of progress."""
        self.progress = Progress(done, total)
        self._rate.note(time.monotonic(), done)

    def say(self, note: str) -> None:
        """Take note of the phase that it is in."""
        if note != self.note:
            self.note = note
            self._rate.forget()

    @property
    def is_claimed(self) -> bool:
        """Whether this process is the one that may work on it, and write its record."""
        return self._claim is not None

    def claim(self) -> bool:
        """Make sure that no other process works on it; say whether that worked.

        Raises:
            OSError: The claim cannot be written down.
        """
        if self._claim is None:
            self._claim = self._records.claim(self.job_id)
        return self._claim is not None

    def mark_alive(self) -> None:
        """Note on the disk that it is worked on now."""
        if self._claim is not None:
            self._records.mark_alive(self._claim, self.job_id)

    def release(self) -> None:
        """Let other processes work on it."""
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Hashing whole models as jobs: one at a time, with progress, and begun anew after a pause or a kill.

What was hashed before is no proof of what is there now, so nothing of a former run is used.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import Listener, Phase, PhaseProgressed
from strongroom.core.line_messages import Message, text_up_to
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.jobs import Job, JobContext, JobKind, JobQueue, JobState

KIND = "verify"
_LOOK_S = 0.05

Verify = Callable[[str, Callable[[int, int], None], threading.Event], VerificationResult]
"""Hashes the model with an id now and compares; told what is done and of how much, and ended by an event."""


@dataclass(frozen=True, slots=True)
class VerifyPayload(Message):
    """Which model is to be verified."""

    TYPE = "verify"
    model_id: Annotated[str, text_up_to(400)]


@dataclass(frozen=True, slots=True)
class VerifyResult(Message):
    """What its bytes were."""

    TYPE = "verified"
    digest: Annotated[str, text_up_to(100)]
    verified_at: Annotated[str, text_up_to(40)]


class Verification:
    """Verifies models as jobs of a queue. Thread-safe.

    Args:
        jobs: The queue; the kind is declared to it.
        verify: Does it.
    """

    def __init__(self, jobs: JobQueue, verify: Verify) -> None:
        self._jobs = jobs
        self._verify = verify
        self._lock = threading.Lock()
        self._outcomes: dict[str, VerificationResult | UserFacingError] = {}
        """How the last run of each model ended: more than a record needs to hold."""
        self._kind = JobKind(name=KIND, payload=VerifyPayload, result=VerifyResult, run=self._run)
        jobs.declare(self._kind)

    def start(self, entry: ModelEntry) -> Job:
        """Begin to verify a model, or go on with what was begun and is not done.

        Raises:
            UserFacingError: It cannot be written down, or another process works on it (``jobs.busy``).
        """
        payload = VerifyPayload(entry.model_id)
        for job in self._jobs.all(KIND):
            if job.payload == payload and job.state is not JobState.DONE:
                return self._jobs.resume(job.job_id)
        return self._jobs.start(self._kind, payload, name=entry.name)

    def finish(self, entry: ModelEntry, *, on_event: Listener, cancel: threading.Event) -> VerificationResult:
        """Verify a model and wait for the end.

        Raises:
            UserFacingError: What :meth:`start` or the verification raises.
            Cancelled: ``cancel`` was set, or the job was paused or cancelled from elsewhere.
        """
        payload = VerifyPayload(entry.model_id)

        def hear(job: Job) -> None:
            if job.payload == payload and job.state is JobState.RUNNING and job.progress.total:
                on_event(PhaseProgressed(Phase.VERIFYING, job.progress.done, job.progress.total))

        unsubscribe = self._jobs.subscribe(hear)
        try:
            job = self.start(entry)
            while job.state.is_active:
                if cancel.wait(_LOOK_S):
                    self._jobs.cancel(job.job_id)
                job = self._jobs.get(job.job_id)
        finally:
            unsubscribe()
        if job.state not in (JobState.DONE, JobState.FAILED):
            raise Cancelled
        with self._lock:
            outcome = self._outcomes.pop(entry.model_id)
        if isinstance(outcome, UserFacingError):
            raise outcome
        return outcome

    def _run(self, context: JobContext[VerifyPayload]) -> VerifyResult:
        model_id = context.payload.model_id
        try:
            result = self._verify(model_id, context.report, context.cancelled)
        except UserFacingError as error:
            with self._lock:
                self._outcomes[model_id] = error
            raise
        with self._lock:
            self._outcomes[model_id] = result
        return VerifyResult(result.digest, result.verified_at)

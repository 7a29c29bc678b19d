# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The model that is loaded: its verified file, its worker, and the watch over both.

A model is loaded only from the descriptor whose bytes were hashed a moment ago. When somebody opens the file for
writing, the worker dies before the writer may go on.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from strongroom.chat.recorder import IncidentRecorder
from strongroom.core.chat import Message, Note
from strongroom.core.errors import UserFacingError
from strongroom.core.events import ChatEvent, Phase, PhaseProgressed
from strongroom.core.generation import SamplingParameters
from strongroom.core.incident import IncidentEvent
from strongroom.core.settings import Settings
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.engine import EngineClient, EngineEvent, EngineFault, LoadOptions
from strongroom.models import ModelLibrary, ModelRefused, RefusalReason, VerifiedFile

Listener = Callable[[ChatEvent], None]


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What is known about the model that is loaded."""

    model_id: str
    name: str
    digest: str
    verification: VerificationResult
    device: str
    """For example ``CPU``."""
    device_reason: str
    """Why that device: one sentence."""
    context_length: int
    threads: int
    notes: tuple[Note, ...] = ()


class ModelHost:
    """Loads, watches and unloads one model at a time. Safe to call from several threads."""

    def __init__(
        self, library: ModelLibrary, recorder: IncidentRecorder, *, worker_command: Sequence[str] | None = None
    ) -> None:
        self._library = library
        self._recorder = recorder
        self._worker_command = worker_command
        self._lock = threading.RLock()
        self._file: VerifiedFile | None = None
        self._client: EngineClient | None = None
        self._loaded: LoadedModel | None = None
        self._lease_broken = False

    @property
    def loaded(self) -> LoadedModel | None:
        """The loaded model; None when there is none, its worker is dead, or its file may no longer be what it was."""
        client, file = self._client, self._file
        if client is None or file is None or not client.is_alive or not file.is_intact:
            return None
        return self._loaded

    def load(
        self, entry: ModelEntry, settings: Settings, *, on_event: Listener, cancel: threading.Event
    ) -> LoadedModel:
        """Verify and load ``entry``, in place of what was loaded before.

        Raises:
            ModelRefused: The bytes are not the ones that were vouched for; the incident is recorded.
            EngineFault: The worker could not load them.
            Cancelled: ``cancel`` was set.
        """
        with self._lock:
            self.unload()
            file = self._open_verified(entry, on_event, cancel)
            try:
                client = self._start(file, entry, settings, on_event, cancel)
            except BaseException:
                file.close()
                raise
            self._file, self._client = file, client
            facts = client.facts
            self._loaded = LoadedModel(
                model_id=entry.model_id,
                name=entry.name,
                digest=file.result.digest,
                verification=file.result,
                device=facts.device,
                device_reason=facts.device_reason,
                context_length=facts.context_length,
                threads=facts.threads,
                notes=tuple(facts.notes),
            )
            return self._loaded

    def generate(
        self, messages: Sequence[Message], sampling: SamplingParameters, *, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        """Yield the worker's events for one answer. The text in them is raw; only a stream filter may read it.

        Raises:
            EngineFault: The worker died or broke its protocol; it is gone, and :attr:`loaded` is None.
        """
        client = self._client
        if client is None:
            raise UserFacingError("No model", "No model is loaded.", "Choose a model first.", code="model.not_loaded")
        return client.generate(messages, sampling, cancel=cancel)

    def explain_fault(self, fault: EngineFault) -> UserFacingError:
        """Return what to tell the user: a broken lease explains a killed worker better than its signal does."""
        return _lease_broken() if self._lease_broken else fault

    def unload(self) -> None:
        """End the worker and let go of the file."""
        with self._lock:
            client, file = self._client, self._file
            self._client = self._file = self._loaded = None
            if client is not None:
                client.close()
            if file is not None:
                file.close()

    def _open_verified(self, entry: ModelEntry, on_event: Listener, cancel: threading.Event) -> VerifiedFile:
        began = time.monotonic()

        def on_progress(done: int, total: int) -> None:
            on_event(PhaseProgressed(Phase.VERIFYING, done, total, time.monotonic() - began))

        return open_recorded(self._library, entry, self._recorder, on_progress, cancel)

    def _start(
        self,
        file: VerifiedFile,
        entry: ModelEntry,
        settings: Settings,
        on_event: Listener,
        cancel: threading.Event,
    ) -> EngineClient:
        began = time.monotonic()
        broken = threading.Event()
        started: list[EngineClient] = []
        self._lease_broken = False

        def on_broken() -> None:
            # The writer waits until this returns: the worker must be dead by then.
            self._lease_broken = True
            broken.set()
            for client in started:
                client.kill()
            self._recorder.record_event(
                IncidentEvent.LEASE_BROKEN, model_digest=file.result.digest, model=entry.model_id, file=file.path.name
            )

        def on_progress(thousandths: int) -> None:
            on_event(PhaseProgressed(Phase.LOADING, thousandths, 1000, time.monotonic() - began))

        file.on_broken(on_broken)
        client = EngineClient.load(
            file.descriptor,
            LoadOptions(
                context_length=settings.context_length, gpu_layers=settings.gpu_layers, threads=settings.threads
            ),
            on_progress=on_progress,
            cancel=_Either(cancel, broken),
            command=self._worker_command,
        )
        started.append(client)
        if broken.is_set():
            client.kill()
            raise _lease_broken()
        return client


def open_recorded(
    library: ModelLibrary,
    entry: ModelEntry,
    recorder: IncidentRecorder,
    on_progress: Callable[[int, int], None],
    cancel: threading.Event,
) -> VerifiedFile:
    """Open a model verified; a mismatch is an incident before anybody is told.

    Raises:
        ModelRefused: The bytes are not the expected ones, or nobody vouches for them.
        Cancelled: ``cancel`` was set.
    """
    try:
        return library.open_verified(entry.model_id, on_progress=on_progress, cancel=cancel)
    except ModelRefused as refusal:
        if refusal.reason is RefusalReason.MISMATCH:
            recorder.record_event(
                IncidentEvent.VERIFY_MISMATCH,
                model_digest=refusal.actual_digest or "",
                model=entry.model_id,
                expected=refusal.expected_digest or "",
                quarantined=bool(refusal.quarantined_as),
            )
        raise


def _lease_broken() -> UserFacingError:
    return UserFacingError(
        "Model file is being changed",
        "Another program opened the model's file for writing, so the model was stopped at once.",
        "Send again: the file is then verified anew before it is used.",
        code="model.lease_broken",
    )


class _Either(threading.Event):
    """Set as soon as one of two events is."""

    def __init__(self, first: threading.Event, second: threading.Event) -> None:
        super().__init__()
        self._pair = (first, second)

    def is_set(self) -> bool:
        return any(event.is_set() for event in self._pair)

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
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import ChatEvent, Phase, PhaseProgressed
from strongroom.core.generation import SamplingParameters
from strongroom.core.incident import IncidentEvent
from strongroom.core.settings import Settings
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.engine import EngineClient, EngineEvent, EngineFault, LoadOptions
from strongroom.models import ModelLibrary, ModelRefused, RefusalReason, VerifiedModel

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
        self._file: VerifiedModel | None = None
        self._client: EngineClient | None = None
        self._loaded: LoadedModel | None = None
        self._writer: _WriterWatch | None = None

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
        if self._writer is not None and self._writer.seen.is_set():
            return self._writer.explanation()
        return fault

    def unload(self) -> None:
        """End the worker and let go of the file."""
        with self._lock:
            client, file = self._client, self._file
            self._client = self._file = self._loaded = None
            if client is not None:
                client.close()
            if file is not None:
                file.close()

    def _open_verified(self, entry: ModelEntry, on_event: Listener, cancel: threading.Event) -> VerifiedModel:
        began = time.monotonic()

        def on_progress(done: int, total: int) -> None:
            on_event(PhaseProgressed(Phase.VERIFYING, done, total, time.monotonic() - began))

        return open_recorded(self._library, entry, self._recorder, on_progress, cancel)

    def _start(
        self,
        file: VerifiedModel,
        entry: ModelEntry,
        settings: Settings,
        on_event: Listener,
        cancel: threading.Event,
    ) -> EngineClient:
        began = time.monotonic()
        writer = _WriterWatch(self._recorder, file, entry)
        self._writer = writer

        def on_progress(thousandths: int) -> None:
            on_event(PhaseProgressed(Phase.LOADING, thousandths, 1000, time.monotonic() - began))

        file.on_broken(writer.appeared)
        options = LoadOptions(settings.context_length, settings.gpu_layers, settings.threads)
        try:
            client = EngineClient.load(
                [file.descriptor],
                options,
                on_progress=on_progress,
                cancel=_Either(cancel, writer.seen),
                command=self._worker_command,
            )
        except Cancelled:
            if writer.seen.is_set():
                raise writer.explanation() from None
            raise
        if not writer.watches(client):
            client.close()
            raise writer.explanation()
        return client


def open_recorded(
    library: ModelLibrary,
    entry: ModelEntry,
    recorder: IncidentRecorder,
    on_progress: Callable[[int, int], None],
    cancel: threading.Event,
) -> VerifiedModel:
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


class _WriterWatch:
    """Kills a worker when somebody opens its model's file for writing, and writes the incident."""

    def __init__(self, recorder: IncidentRecorder, file: VerifiedModel, entry: ModelEntry) -> None:
        self._recorder = recorder
        self._file = file
        self._entry = entry
        self._lock = threading.Lock()
        self._client: EngineClient | None = None
        self._recorded = threading.Event()
        self._failure: UserFacingError | None = None
        self.seen = threading.Event()
        """Set as soon as a writer appears."""

    def watches(self, client: EngineClient) -> bool:
        """Kill ``client`` from now on when a writer appears. False when one already has."""
        with self._lock:
            self._client = client
            return not self.seen.is_set()

    def appeared(self) -> None:
        """Called by the lease. The writer waits until this returns: the worker must be dead by then."""
        with self._lock:
            self.seen.set()
            if self._client is not None:
                self._client.kill()
        try:
            self._recorder.record_event(
                IncidentEvent.LEASE_BROKEN,
                model_digest=self._file.result.digest,
                model=self._entry.model_id,
                file=self._file.path.name,
            )
        except UserFacingError as error:
            self._failure = error
        finally:
            self._recorded.set()

    def explanation(self) -> UserFacingError:
        """Return what to tell the user, once the incident is durable; or that it could not be written."""
        self._recorded.wait()
        return self._failure or UserFacingError(
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

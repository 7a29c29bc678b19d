# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The model that is loaded: its verified files, its worker, and the watch over both.

A model is loaded only from the descriptors whose bytes were hashed a moment ago. When somebody opens one of its files
for writing, the worker dies before the writer may go on; where the policy asks for sealed copies, the worker has those
instead, and nobody can write to them.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.chat import Message, Note
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import Listener, Phase, PhaseProgressed
from strongroom.core.generation import SamplingParameters
from strongroom.core.incident import IncidentEvent
from strongroom.core.isolation import Confinement, ProcessReport, ProcessRole
from strongroom.core.settings import Settings
from strongroom.core.statement import Statement
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.engine import EngineClient, EngineEvent, EngineFault, LoadedFacts, LoadOptions
from strongroom.hosting.isolation import Isolation, measure_a_fresh_worker, measured, worker_report
from strongroom.hosting.verifying import mismatch_recorded, open_recorded
from strongroom.incidents import IncidentRecorder
from strongroom.models import (
    ModelLibrary,
    SealedModel,
    VerifiedModel,
    private_memory,
    seal_model,
)
from strongroom.policy import Policy

OpenModel = VerifiedModel | SealedModel


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What is known about the model that is loaded."""

    model_id: str
    name: str
    digest: str
    verification: VerificationResult
    device: str
    """For example ``CPU``."""
    device_reason: Statement
    """Why that device: one sentence."""
    context_length: int
    threads: int
    confinement: Confinement
    """What holds the worker back."""
    notes: tuple[Note, ...] = ()
    template_digest: str = ""
    """SHA-256 of the chat template that it is asked with; empty for the app's general one."""


class ModelHost:
    """Loads, watches and unloads one model at a time. Safe to call from several threads.

    Args:
        library: Where models are found and verified.
        recorder: Takes incidents.
        isolation: What the policy asks of the worker's and this process's isolation.
        policy: Returns the policy in force, which says whether models run from sealed copies in memory.
        worker_command: Another command line than the app's own engine worker.
    """

    def __init__(
        self,
        library: ModelLibrary,
        recorder: IncidentRecorder,
        *,
        isolation: Isolation,
        policy: Callable[[], Policy],
        worker_command: Sequence[str] | None = None,
    ) -> None:
        self._library = library
        self._recorder = recorder
        self._isolation = isolation
        self._policy = policy
        self._is_sealed = False
        self._worker_command = worker_command
        self._may_use_gpu = False
        self._lock = threading.RLock()
        self._files: OpenModel | None = None
        self._client: EngineClient | None = None
        self._loaded: LoadedModel | None = None
        self._writer: _WriterWatch | None = None

    @property
    def loaded(self) -> LoadedModel | None:
        """The loaded model; None when there is none, its worker is dead, or its files may have changed."""
        client, files = self._client, self._files
        if client is None or files is None or not client.is_alive or not files.is_intact:
            return None
        return self._loaded

    @property
    def meets_policy(self) -> bool:
        """Whether what is loaded could have been loaded like this under the policy in force, which may be a newer one.

        Raises:
            UserFacingError: No policy is in force.
        """
        loaded = self._loaded
        is_sealed_enough = self._is_sealed or not self._policy().models.sealed_copy
        return loaded is not None and is_sealed_enough and self._isolation.is_enough(loaded.confinement)

    @property
    def memory_in_use(self) -> int:
        """Bytes of memory that the loaded model would give back; 0 when there is none, or the system does not tell."""
        client = self._client
        return private_memory(client.process_id) if client is not None and client.is_alive else 0

    def process(self) -> ProcessReport | None:
        """Return what is known about the loaded model's worker; None when there is none."""
        client, loaded = self._client, self._loaded
        if client is None or loaded is None or not client.is_alive:
            return None
        return worker_report(client, loaded.name)

    def measure(self, private: Sequence[Path], cancel: threading.Event) -> ProcessReport:
        """Let the loaded model's worker, or one that is started for this, try what it should not be able to do.

        Raises:
            EngineFault: It did not answer, or could not be started.
            Cancelled: ``cancel`` was set.
        """
        client, known = self._client, self.process()
        if client is not None and known is not None:
            return measured(known, client.probe, private)
        return measure_a_fresh_worker(private, cancel, command=self._worker_command, may_use_gpu=self._may_use_gpu)

    def load(
        self, entry: ModelEntry, settings: Settings, *, on_event: Listener, cancel: threading.Event
    ) -> LoadedModel:
        """Verify and load ``entry``, in place of what was loaded before.

        Raises:
            ModelRefused: The bytes are not the ones that were vouched for; the incident is recorded.
            SealRefused: The policy asks for a sealed copy, and there is none.
            EngineFault: The worker could not load them.
            IsolationRefused: The policy asks for more isolation than there is; the incident is recorded.
            Cancelled: ``cancel`` was set.
        """
        self._isolation.require_main()
        with self._lock:
            self.unload()
            self._may_use_gpu = settings.gpu_layers != 0
            self._is_sealed = self._policy().models.sealed_copy
            try:
                files = self._files = self._open(entry, on_event, cancel)
                facts = self._load_model(files, entry, settings, on_event, cancel)
            except BaseException:
                self.unload()
                raise
            self._loaded = LoadedModel(
                model_id=entry.model_id,
                name=entry.name,
                digest=files.result.digest,
                verification=files.result,
                device=facts.device,
                device_reason=facts.device_reason,
                context_length=facts.context_length,
                threads=facts.threads,
                confinement=facts.confinement,
                notes=tuple(facts.notes),
                template_digest=facts.template_digest,
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
        if client is None or self._loaded is None:
            raise UserFacingError("model.not_loaded")
        return client.generate(messages, sampling, cancel=cancel)

    def explain_fault(self, fault: EngineFault) -> UserFacingError:
        """Return what to tell the user: a broken lease explains a killed worker better than its signal does."""
        if self._writer is not None and self._writer.seen.is_set():
            return self._writer.explanation()
        return fault

    def unload(self) -> None:
        """End the worker and let go of the files."""
        with self._lock:
            client, files = self._client, self._files
            self._client = self._files = self._loaded = None
            if client is not None:
                client.close()
            if files is not None:
                files.close()

    def _open(self, entry: ModelEntry, on_event: Listener, cancel: threading.Event) -> OpenModel:
        began = time.monotonic()
        # Hashed; or hashed, copied and hashed again.
        passes = 3 if self._is_sealed else 1

        def on_progress(done: int, total: int) -> None:
            on_event(PhaseProgressed(Phase.VERIFYING, done // passes, total, time.monotonic() - began))

        def on_sealing(done: int, total: int) -> None:
            on_progress(total // 2 + done, total // 2)

        # A worker takes a moment to get ready. Where it will have these very descriptors, that moment costs nothing.
        on_held = None if self._is_sealed else self._start
        model = open_recorded(self._library, entry, self._recorder, on_progress, cancel, on_held=on_held)
        if not self._is_sealed:
            return model
        with model, mismatch_recorded(self._recorder, entry):
            sealed = seal_model(model, on_progress=on_sealing, cancel=cancel)
        try:
            self._start(sealed.descriptors)
        except BaseException:
            sealed.close()
            raise
        return sealed

    def _start(self, descriptors: Sequence[int]) -> None:
        """Start a worker; it reads none of these files before it is told to load them."""
        self._client = EngineClient.start(descriptors, may_use_gpu=self._may_use_gpu, command=self._worker_command)

    def _load_model(
        self,
        files: OpenModel,
        entry: ModelEntry,
        settings: Settings,
        on_event: Listener,
        cancel: threading.Event,
    ) -> LoadedFacts:
        began = time.monotonic()
        client = self._client
        assert client is not None  # noqa: S101  # opening the files has started it
        writer = _WriterWatch(self._recorder, files, entry, client)
        self._writer = writer

        def on_progress(thousandths: int) -> None:
            on_event(PhaseProgressed(Phase.LOADING, thousandths, 1000, time.monotonic() - began))

        files.on_broken(writer.appeared)
        options = LoadOptions(settings.context_length, settings.gpu_layers, settings.threads)
        try:
            # Before it is told to read anything.
            self._isolation.admit(ProcessRole.WORKER, client.await_confinement(cancel))
            client.load_model(options, on_progress=on_progress, cancel=cancel)
        except (Cancelled, EngineFault):
            if not writer.seen.is_set():
                raise
        if writer.seen.is_set():
            raise writer.explanation()
        return client.facts


class _WriterWatch:
    """Kills a worker when somebody opens a file of its model for writing, and writes the incident."""

    def __init__(self, recorder: IncidentRecorder, files: OpenModel, entry: ModelEntry, client: EngineClient) -> None:
        self._recorder = recorder
        self._files = files
        self._entry = entry
        self._client = client
        self._recorded = threading.Event()
        self._failure: UserFacingError | None = None
        self.seen = threading.Event()
        """Set as soon as a writer appears."""

    def appeared(self) -> None:
        """Called by the lease. The writer waits until this returns: the worker must be dead by then."""
        self.seen.set()
        self._client.kill()
        try:
            self._recorder.record_event(
                IncidentEvent.LEASE_BROKEN,
                model_digest=self._files.result.digest,
                model=self._entry.model_id,
                file=self._files.path.name,
            )
        except UserFacingError as error:
            self._failure = error
        finally:
            self._recorded.set()

    def explanation(self) -> UserFacingError:
        """Return what to tell the user, once the incident is durable; or that it could not be written."""
        self._recorded.wait()
        return self._failure or UserFacingError("model.lease_broken")

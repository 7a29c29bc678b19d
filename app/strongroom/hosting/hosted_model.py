# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One model in memory: its verified files, its engine, and the watch over both.

A model is loaded only from the descriptors whose bytes were hashed a moment ago. When somebody opens one of its files
for writing, the worker dies before the writer may go on; where the policy asks for sealed copies, the worker has those
instead, and nobody can write to them.
"""

import functools
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.chat import Message
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import Listener, Phase, PhaseProgressed
from strongroom.core.generation import SamplingParameters
from strongroom.core.isolation import ProcessReport, ProcessRole
from strongroom.core.settings import Settings
from strongroom.core.verification import ModelEntry
from strongroom.engine import Engine, EngineClient, EngineEvent, EngineFault, EngineStarter, LoadedFacts, LoadOptions
from strongroom.hosting.isolation import Isolation, measured, worker_report
from strongroom.hosting.loaded_model import LoadedModel, VerifiedBytes
from strongroom.hosting.verifying import mismatch_recorded, open_recorded
from strongroom.hosting.writer_watch import OpenModel, WriterWatch
from strongroom.incidents import IncidentRecorder
from strongroom.models import ModelLibrary, private_memory, seal_model


def engine_starter(worker_command: Sequence[str] | None = None) -> EngineStarter:
    """Return what starts a worker of this machine: the app's own, or another command line."""
    return functools.partial(EngineClient.start, command=worker_command)


@dataclass(frozen=True, slots=True)
class HostingParts:
    """What every hosted model needs of its workspace."""

    library: ModelLibrary
    """Where models are found and verified."""
    recorder: IncidentRecorder
    isolation: Isolation
    """What the policy asks of the worker's and this process's isolation."""
    start_engine: EngineStarter


class HostedModel:
    """One model, from its verification until its end. Used once; load another object to load the model again.

    One thread loads it and asks it at a time; everything else is safe from any thread.

    Args:
        entry: Which one.
        parts: What it needs of its workspace.
        settings: Context length, GPU offload, threads.
        is_sealed: Whether it is to run from a sealed copy in memory.
    """

    def __init__(self, entry: ModelEntry, parts: HostingParts, settings: Settings, *, is_sealed: bool) -> None:
        self.entry = entry
        self.settings = settings
        self.is_sealed = is_sealed
        self._parts = parts
        self._files: OpenModel | None = None
        self._engine: Engine | None = None
        self._loaded: LoadedModel | None = None
        self._writer: WriterWatch | None = None

    @property
    def loaded(self) -> LoadedModel | None:
        """What is known about it; None while it is not loaded, or its worker is dead, or its files may have changed."""
        engine, files = self._engine, self._files
        if engine is None or files is None or not engine.is_alive or not files.is_intact:
            return None
        return self._loaded

    @property
    def memory_in_use(self) -> int:
        """Bytes of memory that it would give back; 0 when its worker is dead, or the system does not tell."""
        engine = self._engine
        return private_memory(engine.process_id) if engine is not None and engine.is_alive else 0

    @property
    def engine(self) -> Engine:
        """What answers.

        Raises:
            UserFacingError: It is not loaded (``model.not_loaded``).
        """
        if self._engine is None or self._loaded is None:
            raise UserFacingError("model.not_loaded")
        return self._engine

    def load(self, *, on_event: Listener, cancel: threading.Event) -> LoadedModel:
        """Verify and load it. It is closed if this fails.

        Args:
            on_event: Told how far it is.
            cancel: Ends it when it is set.

        Raises:
            ModelRefused: The bytes are not the ones that were vouched for; the incident is recorded.
            SealRefused: A sealed copy was asked for, and there is none.
            EngineFault: The engine could not load them.
            IsolationRefused: The policy asks for more isolation than there is; the incident is recorded.
            Cancelled: ``cancel`` was set.
        """
        try:
            files = self._files = self._open(on_event, cancel)
            facts = self._load(files, on_event, cancel)
        except BaseException:
            self.close()
            raise
        self._loaded = LoadedModel(
            model_id=self.entry.model_id,
            name=self.entry.name,
            digest=files.result.digest,
            provenance=VerifiedBytes(files.result),
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
        """Yield the engine's events for one answer. The text in them is raw; only a stream filter may read it.

        Raises:
            EngineFault: The engine died or broke its protocol; it is gone, and :attr:`loaded` is None.
            UserFacingError: It is not loaded.
        """
        return self.engine.generate(messages, sampling, cancel=cancel)

    def explain_fault(self, fault: EngineFault) -> UserFacingError:
        """Return what to tell the user: a broken lease explains a killed worker better than its signal does."""
        if self._writer is not None and self._writer.seen.is_set():
            return self._writer.explanation()
        return fault

    def process(self) -> ProcessReport | None:
        """Return what is known about its worker; None when there is none, or not enough is known yet."""
        engine = self._engine
        if engine is None or self._writer is None or not engine.is_alive:
            return None
        return worker_report(engine, self.entry.name)

    def measure(self, private: Sequence[Path]) -> ProcessReport | None:
        """Let its worker try what it should not be able to do; None when there is none.

        Raises:
            EngineFault: It did not answer.
        """
        engine, known = self._engine, self.process()
        return measured(known, engine.probe, private) if engine is not None and known is not None else None

    def close(self) -> None:
        """End the engine and let go of the files. May be called twice."""
        engine, files = self._engine, self._files
        self._loaded = None
        if engine is not None:
            engine.close()
        if files is not None:
            files.close()

    def _open(self, on_event: Listener, cancel: threading.Event) -> OpenModel:
        began = time.monotonic()
        # Hashed; or hashed, copied and hashed again.
        passes = 3 if self.is_sealed else 1
        parts, entry = self._parts, self.entry

        def on_progress(done: int, total: int) -> None:
            on_event(PhaseProgressed(Phase.VERIFYING, done // passes, total, time.monotonic() - began))

        def on_sealing(done: int, total: int) -> None:
            on_progress(total // 2 + done, total // 2)

        def start(descriptors: Sequence[int]) -> None:
            # It reads none of these files before it is told to load them.
            self._engine = parts.start_engine(descriptors, may_use_gpu=self.settings.gpu_layers != 0)

        # A worker takes a moment to get ready. Where it will have these very descriptors, that moment costs nothing.
        on_held = None if self.is_sealed else start
        model = open_recorded(parts.library, entry, parts.recorder, on_progress, cancel, on_held=on_held)
        if not self.is_sealed:
            return model
        with model, mismatch_recorded(parts.recorder, entry):
            sealed = seal_model(model, on_progress=on_sealing, cancel=cancel)
        try:
            start(sealed.descriptors)
        except BaseException:
            sealed.close()
            raise
        return sealed

    def _load(self, files: OpenModel, on_event: Listener, cancel: threading.Event) -> LoadedFacts:
        began = time.monotonic()
        engine = self._engine
        assert engine is not None  # noqa: S101  # opening the files has started it
        watch = WriterWatch(self._parts.recorder, files, self.entry, engine)

        def on_progress(thousandths: int) -> None:
            on_event(PhaseProgressed(Phase.LOADING, thousandths, 1000, time.monotonic() - began))

        files.on_broken(watch.appeared)
        settings = self.settings
        options = LoadOptions(settings.context_length, settings.gpu_layers, settings.threads)
        try:
            # Before it is told to read anything.
            self._parts.isolation.admit(ProcessRole.WORKER, engine.await_confinement(cancel))
            self._writer = watch
            engine.load_model(options, on_progress=on_progress, cancel=cancel)
        except (Cancelled, EngineFault):
            if not watch.seen.is_set():
                raise
        if watch.seen.is_set():
            raise watch.explanation()
        return engine.facts

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's side of one worker and its model."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from strongroom.confinement.choosing import combined_confinement
from strongroom.confinement.observing import checked
from strongroom.core.chat import Message
from strongroom.core.errors import Cancelled
from strongroom.core.generation import FinishReason, SamplingParameters
from strongroom.core.isolation import Attempt, Confinement
from strongroom.core.line_messages import Message as LineMessage
from strongroom.core.line_messages import ProtocolBreach
from strongroom.engine.dialogue import Dialogue
from strongroom.engine.events import Adapter, EngineEvent, GenerationDone, LoadedFacts, LoadOptions, SilenceLimits
from strongroom.engine.faults import EngineFault, PromptTooLong
from strongroom.engine.launch import worker_command
from strongroom.engine.meter import AnswerMeter
from strongroom.engine.process import WorkerProcess
from strongroom.engine.protocol import Confine, Done, Failed, Hello, Load, Loaded, LoadStep, Pause, Resume, encode
from strongroom.engine.translation import event_of, failure_of, generate_command, load_command
from strongroom.engine.waiting import CancelOverdue, Waiting
from strongroom.engine.wording import facts_of
from strongroom.processes.messages import Confined, Probe

_LOAD_REQUEST = 0
_TELL_LIMIT_S = 10.0
_PROBE_LIMIT_S = 20.0
"""The attempts take milliseconds; the machine may be busy."""


class EngineClient:
    """One worker with one model: an :class:`~strongroom.engine.engine.Engine`, which says what each method promises.

    Made by :meth:`load`, or by :meth:`start` and :meth:`load_model`.
    """

    def __init__(
        self,
        process: WorkerProcess,
        dialogue: Dialogue,
        limits: SilenceLimits,
        descriptors: tuple[int, ...],
        adapters: tuple[Adapter, ...],
    ) -> None:
        self._process = process
        self._dialogue = dialogue
        self._limits = limits
        self._descriptors = descriptors
        self._adapters = adapters
        self._facts: LoadedFacts | None = None
        self._threads = 1
        self._requests = 0
        self._confinement: Confinement | None = None
        self._paused = threading.Event()
        self._probes = 0
        self._probing = threading.Lock()

    @classmethod
    def load(
        cls,
        descriptors: Sequence[int],
        options: LoadOptions,
        *,
        adapters: Sequence[Adapter] = (),
        on_progress: Callable[[int], None],
        cancel: threading.Event,
        command: Sequence[str] | None = None,
        limits: SilenceLimits | None = None,
    ) -> Self:
        """Start a worker and let it load the model behind ``descriptors``: :meth:`start` and :meth:`load_model`.

        Raises:
            EngineFault: The worker could not start or could not load the files.
            Cancelled: ``cancel`` was set.
        """
        client = cls.start(
            descriptors, adapters=adapters, may_use_gpu=options.gpu_layers != 0, command=command, limits=limits
        )
        client.load_model(options, on_progress=on_progress, cancel=cancel)
        return client

    @classmethod
    def start(
        cls,
        descriptors: Sequence[int],
        *,
        adapters: Sequence[Adapter] = (),
        may_use_gpu: bool = True,
        command: Sequence[str] | None = None,
        limits: SilenceLimits | None = None,
    ) -> Self:
        """Start a worker that has inherited ``descriptors`` and reads nothing of them before :meth:`load_model`.

        So the files may still be hashed while the worker gets ready, and confines itself.

        Args:
            descriptors: Open files: the model's parts in their order, usually one. The caller keeps them open and
                closes them after the client. Two workers must not load from one open file description at the same
                time: they would share its offset.
            adapters: LoRA adapters that change the model's answers; kept open as the parts are.
            may_use_gpu: Whether a GPU's devices are to stay within the worker's reach.
            command: Another command line than the app's own worker.
            limits: How long a worker may be silent.

        Raises:
            EngineFault: The worker could not start.
        """
        dialogue = Dialogue()
        dialogue.expect_loading()
        inherited = [*descriptors, *(adapter.descriptor for adapter in adapters)]
        process = WorkerProcess(command or worker_command(), inherited, dialogue)
        client = cls(process, dialogue, limits or SilenceLimits(), tuple(descriptors), tuple(adapters))
        # A model in several parts is loaded by paths, those of its descriptors.
        confine = Confine(may_use_gpu, tuple(descriptors) if len(descriptors) > 1 else ())
        process.send(encode(Hello()) + encode(confine), give_up=lambda: False, limit_s=client._limits.start)
        return client

    def load_model(self, options: LoadOptions, *, on_progress: Callable[[int], None], cancel: threading.Event) -> None:
        """Let the worker load its model, once. All files must have been verified by now. The worker ends if this fails.

        Args:
            options: Context length, GPU offload, threads, memory limit.
            on_progress: Called in this thread with thousandths, rising.
            cancel: Ends the loading when it is set.

        Raises:
            EngineFault: The worker could not load the files.
            Cancelled: ``cancel`` was set.
        """
        try:
            self.await_confinement(cancel)
            self._load(load_command(self._descriptors, self._adapters, options), on_progress, cancel)
        except BaseException:
            self.close()
            raise

    @property
    def facts(self) -> LoadedFacts:
        """What the worker says about its model."""
        assert self._facts is not None  # noqa: S101  # a client without them is not handed on
        return self._facts

    def await_confinement(self, cancel: threading.Event) -> Confinement:
        """Return what holds the worker back, as soon as it says so; less what the kernel does not confirm.

        Raises:
            EngineFault: The worker is gone.
            Cancelled: ``cancel`` was set; the worker is gone.
        """
        if self._confinement is None:
            waiting = Waiting(self._process, self._dialogue, _LOAD_REQUEST, cancel)
            try:
                while not isinstance(message := waiting.next(self._limits.start).message, Confined):
                    pass
            except CancelOverdue:
                raise Cancelled from None
            said = checked(message.untrusted_confinement, self.process_id)
            self._confinement = combined_confinement(self._process.handle, said)
        return self._confinement

    @property
    def confinement(self) -> Confinement:
        """What holds the worker back."""
        assert self._confinement is not None  # noqa: S101  # it is awaited before anything else
        return self._confinement

    def probe(self, private: Sequence[Path] = ()) -> tuple[Attempt, ...]:
        """Let the worker try, now, what it should not be able to do. It may be answering meanwhile.

        Args:
            private: Files of the app that it must not be able to read.

        Raises:
            EngineFault: The worker is gone or did not answer.
        """
        with self._probing:
            self._probes += 1
            self._dialogue.expect_probe(self._probes)
            line = encode(Probe.of(self._probes, private))
            self._process.send(line, give_up=lambda: False, limit_s=_PROBE_LIMIT_S)
            return self._process.take_aside(_PROBE_LIMIT_S).untrusted_attempts

    @property
    def is_alive(self) -> bool:
        """Whether the worker can take another request."""
        return self._process.is_alive

    @property
    def process_id(self) -> int:
        """The worker's process number."""
        return self._process.process_id

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The last lines of the worker's standard error: foreign text, made printable."""
        return self._process.diagnostics

    def generate(
        self, messages: Sequence[Message], sampling: SamplingParameters, *, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        """Yield the events of one answer; the last one is a :class:`GenerationDone`.

        When ``cancel`` is set, the answer ends within 200 ms with the finish reason ``cancelled``; a worker that does
        not stop by itself is killed, and :attr:`is_alive` is false afterwards. Leaving the iterator early does the
        same.

        Raises:
            EngineFault: The worker is gone. Events that were yielded before stay true.
            PromptTooLong: The last message does not fit into the context; the worker stays usable.
            ValueError: There are no messages, or the last one is not the user's.
        """
        if not messages or messages[-1].role.value != "user":
            raise ValueError("an answer needs a last message from the user")
        if not self.is_alive:
            raise self._process.fault
        self._requests += 1
        return self._answer(self._requests, messages, sampling, cancel)

    def pause(self) -> None:
        """Let an answer rest before its next token, until :meth:`resume`; see the protocol."""
        self._paused.set()
        self._tell(Pause())

    def resume(self) -> None:
        """Let an answer that was paused go on."""
        if self._paused.is_set():
            self._paused.clear()
            self._tell(Resume())

    def kill(self) -> None:
        """End the worker at once; returns when it is dead. A waiting thread gets an :class:`EngineFault`."""
        self._process.impose(EngineFault.killed())

    def close(self) -> None:
        """End the worker and let go of everything. May be called twice."""
        self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exception_type: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _load(self, command: Load, on_progress: Callable[[int], None], cancel: threading.Event) -> None:
        self._process.send(encode(command), give_up=cancel.is_set, limit_s=self._limits.start)
        waiting = Waiting(self._process, self._dialogue, _LOAD_REQUEST, cancel)
        inherited = {*self._descriptors, *(adapter.descriptor for adapter in self._adapters)}
        size = sum(os.fstat(descriptor).st_size for descriptor in inherited)
        load_limit = self._limits.load + size / self._limits.slowest_disk
        try:
            while True:
                message = waiting.next(load_limit).message
                if isinstance(message, LoadStep) and not waiting.is_stopping:
                    on_progress(message.thousandths)
                elif isinstance(message, Loaded):
                    if waiting.is_stopping:
                        raise Cancelled
                    self._facts = facts_of(message, command.context_length, self.confinement)
                    self._threads = message.threads
                    return
                elif isinstance(message, Failed):
                    raise self._failure(message)
        except CancelOverdue:
            raise Cancelled from None

    def _answer(
        self, request: int, messages: Sequence[Message], sampling: SamplingParameters, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        try:
            line = encode(generate_command(request, messages, sampling))
        except ProtocolBreach:
            raise PromptTooLong(0, self.facts.context_length) from None
        self._dialogue.expect_answer(request, sampling)
        meter = AnswerMeter(time.monotonic(), self.facts.context_length, self._threads)
        waiting = Waiting(self._process, self._dialogue, request, cancel, self._paused)
        is_over = False
        try:
            self._process.send(line, give_up=cancel.is_set, limit_s=self._limits.prepare)
            limit = self._limits.prepare
            while not is_over:
                received = waiting.next(limit)
                limit = self._limits.step
                message = received.message
                is_over = isinstance(message, (Done, Failed))
                if isinstance(message, Failed):
                    raise self._failure(message)
                if isinstance(message, Done):
                    self._threads = message.threads
                event = event_of(received, meter)
                if isinstance(event, GenerationDone) or (event is not None and not waiting.is_stopping):
                    yield event
        except (CancelOverdue, Cancelled):
            is_over = True
            yield GenerationDone(FinishReason.CANCELLED, meter.numbers())
        finally:
            if not is_over:
                waiting.abandon(self._limits.step)

    def _tell(self, message: LineMessage) -> None:
        """Send a short command to a worker that reads at all times; one that does not is killed."""
        if self.is_alive:
            self._process.send(encode(message), give_up=lambda: False, limit_s=_TELL_LIMIT_S)

    def _failure(self, message: Failed) -> EngineFault | PromptTooLong | Cancelled:
        """Return what to raise for a request that failed; the worker is gone if it is of no use any more."""
        context_length = self._facts.context_length if self._facts is not None else 0
        failure = failure_of(message, context_length, self.diagnostics)
        if isinstance(failure, EngineFault):
            self._process.impose(failure)
        return failure

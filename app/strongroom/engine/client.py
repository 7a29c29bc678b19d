# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's side of one worker and its model."""

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from strongroom.confinement.choosing import around
from strongroom.confinement.messages import Confined, Probe
from strongroom.confinement.observing import checked
from strongroom.core.chat import Message
from strongroom.core.errors import Cancelled
from strongroom.core.generation import FinishReason, SamplingParameters
from strongroom.core.isolation import Attempt, Confinement
from strongroom.core.line_messages import ProtocolBreach
from strongroom.engine.dialogue import Dialogue
from strongroom.engine.events import (
    Adapter,
    EngineEvent,
    GenerationDone,
    LoadedFacts,
    LoadOptions,
    PromptProgress,
    SilenceLimits,
    TokenText,
)
from strongroom.engine.faults import EngineFault, FaultKind, PromptTooLong
from strongroom.engine.launch import worker_command
from strongroom.engine.meter import AnswerMeter
from strongroom.engine.process import Received, WorkerProcess
from strongroom.engine.protocol import (
    Cancel,
    Confine,
    Done,
    Failed,
    FailureCode,
    Generate,
    Hello,
    Load,
    Loaded,
    LoadStep,
    Notice,
    PromptStep,
    Rest,
    Token,
    encode,
)
from strongroom.engine.wording import facts_of, note_of

_POLL_S = 0.02
"""How often a waiting thread looks at its cancel event."""
_CANCEL_GRACE_S = 0.12
"""How long a worker may take to stop by itself before it is killed: Stop answers within 200 ms."""
_LOAD_REQUEST = 0
_PROBE_LIMIT_S = 20.0
"""The attempts take milliseconds; the machine may be busy."""


class _CancelOverdue(Exception):
    """The worker was asked to stop, did not, and is killed now."""


class EngineClient:
    """One worker with one model. Made by :meth:`load`, or by :meth:`start` and :meth:`load_model`.

    It answers one request at a time.

    :meth:`kill`, :meth:`close` and the cancel events may be used from any thread. A client whose worker has faulted
    stays dead; load a new one.
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
        command = Load(
            descriptors=self._descriptors,
            adapters=tuple((adapter.descriptor, adapter.scale) for adapter in self._adapters),
            context_length=options.context_length,
            gpu_layers=options.gpu_layers,
            threads=options.threads,
            memory_limit=options.memory_limit,
        )
        try:
            self.await_confinement(cancel)
            self._load(command, on_progress, cancel)
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
            waiting = _Waiting(self._process, self._dialogue, _LOAD_REQUEST, cancel)
            try:
                while not isinstance(message := waiting.next(self._limits.start).message, Confined):
                    pass
            except _CancelOverdue:
                raise Cancelled from None
            said = checked(message.untrusted_confinement, self.process_id)
            self._confinement = around(self._process.handle, said)
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
        waiting = _Waiting(self._process, self._dialogue, _LOAD_REQUEST, cancel)
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
                    if message.code is FailureCode.CANCELLED:
                        raise Cancelled
                    raise self._failure(message)
        except _CancelOverdue:
            raise Cancelled from None

    def _answer(
        self, request: int, messages: Sequence[Message], sampling: SamplingParameters, cancel: threading.Event
    ) -> Iterator[EngineEvent]:
        line = self._encode(request, messages, sampling)
        self._dialogue.expect_answer(request, sampling)
        meter = AnswerMeter(time.monotonic(), self.facts.context_length, self._threads)
        waiting = _Waiting(self._process, self._dialogue, request, cancel)
        is_over = False
        try:
            self._process.send(line, give_up=cancel.is_set, limit_s=self._limits.prepare)
            limit = self._limits.prepare
            while not is_over:
                received = waiting.next(limit)
                limit = self._limits.step
                is_over = isinstance(received.message, (Done, Failed))
                event = self._event(received, meter)
                if isinstance(event, GenerationDone) or (event is not None and not waiting.is_stopping):
                    yield event
        except _CancelOverdue:
            is_over = True
            yield GenerationDone(FinishReason.CANCELLED, meter.numbers())
        finally:
            if not is_over:
                self._abandon(waiting)

    def _encode(self, request: int, messages: Sequence[Message], sampling: SamplingParameters) -> bytes:
        try:
            return encode(
                Generate(
                    request=request,
                    # Half of a surrogate pair can come out of a clipboard; no tokenizer takes it.
                    messages=tuple(
                        (message.role.value, message.text.encode("utf-8", "replace").decode()) for message in messages
                    ),
                    temperature=sampling.temperature,
                    top_k=sampling.top_k,
                    top_p=sampling.top_p,
                    min_p=sampling.min_p,
                    repeat_penalty=sampling.repeat_penalty,
                    seed=secrets.randbits(32) if sampling.seed is None else sampling.seed,
                    max_tokens=sampling.max_tokens,
                    stop=sampling.stop,
                )
            )
        except ProtocolBreach:
            raise PromptTooLong(0, self.facts.context_length) from None

    def _event(self, received: Received, meter: AnswerMeter) -> EngineEvent | None:
        message = received.message
        if isinstance(message, Token):
            meter.count_token(received.at)
            return TokenText(message.text) if message.text else None
        if isinstance(message, Rest):
            return TokenText(message.text) if message.text else None
        if isinstance(message, PromptStep):
            meter.count_step(message.done, message.total, received.at)
            return PromptProgress(message.done, message.total)
        if isinstance(message, Notice):
            return note_of(message)
        if isinstance(message, Done):
            meter.end(message.context_used, message.threads)
            self._threads = message.threads
            return GenerationDone(FinishReason(message.finish_reason.value), meter.numbers())
        if isinstance(message, Failed):
            if message.code is FailureCode.CANCELLED:
                return GenerationDone(FinishReason.CANCELLED, meter.numbers())
            raise self._failure(message)
        return None

    def _failure(self, message: Failed) -> EngineFault | PromptTooLong:
        if message.code is FailureCode.PROMPT_TOO_LONG:
            return PromptTooLong(message.needed, self.facts.context_length)
        kind = _FAILURES.get(message.code, FaultKind.COMPUTATION)
        fault = EngineFault(kind, diagnostics=self.diagnostics)
        self._process.impose(fault)
        return fault

    def _abandon(self, waiting: "_Waiting") -> None:
        """Stop a request whose events nobody takes any more; a worker that goes on anyway is killed."""
        waiting.stop()
        try:
            while not isinstance(waiting.next(self._limits.step).message, (Done, Failed)):
                pass
        except (_CancelOverdue, EngineFault):
            return


_FAILURES = {
    FailureCode.NOT_A_MODEL: FaultKind.NOT_A_MODEL,
    FailureCode.UNKNOWN_ARCHITECTURE: FaultKind.UNKNOWN_ARCHITECTURE,
    FailureCode.NO_TEXT_GENERATION: FaultKind.NO_TEXT_GENERATION,
    FailureCode.NO_PARTS_HERE: FaultKind.NO_PARTS_HERE,
    FailureCode.NOT_AN_ADAPTER: FaultKind.NOT_AN_ADAPTER,
    FailureCode.OUT_OF_MEMORY: FaultKind.OUT_OF_MEMORY,
    FailureCode.COMPUTATION: FaultKind.COMPUTATION,
}


class _Waiting:
    """Waits for one request's messages: no longer than allowed, and no longer than the user wants."""

    def __init__(self, process: WorkerProcess, dialogue: Dialogue, request: int, cancel: threading.Event) -> None:
        self._process = process
        self._dialogue = dialogue
        self._request = request
        self._cancel = cancel
        self._kill_at: float | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether the worker was asked to stop."""
        return self._kill_at is not None

    def stop(self) -> None:
        """Ask the worker to stop, once."""
        if self._kill_at is None:
            self._kill_at = time.monotonic() + _CANCEL_GRACE_S
            self._dialogue.allow_cancelled(self._request)
            self._process.send(encode(Cancel(self._request)), give_up=lambda: True, limit_s=0.0)

    def next(self, limit_s: float) -> Received:
        """Return the next message.

        Raises:
            EngineFault: The worker is gone, or was silent for ``limit_s`` seconds and is gone now.
            _CancelOverdue: It did not stop in time and is gone now.
        """
        silent_at = time.monotonic() + limit_s
        while True:
            if self._cancel.is_set():
                self.stop()
            received = self._process.take(_POLL_S)
            if received is not None:
                return received
            now = time.monotonic()
            if self._kill_at is not None and now > self._kill_at:
                self._process.impose(EngineFault.killed())
                raise _CancelOverdue
            if now > silent_at:
                fault = EngineFault(FaultKind.SILENT, f"{limit_s:g} s", diagnostics=self._process.diagnostics)
                self._process.impose(fault)
                raise fault

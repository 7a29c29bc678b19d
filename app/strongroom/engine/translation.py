# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Between the app's values and the protocol's: what is asked becomes a command, what is answered becomes an event."""

from collections.abc import Sequence

from strongroom.core.chat import Message
from strongroom.core.errors import Cancelled
from strongroom.core.generation import FinishReason, SamplingParameters
from strongroom.engine.events import (
    Adapter,
    EngineEvent,
    GenerationDone,
    LoadOptions,
    PromptProgress,
    TokenText,
)
from strongroom.engine.faults import EngineFault, FaultKind, PromptTooLong
from strongroom.engine.meter import AnswerMeter
from strongroom.engine.process import Received
from strongroom.engine.protocol import Done, Failed, FailureCode, Generate, Load, Notice, PromptStep, Rest, Token
from strongroom.engine.wording import note_of


def load_command(descriptors: tuple[int, ...], adapters: Sequence[Adapter], options: LoadOptions) -> Load:
    """Return the command that loads the model behind inherited ``descriptors``."""
    return Load(
        descriptors=descriptors,
        adapters=tuple((adapter.descriptor, adapter.scale) for adapter in adapters),
        context_length=options.context_length,
        gpu_layers=options.gpu_layers,
        threads=options.threads,
        memory_limit=options.memory_limit,
    )


def generate_command(request: int, messages: Sequence[Message], sampling: SamplingParameters) -> Generate:
    """Return the command that asks for an answer. A seed is drawn where none is set."""
    return Generate(
        request=request,
        # Half of a surrogate pair can come out of a clipboard; no tokenizer takes it.
        messages=tuple((message.role.value, message.text.encode("utf-8", "replace").decode()) for message in messages),
        temperature=sampling.temperature,
        top_k=sampling.top_k,
        top_p=sampling.top_p,
        min_p=sampling.min_p,
        repeat_penalty=sampling.repeat_penalty,
        seed=sampling.choose_seed(),
        max_tokens=sampling.max_tokens,
        stop=sampling.stop,
    )


def event_of(received: Received, meter: AnswerMeter) -> EngineEvent | None:
    """Return what a message about an answer means to whoever asked, after counting it; None when it means nothing.

    Args:
        received: The message. One that says why there is no answer is for :func:`failure_of`.
        meter: Counts the answer.
    """
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
        return GenerationDone(FinishReason(message.finish_reason.value), meter.numbers())
    return None


def failure_of(
    message: Failed, context_length: int, diagnostics: tuple[str, ...]
) -> EngineFault | PromptTooLong | Cancelled:
    """Return what to raise for a request that failed. After an :class:`EngineFault` the worker is of no use.

    Args:
        message: What the worker says.
        context_length: Tokens that its context holds.
        diagnostics: The last lines of its standard error.
    """
    if message.code is FailureCode.CANCELLED:
        return Cancelled()
    if message.code is FailureCode.PROMPT_TOO_LONG:
        return PromptTooLong(message.needed, context_length)
    return EngineFault(_FAULTS.get(message.code, FaultKind.COMPUTATION), diagnostics=diagnostics)


_FAULTS = {
    FailureCode.NOT_A_MODEL: FaultKind.NOT_A_MODEL,
    FailureCode.UNKNOWN_ARCHITECTURE: FaultKind.UNKNOWN_ARCHITECTURE,
    FailureCode.NO_TEXT_GENERATION: FaultKind.NO_TEXT_GENERATION,
    FailureCode.NO_PARTS_HERE: FaultKind.NO_PARTS_HERE,
    FailureCode.NOT_AN_ADAPTER: FaultKind.NOT_AN_ADAPTER,
    FailureCode.OUT_OF_MEMORY: FaultKind.OUT_OF_MEMORY,
    FailureCode.COMPUTATION: FaultKind.COMPUTATION,
}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The worker protocol, without any I/O: what may be said on the two pipes, and nothing else.

The lines are those of :mod:`strongroom.core.line_messages`; the first one of both sides is a :class:`Hello`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from strongroom.core.line_messages import (
    Greeting,
    Message,
    Refused,
    choice,
    flag,
    matching,
    number,
    optional,
    several,
    text_up_to,
    whole,
)
from strongroom.core.line_messages import encode as encode_line
from strongroom.processes.messages import Confined, Probe, Probed

PROTOCOL_NAME = "strongroom-engine"
PROTOCOL_VERSION = 4

WORKER_LINE_LIMIT = 64 * 1024
"""Bytes of one line that a worker sends, line feed included."""
APP_LINE_LIMIT = 32 * 1024 * 1024
"""Bytes of one line that the app sends; a whole conversation is one line."""
OUT_OF_MEMORY_EXIT = 71
"""The exit status of a worker whose interpreter had no memory left even to say so."""
OUT_OF_MEMORY_WORDS = (
    "failed to allocate",
    "unable to allocate",
    "insufficient memory",
    "Cannot allocate memory",
    "bad_alloc",
    "MemoryError",
    "Thread creation failed",
    "can't start new thread",
)
"""What the libraries of a worker print for want of memory. Only chooses between sentences."""
MOST_PARTS = 512
"""Files of one model; the largest models are published in fewer than a hundred."""
MOST_ADAPTERS = 8
"""LoRA adapters of one model."""
LARGEST_SCALE = 16.0
"""Of an adapter; published ones are used with 1 or less."""

_MOST = 2**31 - 1


class FailureCode(StrEnum):
    """Why a worker could not do what it was asked. The app owns the words."""

    NOT_A_MODEL = "not_a_model"
    UNKNOWN_ARCHITECTURE = "unknown_architecture"
    NO_TEXT_GENERATION = "no_text_generation"
    OUT_OF_MEMORY = "out_of_memory"
    NO_PARTS_HERE = "no_parts_here"
    NOT_AN_ADAPTER = "not_an_adapter"
    CANCELLED = "cancelled"
    PROMPT_TOO_LONG = "prompt_too_long"
    COMPUTATION = "computation"
    INTERNAL = "internal"


class NoticeCode(StrEnum):
    """A fact about an answer that a user should see. The app owns the words."""

    TEMPLATE_FALLBACK = "template.fallback"
    CONTEXT_TRIMMED = "context.trimmed"


class TemplateProblem(StrEnum):
    """Why the file's own chat template was not used."""

    MISSING = "missing"
    SYNTAX = "syntax"
    FORBIDDEN = "forbidden"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    REFUSED = "refused"
    FAILED = "failed"


class DeviceReason(StrEnum):
    """Why a model runs where it runs."""

    NO_GPU_BACKEND = "no_gpu_backend"
    NO_GPU_FOUND = "no_gpu_found"
    NOT_ASKED = "not_asked"
    OFFLOADED = "offloaded"


class WorkerFinish(StrEnum):
    """How a worker may end an answer."""

    STOP = "stop"
    LENGTH = "length"
    CONTEXT_FULL = "context_full"
    CANCELLED = "cancelled"


def _turn(untrusted_item: Any) -> tuple[str, str]:
    if type(untrusted_item) not in (list, tuple) or len(untrusted_item) != 2:
        raise Refused("pairs of role and text")
    role, text = untrusted_item
    if role not in ("system", "user", "assistant"):
        raise Refused("the roles system, user, assistant")
    return role, text_up_to(APP_LINE_LIMIT)(text)


_descriptor = whole(3, 1_000_000)
_scale = number(0.0, LARGEST_SCALE)


def _adapter(untrusted_item: Any) -> tuple[int, float]:
    if type(untrusted_item) not in (list, tuple) or len(untrusted_item) != 2:
        raise Refused("pairs of descriptor and scale")
    return _descriptor(untrusted_item[0]), _scale(untrusted_item[1])


_Request = Annotated[int, whole(1, _MOST)]
_LoadRequest = Annotated[int, whole(0, _MOST)]
_Count = Annotated[int, whole(0, _MOST)]
_Threads = Annotated[int, whole(1, 1_024)]
_Layers = Annotated[int, whole(0, 100_000)]
_Piece = Annotated[str, text_up_to(16_384)]
_Digest = Annotated[str | None, optional(matching(r"[0-9a-f]{64}", 64, "a SHA-256 of 64 hexadecimal digits"))]
_Problem = Annotated[TemplateProblem | None, optional(choice(TemplateProblem))]


@dataclass(frozen=True, slots=True)
class Hello(Greeting):
    """The first line of both sides."""

    protocol: Annotated[str, text_up_to(40)] = PROTOCOL_NAME
    version: Annotated[int, whole(0, _MOST)] = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Confine(Message):
    """App: the second line: confine yourself for good, before anything is loaded. Answered with :class:`Confined`."""

    TYPE = "confine"
    may_use_gpu: Annotated[bool, flag]
    """Whether the devices of a GPU are to be within reach, where there is one."""
    opened_again: Annotated[tuple[int, ...], several(0, MOST_PARTS, _descriptor)]
    """Descriptors that llama.cpp opens again by their paths, to read: those of a model in several parts."""


@dataclass(frozen=True, slots=True)
class Load(Message):
    """App: load the model that lies behind inherited descriptors."""

    TYPE = "load"
    descriptors: Annotated[tuple[int, ...], several(1, MOST_PARTS, _descriptor)]
    """The model's parts in their order; most models have one."""
    adapters: Annotated[tuple[tuple[int, float], ...], several(0, MOST_ADAPTERS, _adapter)]
    """LoRA adapters: descriptor and scale."""
    context_length: Annotated[int, whole(16, 2**24)]
    gpu_layers: Annotated[int, whole(-1, 10_000)]
    threads: Annotated[int, whole(0, 1_024)]
    """0 follows the measured speed."""
    memory_limit: Annotated[int, whole(0, 2**62)]
    """Bytes of address space; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class Generate(Message):
    """App: answer this conversation. Request numbers count up from 1."""

    TYPE = "generate"
    request: _Request
    messages: Annotated[tuple[tuple[str, str], ...], several(1, 100_000, _turn)]
    temperature: Annotated[float, number(0.0, 5.0)]
    top_k: Annotated[int, whole(0, 1_000_000)]
    top_p: Annotated[float, number(0.0, 1.0)]
    min_p: Annotated[float, number(0.0, 1.0)]
    repeat_penalty: Annotated[float, number(0.1, 10.0)]
    seed: Annotated[int, whole(0, 2**32 - 1)]
    max_tokens: Annotated[int, whole(1, 1_000_000)]
    stop: Annotated[tuple[str, ...], several(0, 16, text_up_to(256))]


@dataclass(frozen=True, slots=True)
class Cancel(Message):
    """App: stop this request; 0 stops the loading."""

    TYPE = "cancel"
    request: _LoadRequest


@dataclass(frozen=True, slots=True)
class Pause(Message):
    """App: compute nothing of an answer until :class:`Resume`, or a :class:`Cancel`. Not answered."""

    TYPE = "pause"


@dataclass(frozen=True, slots=True)
class Resume(Message):
    """App: go on computing. Not answered."""

    TYPE = "resume"


@dataclass(frozen=True, slots=True)
class LoadStep(Message):
    """Worker: so much of the model is loaded."""

    TYPE = "load_step"
    thousandths: Annotated[int, whole(0, 1_000)]


@dataclass(frozen=True, slots=True)
class Loaded(Message):
    """Worker: the model is ready."""

    TYPE = "loaded"
    architecture: Annotated[str, text_up_to(64)]
    description: Annotated[str, text_up_to(128)]
    context_length: Annotated[int, whole(1, 2**24)]
    training_context_length: _Count
    threads: _Threads
    has_template: Annotated[bool, flag]
    template_problem: _Problem
    device_reason: Annotated[DeviceReason, choice(DeviceReason)]
    device_name: Annotated[str, text_up_to(128)]
    offloaded_layers: _Layers
    total_layers: _Layers
    template_digest: _Digest
    """SHA-256 of the file's chat template; null where the app's general one stands in for it."""


@dataclass(frozen=True, slots=True)
class PromptStep(Message):
    """Worker: so many tokens of the prompt are in the KV cache. The first one tells how many were there already."""

    TYPE = "prompt_step"
    request: _Request
    done: _Count
    total: Annotated[int, whole(1, _MOST)]


@dataclass(frozen=True, slots=True)
class Token(Message):
    """Worker: one token was generated. The text is empty while characters are held back."""

    TYPE = "token"
    request: _Request
    text: _Piece


@dataclass(frozen=True, slots=True)
class Rest(Message):
    """Worker: text that had been held back and turned out to be part of the answer."""

    TYPE = "rest"
    request: _Request
    text: _Piece


@dataclass(frozen=True, slots=True)
class Notice(Message):
    """Worker: a fact about the answer."""

    TYPE = "notice"
    request: _Request
    code: Annotated[NoticeCode, choice(NoticeCode)]
    problem: _Problem = None
    """For a fallback: why."""
    count: _Count = 0
    """For a trimmed context: the number of messages that were left out."""


@dataclass(frozen=True, slots=True)
class Done(Message):
    """Worker: the answer has ended."""

    TYPE = "done"
    request: _Request
    finish_reason: Annotated[WorkerFinish, choice(WorkerFinish)]
    context_used: _Count
    threads: _Threads


@dataclass(frozen=True, slots=True)
class Failed(Message):
    """Worker: the request (0: the loading) has failed."""

    TYPE = "failed"
    request: _LoadRequest
    code: Annotated[FailureCode, choice(FailureCode)]
    needed: _Count = 0
    """For a prompt that is too long: its tokens."""


FROM_APP: tuple[type[Message], ...] = (Hello, Confine, Load, Generate, Cancel, Pause, Resume, Probe)
FROM_WORKER: tuple[type[Message], ...] = (
    Hello,
    Confined,
    LoadStep,
    Loaded,
    PromptStep,
    Token,
    Rest,
    Notice,
    Done,
    Failed,
    Probed,
)


def encode(message: Message) -> bytes:
    """Return ``message`` as one line, line feed included.

    Raises:
        ProtocolBreach: The message is longer than its direction allows, or holds a value out of bounds.
    """
    is_from_app = isinstance(message, FROM_APP) and not isinstance(message, Hello)
    limit = APP_LINE_LIMIT if is_from_app else WORKER_LINE_LIMIT
    return encode_line(message, limit)

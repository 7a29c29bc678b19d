# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The worker protocol, without any I/O: what may be said on the two pipes, and nothing else.

Each message is one line of JSON that ends with a line feed. The first line of both sides is a :class:`Hello`. A message
class annotates its fields with their bounds; a line with another field, a missing one, or a value out of bounds
is refused. Both sides check what they receive: the app because a worker parses hostile files, the worker because a
mistake should end early.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar, get_origin, get_type_hints

PROTOCOL_NAME = "strongroom-engine"
PROTOCOL_VERSION = 1

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

_MOST = 2**31 - 1


class BreachKind(StrEnum):
    """How a line can break the protocol."""

    OVERSIZED_LINE = "oversized_line"
    MALFORMED_LINE = "malformed_line"
    WRONG_VERSION = "wrong_version"
    FLOOD = "flood"


class ProtocolBreach(Exception):
    """The other side said something that the protocol does not allow.

    ``detail`` names the message and the field, never the value: a value is foreign text.
    """

    def __init__(self, kind: BreachKind, detail: str) -> None:
        super().__init__(f"{kind.value}: {detail}")
        self.kind = kind
        self.detail = detail


class FailureCode(StrEnum):
    """Why a worker could not do what it was asked. The app owns the words."""

    NOT_A_MODEL = "not_a_model"
    UNKNOWN_ARCHITECTURE = "unknown_architecture"
    NO_TEXT_GENERATION = "no_text_generation"
    OUT_OF_MEMORY = "out_of_memory"
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


_Check = Callable[[Any], Any]


class _Refused(Exception):
    """A value is not what its field allows; the text says what was expected."""


def _whole(least: int, most: int) -> _Check:
    def check(untrusted_value: Any) -> int:
        # bool is an int in Python, not in JSON.
        if type(untrusted_value) is not int or not least <= untrusted_value <= most:
            raise _Refused(f"a whole number from {least} to {most}")
        return untrusted_value

    return check


def _number(least: float, most: float) -> _Check:
    def check(untrusted_value: Any) -> float:
        if type(untrusted_value) not in (int, float) or not least <= untrusted_value <= most:
            raise _Refused(f"a number from {least} to {most}")
        return float(untrusted_value)

    return check


def _flag(untrusted_value: Any) -> bool:
    if type(untrusted_value) is not bool:
        raise _Refused("true or false")
    return untrusted_value


def _text(most: int) -> _Check:
    def check(untrusted_value: Any) -> str:
        if type(untrusted_value) is not str or len(untrusted_value) > most:
            raise _Refused(f"a text of at most {most} characters")
        try:
            # JSON can spell half of a surrogate pair; nothing after this point could encode it.
            untrusted_value.encode("utf-8")
        except UnicodeEncodeError:
            raise _Refused("a text of whole characters") from None
        return untrusted_value

    return check


def _several(least_items: int, most_items: int, check_item: _Check) -> _Check:
    def check(untrusted_value: Any) -> tuple[Any, ...]:
        if type(untrusted_value) not in (list, tuple) or not least_items <= len(untrusted_value) <= most_items:
            raise _Refused(f"a list of {least_items} to {most_items}")
        return tuple(check_item(item) for item in untrusted_value)

    return check


def _choice(choices: type[StrEnum]) -> _Check:
    def check(untrusted_value: Any) -> StrEnum:
        try:
            return choices(untrusted_value)
        except ValueError:
            raise _Refused(f"one of {', '.join(choices)}") from None

    return check


def _optional(check_value: _Check) -> _Check:
    return lambda untrusted_value: None if untrusted_value is None else check_value(untrusted_value)


def _turn(untrusted_item: Any) -> tuple[str, str]:
    if type(untrusted_item) not in (list, tuple) or len(untrusted_item) != 2:
        raise _Refused("pairs of role and text")
    role, text = untrusted_item
    if role not in ("system", "user", "assistant"):
        raise _Refused("the roles system, user, assistant")
    return role, _text(APP_LINE_LIMIT)(text)


_Request = Annotated[int, _whole(1, _MOST)]
_LoadRequest = Annotated[int, _whole(0, _MOST)]
_Count = Annotated[int, _whole(0, _MOST)]
_Threads = Annotated[int, _whole(1, 1_024)]
_Layers = Annotated[int, _whole(0, 100_000)]
_Piece = Annotated[str, _text(16_384)]
_Problem = Annotated[TemplateProblem | None, _optional(_choice(TemplateProblem))]


class Message:
    """One line. Subclasses are frozen dataclasses whose fields carry their checks."""

    __slots__ = ()
    TYPE: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Hello(Message):
    """The first line of both sides."""

    TYPE = "hello"
    protocol: Annotated[str, _text(40)] = PROTOCOL_NAME
    version: _Count = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Load(Message):
    """App: load the model that lies behind an inherited descriptor."""

    TYPE = "load"
    descriptor: Annotated[int, _whole(3, 1_000_000)]
    context_length: Annotated[int, _whole(16, 2**24)]
    gpu_layers: Annotated[int, _whole(-1, 10_000)]
    threads: Annotated[int, _whole(0, 1_024)]
    """0 follows the measured speed."""
    memory_limit: Annotated[int, _whole(0, 2**62)]
    """Bytes of address space; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class Generate(Message):
    """App: answer this conversation. Request numbers count up from 1."""

    TYPE = "generate"
    request: _Request
    messages: Annotated[tuple[tuple[str, str], ...], _several(1, 100_000, _turn)]
    temperature: Annotated[float, _number(0.0, 5.0)]
    top_k: Annotated[int, _whole(0, 1_000_000)]
    top_p: Annotated[float, _number(0.0, 1.0)]
    min_p: Annotated[float, _number(0.0, 1.0)]
    repeat_penalty: Annotated[float, _number(0.1, 10.0)]
    seed: Annotated[int, _whole(0, 2**32 - 1)]
    max_tokens: Annotated[int, _whole(1, 1_000_000)]
    stop: Annotated[tuple[str, ...], _several(0, 16, _text(256))]


@dataclass(frozen=True, slots=True)
class Cancel(Message):
    """App: stop this request; 0 stops the loading."""

    TYPE = "cancel"
    request: _LoadRequest


@dataclass(frozen=True, slots=True)
class LoadStep(Message):
    """Worker: so much of the model is loaded."""

    TYPE = "load_step"
    thousandths: Annotated[int, _whole(0, 1_000)]


@dataclass(frozen=True, slots=True)
class Loaded(Message):
    """Worker: the model is ready."""

    TYPE = "loaded"
    architecture: Annotated[str, _text(64)]
    description: Annotated[str, _text(128)]
    context_length: Annotated[int, _whole(1, 2**24)]
    training_context_length: _Count
    threads: _Threads
    has_template: Annotated[bool, _flag]
    template_problem: _Problem
    device_reason: Annotated[DeviceReason, _choice(DeviceReason)]
    device_name: Annotated[str, _text(128)]
    offloaded_layers: _Layers
    total_layers: _Layers


@dataclass(frozen=True, slots=True)
class PromptStep(Message):
    """Worker: so many tokens of the prompt are in the KV cache. The first one tells how many were there already."""

    TYPE = "prompt_step"
    request: _Request
    done: _Count
    total: Annotated[int, _whole(1, _MOST)]


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
    code: Annotated[NoticeCode, _choice(NoticeCode)]
    problem: _Problem = None
    """For a fallback: why."""
    count: _Count = 0
    """For a trimmed context: the number of messages that were left out."""


@dataclass(frozen=True, slots=True)
class Done(Message):
    """Worker: the answer has ended."""

    TYPE = "done"
    request: _Request
    finish_reason: Annotated[WorkerFinish, _choice(WorkerFinish)]
    context_used: _Count
    threads: _Threads


@dataclass(frozen=True, slots=True)
class Failed(Message):
    """Worker: the request (0: the loading) has failed."""

    TYPE = "failed"
    request: _LoadRequest
    code: Annotated[FailureCode, _choice(FailureCode)]
    needed: _Count = 0
    """For a prompt that is too long: its tokens."""


FROM_APP: tuple[type[Message], ...] = (Hello, Load, Generate, Cancel)
FROM_WORKER: tuple[type[Message], ...] = (Hello, LoadStep, Loaded, PromptStep, Token, Rest, Notice, Done, Failed)

M = TypeVar("M", bound=Message)


def encode(message: Message) -> bytes:
    """Return ``message`` as one line, line feed included.

    Raises:
        ProtocolBreach: The message is longer than its direction allows, or holds a value out of bounds.
    """
    values: dict[str, Any] = {"type": message.TYPE}
    for name, check in _checks(type(message)).items():
        try:
            values[name] = check(getattr(message, name))
        except _Refused as refusal:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE}.{name} must be {refusal}") from None
    line = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8") + b"\n"
    limit = APP_LINE_LIMIT if isinstance(message, (Load, Generate, Cancel)) else WORKER_LINE_LIMIT
    if len(line) > limit:
        raise ProtocolBreach(BreachKind.OVERSIZED_LINE, f"{message.TYPE} is longer than {limit} bytes")
    return line


def decode(untrusted_line: bytes, accepted: tuple[type[M], ...], limit: int) -> M:
    """Return the message of one line that was read with at most ``limit`` + 1 bytes.

    Raises:
        ProtocolBreach: The line is too long, incomplete, not JSON, not one of the ``accepted`` messages, or has a field
            that is missing, unknown or out of bounds.
    """
    if len(untrusted_line) > limit:
        raise ProtocolBreach(BreachKind.OVERSIZED_LINE, f"a line is longer than {limit} bytes")
    if not untrusted_line.endswith(b"\n"):
        raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a line ends in the middle")
    untrusted_values = _parse(untrusted_line)
    if not isinstance(untrusted_values, dict):
        raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a line is not a JSON object")
    untrusted_type = untrusted_values.pop("type", None)
    for message_class in accepted:
        if untrusted_type == message_class.TYPE:
            return _build(message_class, untrusted_values)
    raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a line has no known type")


def require_version(hello: Hello) -> None:
    """Refuse a partner that speaks another protocol or another version of it.

    Raises:
        ProtocolBreach: With :attr:`BreachKind.WRONG_VERSION`.
    """
    if hello.protocol != PROTOCOL_NAME or hello.version != PROTOCOL_VERSION:
        raise ProtocolBreach(BreachKind.WRONG_VERSION, f"this side speaks version {PROTOCOL_VERSION}")


def _parse(untrusted_line: bytes) -> Any:
    try:
        return json.loads(
            untrusted_line.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique_pairs
        )
    except (ValueError, RecursionError, _Refused):
        # ValueError covers bad UTF-8, bad JSON and a number with thousands of digits.
        raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a line is not valid JSON") from None


def _refuse_constant(name: str) -> Any:
    raise _Refused(f"not {name}")


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise _Refused("each field once")
    return content


_CHECKS: dict[type[Message], dict[str, _Check]] = {}


def _checks(message_class: type[Message]) -> dict[str, _Check]:
    """Return the check of each field of a message class; worked out once, since it is needed for every token."""
    if message_class not in _CHECKS:
        hints = get_type_hints(message_class, include_extras=True)
        _CHECKS[message_class] = {
            name: hint.__metadata__[0] for name, hint in hints.items() if get_origin(hint) is Annotated
        }
    return _CHECKS[message_class]


def _build(message_class: type[M], untrusted_values: dict[str, Any]) -> M:
    checks = _checks(message_class)
    if unknown := untrusted_values.keys() - checks.keys():
        raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message_class.TYPE} has {len(unknown)} unknown fields")
    values: dict[str, Any] = {}
    for name, check in checks.items():
        if name not in untrusted_values:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message_class.TYPE}.{name} is missing")
        try:
            values[name] = check(untrusted_values[name])
        except _Refused as refusal:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message_class.TYPE}.{name} must be {refusal}") from None
    return message_class(**values)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a line between two of the app's processes may hold, without any I/O.

Each message is one line of JSON that ends with a line feed. A message class annotates its fields with their bounds; a
line with another field, a missing one, or a value out of bounds is refused. Both sides check what they receive: the
app because a helper handles foreign bytes, the helper because a mistake should end early.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar, get_origin, get_type_hints


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


Check = Callable[[Any], Any]


class Refused(Exception):
    """A value is not what its field allows; the text says what was expected."""


def whole(least: int, most: int) -> Check:
    """Accept a whole number within bounds."""

    def check(untrusted_value: Any) -> int:
        # bool is an int in Python, not in JSON.
        if type(untrusted_value) is not int or not least <= untrusted_value <= most:
            raise Refused(f"a whole number from {least} to {most}")
        return untrusted_value

    return check


def number(least: float, most: float) -> Check:
    """Accept a finite number within bounds."""

    def check(untrusted_value: Any) -> float:
        if type(untrusted_value) not in (int, float) or not least <= untrusted_value <= most:
            raise Refused(f"a number from {least} to {most}")
        return float(untrusted_value)

    return check


def flag(untrusted_value: Any) -> bool:
    """Accept true or false."""
    if type(untrusted_value) is not bool:
        raise Refused("true or false")
    return untrusted_value


def text_up_to(most: int) -> Check:
    """Accept at most so many characters of whole Unicode text."""

    def check(untrusted_value: Any) -> str:
        if type(untrusted_value) is not str or len(untrusted_value) > most:
            raise Refused(f"a text of at most {most} characters")
        try:
            # JSON can spell half of a surrogate pair; nothing after this point could encode it.
            untrusted_value.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("a text of whole characters") from None
        return untrusted_value

    return check


def matching(pattern: str, most: int, description: str) -> Check:
    """Accept a text of at most ``most`` characters that matches as a whole; ``description`` names what it must be."""
    compiled = re.compile(pattern)
    check_text = text_up_to(most)

    def check(untrusted_value: Any) -> str:
        text: str = check_text(untrusted_value)
        if not compiled.fullmatch(text):
            raise Refused(description)
        return text

    return check


def several(least_items: int, most_items: int, check_item: Check) -> Check:
    """Accept a list of so many items, each of which passes ``check_item``."""

    def check(untrusted_value: Any) -> tuple[Any, ...]:
        if type(untrusted_value) not in (list, tuple) or not least_items <= len(untrusted_value) <= most_items:
            raise Refused(f"a list of {least_items} to {most_items}")
        return tuple(check_item(item) for item in untrusted_value)

    return check


def choice(choices: type[StrEnum]) -> Check:
    """Accept the value of one member."""

    def check(untrusted_value: Any) -> StrEnum:
        try:
            return choices(untrusted_value)
        except ValueError:
            raise Refused(f"one of {', '.join(choices)}") from None

    return check


def optional(check_value: Check) -> Check:
    """Accept null, or what passes ``check_value``."""
    return lambda untrusted_value: None if untrusted_value is None else check_value(untrusted_value)


class Message:
    """One line. Subclasses are frozen dataclasses whose fields carry their checks."""

    __slots__ = ()
    TYPE: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Greeting(Message):
    """The first line of both sides. Each protocol has its own subclass, whose defaults are what this side speaks."""

    TYPE = "hello"
    protocol: Annotated[str, text_up_to(40)] = ""
    version: Annotated[int, whole(0, 2**31 - 1)] = 0


def require_version(untrusted_greeting: Greeting) -> None:
    """Refuse a partner that speaks another protocol or another version of it.

    Raises:
        ProtocolBreach: With :attr:`BreachKind.WRONG_VERSION`.
    """
    own = type(untrusted_greeting)()
    if untrusted_greeting != own:
        raise ProtocolBreach(BreachKind.WRONG_VERSION, f"this side speaks version {own.version}")


M = TypeVar("M", bound=Message)


def encode(message: Message, limit: int) -> bytes:
    """Return ``message`` as one line of at most ``limit`` bytes, line feed included.

    Raises:
        ProtocolBreach: The message is longer than ``limit``, or holds a value out of bounds.
    """
    values = {"type": message.TYPE} | values_of(message)
    line = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8") + b"\n"
    if len(line) > limit:
        raise ProtocolBreach(BreachKind.OVERSIZED_LINE, f"{message.TYPE} is longer than {limit} bytes")
    return line


def values_of(message: Message) -> dict[str, Any]:
    """Return the fields of ``message`` as JSON holds them.

    Raises:
        ProtocolBreach: A value is out of bounds.
    """
    values: dict[str, Any] = {}
    for name, check in _checks(type(message)).items():
        try:
            values[name] = check(getattr(message, name))
        except Refused as refusal:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message.TYPE}.{name} must be {refusal}") from None
    return values


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
            return message_with(message_class, untrusted_values)
    raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a line has no known type")


def message_with(message_class: type[M], untrusted_values: dict[str, Any]) -> M:
    """Return the message that has exactly these fields.

    Raises:
        ProtocolBreach: A field is missing, unknown or out of bounds.
    """
    checks = _checks(message_class)
    if unknown := untrusted_values.keys() - checks.keys():
        raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message_class.TYPE} has {len(unknown)} unknown fields")
    values: dict[str, Any] = {}
    for name, check in checks.items():
        if name not in untrusted_values:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message_class.TYPE}.{name} is missing")
        try:
            values[name] = check(untrusted_values[name])
        except Refused as refusal:
            raise ProtocolBreach(BreachKind.MALFORMED_LINE, f"{message_class.TYPE}.{name} must be {refusal}") from None
    return message_class(**values)


def _parse(untrusted_line: bytes) -> Any:
    try:
        return json.loads(
            untrusted_line.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique_pairs
        )
    except (ValueError, RecursionError, Refused):
        # ValueError covers bad UTF-8, bad JSON and a number with thousands of digits.
        raise ProtocolBreach(BreachKind.MALFORMED_LINE, "a line is not valid JSON") from None


def _refuse_constant(name: str) -> Any:
    raise Refused(f"not {name}")


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise Refused("each field once")
    return content


_CHECKS: dict[type[Message], dict[str, Check]] = {}


def _checks(message_class: type[Message]) -> dict[str, Check]:
    """Return the check of each field of a message class; worked out once, since it is needed for every token."""
    if message_class not in _CHECKS:
        hints = get_type_hints(message_class, include_extras=True)
        _CHECKS[message_class] = {
            name: hint.__metadata__[0] for name, hint in hints.items() if get_origin(hint) is Annotated
        }
    return _CHECKS[message_class]

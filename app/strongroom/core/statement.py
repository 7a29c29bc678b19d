# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a room has to say, as a code and facts.

No room below the doors words anything: it names what happened, and the doors turn that into a sentence in the user's
language (``strongroom.words``).
"""

from collections.abc import Mapping
from os import PathLike, fspath
from typing import Any, TypeAlias

Fact: TypeAlias = "str | int | float | tuple[Fact, ...] | Statement | None"
"""What a statement may hold; all of it can be written as JSON."""

GivenFact: TypeAlias = "Fact | PathLike[str]"
"""A fact as a room gives it; a path is kept as its text."""

_MOST_LEVELS = 8


class Statement:
    """A code and the facts that complete it. Equal when both are equal; never changed.

    Args:
        code: A stable name in dotted lower case: ``storage.full``.
        facts: Names and values for the sentence. Some names have a meaning of their own: ``case`` chooses between
            sentences of one code, ``also`` is a statement that is said after this one, and ``title`` and
            ``next_step`` are statements that take the place of those that the code usually has.
    """

    __slots__ = ("code", "facts")

    code: str
    facts: Mapping[str, Fact]

    def __init__(self, code: str, /, **facts: GivenFact) -> None:
        kept = {name: fspath(value) if isinstance(value, PathLike) else value for name, value in facts.items()}
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "facts", kept)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a statement does not change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a statement does not change: {name}")

    @property
    def key(self) -> str:
        """What its words are found by: the code, and the case where one was given (``storage.damaged:message``)."""
        case = self.facts.get("case")
        return f"{self.code}:{case}" if case else self.code

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Statement) and (self.code, self.facts) == (other.code, other.facts)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.facts.items(), key=lambda item: item[0]))))

    def __deepcopy__(self, _memo: dict[int, Any]) -> "Statement":
        return self

    def __str__(self) -> str:
        """Return it for a log: ``storage.full (path=/data/chats.db)``."""
        told = ", ".join(f"{name}={_plain(value)}" for name, value in self.facts.items() if value is not None)
        return f"{self.code} ({told})" if told else self.code

    def __repr__(self) -> str:
        return f"Statement({self.code!r}, {', '.join(f'{name}={value!r}' for name, value in self.facts.items())})"


def statement_to_json(statement: Statement) -> dict[str, Any]:
    """Return the statement as JSON can hold it; a statement among the facts takes the same form."""
    return {"code": statement.code, "facts": facts_to_json(statement.facts)}


def facts_to_json(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Return facts as JSON can hold them."""
    return {name: _to_json(value) for name, value in facts.items()}


def statement_from_json(untrusted_value: object) -> Statement:
    """Return the statement that :func:`statement_to_json` was given.

    Raises:
        ValueError: It is not what that function makes.
    """
    return _statement(untrusted_value, _MOST_LEVELS)


def _to_json(value: Fact) -> Any:
    if isinstance(value, Statement):
        return statement_to_json(value)
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    return value


def _statement(untrusted_value: object, levels: int) -> Statement:
    if not isinstance(untrusted_value, dict) or untrusted_value.keys() != {"code", "facts"} or levels == 0:
        raise ValueError("not a statement")
    code, facts = untrusted_value["code"], untrusted_value["facts"]
    if not isinstance(code, str) or not isinstance(facts, dict):
        raise ValueError("not a statement")
    return Statement(code, **{str(name): _fact(value, levels - 1) for name, value in facts.items()})


def _fact(untrusted_value: object, levels: int) -> Fact:
    if untrusted_value is None or isinstance(untrusted_value, (str, int, float)):
        return untrusted_value
    if isinstance(untrusted_value, list) and levels > 0:
        return tuple(_fact(item, levels - 1) for item in untrusted_value)
    return _statement(untrusted_value, levels)


def _plain(value: Fact) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_plain(item) for item in value) + "]"
    return str(value)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Marks, notes, sampling parameters, numbers as JSON columns: written from values of ``core``, read back strictly."""

import json
import re
from collections.abc import Sequence
from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import Enum
from functools import cache, lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from strongroom.core.chat import KEPT_TEXT, Note
from strongroom.core.findings import Mark
from strongroom.core.generation import GenerationNumbers, SamplingParameters
from strongroom.core.statement import statement_from_json, statement_to_json

T = TypeVar("T")

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encode_marks(marks: Sequence[Mark]) -> str:
    """Return marks as JSON."""
    return _dump([asdict(mark) for mark in marks])


def decode_marks(text: str) -> tuple[Mark, ...]:
    """Return the marks of :func:`encode_marks`.

    Raises:
        ValueError: The text is something else.
    """
    return _decode_all(Mark, text)


def encode_notes(notes: Sequence[Note]) -> str:
    """Return notes as JSON."""
    return _dump([statement_to_json(note) for note in notes])


def decode_notes(text: str) -> tuple[Note, ...]:
    """Return the notes of :func:`encode_notes`.

    Raises:
        ValueError: The text is something else.
    """
    content = json.loads(text)
    if not isinstance(content, list):
        raise ValueError("not a list of notes")
    return tuple(_note(item) for item in content)


def storable_note(note: Note) -> Note:
    """Return ``note`` with every text in it as :func:`storable` returns it."""
    return statement_from_json(json.loads(storable(json.dumps(statement_to_json(note), ensure_ascii=False))))


def _note(content: object) -> Note:
    match content:
        case {"code": str(code), "text": str(text), **rest} if not rest:
            # Before notes were facts, their English text was kept.
            return Note(code, case=KEPT_TEXT, text=text)
    return statement_from_json(content)


def encode_numbers(numbers: GenerationNumbers | None) -> str | None:
    """Return an answer's numbers as JSON, or None."""
    return None if numbers is None else _dump(asdict(numbers))


def decode_numbers(text: str | None) -> GenerationNumbers | None:
    """Return the numbers of :func:`encode_numbers`.

    Raises:
        ValueError: The text is something else.
    """
    return None if text is None else _decode(GenerationNumbers, json.loads(text))


def encode_sampling(sampling: SamplingParameters) -> str:
    """Return sampling parameters as JSON."""
    return _dump(asdict(sampling))


@lru_cache(maxsize=64)
def decode_sampling(text: str) -> SamplingParameters:
    """Return the sampling parameters of :func:`encode_sampling`; most answers have the same ones.

    Raises:
        ValueError: The text is something else.
    """
    sampling: SamplingParameters = _decode(SamplingParameters, json.loads(text))
    return sampling


def storable(text: str) -> str:
    """Return ``text`` with each lone surrogate, which no file can hold, replaced by one other character.

    The length stays, so that marks still fit.
    """
    return _LONE_SURROGATE.sub("\ufffd", text)


def _dump(content: Any) -> str:
    return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _decode_all(kind: type[T], text: str) -> tuple[T, ...]:
    content = json.loads(text)
    if not isinstance(content, list):
        raise ValueError(f"not a list of {kind.__name__}")
    return tuple(_decode(kind, item) for item in content)


def _decode(kind: Any, content: object) -> Any:
    """Build a dataclass from an object with exactly its fields; one that has a default may be missing.

    That exception lets a value of ``core`` gain a field without a migration of every row.
    """
    wanted, required = _shape(kind)
    if not isinstance(content, dict) or not required <= content.keys() <= wanted.keys():
        raise ValueError(f"not the fields of a {kind.__name__}")
    return kind(**{name: _value(wanted[name], value) for name, value in content.items()})


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    required = frozenset(row.name for row in fields(kind) if row.default is MISSING and row.default_factory is MISSING)
    return get_type_hints(kind), required


def _value(declared: Any, value: object) -> object:
    if isinstance(declared, UnionType):
        # The only union in use is "or None".
        (kind,) = (each for each in get_args(declared) if each is not type(None))
        return None if value is None else _value(kind, value)
    if get_origin(declared) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{value!r} where a list belongs")
        return tuple(_value(get_args(declared)[0], item) for item in value)
    if is_dataclass(declared):
        return _decode(declared, value)
    if issubclass(declared, Enum):
        return declared(value)
    if declared is float and type(value) is int:
        return float(value)
    if type(value) is not declared:
        raise ValueError(f"{value!r} where a {declared.__name__} belongs")
    return value

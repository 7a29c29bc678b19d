# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From JSON to dataclasses, with nothing let pass that they do not declare: a fault is named with its place."""

from dataclasses import fields
from enum import StrEnum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Built = TypeVar("_Built")


class Unexpected(ValueError):
    """Something in the file that no version of this program wrote."""


def object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; for ``json.loads``, as its ``object_pairs_hook``.

    Raises:
        Unexpected: A field is given twice.
    """
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Unexpected("a field is given twice")
    return result


def require_keys(item: Any, wanted: set[str], where: str) -> None:
    """Return only when ``item`` is an object with exactly these fields.

    Raises:
        Unexpected: It is not.
    """
    if not isinstance(item, dict):
        raise Unexpected(f"{where} is not an object")
    if unknown := sorted(item.keys() - wanted):
        raise Unexpected(f"{where} has an unknown field {unknown[0]!r}")
    if missing := sorted(wanted - item.keys()):
        raise Unexpected(f"{where} lacks the field {missing[0]!r}")


def build(kind: type[_Built], item: Any, where: str) -> _Built:
    """Return the dataclass ``kind`` made from ``item``, which has all of its fields.

    A field is text, a whole number, a string enumeration, a dataclass, a tuple of one of these, or None where allowed.

    Raises:
        Unexpected: A field is missing, unknown or of another type.
    """
    rows = fields(cast("type[DataclassInstance]", kind))
    require_keys(item, {row.name for row in rows}, where)
    return kind(**{row.name: _value(row.type, item[row.name], f"{row.name} of {where}") for row in rows})


def _value(declared: Any, value: Any, where: str) -> Any:
    options = get_args(declared) if isinstance(declared, UnionType) else (declared,)
    if value is None and NoneType in options:
        return None
    wanted = options[0]
    if get_origin(wanted) is tuple:
        if not isinstance(value, list):
            raise Unexpected(f"{where} is not a list")
        row = get_args(wanted)[0]
        return tuple(_value(row, item, f"item {place} in {where}") for place, item in enumerate(value, start=1))
    if issubclass(wanted, StrEnum):
        if value not in tuple(wanted):
            raise Unexpected(f"{where} is {value!r}, which is none of: {', '.join(wanted)}")
        return wanted(value)
    if wanted in (str, int):
        if type(value) is not wanted:
            raise Unexpected(f"{where} is {value!r}, which is not {'text' if wanted is str else 'a whole number'}")
        return value
    return build(wanted, value, where)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a policy, and where: pydantic's and the TOML reader's errors as this format's own."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Statement
from strongroom.policy.allow_list import AllowList
from strongroom.policy.declarations import DETECTORS
from strongroom.policy.detectors import BuiltInDetector
from strongroom.policy.schema import (
    FORMAT_VERSION,
    FORMS,
    Adjust,
    HubTable,
    IsolationTable,
    ModelsTable,
    PolicyDocument,
    Rule,
)
from strongroom.policy.toml_locations import Path, Position, TomlLocations

_MOST_SHOWN = 20
_DETECTORS: dict[str, type[BaseModel]] = {declared.type: declared.options or BuiltInDetector for declared in DETECTORS}
_TABLES: dict[tuple[type[BaseModel], str], type[BaseModel]] = {
    (PolicyDocument, "rules"): Rule,
    (PolicyDocument, "models"): ModelsTable,
    (PolicyDocument, "isolation"): IsolationTable,
    (PolicyDocument, "hub"): HubTable,
    (PolicyDocument, "adjust"): Adjust,
    (Rule, "allow"): AllowList,
    (Adjust, "allow"): AllowList,
}
"""The model of each table within another one; a detector's depends on its type."""
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_TOML_END = " (at end of document)"


@dataclass(frozen=True, slots=True, order=True)
class PolicyProblem:
    """One thing that is wrong, and where. Lines and columns count from 1."""

    line: int
    column: int
    key: str
    """The way to it, for example ``rules[2].detector.pattern``; empty for a syntax error."""
    found: Statement = field(compare=False)
    """What is wrong."""

    @property
    def statement(self) -> Statement:
        """The problem with its place."""
        return Statement(
            "policy.problem",
            case="of_key" if self.key else None,
            line=self.line,
            column=self.column,
            key=self.key,
            found=self.found,
        )


class PolicyError(UserFacingError):
    """A policy that cannot be in force. ``problems`` are in the order of the text."""

    def __init__(self, source: str, problems: tuple[PolicyProblem, ...]) -> None:
        shown = [Statement("policy.problem_in", source=source, problem=one.statement) for one in problems[:_MOST_SHOWN]]
        if len(problems) > _MOST_SHOWN:
            shown.append(Statement("policy.more_problems", count=len(problems) - _MOST_SHOWN))
        super().__init__("policy.invalid", problems=tuple(shown))
        self.source = source
        self.problems = problems


def in_order(problems: Iterable[PolicyProblem]) -> tuple[PolicyProblem, ...]:
    """Return each problem once, in the order of the text."""
    return tuple(sorted({(problem, problem.found): problem for problem in problems}.values()))


def problem_at(position: Position, path: Path, found: Statement) -> PolicyProblem:
    """Return the problem of what ``path`` leads to."""
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    return PolicyProblem(position.line, position.column, key, found)


def syntax_problem(said: str, locations: TomlLocations) -> PolicyProblem:
    """Turn the TOML reader's sentence into one with its place apart."""
    position = locations.end()
    if place := _TOML_PLACE.search(said):
        position = Position(int(place[1]), int(place[2]))
    if said.startswith("Cannot overwrite") and locations.duplicate:
        # tomllib points behind the value; the key is what is wrong.
        return PolicyProblem(
            locations.duplicate.line, locations.duplicate.column, "", Statement("policy.problem.defined_above")
        )
    found = Statement("policy.problem.syntax", said=_TOML_PLACE.sub("", said).removesuffix(_TOML_END))
    return PolicyProblem(position.line, position.column, "", found)


def validation_problem(detail: Any, content: dict[str, Any], locations: TomlLocations) -> PolicyProblem:
    """Turn one of pydantic's error details into a sentence with a place."""
    path, model = _document_path(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return problem_at(locations.key(path), path, _unknown_key(str(path[-1]), model, content, path))
    if kind == "missing":
        return problem_at(locations.key(path[:-1]), path, Statement("policy.problem.missing"))
    if kind == "pattern":
        offset = context["offset"]
        found = Statement(
            "policy.problem.pattern",
            case="at_character" if offset else None,
            character=offset + 1,
            reason=context["reason"],
        )
        return problem_at(locations.value(path, offset), path, found)
    if kind == "union_tag_invalid":
        path = (*path, "type")
        found = Statement("policy.problem.no_detector", tag=context["tag"], known=tuple(_DETECTORS))
        return problem_at(locations.value(path), path, found)
    if kind == "union_tag_not_found":
        return problem_at(locations.value(path), (*path, "type"), Statement("policy.problem.missing"))
    if path == ("version",):
        return problem_at(locations.value(path), path, Statement("policy.problem.version", version=FORMAT_VERSION))
    if kind == "string_pattern_mismatch":
        return problem_at(locations.value(path), path, _form(path))
    return problem_at(locations.value(path), path, _of_value(kind, context, detail["msg"]))


def _document_path(location: tuple[str | int, ...]) -> tuple[Path, type[BaseModel]]:
    """Return the path in the document, and the model that its last key belongs to.

    pydantic names the chosen member of the detector union on the way (``rules, 0, detector, terms, file``); the
    document has no such step.
    """
    model: type[BaseModel] = PolicyDocument
    owner = model
    path: list[str | int] = []
    for before, step in pairwise(("", *location)):
        if before == "detector" and step in _DETECTORS:
            model = _DETECTORS[str(step)]
            continue
        owner = model
        path.append(step)
        model = _TABLES.get((model, str(step)), model)
    return tuple(path), owner


def _unknown_key(key: str, model: type[BaseModel], content: dict[str, Any], path: Path) -> Statement:
    table: Any = content
    for step in path[:-1]:
        table = table[step]
    free = [name for name in model.model_fields if name not in table]
    close = difflib.get_close_matches(key, free, n=1)
    if close:
        return Statement("policy.problem.unknown_key", case="misspelled", close=close[0])
    return Statement("policy.problem.unknown_key", known=tuple(model.model_fields))


def _form(path: Path) -> Statement:
    return Statement("policy.problem.form", form=FORMS.get(f"{path[0]}.{path[-1]}") or FORMS[str(path[-1])])


_OF_VALUES = {
    "string_type", "bool_type", "int_type", "int_from_float", "float_type", "finite_number", "tuple_type", "dict_type",
    "model_type", "greater_than", "greater_than_equal", "less_than", "less_than_equal", "literal_error", "enum",
}  # fmt: skip
"""What pydantic calls the errors that have words of their own here."""


def _of_value(kind: str, context: dict[str, Any], said: str) -> Statement:
    """Return what pydantic found wrong with a value."""
    if kind in _OF_VALUES:
        facts = {name: fact for name, fact in context.items() if isinstance(fact, (str, int, float))}
        return Statement("policy.problem.value", case=kind, **facts)
    plain = said.replace("Input should be", "must be").replace("a valid tuple", "an array").replace("String", "text")
    return Statement("policy.problem.said", said=context.get("reason", plain))

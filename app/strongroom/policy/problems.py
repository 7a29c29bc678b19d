# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a policy, and where: pydantic's and the TOML reader's errors in the words of this format."""

import difflib
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from strongroom.core.errors import UserFacingError
from strongroom.policy.allow_list import AllowList
from strongroom.policy.detectors import (
    BUILT_IN_DETECTORS,
    BuiltInDetector,
    LinkDetector,
    PatternDetector,
    TermsDetector,
)
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
_DETECTORS: dict[str, type[BaseModel]] = {
    **dict.fromkeys(BUILT_IN_DETECTORS, BuiltInDetector),
    "link": LinkDetector,
    "terms": TermsDetector,
    "pattern": PatternDetector,
}
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
    message: str

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"line {self.line}, column {self.column}: " + (f"{self.key}: " if self.key else "") + self.message


class PolicyError(UserFacingError):
    """A policy that cannot be in force. ``problems`` are in the order of the text."""

    def __init__(self, source: str, problems: tuple[PolicyProblem, ...]) -> None:
        shown = [f"{source}, {problem}" for problem in problems[:_MOST_SHOWN]]
        if len(problems) > _MOST_SHOWN:
            shown.append(f"and {len(problems) - _MOST_SHOWN} more")
        super().__init__(
            "Policy not valid",
            "\n".join(shown),
            "Correct the policy. Until then nothing is sent to a model.",
            code="policy.invalid",
        )
        self.source = source
        self.problems = problems


def problem_at(position: Position, path: Path, message: str) -> PolicyProblem:
    """Return the problem of what ``path`` leads to."""
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    return PolicyProblem(position.line, position.column, key, message)


def syntax_problem(said: str, locations: TomlLocations) -> PolicyProblem:
    """Turn the TOML reader's sentence into one with its place apart."""
    position = locations.end()
    if place := _TOML_PLACE.search(said):
        position = Position(int(place[1]), int(place[2]))
    if said.startswith("Cannot overwrite") and locations.duplicate:
        # tomllib points behind the value; the key is what is wrong.
        return PolicyProblem(
            locations.duplicate.line, locations.duplicate.column, "", "this key is already defined above"
        )
    return PolicyProblem(position.line, position.column, "", _TOML_PLACE.sub("", said).removesuffix(_TOML_END))


def validation_problem(detail: Any, content: dict[str, Any], locations: TomlLocations) -> PolicyProblem:
    """Turn one of pydantic's error details into a sentence with a place."""
    path, model = _document_path(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return problem_at(locations.key(path), path, "unknown key" + _suggestion(str(path[-1]), model, content, path))
    if kind == "missing":
        return problem_at(locations.key(path[:-1]), path, "is missing")
    if kind == "pattern":
        place = f" (at character {context['offset'] + 1} of the pattern)" if context["offset"] else ""
        return problem_at(locations.value(path, context["offset"]), path, context["reason"] + place)
    if kind == "union_tag_invalid":
        path = (*path, "type")
        names = ", ".join(_DETECTORS)
        return problem_at(locations.value(path), path, f"{context['tag']!r} is no detector; there are {names}")
    if kind == "union_tag_not_found":
        return problem_at(locations.value(path), (*path, "type"), "is missing")
    if path == ("version",):
        return problem_at(locations.value(path), path, f"must be {FORMAT_VERSION}, the version that this app reads")
    if kind == "string_pattern_mismatch":
        return problem_at(locations.value(path), path, _form(path))
    return problem_at(locations.value(path), path, _plain(detail["msg"]))


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


def _suggestion(key: str, model: type[BaseModel], content: dict[str, Any], path: Path) -> str:
    table: Any = content
    for step in path[:-1]:
        table = table[step]
    free = [name for name in model.model_fields if name not in table]
    close = difflib.get_close_matches(key, free, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(model.model_fields)}"


def _form(path: Path) -> str:
    return FORMS.get(f"{path[0]}.{path[-1]}") or FORMS[str(path[-1])]


def _plain(message: str) -> str:
    """Return pydantic's sentence in the words of this format."""
    return message.replace("Input should be", "must be").replace("a valid tuple", "an array").replace("String", "text")

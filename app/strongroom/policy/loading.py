# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From the text of a ``policy.toml`` to a policy that can be in force, or to every problem with its place."""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from strongroom.core.errors import UserFacingError
from strongroom.core.findings import PolicyIdentity
from strongroom.core.paths import resource_path
from strongroom.policy.allow_list import AllowList
from strongroom.policy.detectors import (
    BUILT_IN_DETECTORS,
    BuiltInDetector,
    LinkDetector,
    PatternDetector,
    TermsDetector,
)
from strongroom.policy.schema import FORMAT_VERSION, FORMS, HubTable, ModelsTable, PolicyDocument, Rule
from strongroom.policy.terms import TermFileRefused, read_terms
from strongroom.policy.toml_locations import Path as TomlPath
from strongroom.policy.toml_locations import Position, TomlLocations, locate

BUILT_IN = "built-in"
"""The source of the policy that ships with the app."""

LARGEST_POLICY = 16 << 20
"""Characters."""

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
    (PolicyDocument, "hub"): HubTable,
    (Rule, "allow"): AllowList,
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


@dataclass(frozen=True, slots=True)
class Policy:
    """A checked policy."""

    document: PolicyDocument
    identity: PolicyIdentity
    source_text: str = field(repr=False)
    term_lists: Mapping[str, tuple[str, ...]] = field(repr=False)
    """All terms of each rule with a term list, those of its file included, by the rule's id."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in the order of the text, disabled ones too."""
        return self.document.rules

    @property
    def models(self) -> ModelsTable:
        """How model files are handled."""
        return self.document.models

    @property
    def hub(self) -> HubTable:
        """Whether, and from where, models may be downloaded."""
        return self.document.hub


def load_policy(text: str, source: str) -> Policy:
    """Return the policy that ``text`` defines.

    Args:
        text: The content of a ``policy.toml``.
        source: Its path, for messages and for the files of terms beside it, or :data:`BUILT_IN`.

    Raises:
        PolicyError: With every problem that was found.
    """
    content, locations = _parse(text, source)
    problems = list(_duplicate_ids(content, locations))
    document = None
    try:
        document = PolicyDocument.model_validate(content)
    except ValidationError as error:
        problems += [_problem(detail, content, locations) for detail in error.errors(include_url=False)]
    term_lists: dict[str, tuple[str, ...]] = {}
    if document is not None and not problems:
        term_lists = _read_term_lists(document, source, locations, problems)
    if document is None or problems:
        raise PolicyError(source, tuple(sorted(set(problems))))
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    identity = PolicyIdentity(document.name, document.revision, f"sha256:{digest}", source)
    return Policy(document, identity, text, MappingProxyType(term_lists))


def default_policy() -> Policy:
    """Return the policy that ships with the app and is in force where there is no other one.

    Raises:
        FileNotFoundError: The installation is damaged.
    """
    return load_policy(resource_path("policies/default.toml").read_text(encoding="utf-8"), BUILT_IN)


def _parse(text: str, source: str) -> tuple[dict[str, Any], TomlLocations]:
    if len(text) > LARGEST_POLICY:
        message = f"the policy has {len(text):,} characters; {LARGEST_POLICY:,} are the most"
        raise PolicyError(source, (PolicyProblem(1, 1, "", message),))
    # Some editors put a byte order mark first; TOML knows none.
    body = text.removeprefix("\ufeff")
    try:
        text.encode("utf-8")
        content = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source, (_syntax_problem(str(error), locate(body)),)) from error
    except UnicodeEncodeError as error:
        problem = PolicyProblem(1, 1, "", "the text holds half of a surrogate pair, which no file can")
        raise PolicyError(source, (problem,)) from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, or thousands of nested arrays: Python's own limits.
        reason = "values are nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise PolicyError(source, (PolicyProblem(1, 1, "", reason),)) from error
    return content, locate(body)


def _syntax_problem(said: str, locations: TomlLocations) -> PolicyProblem:
    position = locations.end()
    if place := _TOML_PLACE.search(said):
        position = Position(int(place[1]), int(place[2]))
    if said.startswith("Cannot overwrite") and locations.duplicate:
        # tomllib points behind the value; the key is what is wrong.
        return PolicyProblem(
            locations.duplicate.line, locations.duplicate.column, "", "this key is already defined above"
        )
    return PolicyProblem(position.line, position.column, "", _TOML_PLACE.sub("", said).removesuffix(_TOML_END))


def _duplicate_ids(content: dict[str, Any], locations: TomlLocations) -> list[PolicyProblem]:
    rules = content.get("rules")
    seen: dict[str, int] = {}
    problems = []
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        rule_id = rule.get("id") if isinstance(rule, dict) else None
        if not isinstance(rule_id, str):
            continue
        if rule_id in seen:
            path: TomlPath = ("rules", index, "id")
            first = locations.value(("rules", seen[rule_id], "id")).line
            message = f"the id {rule_id!r} already belongs to the rule in line {first}"
            problems.append(_at(locations.value(path), path, message))
        seen.setdefault(rule_id, index)
    return problems


def _problem(detail: Any, content: dict[str, Any], locations: TomlLocations) -> PolicyProblem:
    """Turn one of pydantic's error details into a sentence with a place."""
    path, model = _document_path(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _at(locations.key(path), path, "unknown key" + _suggestion(str(path[-1]), model, content, path))
    if kind == "missing":
        return _at(locations.key(path[:-1]), path, "is missing")
    if kind == "pattern":
        place = f" (at character {context['offset'] + 1} of the pattern)" if context["offset"] else ""
        return _at(locations.value(path, context["offset"]), path, context["reason"] + place)
    if kind == "union_tag_invalid":
        path = (*path, "type")
        names = ", ".join(_DETECTORS)
        return _at(locations.value(path), path, f"{context['tag']!r} is no detector; there are {names}")
    if kind == "union_tag_not_found":
        return _at(locations.value(path), (*path, "type"), "is missing")
    if path == ("version",):
        return _at(locations.value(path), path, f"must be {FORMAT_VERSION}, the version that this app reads")
    if kind == "string_pattern_mismatch":
        return _at(locations.value(path), path, FORMS[str(path[-1])])
    return _at(locations.value(path), path, _plain(detail["msg"]))


def _document_path(location: tuple[str | int, ...]) -> tuple[TomlPath, type[BaseModel]]:
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


def _suggestion(key: str, model: type[BaseModel], content: dict[str, Any], path: TomlPath) -> str:
    table: Any = content
    for step in path[:-1]:
        table = table[step]
    free = [name for name in model.model_fields if name not in table]
    close = difflib.get_close_matches(key, free, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(model.model_fields)}"


def _plain(message: str) -> str:
    """Return pydantic's sentence in the words of this format."""
    return message.replace("Input should be", "must be").replace("a valid tuple", "an array").replace("String", "text")


def _read_term_lists(
    document: PolicyDocument, source: str, locations: TomlLocations, problems: list[PolicyProblem]
) -> dict[str, tuple[str, ...]]:
    folder = None if source == BUILT_IN else Path(source).parent
    lists = {}
    for index, rule in enumerate(document.rules):
        if not isinstance(rule.detector, TermsDetector):
            continue
        try:
            lists[rule.id] = read_terms(rule.detector, folder)
        except TermFileRefused as refusal:
            path: TomlPath = ("rules", index, "detector", refusal.key)
            problems.append(_at(locations.value(path), path, str(refusal)))
    return lists


def _at(position: Position, path: TomlPath, message: str) -> PolicyProblem:
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    return PolicyProblem(position.line, position.column, key, message)

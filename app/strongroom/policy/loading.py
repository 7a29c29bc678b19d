# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From the text of a ``policy.toml`` to a policy that can be in force, or to every problem with its place."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from strongroom.core.findings import PolicyIdentity
from strongroom.core.paths import resource_path
from strongroom.core.statement import Statement
from strongroom.policy.adjusting import AdjustRefused, adjust_rules
from strongroom.policy.detector_options import TermsDetector
from strongroom.policy.merging import MergeConflict
from strongroom.policy.presets import preset_rules, read_preset
from strongroom.policy.problems import (
    PolicyError,
    PolicyProblem,
    in_order,
    problem_at,
    syntax_problem,
    validation_problem,
)
from strongroom.policy.schema import HubTable, IsolationTable, ModelsTable, PolicyDocument, Rule
from strongroom.policy.terms import TermFileRefused, read_terms
from strongroom.policy.toml_locations import MOST_KEY_PARTS, TomlLocations, locate
from strongroom.policy.toml_locations import Path as TomlPath

BUILT_IN = "built-in"
"""The source of the policy that ships with the app."""

LARGEST_POLICY = 16 << 20
"""Characters, and bytes of its file. Room for the terms of the largest list, written into the policy itself."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A checked policy."""

    document: PolicyDocument
    """The policy's own text, without the rules of its presets."""
    rules: tuple[Rule, ...]
    """The rules in force, disabled ones too: the policy's own in the order of the text, then those of its presets, all
    as the policy adjusts them."""
    identity: PolicyIdentity
    source_text: str = field(repr=False)
    term_lists: Mapping[str, tuple[str, ...]] = field(repr=False)
    """All terms of each rule with a term list, those of its file included, by the rule's id."""

    @property
    def models(self) -> ModelsTable:
        """How model files are handled."""
        return self.document.models

    @property
    def isolation(self) -> IsolationTable:
        """How far the system must isolate the app's processes."""
        return self.document.isolation

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
    problems = [*_missing_rules(content), *_duplicate_ids(content, locations)]
    document = None
    try:
        document = PolicyDocument.model_validate(content)
    except ValidationError as error:
        problems += [validation_problem(detail, content, locations) for detail in error.errors(include_url=False)]
    rules: tuple[Rule, ...] = ()
    term_lists: dict[str, tuple[str, ...]] = {}
    if document is not None and not problems:
        rules = _rules_in_force(document, locations, problems)
        term_lists = _read_term_lists(document, source, locations, problems)
    if document is None or problems:
        raise PolicyError(source, in_order(problems))
    identity = PolicyIdentity(document.name, document.revision, _digest(text, document.presets), source)
    return Policy(document, rules, identity, text, MappingProxyType(term_lists))


def default_policy() -> Policy:
    """Return the policy that ships with the app and is in force where there is no other one.

    Raises:
        FileNotFoundError: The installation is damaged.
    """
    return load_policy(resource_path("policies/default.toml").read_text(encoding="utf-8"), BUILT_IN)


def _parse(text: str, source: str) -> tuple[dict[str, Any], TomlLocations]:
    if len(text) > LARGEST_POLICY:
        found = Statement("policy.problem.too_long", length=len(text), most=LARGEST_POLICY)
        raise PolicyError(source, (PolicyProblem(1, 1, "", found),))
    # Some editors put a byte order mark first; TOML knows none.
    body = text.removeprefix("\ufeff")
    # First, for tomllib's memory grows with the square of a key's parts.
    locations = locate(body)
    if place := locations.overlong_key:
        found = Statement("policy.problem.key_parts", most=MOST_KEY_PARTS)
        raise PolicyError(source, (PolicyProblem(place.line, place.column, "", found),))
    try:
        text.encode("utf-8")
        content = tomllib.loads(body)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source, (syntax_problem(str(error), locations),)) from error
    except UnicodeEncodeError as error:
        problem = PolicyProblem(1, 1, "", Statement("policy.problem.surrogate"))
        raise PolicyError(source, (problem,)) from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, or thousands of nested arrays: Python's own limits.
        is_nested = isinstance(error, RecursionError)
        found = Statement("policy.problem.nested") if is_nested else Statement("policy.problem.syntax", said=str(error))
        raise PolicyError(source, (PolicyProblem(1, 1, "", found),)) from error
    return content, locations


def _digest(text: str, presets: Iterable[str]) -> str:
    """Return the digest of everything that decides: the text, and the presets that it names."""
    digest = hashlib.sha256(text.encode("utf-8"))
    for name in presets:
        digest.update(f"\0{name}\0{read_preset(name).text}".encode())
    return f"sha256:{digest.hexdigest()}"


def _missing_rules(content: dict[str, Any]) -> list[PolicyProblem]:
    if "rules" in content or content.get("presets"):
        return []
    return [PolicyProblem(1, 1, "rules", Statement("policy.problem.no_rules"))]


def _rules_in_force(
    document: PolicyDocument, locations: TomlLocations, problems: list[PolicyProblem]
) -> tuple[Rule, ...]:
    """Return the policy's own rules and those of its presets that it does not replace, adjusted."""
    own = {rule.id for rule in document.rules}
    try:
        given = preset_rules(document.presets)
    except MergeConflict as conflict:
        problems.append(problem_at(locations.value(("presets",)), ("presets",), conflict.found))
        return ()
    rules = document.rules + tuple(rule for rule in given if rule.id not in own)
    for index, change in enumerate(document.adjust):
        try:
            rules = adjust_rules(rules, change)
        except AdjustRefused as refusal:
            path: TomlPath = ("adjust", index, refusal.key)
            problems.append(problem_at(locations.value(path), path, refusal.found))
    return rules


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
            found = Statement("policy.problem.same_id", rule_id=rule_id, line=first)
            problems.append(problem_at(locations.value(path), path, found))
        seen.setdefault(rule_id, index)
    return problems


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
            problems.append(problem_at(locations.value(path), path, refusal.found))
    return lists

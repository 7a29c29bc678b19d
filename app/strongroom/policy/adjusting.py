# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Applies a policy's ``[[adjust]]`` tables to its rules, wherever a rule comes from."""

from typing import Any

from strongroom.core.findings import Action
from strongroom.core.statement import Statement
from strongroom.policy.allow_list import allowed_by_any
from strongroom.policy.categories import covers, why_none
from strongroom.policy.schema import Adjust, Rule


class AdjustRefused(ValueError):
    """A change that cannot be made.

    Args:
        key: The key of the table that is to be corrected.
        found: What is wrong, with the remedy.
    """

    def __init__(self, key: str, found: Statement) -> None:
        super().__init__(str(found))
        self.key = key
        self.found = found


def adjust_rules(rules: tuple[Rule, ...], change: Adjust) -> tuple[Rule, ...]:
    """Return ``rules`` with ``change`` made to those it names.

    Raises:
        AdjustRefused: It names none, or gives the action replace to a rule without a replacement.
    """
    if not any(covers(change.category, rule.category) for rule in rules):
        raise AdjustRefused("category", why_none(change.category, [rule.category for rule in rules]))
    return tuple(_adjusted(rule, change) if covers(change.category, rule.category) else rule for rule in rules)


def changed_keys(change: Adjust) -> tuple[str, ...]:
    """Return the keys of a rule that ``change`` sets, in the order of the format."""
    return tuple(name for name in Adjust.model_fields if name != "category" and getattr(change, name) is not None)


def _adjusted(rule: Rule, change: Adjust) -> Rule:
    values: dict[str, Any] = {name: getattr(change, name) for name in changed_keys(change)}
    if change.allow is not None:
        values["allow"] = allowed_by_any(rule.allow, change.allow)
    if change.action is not None and change.action is not Action.REPLACE:
        values["replacement"] = None
    changed = rule.model_copy(update=values)
    if changed.action is Action.REPLACE and changed.replacement is None:
        raise AdjustRefused("action", Statement("policy.problem.no_replacement", rule_id=rule.id))
    return changed

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Combines rules of the same id from several presets: the result is as strict as the strictest of them in everything.

The order of the presets makes no difference, nor does which two are combined first: each part of a rule is combined by
a maximum, a minimum, a union or an intersection.
"""

from collections.abc import Iterable, Sequence

from strongroom.core.findings import Scope, Severity
from strongroom.core.statement import Statement
from strongroom.policy.allow_list import allowed_by_both
from strongroom.policy.schema import Rule

_SEVERITY = {severity: rank for rank, severity in enumerate(Severity)}


class MergeConflict(ValueError):
    """Two rules of one id look for different things, so that neither is stricter.

    Args:
        found: Which ones.
    """

    def __init__(self, found: Statement) -> None:
        super().__init__(str(found))
        self.found = found


def merge_rules(lists: Iterable[Sequence[Rule]]) -> tuple[Rule, ...]:
    """Return the rules of all ``lists``, those of one id combined, by category and id.

    Raises:
        MergeConflict: Rules of one id differ in their category or detector.
    """
    merged: dict[str, Rule] = {}
    for rules in lists:
        for rule in rules:
            merged[rule.id] = merge_two(merged[rule.id], rule) if rule.id in merged else rule
    return tuple(sorted(merged.values(), key=lambda rule: (rule.category, rule.id)))


def merge_two(first: Rule, second: Rule) -> Rule:
    """Return one rule that is at least as strict as both, for rules of one id.

    The stricter action comes with its own message, label and replacement.

    Raises:
        MergeConflict: The rules differ in their category or detector.
    """
    if first.detector != second.detector or first.category != second.category:
        raise MergeConflict(Statement("policy.problem.presets_differ", rule_id=first.id))
    both = (first, second)
    scopes = first.scopes | second.scopes
    return Rule(
        id=first.id,
        category=first.category,
        detector=first.detector,
        scope=tuple(scope for scope in Scope if scope in scopes),
        action=max((rule.action for rule in both), key=lambda action: action.severity),
        threshold=min(rule.threshold for rule in both),
        severity=max((rule.severity for rule in both), key=_SEVERITY.__getitem__),
        evasion=any(rule.evasion for rule in both),
        allow=allowed_by_both(first.allow, second.allow),
        label=max((rule.action.severity, rule.label) for rule in both)[1],
        message=max((rule.action.severity, rule.message) for rule in both)[1],
        replacement=max((rule.action.severity, rule.replacement or "") for rule in both)[1] or None,
        dry_run=all(rule.dry_run for rule in both),
        enabled=any(rule.enabled for rule in both),
    )

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Combining presets: the order makes no difference, and nothing gets looser."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.findings import Action, Scope, Severity
from strongroom.policy import AllowList, BuiltInDetector, Rule
from strongroom.policy.merging import MergeConflict, merge_rules, merge_two
from strongroom.policy.values import digits_of, is_at_or_below
from strongroom.words import say_statement

DOMAINS = ["example.org", "mail.example.org", "a.mail.example.org", "Example.ORG", "example.com", "org"]
ALLOW_LISTS = st.builds(
    AllowList,
    terms=st.lists(st.sampled_from(["One", "one", "ONE", "two", "three"]), unique=True).map(tuple),
    patterns=st.lists(st.sampled_from(["a", "b{1,2}", "c"]), unique=True).map(tuple),
    domains=st.lists(st.sampled_from(DOMAINS), unique=True).map(tuple),
    numbers=st.lists(st.sampled_from(["1 2", "12", "1-2", "3"]), unique=True).map(tuple),
)
DETECTORS = {"a": "email", "b": "phone", "c": "iban"}


def _rule(rule_id, action, replacement, **values):
    replacement = replacement if action is Action.REPLACE else None
    detector = BuiltInDetector(type=DETECTORS[rule_id])
    return Rule(
        id=rule_id, category=f"pii.{rule_id}", detector=detector, action=action, replacement=replacement, **values
    )


def rules(rule_id):
    return st.builds(
        _rule,
        rule_id=st.just(rule_id),
        action=st.sampled_from(Action),
        replacement=st.sampled_from(["x", "y"]),
        scope=st.sets(st.sampled_from(Scope), min_size=1).map(tuple),
        threshold=st.sampled_from([0.0, 0.5, 0.85, 1.0]),
        severity=st.sampled_from(Severity),
        evasion=st.booleans(),
        allow=ALLOW_LISTS,
        label=st.sampled_from(["", "one", "two"]),
        message=st.sampled_from(["", "No.", "Never."]),
        dry_run=st.booleans(),
        enabled=st.booleans(),
    )


PRESETS = st.sets(st.sampled_from(sorted(DETECTORS))).flatmap(
    lambda ids: st.tuples(*(rules(rule_id) for rule_id in sorted(ids)))
)


@settings(max_examples=60, deadline=None)
@given(PRESETS, PRESETS, PRESETS)
def test_neither_order_nor_grouping_makes_a_difference(one, two, three):
    whole = merge_rules([one, two, three])
    assert all(merge_rules(order) == whole for order in permutations([one, two, three]))
    assert merge_rules([merge_rules([one, two]), three]) == whole
    assert merge_rules([one, merge_rules([two, three])]) == whole


def is_allowed(allow, kind, value):
    """Whether a passage of that kind is left alone, as docs/policy.md says it."""
    if kind == "domain":
        return is_at_or_below(value.lower(), {domain.lower() for domain in allow.domains})
    if kind == "number":
        return digits_of(value) in map(digits_of, allow.numbers)
    return value.lower() in (term.lower() for term in allow.terms)


PASSAGES = [
    *(("domain", domain) for domain in [*DOMAINS, "x.example.org", "b.a.mail.example.org", "x.com"]),
    *(("number", number) for number in ["12", "3", "4"]),
    *(("term", term) for term in ["oNe", "two", "three", "four"]),
]


@settings(max_examples=150, deadline=None)
@given(rules("a"), rules("a"))
def test_the_result_is_never_looser_than_a_part(first, second):
    merged = merge_two(first, second)
    for part in (first, second):
        assert merged.action.severity >= part.action.severity
        assert merged.threshold <= part.threshold
        assert merged.scopes >= part.scopes
        assert list(Severity).index(merged.severity) >= list(Severity).index(part.severity)
        assert merged.evasion >= part.evasion
        assert merged.enabled >= part.enabled
        assert merged.dry_run <= part.dry_run
        assert set(merged.allow.patterns) <= set(part.allow.patterns)
    for kind, value in PASSAGES:
        both = is_allowed(first.allow, kind, value) and is_allowed(second.allow, kind, value)
        assert is_allowed(merged.allow, kind, value) == both, (kind, value)


@settings(max_examples=60, deadline=None)
@given(rules("a"), rules("a"))
def test_the_result_says_what_the_stricter_rule_says(first, second):
    merged = merge_two(first, second)
    assert (merged.action is Action.REPLACE) == (merged.replacement is not None)
    if first.action.severity > second.action.severity:
        assert (merged.message, merged.label) == (first.message, first.label)


@settings(max_examples=30, deadline=None)
@given(rules("a"))
def test_a_rule_with_itself_is_itself(rule):
    merged = merge_two(rule, rule)
    assert merged.model_copy(update={"allow": rule.allow, "scope": rule.scope}) == rule
    assert merged.scopes == rule.scopes


@pytest.mark.parametrize("change", [{"detector": BuiltInDetector(type="phone")}, {"category": "pii.other"}])
def test_rules_that_look_for_different_things_are_refused(change):
    rule = _rule("a", Action.MASK, None)
    with pytest.raises(MergeConflict) as conflict:
        merge_rules([[rule], [rule.model_copy(update=change)]])
    assert "look for different things" in say_statement(conflict.value.found)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The presets that ship with the app, and how a policy changes them."""

import hashlib
from itertools import combinations

import pytest

from strongroom.core.findings import Action, Scope, Severity
from strongroom.filter import compile_policy
from strongroom.policy import PolicyError, all_presets, default_policy, load_policy, preset_origins
from strongroom.policy.presets import preset_rules
from strongroom.policy.schema import PRESETS
from strongroom.words import say_statement

HEAD = 'version = 1\nname = "n"\nrevision = "r"\n'
TERMS = '{ type = "terms", terms = ["Falcon"] }'


def load(text):
    return load_policy(HEAD + text, "p.toml")


def rules_of(text):
    return {rule.id: rule for rule in load(text).rules}


def only_problem_of(text):
    with pytest.raises(PolicyError) as refused:
        load(text)
    (problem,) = refused.value.problems
    return problem.line, problem.column, problem.key, say_statement(problem.found)


# What ships.


@pytest.mark.parametrize("preset", all_presets(), ids=lambda preset: preset.name)
def test_a_preset_is_a_valid_policy_by_itself(preset):
    policy = load_policy(preset.text, f"{preset.name}.toml")
    assert policy.rules == policy.document.rules == preset.rules
    assert preset.title
    assert preset.description


@pytest.mark.parametrize("preset", all_presets(), ids=lambda preset: preset.name)
def test_a_preset_brings_rules_and_nothing_else(preset):
    """Tables of models and downloads would be lost in a combination, so no preset has them."""
    document = load_policy(preset.text, "p").document
    assert document.model_fields_set == {"version", "name", "revision", "description", "rules"}


@pytest.mark.parametrize("preset", all_presets(), ids=lambda preset: preset.name)
def test_a_preset_can_be_in_force(preset):
    compiled = compile_policy(load_policy(preset.text, "p"))
    assert len(compiled.rules) == len(preset.rules)


@pytest.mark.parametrize("names", list(combinations(PRESETS, 2)), ids="+".join)
def test_two_presets_can_be_combined(names):
    """Rules of one id look for the same thing in all presets, so any number of presets can be combined."""
    merged = {rule.id: rule for rule in preset_rules(names)}
    assert merged.keys() == preset_origins(names).keys()


def test_presets_and_the_built_in_policy_call_the_same_thing_by_the_same_name():
    known = {rule.id: (rule.category, rule.detector.type) for rule in default_policy().rules}
    for rule in preset_rules(PRESETS):
        assert known.get(rule.id, (rule.category, rule.detector.type)) == (rule.category, rule.detector.type)


def test_what_the_presets_are_known_for():
    finance = rules_of('presets = ["finance"]\n')
    assert finance["payment-card-in-answers"].action is Action.BLOCK
    assert finance["iban-in-answers"].action is Action.BLOCK
    assert Scope.PROMPT not in finance["iban-in-answers"].scopes
    healthcare = rules_of('presets = ["healthcare"]\n')
    for rule_id in ("medical-record", "birth-date", "national-id", "street-address"):
        assert healthcare[rule_id].action is Action.MASK
        assert healthcare[rule_id].scopes == frozenset(Scope)
    software = rules_of('presets = ["software-team"]\n')
    assert {software[rule_id].action for rule_id in ("private-key", "provider-key")} == {Action.BLOCK}


# Combined in a policy.


def test_a_policy_can_stand_on_presets_alone():
    policy = load('presets = ["general-business", "finance"]\n')
    rules = {rule.id: rule for rule in policy.rules}
    assert policy.document.rules == ()
    assert rules["payment-card"].severity is Severity.CRITICAL
    assert rules["bank-account"].threshold == 0.75
    assert "phone-in-answers" in rules


def test_the_order_of_the_presets_makes_no_difference():
    assert load('presets = ["legal", "finance"]\n').rules == load('presets = ["finance", "legal"]\n').rules


def test_a_rule_of_the_policy_replaces_the_presets_rule_of_its_id_and_stands_first():
    own = '[[rules]]\nid = "iban"\ncategory = "pii.iban"\naction = "log"\ndetector = { type = "iban" }\n'
    policy = load('presets = ["finance"]\n' + own)
    assert policy.rules[0].id == "iban"
    assert policy.rules[0].action is Action.LOG
    assert [rule.id for rule in policy.rules].count("iban") == 1


def test_a_policy_of_presets_has_the_digest_of_their_texts_as_well():
    text = HEAD + 'presets = ["legal", "education"]\n'
    plain = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    assert load_policy(text, "p").identity.digest != plain
    assert load_policy(text, "p").identity.digest == load_policy(text, "q").identity.digest


@pytest.mark.parametrize(
    ("text", "column", "key", "words"),
    [
        ('presets = ["bank"]\n', 12, "presets[0]", "must be 'general-business', 'healthcare'"),
        ('presets = "finance"\n', 11, "presets", "must be an array"),
        ('presets = ["legal", "legal"]\n', 11, "presets", "names one of them twice"),
    ],
)
def test_a_preset_that_is_none_is_refused(text, column, key, words):
    problem = only_problem_of(text)
    assert problem[:3] == (4, column, key)
    assert words in problem[3]


def test_a_policy_of_no_presets_and_no_rules_is_refused():
    assert only_problem_of("presets = []\n")[2:] == ("rules", "is missing; presets can stand for it")


# Adjusted.

OWN = (
    '[[rules]]\nid = "mail"\ncategory = "pii.email"\naction = "mask"\ndetector = { type = "email" }\n'
    '[[rules]]\nid = "ssn"\ncategory = "pii.national_id"\naction = "mask"\ndetector = { type = "national_id" }\n'
    f'[[rules]]\nid = "falcon"\ncategory = "term.project"\naction = "replace"\nreplacement = "x"\ndetector = {TERMS}\n'
)


def adjusted(*changes, rules=OWN):
    return rules_of(rules + "".join(f"[[adjust]]\n{change}\n" for change in changes))


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        ("pii.email", {"mail"}),
        ("pii.*", {"mail", "ssn"}),
        ("pii.national_id.*", {"ssn"}),
        ("term.*", {"falcon"}),
        ("*", {"mail", "ssn", "falcon"}),
    ],
)
def test_an_adjustment_changes_the_rules_of_a_category(selector, ids):
    rules = adjusted(f'category = "{selector}"\ndry_run = true')
    assert {rule_id for rule_id, rule in rules.items() if rule.dry_run} == ids


def test_an_adjustment_can_change_everything_but_what_is_looked_for():
    rule = adjusted(
        'category = "pii.email"\naction = "replace"\nreplacement = "(mail)"\nthreshold = 0.9\nseverity = "critical"\n'
        'scope = ["export"]\nevasion = true\nmessage = "m"\ndry_run = true\nenabled = false\n'
        'allow = { domains = ["example.org"] }'
    )["mail"]
    assert (rule.action, rule.replacement, rule.threshold) == (Action.REPLACE, "(mail)", 0.9)
    assert (rule.severity, rule.scopes, rule.evasion) == (Severity.CRITICAL, {Scope.EXPORT}, True)
    assert (rule.message, rule.dry_run, rule.enabled) == ("m", True, False)
    assert rule.allow.domains == ("example.org",)


def test_adjustments_follow_one_another_and_allow_lists_grow():
    rule = adjusted(
        'category = "pii.*"\naction = "log"\nallow = { domains = ["a.org"], numbers = ["1"] }',
        'category = "pii.email"\naction = "block"\nallow = { domains = ["b.org", "a.org"] }',
    )["mail"]
    assert rule.action is Action.BLOCK
    assert (rule.allow.domains, rule.allow.numbers) == (("a.org", "b.org"), ("1",))


def test_an_adjusted_action_takes_the_replacement_with_it():
    rule = adjusted('category = "term.*"\naction = "mask"')["falcon"]
    assert (rule.action, rule.replacement) == (Action.MASK, None)


def test_adjustments_reach_the_rules_of_presets():
    policy = rules_of('presets = ["finance"]\n[[adjust]]\ncategory = "pii.iban"\naction = "warn"\n')
    assert {policy["iban"].action, policy["iban-in-answers"].action} == {Action.WARN}
    assert policy["payment-card-in-answers"].action is Action.BLOCK


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ('category = "pii.emial"\ndry_run = true', (2, 12, "category"), "matches no rule; did you mean pii.email?"),
        ('category = "pi.*"\ndry_run = true', (2, 12, "category"), "matches no rule; did you mean pii.*?"),
        ('category = "pii"\ndry_run = true', (2, 12, "category"), "matches no rule; did you mean pii.*?"),
        ('category = "link.web"\ndry_run = true', (2, 12, "category"), "there are pii.email, pii.national_id, term"),
        (
            'category = "pii.national_id.us_ssn"\ndry_run = true',
            (2, 12, "category"),
            "is deeper than the rules: they find pii.national_id as a whole",
        ),
        ('category = "pii.national_id.us_ssn.*"\ndry_run = true', (2, 12, "category"), "is deeper than the rules"),
        ('category = "pii.email"\naction = "replace"', (3, 10, "action"), "the rule 'mail' has no replacement"),
        ('category = "PII"\ndry_run = true', (2, 12, "category"), "must be a category like pii.email, the beginning"),
        ('category = "pii*"\ndry_run = true', (2, 12, "category"), "must be a category like pii.email, the beginning"),
        ('category = "pii.email"', (1, 1, ""), "changes nothing; name an action"),
        ('category = "pii.email"\nreplacement = "x"', (1, 1, ""), 'but not action = "replace"'),
        ('category = "pii.email"\nactoin = "log"', (3, 1, "actoin"), "unknown key; did you mean action?"),
        ('category = "pii.email"\nscope = []', (3, 9, "scope"), "needs at least one scope"),
        ('category = "pii.email"\nthreshold = 2', (3, 13, "threshold"), "less than or equal to 1"),
        ('category = "pii.email"\nallow = { domain = [] }', (3, 11, "allow.domain"), "did you mean domains?"),
        ('category = "pii.email"\nallow = { domains = ["*.a"] }', (3, 22, "allow.domains[0]"), "domain alone"),
        ("dry_run = true", (1, 1, "category"), "is missing"),
    ],
)
def test_a_bad_adjustment_is_refused_at_its_place(change, place, words):
    before = (HEAD + OWN).count("\n")
    line, column, key, message = only_problem_of(f"{OWN}[[adjust]]\n{change}\n")
    assert (line - before, column, key) == (*place[:2], f"adjust[0].{place[2]}".removesuffix("."))
    assert words in message


def test_every_bad_adjustment_is_told():
    with pytest.raises(PolicyError) as refused:
        adjusted(
            'category = "a.b"\ndry_run = true', 'category = "pii.*"\ndry_run = true', 'category = "c"\ndry_run = true'
        )
    assert [problem.key for problem in refused.value.problems] == ["adjust[0].category", "adjust[2].category"]

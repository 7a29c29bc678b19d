# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy in sentences."""

from strongroom.core.findings import Scope, Severity
from strongroom.policy import default_policy, load_policy
from strongroom.words.policy_explanation import explain_origin, explain_policy

HEAD = 'version = 1\nname = "n"\nrevision = "r"\n'


def rule(rule_id, detector='type = "email"', *lines, action="mask"):
    more = "".join(f"{line}\n" for line in lines)
    return (
        f'[[rules]]\nid = "{rule_id}"\ncategory = "pii.email"\naction = "{action}"\ndetector = {{ {detector} }}\n{more}'
    )


def explained(*parts):
    return explain_policy(load_policy(HEAD + "".join(parts), "p.toml"))


def test_an_explanation_says_what_each_rule_finds_and_does():
    first, second, third, fourth = explained(
        rule("a"),
        rule("b", 'type = "terms", terms = ["x", "y"]', "dry_run = true", action="block"),
        rule("c", "type = 'pattern', pattern = 'ab{1,3}'", "enabled = false"),
        rule("d", 'type = "link", kinds = ["data", "file"], domains = ["a.org"], except_domains = ["b.a.org"]'),
    )
    assert (first.finds, first.does) == ("e-mail addresses", "puts [e-mail masked] in its place")
    assert (second.finds, second.is_dry_run) == ("2 terms, as whole words", True)
    assert second.does == "would do this, but only records it: ends the text before it"
    assert (third.finds, third.is_active) == ("the pattern ab{1,3}, up to 4 characters", False)
    assert third.scopes == tuple(Scope)
    assert fourth.finds == "links that carry their content and links to files to a.org, but not to b.a.org"


def test_a_rule_in_sentences():
    (plain,) = explained(rule("a"))
    assert plain.sentences == (
        "Looks for e-mail addresses in everything, from a confidence of 50% on.",
        "Puts [e-mail masked] in its place.",
    )
    assert (plain.severity, plain.leaves_alone) == (Severity.MEDIUM, "")
    (full,) = explained(
        rule(
            "a",
            'type = "email"',
            'scope = ["export", "prompt"]',
            "evasion = true",
            "enabled = false",
            "[rules.allow]",
            'terms = ["A", "B", "C", "D", "E"]',
            "domains = ['a.org', 'b.org']",
            "numbers = ['1']",
            "patterns = ['x']",
        )
    )
    assert full.sentences == (
        "Looks for e-mail addresses in prompts and exports, from a confidence of 50% on, disguised ones too.",
        "Puts [e-mail masked] in its place.",
        "Leaves alone 'A', 'B', 'C' or 2 more, what x matches, what is at a.org or b.org and the number 1.",
        "Is switched off, so it finds nothing.",
    )


def test_what_comes_from_presets_and_what_was_changed_is_said():
    policy = load_policy(
        HEAD
        + 'presets = ["finance", "legal"]\n'
        + rule("iban", 'type = "iban"')
        + '[[adjust]]\ncategory = "pii.phone"\naction = "warn"\nscope = ["answer", "code"]\nenabled = false\n'
        + 'message = "No."\n[[adjust]]\ncategory = "*"\nthreshold = 0.9\nallow = { domains = ["a.org"] }\n',
        "p.toml",
    )
    origin = explain_origin(policy)
    assert origin[:2] == (
        "Combines the presets Finance and Legal; where they meet, the stricter one holds.",
        "Has its own iban in place of the presets'.",
    )
    assert origin[2] == "Adjusts pii.phone (2 rules): action warn, scope answer and code, message 'No.', enabled off."
    assert (
        origin[3]
        == f"Adjusts all categories ({len(policy.rules)} rules): threshold 0.9, leaves alone what is at a.org."
    )
    rules = {rule.rule_id: rule for rule in explain_policy(policy)}
    assert rules["iban"].presets == ()
    assert rules["payment-card"].sentences[-2:] == (
        "Comes from the presets finance and legal.",
        "Adjusted by *.",
    )
    assert rules["phone-in-answers"].sentences[-2:] == (
        "Comes from the preset legal.",
        "Adjusted by pii.phone and *.",
    )


def test_a_policy_of_its_own_has_no_origin():
    assert explain_origin(default_policy()) == ()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Samples that prove a policy."""

import pytest

from strongroom.core.findings import Action, Direction, FilteredText, Finding
from strongroom.policy import Sample, SampleRefused, judge, parse_sample
from strongroom.words import say_statement


def finding(rule_id, category, action=Action.MASK):
    return Finding(rule_id, category, "terms", Direction.ANSWER, 0, 1, 1.0, action)


MAIL = finding("mail", "pii.email")
NUMBER = finding("ssn", "pii.national_id.us_ssn", Action.LOG)
LINK = finding("links", "link.web", Action.ALLOW)


def outcome_of(expect, *findings, verdict=None):
    return judge(Sample(text="x", expect=tuple(expect), verdict=verdict), FilteredText("x", (), findings))


@pytest.mark.parametrize(
    ("expect", "findings"),
    [
        ([], []),
        ([], [LINK]),
        (["mail"], [MAIL]),
        (["pii.email"], [MAIL]),
        (["pii.*"], [MAIL, NUMBER]),
        (["*"], [MAIL, NUMBER]),
        (["pii.email", "ssn"], [MAIL, NUMBER]),
        (["pii.national_id"], [NUMBER]),
        (["pii.national_id.us_ssn"], [NUMBER]),
        (["link.web"], [LINK]),
    ],
)
def test_what_is_expected_is_in_order(expect, findings):
    assert outcome_of(expect, *findings).is_as_expected


@pytest.mark.parametrize(
    ("expect", "findings", "missing", "unexpected"),
    [
        (["mail"], [], ("mail",), ()),
        ([], [MAIL], (), (MAIL,)),
        (["pii.email", "secret.*"], [MAIL, NUMBER], ("secret.*",), (NUMBER,)),
        (["pii.mail"], [MAIL], ("pii.mail",), (MAIL,)),
        (["pii.nation"], [NUMBER], ("pii.nation",), (NUMBER,)),
        (["pii.national_id.uk_nhs"], [NUMBER], ("pii.national_id.uk_nhs",), (NUMBER,)),
    ],
)
def test_what_differs_is_told(expect, findings, missing, unexpected):
    outcome = outcome_of(expect, *findings)
    assert (outcome.missing, outcome.unexpected) == (missing, unexpected)
    assert not outcome.is_as_expected


def test_another_verdict_is_told():
    assert outcome_of(["mail"], MAIL, verdict=Action.MASK).is_as_expected
    outcome = outcome_of(["mail"], MAIL, verdict=Action.BLOCK)
    assert outcome.verdict is Action.MASK
    assert not outcome.is_as_expected


def test_a_line_is_a_sample():
    sample = parse_sample('{"text": "x", "expect": ["a-rule", "pii.*"], "direction": "prompt", "verdict": "log"}')
    assert sample == Sample(text="x", expect=("a-rule", "pii.*"), direction=Direction.PROMPT, verdict=Action.LOG)
    assert parse_sample('{"text": "", "expect": []}').direction is Direction.ANSWER


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ('{"text": "x"}', "expect: Field required"),
        ('{"text": 1, "expect": []}', "text: "),
        ('{"text": "x", "expect": "pii.*"}', "expect: "),
        ('{"text": "x", "expect": ["E-mail"]}', "is no rule's id and no category"),
        ('{"text": "x", "expect": [], "direction": "in"}', "direction: "),
        ('{"text": "x", "expect": [], "expects": []}', "expects: Extra inputs are not permitted; known are text"),
    ],
)
def test_a_line_that_is_no_sample_is_refused_with_the_reason(line, words):
    with pytest.raises(SampleRefused) as refused:
        parse_sample(line)
    assert words in say_statement(refused.value.found)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Text that was filtered once: the check of the whole answer, and what leaves the app."""

import json

import pytest

from strongroom.core.findings import Action, Direction
from strongroom.filter import FilterFailure, check_whole, filter_again, filter_text
from strongroom.filter.sentences import sentences_around
from support.refusals import raises_saying


def term(*words):
    return f'{{ type = "terms", terms = {json.dumps(words)}, whole_words = false }}'


@pytest.fixture(scope="module")
def joining(compile_rules):
    """Return a policy whose replacement makes of its surroundings what another rule looks for."""
    return compile_rules(
        ("bird", term("falcon"), 'action = "replace"', 'replacement = "sec"'),
        ("secret", term("secret", "removed", "masked"), 'action = "mask"', 'label = "thing"'),
        ("mail", '{ type = "email" }', 'action = "mask"'),
        ("soft", term("soso"), 'action = "warn"'),
    )


def checked(compiled, text):
    once = filter_text(compiled, Direction.ANSWER, text)
    return once, check_whole(compiled, once.text, once.marks)


def said(text, marks):
    return [(mark.rule_id, text[mark.start : mark.end]) for mark in marks]


def test_what_a_replacement_amounts_to_is_taken_back(joining):
    once, revision = checked(joining, "Hello. The falconret is joe@x.org! See falconret. Bye joe@x.org.")
    assert once.text == "Hello. The secret is [e-mail masked]! See secret. Bye [e-mail masked]."
    assert revision.text == "Hello. [1 sentence removed] [1 sentence removed] Bye [e-mail masked]."
    assert said(revision.text, revision.marks) == [
        ("secret", "[1 sentence removed]"),
        ("secret", "[1 sentence removed]"),
        ("mail", "[e-mail masked]"),
    ]
    assert [mark.removed_sentences for mark in revision.marks] == [1, 1, 0]
    assert [once.text[finding.start : finding.end] for finding in revision.findings] == ["secret", "secret"]
    assert check_whole(joining, revision.text, revision.marks) is None


def test_an_answer_that_holds_nothing_new_stays(joining):
    for text in ("Plain.", "joe@x.org and a secret", "so soso", ""):
        _, revision = checked(joining, text)
        assert revision is None


def test_a_block_at_the_end_takes_back_everything_from_its_sentence_on(compile_rules):
    compiled = compile_rules(
        ("bird", term("falcon"), 'action = "replace"', 'replacement = "sec"'),
        ("secret", term("secret"), 'action = "block"'),
    )
    _, revision = checked(compiled, "One. Two falconret. Three. Four.")
    assert revision.text == "One. [3 sentences removed]"
    assert revision.marks[-1].action is Action.BLOCK


def test_a_warning_that_is_new_only_gets_its_mark(compile_rules):
    compiled = compile_rules(
        ("bird", term("falcon"), 'action = "replace"', 'replacement = "so"'), ("soft", term("soso"), 'action = "warn"')
    )
    once, revision = checked(compiled, "It is falconso.")
    assert revision.text == once.text
    assert said(revision.text, revision.marks) == [("bird", "so"), ("soft", "soso")]


def test_a_stricter_policy_filters_what_was_kept_under_another(joining, compile_rules):
    stricter = compile_rules(
        ("more", term("kept", "mail"), 'action = "mask"'), ("mail", '{ type = "email" }', 'action = "mask"')
    )
    once = filter_text(joining, Direction.ANSWER, "kept joe@x.org kept")
    again = filter_again(stricter, Direction.EXPORT, once.text, once.marks)
    assert again.text == "[term masked] [e-mail masked] [term masked]"
    assert said(again.text, again.marks) == [
        ("more", "[term masked]"),
        ("mail", "[e-mail masked]"),
        ("more", "[term masked]"),
    ]
    assert {finding.direction for finding in again.findings} == {Direction.EXPORT}


def test_text_that_is_filtered_again_by_the_same_policy_stays(joining):
    once = filter_text(joining, Direction.ANSWER, "Hi soso joe@x.org, falcon.")
    again = filter_again(joining, Direction.EXPORT, once.text, once.marks)
    assert again.text == once.text
    assert said(again.text, again.marks) == said(once.text, once.marks)


def test_a_block_on_the_way_out_ends_the_text_before_it(joining, compile_rules):
    blocking = compile_rules(("more", term("stop"), 'action = "block"'))
    once = filter_text(joining, Direction.ANSWER, "joe@x.org stop joe@x.org")
    again = filter_again(blocking, Direction.EXPORT, once.text, once.marks)
    assert again.text == "[e-mail masked] "
    assert again.blocked_by.rule_id == "more"
    assert [mark.rule_id for mark in again.marks] == ["mail", "more"]


def test_a_failure_at_the_end_is_a_failure(joining, monkeypatch):
    def broken(*_):
        raise ValueError("no")

    monkeypatch.setattr(joining.rules[0].scanner, "find", broken)
    with raises_saying(FilterFailure, "bird"):
        check_whole(joining, "a falcon", ())
    with raises_saying(FilterFailure, "bird"):
        filter_again(joining, Direction.EXPORT, "a falcon", ())


@pytest.mark.parametrize(
    ("text", "passage", "expected", "count"),
    [
        ("One. Two three. Four.", "two", "Two three.", 1),
        ("One. Two three. Four.", "one. two", "One. Two three.", 2),
        ("One\nTwo three\nFour", "three", "Two three", 1),
        ("One", "one", "One", 1),
        ("A v1.2 thing? Yes.", "thing", "A v1.2 thing?", 1),
        ("你好。再见。", "再见", "再见。", 1),
        ("x" * 3_000, "x" * 3_000, "x" * 3_000, 1),
    ],
)
def test_sentences(text, passage, expected, count):
    place = text.lower().index(passage)
    start, end, found = sentences_around(text, place, place + len(passage))
    assert (text[start:end], found) == (expected, count)

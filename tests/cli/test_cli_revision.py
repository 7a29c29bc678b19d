# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a terminal says when sentences are taken back: that it cannot unprint them, and never what they were."""

import pytest

from strongroom.cli.transcript import TurnView, blocked_line, revision_line, summary_of, why_lines
from strongroom.core.events import AnswerRevised, TextReleased
from strongroom.core.findings import Action, Direction, Disguise, Evidence, Mark, PolicyIdentity, Severity

POLICY = PolicyIdentity("Office", "3", "sha256:00", "policy.toml")
REMOVED = "[2 sentences removed]"
TEXT = f"Fine. {REMOVED} Good."


def mark(action=Action.MASK, *, removed=2, **values):
    return Mark(
        6, 6 + len(REMOVED), action, "falcons", "term.project", 0.75, Direction.ANSWER, POLICY,
        removed_sentences=removed, **values,
    )  # fmt: skip


def test_a_terminal_says_how_much_was_taken_back_and_does_not_repeat_it(capsys):
    view = TurnView()
    view.show(TextReleased(1, "Fine. The falcon flies. At dawn. Good."))
    view.show(AnswerRevised(1, TEXT, (mark(),)))
    view.close()
    shown = capsys.readouterr()
    assert shown.out == "Fine. The falcon flies. At dawn. Good.\n"
    assert "2 sentences were taken back" in shown.err
    assert "rule falcons" in shown.err
    assert "cannot be unprinted" in shown.err
    assert "falcon flies" not in shown.err


def test_where_nothing_was_printed_there_is_nothing_to_unprint(capsys):
    TurnView(streams_text=False).show(AnswerRevised(1, TEXT, (mark(),)))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "taken back" in shown.err
    assert "unprinted" not in shown.err


@pytest.mark.parametrize(
    ("revised", "said"),
    [
        (AnswerRevised(1, "", ()), "The whole answer was taken back"),
        (AnswerRevised(1, TEXT, (mark(removed=1),)), "1 sentence was taken back"),
        (AnswerRevised(1, TEXT, (mark(), mark(removed=3))), "5 sentences were taken back"),
    ],
)
def test_the_line_counts_the_sentences(revised, said):
    assert said in revision_line(revised, was_printed=True)


def test_a_passage_that_is_only_pointed_out_was_not_taken_back(capsys):
    TurnView().show(AnswerRevised(1, TEXT, (mark(Action.WARN, removed=0),)))
    assert capsys.readouterr().err == ""


def test_the_summary_tells_them_from_masked_passages():
    assert summary_of([mark()], "this answer") == (
        "In this answer, the policy took back sentences with 1 × term.project."
    )


def test_sentences_that_a_blocking_rule_took_back_do_not_block_the_rest():
    assert blocked_line([mark(Action.BLOCK)]) == "The rest was blocked."


def test_why_says_what_speaks_for_a_finding_and_how_it_was_disguised():
    found = mark(severity=Severity.HIGH, evidence=Evidence.CHECK_DIGIT, disguise=Disguise.BASE64)
    first, second, third = why_lines(TEXT, [found])
    assert first.startswith(f"1. taken back “{REMOVED}”: rule falcons")
    assert "severity high" in first
    assert second == "   evidence: right check digits; disguised: written in Base64"
    assert "Office 3" in third


@pytest.mark.parametrize("evidence", Evidence)
@pytest.mark.parametrize("disguise", Disguise)
def test_why_has_words_for_everything(evidence, disguise):
    assert why_lines(TEXT, [mark(evidence=evidence, disguise=disguise)])

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of the score sheet, and that it runs, says what is missing, and tells good rows from bad ones."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def quality():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        from quality import accuracy, cost, evasion, rows, scores

        class Quality:
            pass

        parts = Quality()
        parts.accuracy, parts.cost, parts.evasion, parts.rows, parts.scores = accuracy, cost, evasion, rows, scores
        yield parts


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_shares_are_those_of_the_literature(quality, part, whole, low, high):
    assert quality.scores.wilson(part, whole) == pytest.approx((low, high), abs=0.0001)


def test_without_rows_everything_is_possible(quality):
    assert quality.scores.wilson(0, 0) == (0.0, 1.0)
    assert quality.scores.bootstrap_f1([]) == (0.0, 1.0)


def test_f1_follows_from_counts(quality):
    counts = quality.scores.Counts(hits=6, misses=2, right=6, wrong=3)
    assert (counts.recall, counts.precision) == (0.75, 2 / 3)
    assert counts.f1 == pytest.approx(2 * 0.5 / (0.75 + 2 / 3))
    assert quality.scores.Counts(misses=3, wrong=2).f1 == 0


def test_the_bootstrap_surrounds_the_figure_and_narrows_with_rows(quality):
    counts = quality.scores.Counts
    chance = random.Random(2)
    rows = [counts(1, 0, 1, 0) if chance.random() < 0.8 else counts(0, 1, 0, 1) for _ in range(240)]
    figure = sum(rows, counts()).f1
    low, high = quality.scores.bootstrap_f1(rows)
    few_low, few_high = quality.scores.bootstrap_f1(rows[:40])
    assert low < figure < high
    assert high - low < few_high - few_low
    assert quality.scores.bootstrap_f1(rows) == (low, high)


def test_a_share_figure_says_whether_the_goal_is_reached(quality):
    figure = quality.scores.share_figure
    assert figure("x", 19, 20, at_least=0.95).is_reached is True
    assert figure("x", 18, 20, at_least=0.95).is_reached is False
    assert figure("x", 1, 200, at_most=0.01).is_reached is True
    assert figure("x", 3, 200, at_most=0.01).is_reached is False
    assert figure("x", 3, 200).is_reached is None


def test_the_best_recall_at_a_precision(quality):
    found = [(0.9, True, 1), (0.9, True, 1), (0.7, True, 1), (0.7, False, 0), (0.5, True, 1), (0.5, False, 0)]
    assert quality.scores.best_recall(found, 5, 0.9) == (0.4, 1.0)
    assert quality.scores.best_recall(found, 5, 0.75) == (0.6, 0.75)
    assert quality.scores.best_recall([], 5, 0.9) == (0.0, 1.0)


def test_rows_go_where_their_fields_say(quality, tmp_path):
    rows = [
        {"text": "Mail joe@x.example\u2028", "spans": [{"type": "EMAIL_ADDRESS", "start": 5, "end": 18}]},
        {"text": "a", "label": 1, "source": "s"},
        {"text": "b", "label": "0"},
        {"text": "c", "prompt_is_safe": "True"},
        {"text": "d", "prompt_is_safe": "False"},
        {"prompt": "e", "expect": "answer"},
        {"prompt": "f", "expect": "refuse"},
        {"preferred": "g"},
        {"text": "h"},
        {"text": "i", "label": "2_full_refusal"},
    ]
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    plain.write_text(lines, encoding="utf-8")
    packed.write_bytes(gzip.compress(lines.encode()))
    for path in (plain, packed):
        read = quality.rows.read(tmp_path, [path])
        assert [row["text"] for row in read.personal] == ["Mail joe@x.example\u2028"]
        assert [(row["text"], row["label"]) for row in read.secrets] == [("a", True), ("b", False)]
        assert (read.safe_answers, read.safe_prompts, read.ordinary) == (["c"], ["e"], ["g", "h"])
        assert len(read.missing) == len(quality.rows.FILES)


def test_findings_are_compared_by_overlap(quality):
    finding = type("One", (), {})
    findings = []
    for category, start, end in (("pii.email", 5, 18), ("pii.email", 30, 40), ("pii.emails", 5, 18)):
        one = finding()
        one.category, one.start, one.end = category, start, end
        findings.append(one)
    spans = [{"type": "EMAIL_ADDRESS", "start": 0, "end": 6}, {"type": "EMAIL", "start": 50, "end": 60}]
    assert quality.accuracy.counts_of("pii.email", findings, spans) == quality.scores.Counts(1, 1, 1, 1)


def test_every_transform_changes_the_term_and_keeps_it_recognizable(quality):
    chance = random.Random(1)
    terms = quality.evasion.terms()
    assert len(set(terms)) == quality.evasion.TERM_COUNT
    for name, (goal, transform) in quality.evasion.TRANSFORMS.items():
        changed = [transform(term, chance) for term in terms]
        assert goal >= 0.95
        assert (changed == terms) == (name == "as it is")
        same = sum(term == other for term, other in zip(terms, changed, strict=True))
        assert same <= len(terms) // 20 or name == "as it is", name


def test_tokens_are_short_and_whole(quality):
    text = "An ordinary answer, with  spaces\nand `code()`."
    tokens = quality.cost.tokens_of(text)
    assert "".join(tokens) == text
    assert max(map(len, tokens)) <= 6


def test_the_sheet_runs_and_says_what_is_missing(tmp_path):
    more = tmp_path / "more.jsonl"
    card = "Pay with 4111 1111 1111 1111 now."
    rows = [{"text": card, "spans": [{"type": "CREDIT_CARD", "start": 9, "end": 28}]}, {"text": "All is well."}]
    more.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = [sys.executable, ROOT / "benchmarks" / "filter_quality.py", "--data", tmp_path, "--rows", more, "--quick"]
    ran = subprocess.run(
        [*command, "--parts", "accuracy", "invariance"], capture_output=True, text=True, check=True, timeout=100
    )
    assert ran.stderr.count("skipped: ") == 5
    assert "card recall" in ran.stdout
    assert "1 of 1" in ran.stdout
    assert "random cuts, detection: differences" in ran.stdout

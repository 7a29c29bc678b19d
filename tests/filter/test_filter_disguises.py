# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Rules that look behind disguises, allow-lists, and the parts of an answer that a rule looks at."""

import base64
import codecs
import json
import random
from itertools import pairwise

import pytest

from strongroom.core.findings import Direction, Disguise
from strongroom.filter import StreamFilter, filter_text

WORDS = ["falcon", "heron", "blackbird"]


def terms(words=WORDS):
    return f'{{ type = "terms", terms = {json.dumps(words)} }}'


DISGUISED = {
    Disguise.FOLDED: ["f\u200balcon", "fal**con**", "fаlсon", "ｈｅｒｏｎ", "her<i>on</i>"],
    Disguise.LEET: ["f4lc0n", "h3r0n", "bl@ckb1rd"],
    Disguise.SPACED: ["f a l c o n", "h-e-r-o-n", "b.l.a.c.k.b.i.r.d"],
    Disguise.REPEATED: ["faaalcon", "heronnnn", "bbblackbirddd"],
    Disguise.BASE64: [base64.b64encode(word.encode()).decode() for word in WORDS],
    Disguise.HEX: [word.encode().hex() for word in WORDS],
    Disguise.ROT13: [codecs.encode(word, "rot13") for word in WORDS],
    Disguise.URL: ["".join(f"%{code:02x}" for code in word.encode()) for word in WORDS],
}


@pytest.fixture(scope="module")
def evasive(compile_rules):
    return compile_rules(("t", terms(), 'action = "mask"', "evasion = true", 'label = "bird"'))


@pytest.mark.parametrize("disguise", DISGUISED)
def test_a_disguised_term_is_found_and_the_original_is_masked(evasive, disguise):
    for written in DISGUISED[disguise]:
        result = filter_text(evasive, Direction.ANSWER, f"see the {written} fly")
        assert "[bird masked]" in result.text, written
        assert written not in result.text
        assert {finding.disguise for finding in result.findings} == {disguise}, written
        assert result.marks[0].disguise is disguise


def test_without_the_option_only_what_looks_like_the_term_is_found(compile_rules):
    compiled = compile_rules(("t", terms(), 'action = "mask"'))
    for disguise, examples in DISGUISED.items():
        for written in examples:
            text = f"see the {written} fly"
            assert bool(filter_text(compiled, Direction.ANSWER, text).findings) is (disguise is Disguise.FOLDED)


def test_ordinary_text_is_no_disguise(evasive):
    for text in (
        "The 455 of them, 7 a b c, H E L L O", "hello falco n", "Herons and blackbirds", "her on", "aaaa bbbb",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "%20%41", "uhhhh", "f a l c",
        "base64 QUJDREVGRw== and 48656c6c6f", "a%b%c",
    ):  # fmt: skip
        assert filter_text(evasive, Direction.ANSWER, text).findings == (), text


def test_no_cut_changes_what_is_found_behind_a_disguise(compile_rules):
    compiled = compile_rules(
        ("t", terms(), 'action = "mask"', "evasion = true"),
        ("p", "{ type = 'pattern', pattern = 'C-[0-9]{2,5}' }", 'action = "warn"', "evasion = true"),
        ("m", '{ type = "email" }', 'action = "mask"', "evasion = true"),
    )
    samples = [word for words in DISGUISED.values() for word in words]
    samples += ["C%2D123", "j o e @ x . o r g", "C-123", b"C-4567".hex(), "joe%40x.org"]
    samples.append(base64.b64encode(b"mail joe@x.org").decode())
    chance = random.Random(11)
    found = 0
    for _ in range(300):
        text = "".join(chance.choice(samples) + chance.choice(["", " ", "\n", ", ", "x"]) for _ in range(3))
        text = text[chance.randint(0, len(text) // 2) :] if chance.random() < 0.3 else text
        whole = filter_text(compiled, Direction.ANSWER, text)
        found += len(whole.findings)
        for _ in range(5):
            edges = [0, *sorted(chance.randint(0, len(text)) for _ in range(chance.choice((1, 3, 9)))), len(text)]
            stream = StreamFilter(compiled, Direction.ANSWER)
            steps = [stream.feed(text[start:end]) for start, end in pairwise(edges)] + [stream.finish()]
            assert "".join(step.text for step in steps) == whole.text, (text, edges)
            assert tuple(mark for step in steps for mark in step.marks) == whole.marks
            assert tuple(finding for step in steps for finding in step.findings) == whole.findings
    assert found > 300


@pytest.mark.parametrize(
    ("detector", "allow", "left", "found"),
    [
        (terms(["falcon", "heron"]), 'terms = ["Falcon"]', "falcon FALCON f\u200balcon", "heron"),
        ('{ type = "email" }', 'domains = ["example.org"]', "a@example.org b@mail.example.org", "c@notexample.org"),
        ('{ type = "payment_card" }', 'numbers = ["4111111111111111"]', "4111-1111-1111-1111", "5555 5555 5555 4444"),
        ("{ type = 'pattern', pattern = 'C-[0-9]{2,5}' }", "patterns = ['C-0.{0,4}']", "C-01 C-0234", "C-123"),
    ],
)
def test_what_is_allowed_is_no_finding(compile_rules, detector, allow, left, found):
    compiled = compile_rules(("t", detector, 'action = "mask"', f"allow = {{ {allow} }}"))
    text = f"{left} {found}"
    result = filter_text(compiled, Direction.ANSWER, text)
    assert [text[finding.start : finding.end] for finding in result.findings] == [found]
    assert result.text.startswith(left)


def test_a_rule_looks_at_its_own_parts_of_an_answer(compile_rules):
    text = "<think>heron</think>heron\n```\nheron\n```\n"
    for scope, place in (("reasoning", 7), ("answer", 20), ("code", 30)):
        compiled = compile_rules(("t", terms(), 'action = "mask"', f'scope = ["{scope}"]'))
        (finding,) = filter_text(compiled, Direction.ANSWER, text).findings
        assert finding.start == place
        assert filter_text(compiled, Direction.PROMPT, text).findings == ()
    compiled = compile_rules(("t", terms(), 'action = "mask"', 'scope = ["prompt"]'))
    assert len(filter_text(compiled, Direction.PROMPT, text).findings) == 3

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a text is cut makes no difference, and the whole text's result is what the words of the documentation say.

The oracle below is written from that documentation and shares nothing with the filter: it asks every rule about every
place of the whole text, picks matches from left to right, and decides character by character. It uses Python's own
regular expressions and Luhn check, and takes quadratic time.
"""

import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import stdnum.iban
import stdnum.luhn
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from strongroom.core.findings import Direction
from strongroom.filter import StreamFilter, compile_policy, filter_text
from strongroom.filter.readings import FoldingReader, folded
from strongroom.policy import PatternRefused, analyze_pattern, load_policy

SEVERITY = ["allow", "log", "warn", "mask", "replace", "block"]

# The oracle.

CARDS = "|".join(
    [
        "(1800|2131)[0-9]{11}|3[47][0-9]{13}",
        "4([0-9]{12}|[0-9]{15}|[0-9]{18})",
        "(5[1-5][0-9]{4}|222[1-9][0-9]{2}|22[3-9][0-9]{3}|2[3-6][0-9]{4}|27[01][0-9]{3}|2720[0-9]{2})[0-9]{10}",
        "(30[0-5][0-9]|3095|3[689][0-9]{2})([0-9]{10}|[0-9]{12,15})",
        "(220[0-4]|35[0-9]{2}|6011|60[3-9][0-9]|62[0-9]{2}|63[6-9][0-9]|64[4-9][0-9]|65[0-9]{2}|8[12][0-9]{2})[0-9]{12,15}",
        "(50[0-9]{2}|5[6-8][0-9]{2}|6304|6759|676[0-9]|6770)[0-9]{8,15}",
        "9792[0-8][0-9]{11}",
    ]
)
"""The issuers' ranges and lengths, as one regular expression."""


@dataclass(frozen=True)
class Said:
    """What the filter says about a text, in comparable form."""

    text: str
    marks: tuple
    findings: tuple
    blocked: tuple | None


def end_of_email(text, start):
    local = r"[0-9A-Za-zÀ-ɏͰ-ԯ._%+'-]"
    label = r"[0-9A-Za-zÀ-ɏͰ-ԯ-]"
    found = re.compile(
        rf"{local}{{1,64}}@((?:{label}{{1,63}}\.){{1,8}}(?:[Xx][Nn]--[0-9A-Za-z-]{{1,59}}|[A-Za-zÀ-ɏͰ-ԯ]{{2,63}}))"
    ).match(text, start)
    if (
        not found
        or text[start] in "._%+'-"
        or re.fullmatch(r"[1-9]x\.(png|jpe?g|gif|webp|svg|heic|avif|bmp)", found[1])
    ):
        return None
    at = text.index("@", start)
    run = re.search(rf"{local}*$", text[:at])
    return None if run[0] == "git" else (found.end(), 0.95)


def end_of_card(text, start):
    if re.match(r"[0-9]", text[max(0, start - 1) : start]):
        return None
    for end in range(min(len(text), start + 90), start, -1):
        groups = re.fullmatch(r"([0-9]{3,19})(?:[ \u00a0\u202f-][0-9]{3,13}){0,4}", text[start:end])
        if not groups or re.match(r"[0-9]", text[end : end + 1]):
            continue
        digits = re.sub(r"\D", "", text[start:end])
        if len(digits) <= 19 and re.fullmatch(CARDS, digits) and stdnum.luhn.is_valid(digits):
            if groups[1] == digits and re.fullmatch(r"(?s)[0-9]\.|0[xX]|.?\+", text[max(0, start - 2) : start]):
                continue
            return end, 0.95 if groups[1] != text[start:end] else 0.65 if len(digits) == 12 else 0.85
    return None


def end_of_iban(text, start):
    if re.match(r"[0-9A-Za-z]", text[max(0, start - 1) : start]):
        return None
    for end in range(start + 15, min(len(text), start + 65) + 1):
        if re.fullmatch(r"[A-Za-z]{2}[0-9]{2}(?:[ \u00a0\u202f-]?[0-9A-Za-z])+", text[start:end], re.ASCII):
            compact = re.sub(r"[ \u00a0\u202f-]", "", text[start:end])
            is_bounded = not re.match(r"[0-9A-Za-z]", text[end : end + 1])
            if is_bounded and stdnum.iban.is_valid(compact, check_country=False):
                return end, 0.99
    return None


def terms_end(terms, *, whole_words=True):
    def is_word(text, place):
        return 0 <= place < len(text) and (text[place].isalnum() or text[place] in "_\u0301")

    terms = {*terms, *map(folded, terms)}

    def end_of_term(text, start):
        for term in sorted(terms, key=len, reverse=True):
            end = start + len(term)
            same = len(text) >= end and all(
                a == b or a.lower() == b.lower() or a.casefold() == b.casefold()
                for a, b in zip(text[start:end], term, strict=True)
            )
            begins = is_word(text, start) and is_word(text, start - 1)
            ends = is_word(text, end - 1) and is_word(text, end)
            if same and not (whole_words and (begins or ends)):
                return end, 1.0
        return None

    return end_of_term


def pattern_end(python_pattern):
    compiled = re.compile(python_pattern, re.ASCII)
    return lambda text, start: (found.end(), 1.0) if (found := compiled.match(text, start)) else None


@dataclass(frozen=True)
class Row:
    """One rule of a policy under test, with its oracle."""

    name: str
    detector: str
    end: object


def readings(text):
    """Return the text as it is and as it looks, each with where its characters begin and end in the original.

    How single characters and markup are read has its own tests (test_filter_readings.py).
    """
    folded = FoldingReader().read(text, is_last=True)
    return [(text, range(len(text)), range(1, len(text) + 1)), (folded.text, folded.starts, folded.ends)]


def spans_in(row, text, starts, ends):
    place = 0
    while place < len(text):
        match = row.end(text, place)
        if match is None:
            place += 1
        else:
            yield starts[place], ends[match[0] - 1], match[1]
            place = match[0]


def covers(span, other):
    return span[0] <= other[0] and other[1] <= span[1]


def oracle(rows, actions, text):
    """Return what should be said. ``actions`` are pairs of an action and whether it is a dry run."""
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    found = []
    for order, (row, (action, dry_run)) in enumerate(zip(rows, actions, strict=True)):
        effective = "log" if dry_run and action != "allow" else action
        spans = [span for reading in readings(text) for span in spans_in(row, *reading)]
        for number, span in enumerate(spans):
            if not any(covers(other, span) and (other[:2] != span[:2] or k < number) for k, other in enumerate(spans)):
                found.append((span[0], -SEVERITY.index(effective), order, span[1], span[2], effective))
    found.sort()
    blocked = next((entry for entry in found if entry[5] == "block"), None)
    stop = blocked[0] if blocked else len(text)
    if blocked:
        found = found[: found.index(blocked) + 1]
    winners = []
    for place in range(stop):
        covering = [e for e in found if e[0] <= place < e[3] and e[5] in ("warn", "mask", "replace", "block")]
        winners.append(min(covering, key=lambda e: (e[1], e[0], -e[3], e[2]), default=None))
    shown, marks = "", []
    for place, winner in enumerate(winners):
        if winner is None:
            shown += text[place]
            continue
        begins = place == 0 or winners[place - 1] != winner
        start = len(shown)
        if winner[5] == "warn":
            shown += text[place]
        elif begins:
            shown += f"[r{winner[2]} masked]" if winner[5] == "mask" else f"<{winner[2]}>"
        if begins:
            marks.append([start, len(shown), winner[5], f"r{winner[2]}"])
        else:
            marks[-1][1] = len(shown)
    if blocked:
        marks.append([len(shown), len(shown), "block", f"r{blocked[2]}"])
    reported = tuple((f"r{e[2]}", e[0], e[3], e[4]) for e in found)
    return Said(shown, tuple(map(tuple, marks)), reported, reported[-1] if blocked else None)


# The filter, asked in the same form.


def policy_with(rows, actions):
    text = (
        'version = 1\nname = "n"\nrevision = "r"\nrules = []\n'
        if not rows
        else 'version = 1\nname = "n"\nrevision = "r"\n'
    )
    for order, (row, (action, dry_run)) in enumerate(zip(rows, actions, strict=True)):
        text += f'[[rules]]\nid = "r{order}"\nlabel = "r{order}"\ncategory = "x.{row.name}"\naction = "{action}"\n'
        text += f"dry_run = {str(dry_run).lower()}\ndetector = {row.detector}\n"
        text += f'replacement = "<{order}>"\n' if action == "replace" else ""
    return compile_policy(load_policy(text, "test.toml"))


def findings_of(findings):
    return tuple((f.rule_id, f.start, f.end, f.confidence) for f in findings)


def marks_of(marks):
    return tuple((m.start, m.end, m.action.value, m.rule_id) for m in marks)


def said_at_once(compiled, text):
    whole = filter_text(compiled, Direction.ANSWER, text)
    blocked = findings_of([whole.blocked_by])[0] if whole.blocked_by else None
    return Said(whole.text, marks_of(whole.marks), findings_of(whole.findings), blocked)


def said_in_pieces(compiled, pieces):
    stream = StreamFilter(compiled, Direction.ANSWER)
    releases = []
    for piece in pieces:
        releases.append(stream.feed(piece))
        assert stream.held <= compiled.hold_limit(Direction.ANSWER)
    releases.append(stream.finish())
    blocked = [findings_of([release.blocked])[0] for release in releases if release.blocked]
    assert len(blocked) <= 1
    return Said(
        "".join(release.text for release in releases),
        marks_of([mark for release in releases for mark in release.marks]),
        findings_of([finding for release in releases for finding in release.findings]),
        blocked[0] if blocked else None,
    )


def cut(text, places):
    edges = [0, *sorted(places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def random_cuts(text, chance, count):
    """Yield ways to cut: character by character, in two, in a few, in many pieces, with empty ones between."""
    yield list(text)
    for _ in range(count - 1):
        number = chance.choice((1, 1, 2, 3, len(text) // 4, len(text) // 2))
        yield cut(text, [chance.randint(0, len(text)) for _ in range(number)])


# Policies and texts full of near misses.

TERMS = ["Falcon", "Blue Heron", "Heron", "C++", "#alpha", "falcon nine", "ÉTÉ", "Σίσυφος", "a-b", "密码", "nine 4111"]
LOOSE_TERMS = ["密码", "lco", "a@b", "1111", "..", "e", "ee"]


def pattern_row(name, pattern, python_pattern=None):
    return Row(name, f"{{ type = 'pattern', pattern = '{pattern}' }}", pattern_end(python_pattern or pattern))


ROWS = [
    Row("email", '{ type = "email" }', end_of_email),
    Row("card", '{ type = "payment_card" }', end_of_card),
    Row("iban", '{ type = "iban" }', end_of_iban),
    Row("terms", f'{{ type = "terms", terms = {json.dumps(TERMS, ensure_ascii=False)} }}', terms_end(TERMS)),
    Row(
        "loose",
        f'{{ type = "terms", whole_words = false, terms = {json.dumps(LOOSE_TERMS, ensure_ascii=False)} }}',
        terms_end(LOOSE_TERMS, whole_words=False),
    ),
    pattern_row("case", r"\bC-\d{2,5}(?:-[A-Z]{1,3})?\b"),
    pattern_row("number", r"\d{3,4}(?: \d{4}){0,2}"),
    pattern_row("lazy", r"x.{1,6}?y"),
    pattern_row("line", r"(?m)^> [a-z]{1,9}$"),
    pattern_row("edges", r"\A.{2}|.{2}\z", r"\A.{2}|.{2}\Z"),
    pattern_row("any", r"(?is)[a@é].{0,3}[m4]", r"(?s)[aA@éÉ].{0,3}[mM4]"),
]  # fmt: skip

SAMPLES = [
    "joe.bloggs@example.co.uk", "joe@x.or", "@example.org", "joe@", "'müller@exämple.de'", "git@github.com:x",
    "git@", "icon@2x.png", "...@x.org", "a@b@c.org", "x@xn--p1ai.xn--p1ai", "a@b.c.d.e", "e@e.e.ee.",
    "4111 1111 1111 1111", "4111111111111111", "4111 1111 1111 1112", "4111-1111-1111-111",
    "0.4111111111111111", "0x4111111111111111", "+4111111111111111", "0.4111111111111111 123",
    "45555 5555 5555 4444 12", "4222222222222", "6304 0000 0000", "3600 000000 0008", "180000000000002",
    "378282246310005", "3782 822463 10005", "5555 5555 5555 4444 12",
    "1234 4111 1111 1111 1111", "4111 1111 1111 1111 2024", "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000", "DE89 3704 0044 0532 0130 0", "GB82 WEST 1234 5698 7654 32",
    "gb82-west-1234-5698-7654-32", "NL91ABNA0417164300", "DE88 3704 0044 0532 0130 00", "NO9386011117947",
    "falcon", "Falcons", "Blue Heron", "blue heroN.", "BLUE HER", "c++", "c++x", "#ALPHA", "été", "ÉTÉs",
    "σίσυφοσ", "密码", "我的密码是", "falcon nine 4111", "Heron\u0301", "a-b", "C-12", "C-12345-AB", "C-123456",
    "xC-12", "x12y", "xyy", "> abc", "> abc\n", "a b4", "é1m", "\ud83d", "\ude00", "😀", "\x00", "İ", "ß", "ſ",
    "\xa0", "\u202f", "joe&#64;x.org", "joe@x.or<b>g</b>",
    "fal**con**", "f\u200balcon", "ｆalcon", "fаlсon",
    "4111**1111**11111111", "joe\\@x.org",
    "４１１１ 1111 1111 1111", "C<!-- -->-12", "&amp;", "&", "**", "<", "\u200b" * 70, "é\u0301tés",
]  # fmt: skip
GLUE = ["", "", " ", " ", "\n", ".", ",", "-", "@", "4", "a", "x", "1 ", ". ", "e", "密", "'"]
ACTIONS = st.tuples(
    st.sampled_from(["allow", "log", "warn", "warn", "mask", "mask", "mask", "replace", "replace", "block"]),
    st.sampled_from([False, False, False, True]),
)


@st.composite
def near_misses(draw, most=6):
    text = ""
    for _ in range(draw(st.integers(1, most))):
        sample = draw(st.sampled_from(SAMPLES))
        if draw(st.integers(0, 2)) == 0:
            first = draw(st.integers(0, len(sample)))
            sample = sample[first : draw(st.integers(first, len(sample)))]
        text += sample + draw(st.sampled_from(GLUE))
    return text


@st.composite
def policies(draw):
    rows = draw(st.lists(st.sampled_from(ROWS), min_size=2, max_size=7, unique_by=lambda row: row.name))
    return rows, draw(st.lists(ACTIONS, min_size=len(rows), max_size=len(rows)))


def test_no_cut_changes_anything_and_the_whole_text_is_as_documented():
    """The property of the filter, over at least 20,000 cuts of texts full of near misses."""
    seen = Counter()

    @settings(max_examples=500, deadline=None)
    @given(policies(), near_misses(), st.integers(0, 2**32))
    def check(policy, text, seed):
        rows, actions = policy
        compiled = policy_with(rows, actions)
        expected = oracle(rows, actions, text)
        assert said_at_once(compiled, text) == expected
        for pieces in random_cuts(text, random.Random(seed), 45):
            assert said_in_pieces(compiled, pieces) == expected, pieces
            seen["cuts"] += 1
        seen["blocked"] += expected.blocked is not None
        seen["marked"] += bool(expected.marks)

    check()
    assert seen["cuts"] >= 20_000, seen
    assert seen["blocked"] >= 10, seen
    assert seen["marked"] >= 50, seen


def test_every_cut_in_two_of_every_sample():
    """Exhaustive: each sample between words, with every rule in force, cut at each place."""
    actions = [(action, False) for action in ("mask", "mask", "mask", "replace", "log", "warn", "mask", "warn", "warn")]
    compiled = policy_with(ROWS[:9], actions)
    cuts = 0
    for sample in SAMPLES:
        for text in (sample, f"Take {sample}, then {sample}.", f"{sample} {sample}\n{sample}"):
            expected = oracle(ROWS[:9], actions, text)
            assert said_at_once(compiled, text) == expected
            for place in range(len(text) + 1):
                assert said_in_pieces(compiled, cut(text, [place])) == expected, (text, place)
                cuts += 1
    assert cuts > 5_000


def test_every_cut_in_two_of_every_sample_before_a_block():
    actions = [("mask", False)] * 4 + [("log", False)] + [("block", False)] * 4
    compiled = policy_with(ROWS[:9], actions)
    for sample in SAMPLES:
        text = f"Write {sample} and C-12 or {sample}."
        expected = oracle(ROWS[:9], actions, text)
        assert expected.blocked
        for place in range(len(text) + 1):
            assert said_in_pieces(compiled, cut(text, [place])) == expected, (text, place)


def test_texts_longer_than_one_step_of_the_filter():
    """The filter takes long texts in steps; a match may lie across their edges."""
    actions = [("mask", False)] * 3 + [("warn", False)] + [("log", False)] + [("warn", False)]
    compiled = policy_with(ROWS[:6], actions)
    for shift in range(0, 40, 3):
        unit = "joe.bloggs@example.co.uk 4111 1111 1111 1111 falcon nine 4111 \n"
        text = "." * shift + unit * 600
        assert len(text) > 2 * 16_384
        once = said_at_once(compiled, text)
        assert once.text.count("[r0 masked]") == 600
        assert once.text.count("[r1 masked]") == 600
        assert said_in_pieces(compiled, cut(text, range(0, len(text), 997))) == once


# Random administrators' patterns. Each is written twice, for RE2 and for Python.

ATOMS = st.sampled_from(
    [
        *((form, form) for form in ("a", "b", "1", r"\d", r"\w", "[ab]", "[^a ]", ".", "é", "@")),
        (r"[\x{E0}-\x{FF}]", "[à-ÿ]"),
    ]
)
EDGES = st.sampled_from(
    [(r"\b", r"\b"), (r"\B", r"\B"), (r"\A", r"\A"), (r"\z", r"\Z"), ("(?m:^)", "(?m:^)"), ("(?m:$)", "(?m:$)")]
)


def joined(parts, template="{}"):
    return template.format("".join(part[0] for part in parts)), template.format("".join(part[1] for part in parts))


def alternatives(parts):
    return "(?:" + "|".join(part[0] for part in parts) + ")", "(?:" + "|".join(part[1] for part in parts) + ")"


def repeated(part, least, more, lazy):
    # Engines disagree about repeats of the empty text only; a repeated thing takes a character here.
    assume(not re.compile(part[1], re.ASCII).match(""))
    try:
        analyze_pattern(part[0])
    except PatternRefused:
        assume(False)
    return tuple(f"(?:{form}){{{least},{least + more}}}" + "?" * lazy for form in part)


PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner | EDGES, min_size=1, max_size=4).map(joined),
        st.lists(inner, min_size=1, max_size=3).map(alternatives),
        st.builds(repeated, inner, st.integers(0, 2), st.integers(0, 3), st.booleans()),
    ),
    max_leaves=8,
)
PATTERN_TEXTS = st.text(st.sampled_from("aab11 é@\n"), min_size=3, max_size=25)


def test_random_patterns_agree_with_a_backtracking_engine_however_the_text_is_cut():
    seen = Counter()

    @settings(max_examples=400, deadline=None)
    @given(st.lists(st.tuples(PATTERNS, ACTIONS), min_size=1, max_size=3), PATTERN_TEXTS, st.integers(0, 2**32))
    def check(entries, text, seed):
        rows, actions = [], []
        for (pattern, python_pattern), action in entries:
            try:
                analyze_pattern(pattern)
            except PatternRefused:
                assume(False)
            rows.append(
                Row("p", f'{{ type = "pattern", pattern = {json.dumps(pattern)} }}', pattern_end(python_pattern))
            )
            actions.append(action)
        compiled = policy_with(rows, actions)
        expected = oracle(rows, actions, text)
        for pieces in random_cuts(text, random.Random(seed), 12):
            assert said_in_pieces(compiled, pieces) == expected, pieces
            seen["cuts"] += 1
        seen["found"] += bool(expected.findings)

    check()
    assert seen["cuts"] >= 4_000, seen
    assert seen["found"] >= 20, seen

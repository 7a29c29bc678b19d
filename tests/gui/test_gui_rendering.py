# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From text and marks to blocks: nothing is lost, nothing is forged, nothing links or fetches."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.findings import Action, Direction, Mark, PolicyIdentity
from strongroom.gui.rendering import Code, Heading, Paragraph, Rule, Style, Table, parse_markdown, parse_plain
from strongroom.gui.rendering.highlight import LONGEST_CODE, LONGEST_LINE, Ink, highlight
from strongroom.gui.rendering.markdown import LONGEST_MARKDOWN, parse_lines
from strongroom.gui.rendering.sentinels import insert_sentinels, split_sentinels, without_sentinels

POLICY = PolicyIdentity("Test", "7", "sha256:00", "built-in")
PLACEHOLDER = "[e-mail masked]"


def mark(start, end, action=Action.MASK):
    return Mark(start, end, action, "rule", "pii.email", 0.9, Direction.ANSWER, POLICY)


def marks_of(text, passage=PLACEHOLDER, action=Action.MASK):
    """A mark for each place of ``passage``."""
    found, position = [], text.find(passage)
    while position >= 0:
        found.append(mark(position, position + len(passage), action))
        position = text.find(passage, position + 1)
    return found


def spans_of(block):
    if isinstance(block, Table):
        return [span for row in block.rows for cell in row for span in cell]
    return list(getattr(block, "spans", ()))


def all_spans(blocks):
    return [span for block in blocks for span in spans_of(block)]


def text_of(blocks):
    return "".join(span.text for span in all_spans(blocks))


def test_blocks_of_every_kind():
    blocks = parse_markdown(
        "# Title\n\nSome **bold**, *italic*, ~~struck~~ and `code`.\n\n1. one\n2. two\n   - deep\n\n> quoted\n\n"
        "```python\nprint()\n```\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n---\n"
    )
    kinds = [type(block) for block in blocks]
    assert kinds == [Heading, Paragraph, Paragraph, Paragraph, Paragraph, Paragraph, Code, Table, Rule]
    assert [span.style for span in blocks[1].spans if span.style] == [
        Style.BOLD,
        Style.ITALIC,
        Style.STRUCK,
        Style.CODE,
    ]
    assert [(block.marker, block.indent) for block in blocks[2:5]] == [("1.", 1), ("2.", 1), ("•", 2)]
    assert blocks[5].quote == 1
    assert (blocks[6].language, blocks[6].text) == ("python", "print()")
    assert blocks[7].alignments == ("center", "right")


def test_an_image_becomes_its_alt_text():
    blocks = parse_markdown("See ![a tower](file:///etc/passwd) and ![two](https://example.org/x.png).")
    assert text_of(blocks) == "See a tower and two."


def test_html_stays_text():
    source = '<img src="http://example.org/x.png"> <b>bold</b>\n\n<script>alert(1)</script>'
    blocks = parse_markdown(source)
    assert '<img src="http://example.org/x.png">' in text_of(blocks)
    assert "<script>alert(1)</script>" in text_of(blocks)


def test_a_link_is_text_with_its_target():
    blocks = parse_markdown("[the site](https://example.org/a%20b) and <https://example.org>")
    assert text_of(blocks) == "the site (https://example.org/a%20b) and https://example.org"


def test_a_mask_is_one_span_whatever_stands_around_it():
    text = f"Mail {PLACEHOLDER}(http://example.org) **{PLACEHOLDER}** `{PLACEHOLDER}` [x](mailto:{PLACEHOLDER})\n\n"
    text += f"| {PLACEHOLDER} |\n|--|\n\n```\n{PLACEHOLDER}\n```\n"
    marks = marks_of(text)
    pills = [span for span in all_spans(parse_markdown(text, marks)) if span.mark is not None]
    assert [span.text for span in pills] == [PLACEHOLDER] * 6
    assert [span.mark for span in pills] == list(range(6))


def test_a_placeholder_is_never_read_as_markdown():
    text = "Take **three** of these"
    pills = [span for span in all_spans(parse_markdown(text, [mark(5, 14)])) if span.mark is not None]
    assert [(span.text, span.style) for span in pills] == [("**three**", Style.PLAIN)]


def test_a_warning_keeps_its_text_and_its_markdown():
    text = "Ask *anna@example.org* today"
    spans = all_spans(parse_markdown(text, marks_of(text, "anna@example.org", Action.WARN)))
    assert [(span.text, span.mark, span.style) for span in spans] == [
        ("Ask ", None, Style.PLAIN),
        ("anna@example.org", 0, Style.ITALIC),
        (" today", None, Style.PLAIN),
    ]


def test_a_warning_over_several_blocks_ends_with_it():
    text = "one two\n\nthree four"
    spans = all_spans(parse_markdown(text, [mark(4, 14, Action.WARN)]))
    assert [(span.text, span.mark) for span in spans] == [("one ", None), ("two", 0), ("three", 0), (" four", None)]


@pytest.mark.parametrize("forged", ["\ufdd00\ufdd3", "\ufdd0\ufde0\ufdd3", "&#xFDD0;&#xFDE0;&#xFDD3;", "&#64976;"])
def test_text_cannot_forge_a_mark(forged):
    text = f"{PLACEHOLDER} {forged} and ![{forged}](x) [{forged}]({forged})\n\n```{forged}\n{forged}\n```"
    spans = all_spans(parse_markdown(text, [mark(0, len(PLACEHOLDER))]))
    assert [span.text for span in spans if span.mark is not None] == [PLACEHOLDER]


def test_marks_outside_the_text_are_left_out():
    assert insert_sentinels("short", [mark(3, 99), mark(-1, 2), mark(2, 2)]) == "short"


def test_overlapping_marks_keep_the_first():
    text = "abcdefgh"
    spans = all_spans(parse_markdown(text, [mark(0, 5), mark(3, 8)]))
    assert [(span.text, span.mark) for span in spans] == [("abcde", 0), ("fgh", None)]


def test_a_long_text_is_shown_plainly():
    text = "**not bold**\n" * (LONGEST_MARKDOWN // 12)
    blocks = parse_markdown(text)
    assert all(span.style is Style.PLAIN for span in all_spans(blocks))


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 50_000,
        "![a" * 15_000,
        "*a " * 18_000,
        ">" * 50_000,
        "- " * 25_000,
        "`a" * 25_000,
        "|a|b|\n|-|-|\n" * 4_000,
    ],
    ids=["brackets", "images", "stars", "quotes", "lists", "backticks", "tables"],
)
def test_hostile_markdown_does_not_stall(hostile):
    began = time.process_time()
    parse_markdown(hostile)
    assert time.process_time() - began < 2


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_plain_rendering_keeps_every_character(text):
    blocks = parse_plain(text)
    assert "\n".join("".join(span.text for span in block.spans) for block in blocks) == without_sentinels(text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"#*_`~[]()<>!|-+>1.\n \\&;", "a", "word ", "&#xFDD0;", "\ufdd0", PLACEHOLDER]), max_size=60
    )
)
def test_any_markdown_can_be_read_and_shows_only_its_own_marks(pieces):
    text = "".join(pieces)
    marks = marks_of(text)
    for span in all_spans(parse_markdown(text, marks)):
        assert span.mark is None or span.text == PLACEHOLDER
        assert "\ufdd0" not in span.text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80), st.booleans()), max_size=6))
def test_sentinels_give_the_text_back(text, places):
    marks = [mark(min(a, b), max(a, b), Action.MASK if masked else Action.WARN) for a, b, masked in places]
    assert "".join(span.text for span in parse_lines(text, marks)) == without_sentinels(text)


def test_groups_of_many_marks():
    text = PLACEHOLDER * 300
    pieces = list(split_sentinels(insert_sentinels(text, marks_of(text))))
    assert [piece.mark for piece in pieces] == list(range(300))


def test_highlighting_covers_the_code():
    code = 'def f(x):\n    return "a" + str(1)  # why\n'
    runs = highlight(code, "python")
    assert sum(length for length, _ in runs) == len(code)
    assert {ink for _, ink in runs} >= {Ink.KEYWORD, Ink.STRING, Ink.NUMBER, Ink.COMMENT, Ink.NAME}


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("x = 1", ""),
        ("x = 1", "no-such-language"),
        ("x" * (LONGEST_CODE + 1), "python"),
        ("y" * (LONGEST_LINE + 1), "c"),
    ],
    ids=["unnamed", "unknown", "long", "long line"],
)
def test_what_cannot_be_highlighted_stays_plain(code, language):
    assert highlight(code, language) == ((len(code), Ink.PLAIN),)


def test_a_new_line_is_one_in_a_message_and_a_space_in_a_document():
    text = "One\ntwo\\\nthree"
    assert text_of(parse_markdown(text)) == "One\ntwo\nthree"
    assert text_of(parse_markdown(text, keeps_lines=False)) == "One two\nthree"

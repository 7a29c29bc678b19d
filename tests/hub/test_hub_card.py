# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model card comes out as text and structure, with nothing that fetches, runs or links."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from strongroom.hub.card import plain_card
from strongroom.hub.remote_values import CARD_LIMIT

CARD = """---
license: mit
tags: [gguf]
---
# Title of the *model* ![banner](https://example.com/b.png)

<div align="center"><img src="https://example.com/x.png"><b>In a block</b><script>alert(1)</script></div>

See [the paper](https://example.com/paper "title"), <https://example.com/auto>, [a reference][1] and `a|b`.
A line break\\
here, **bold**, Q4_K_M, 2 * 3 < 7 & so.

![picture](https://example.com/y.png) [![badge](https://example.com/z.svg)](https://example.com)

[1]: https://example.com/reference

- one
- two
  1. nested

| name | size |
|------|------|
| `a|b` | [link](https://example.com) |

> quoted

```python
print("![kept](as code)")
```

---
"""

PLAIN = """# Title of the *model*

In a block

See the paper, https://example.com/auto, a reference and `a|b`.
A line break\\
here, **bold**, Q4_K_M, 2 \\* 3 \\< 7 \\& so.

- one
- two
  1. nested

| name | size |
| --- | --- |
| \\`a | b\\` |

> quoted

```python
print("![kept](as code)")
```

***"""


def forbidden_in(text: str) -> list[str]:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inline = [child for token in tokens for child in token.children or []]
    return [token.type for token in [*tokens, *inline] if "html" in token.type or token.type in ("image", "link_open")]


def test_a_card_becomes_plain_markdown():
    assert plain_card(CARD) == PLAIN


@pytest.mark.parametrize(
    "card",
    [
        "\\<img src=x>",
        "&lt;img src=x&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "!\\[a](http://example.com)",
        "\\[a](http://example.com)",
        "[a\\](b)](http://example.com)",
        "[[a](http://example.com)](http://example.com)",
        "<http://example.com>",
        "`` `[a](b)` ``",
        "a <b>[x]</b>(http://example.com)",
        "![a<b>](x)</b>](http://example.com)",
        "<!-- [x](y) --> ![<!--](z)",
        "<a href='x'\n\n<img src=y>",
        "| [a](b) | <img src=x> |\n|---|---|\n| ![c](d) | \\| <i> |",
        "> [a]: http://example.com\n\n[a] ![a]",
        "1. <details>\n   <summary>x</summary>\n   ![y](z)\n   </details>",
        "    [indented](code)",
        "```\n[in](code)\n",
        "~~~ <img src=x>\n~~~",
        "# [a](b) <c> #",
        "<![(http://x) -->",
        "`` a ` ``<b>`[x](y)`",
        "`*```<\t><http://x>`</div>```<div>![~~~~~~word </script>> ```</b>](y)\u00a0<!--<div>",
        "<style>[x](y)</style>\n\nafter",
    ],
)
def test_nothing_in_a_card_fetches_or_links(card):
    assert forbidden_in(plain_card(card)) == []


PIECES = st.sampled_from(
    [
        *(
            "[a]",
            "(http://x)",
            "![",
            "](y)",
            "[a]: http://x",
            "<http://x>",
            "<img src=x>",
            "<b>",
            "</b>",
            "<!--",
            "-->",
        ),
        *("<script>", "</script>", "<div>", "</div>", "\\", "`", "``", "```", "~~~", "|", "---", "===", "*", "**", "_"),
        *("> ", "- ", "1. ", "# ", "!", ":", "&", "<", ">", "&lt;", "&#91;", "&amp;", "text", "word "),
        *("\n", "\n\n", "    ", "  ", "\t", "\u00a0"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_composition_of_markup_comes_out_as_one_that_fetches(card):
    plain = plain_card(card)
    assert forbidden_in(plain) == []
    assert forbidden_in(plain_card(plain)) == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_taken(card):
    assert forbidden_in(plain_card(card)) == []


def test_front_matter_is_left_out_only_at_the_start():
    assert plain_card("---\na: [x](y)\n---\nText") == "Text"
    assert plain_card("---\r\na: 1\r\n---\r\nText") == "Text"
    assert plain_card("Text\n\n---\n\nMore") == "Text\n\n***\n\nMore"
    assert plain_card("") == ""


def test_characters_that_turn_or_control_the_text_are_left_out():
    assert plain_card("a\u202eb\u2066c\x1b[31m\x00d") == "abc\\[31md"


@pytest.mark.parametrize(
    "card", ["word " * 40_000, "[" * 50_000, "*a " * 20_000, "> " * 20_000, "`" * 59_999, "![" * 29_000, "_a_" * 19_000]
)
def test_a_card_that_is_long_or_costly_is_cut_and_still_plain(card):
    plain = plain_card(card)
    assert len(plain) <= CARD_LIMIT
    assert forbidden_in(plain[:2_000]) == []

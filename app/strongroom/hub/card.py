# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model card as plain Markdown: text and its structure, and nothing that could fetch, run or link.

The card is parsed and written anew. What is not known here is not written, instead of the dangerous parts being looked
for: front matter, HTML, images and the targets of links have no place in what comes out.
"""

import html
import re

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from strongroom.hub.remote_values import CARD_LIMIT

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
# Control characters, and those that turn the direction of writing around.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKUP = re.compile(r"[\\`*\[<&~|]|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^(\s*)(?:([#>+=:-])|(\d+)(?=[.)]))", re.MULTILINE)
# Each ends at the end of the block at the latest, so that looking for it takes linear time.
_SILENT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1[^>]*>?|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*(?:>|\Z)")
_MOST_COLUMNS = 32
# More of them can cost the parser quadratic time.
_MOST_MARKS = {"[": 3_000, "*": 6_000, "_": 6_000, "`": 6_000}


def plain_card(untrusted_card: str) -> str:
    """Return a model card as Markdown text without front matter, HTML, images and link targets.

    Links become their text. The text of HTML blocks stays as paragraphs, that of scripts and styles does not. A card
    that is too long ends after the last block that fits.
    """
    text = _UNPRINTABLE.sub("", _FRONT_MATTER.sub("", untrusted_card[:CARD_LIMIT].replace("\r\n", "\n"), count=1))
    if any(text.count(mark) > most for mark, most in _MOST_MARKS.items()):
        return _cut("\n\n".join(_lines(_escaped(paragraph)) for paragraph in re.split(r"\n\s*\n", text)))
    root = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))
    written: list[str] = []
    room = CARD_LIMIT
    for node in root.children:
        block = _block(node)
        room -= len(block) + 2
        if room < 0:
            break
        if block:
            written.append(block)
    return "\n\n".join(written)


def _cut(text: str) -> str:
    # Not in the middle of an escape.
    return text if len(text) <= CARD_LIMIT else text[:CARD_LIMIT].rpartition("\n")[0]


def _block(node: SyntaxTreeNode) -> str:
    """Return a block as Markdown, without a line feed at its end; empty when nothing of it stays."""
    match node.type:
        case "paragraph":
            return _lines(_inline(node))
        case "heading":
            text = " ".join(_inline(node).split())
            return f"{'#' * int(node.tag[1:])} {text}" if text else ""
        case "fence" | "code_block":
            return _fenced(node)
        case "blockquote":
            return _prefixed(_blocks(node), "> ", "> ")
        case "bullet_list":
            return _items(node, ["- "] * len(node.children))
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return _items(node, [f"{start + number}. " for number in range(len(node.children))])
        case "table":
            return _table(node)
        case "hr":
            return "***"
        case "html_block":
            return _lines(_escaped(_text_of_html(node.content)))
        case _:
            return ""


def _blocks(node: SyntaxTreeNode, separator: str = "\n\n") -> str:
    return separator.join(block for child in node.children if (block := _block(child)))


def _inline(node: SyntaxTreeNode) -> str:
    """Return the text of a block, or of emphasis or a link within, as Markdown."""
    written = ""
    for child in node.children:
        piece = _inline_piece(child)
        # Marks of two pieces of code, side by side, would be one longer mark.
        written += f" {piece}" if written.endswith("`") and piece.startswith("`") else piece
    return written


def _inline_piece(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return _escaped(node.content)
        case "inline" | "link":
            return _inline(node)
        case "softbreak":
            return "\n"
        case "hardbreak":
            return "\\\n"
        case "code_inline":
            return _code(node.content)
        case "em" | "strong":
            mark, text = ("*" if node.type == "em" else "**"), _inline(node)
            # A mark beside a space is none.
            return f"{mark}{text}{mark}" if text == text.strip() and text else text
        case _:
            return ""


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: f"\\{found[0]}", text)


def _lines(text: str) -> str:
    """Return the lines of a paragraph, none of which begins another kind of block."""
    lines = (line.strip() for line in text.split("\n"))
    text = "\n".join(line for line in lines if line and line != "\\").removesuffix("\\")
    return _LINE_START.sub(lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or ''}", text)


def _code(content: str) -> str:
    marks = "`" * (1 + max((len(run) for run in re.findall(r"`+", content)), default=0))
    content = content.replace("\n", " ")
    if not content.strip():
        return ""
    space = " " if content[0] in "` " or content[-1] in "` " else ""
    return f"{marks}{space}{content}{space}{marks}"


def _fenced(node: SyntaxTreeNode) -> str:
    marks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", node.content)), default=0))
    language = re.match(r"[A-Za-z0-9+#-]{0,20}", node.info if node.type == "fence" else "")
    content = node.content.removesuffix("\n")
    return f"{marks}{language[0] if language else ''}\n{content}\n{marks}"


def _prefixed(text: str, first: str, other: str) -> str:
    lines = text.split("\n")
    prefixed = [f"{other if number else first}{line}".rstrip() for number, line in enumerate(lines)]
    return "\n".join(prefixed) if text else ""


def _items(node: SyntaxTreeNode, marks: list[str]) -> str:
    is_tight = all(child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    separator = "\n" if is_tight else "\n\n"
    items = [
        _prefixed(_blocks(item, separator), mark, " " * len(mark))
        for item, mark in zip(node.children, marks, strict=True)
    ]
    return separator.join(item for item in items if item)


def _table(node: SyntaxTreeNode) -> str:
    rows = [[_cell(cell) for cell in row.children][:_MOST_COLUMNS] for part in node.children for row in part.children]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(node: SyntaxTreeNode) -> str:
    # In a cell a bar ends the cell even within code.
    return " ".join(re.sub(r"(?<!\\)\|", r"\\|", _inline(node)).split())


def _text_of_html(content: str) -> str:
    """Return the text between tags; whatever is taken for text is escaped afterwards, tag or not."""
    text = html.unescape(_TAG.sub("", _SILENT.sub("", content)))
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Markdown (CommonMark, tables, strikethrough) into blocks: HTML stays text, an image becomes its alt text."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from strongroom.core.findings import Mark
from strongroom.gui.rendering.blocks import Block, Code, Heading, Paragraph, Rule, Span, Spans, Style, Table
from strongroom.gui.rendering.sentinels import Closing, Opening, Passage, insert_sentinels, split_sentinels

LONGEST_MARKDOWN = 60_000
"""Characters. A longer message is shown as plain text: some inputs cost the parser quadratic time."""
_MOST_BRACKETS = 3_000
_MOST_EMPHASIS = 6_000

_STYLES = {"strong": Style.BOLD, "em": Style.ITALIC, "s": Style.STRUCK}


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    # Targets are shown, never followed: keep them as written, marks in them included.
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[assignment, method-assign]
    parser.validateLink = _any_target  # type: ignore[method-assign]
    return parser


def _as_written(url: str) -> str:
    return url


def _any_target(url: str) -> bool:  # noqa: ARG001 - the parser's signature
    return True


_PARSER = _make_parser()


def parse_markdown(text: str, marks: Sequence[Mark] = (), *, keeps_lines: bool = True) -> tuple[Block, ...]:
    """Return the blocks of a message whose ``marks`` count code points of ``text``.

    Args:
        text: Markdown.
        marks: What the policy marked in it.
        keeps_lines: Whether a new line is one, as a model means it; else it is a space, as in a document.
    """
    if len(text) > LONGEST_MARKDOWN or text.count("[") > _MOST_BRACKETS or text.count("*") > _MOST_EMPHASIS:
        return parse_plain(text, marks)
    return _Reader(text, marks, keeps_lines=keeps_lines).read(_PARSER.parse(insert_sentinels(text, marks)))


def parse_plain(text: str, marks: Sequence[Mark] = ()) -> tuple[Block, ...]:
    """Return ``text`` line by line, without reading Markdown in it."""
    reader = _Reader(text, marks)
    lines = insert_sentinels(text, marks).split("\n")
    return tuple(Paragraph(reader.spans_of_text(line), is_tight=True) for line in lines)


def parse_lines(text: str, marks: Sequence[Mark] = ()) -> Spans:
    """Return ``text`` as it is, line breaks included, as one run of spans."""
    return _Reader(text, marks).spans_of_text(insert_sentinels(text, marks))


class _Reader:
    """Turns a flat list of tokens into flat blocks, keeping count of the lists and quotes that are open."""

    def __init__(self, text: str, marks: Sequence[Mark], *, keeps_lines: bool = True) -> None:
        self._keeps_lines = keeps_lines
        self._passages = [text[mark.start : mark.end] for mark in marks]
        self._blocks: list[Block] = []
        self._lists: list[int | None] = []
        """The next number of each open list, None for bullets."""
        self._quote = 0
        self._marker = ""
        self._open_mark: int | None = None

    def read(self, tokens: Sequence[Token]) -> tuple[Block, ...]:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "table_open":
                end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
                self._add_table(tokens[position : end + 1])
                position = end
            elif token.type == "heading_open":
                self._take_marker_line()
                spans = self._spans(tokens[position + 1])
                self._blocks.append(Heading(spans, int(token.tag[1]), self._indent, self._quote))
                position += 1
            elif token.type == "inline":
                is_tight = position > 0 and tokens[position - 1].hidden
                self._blocks.append(
                    Paragraph(self._spans(token), self._indent, self._quote, self._take_marker(), is_tight)
                )
            else:
                self._read_structure(token)
            position += 1
        return tuple(self._blocks)

    @property
    def _indent(self) -> int:
        return len(self._lists)

    def _read_structure(self, token: Token) -> None:
        if token.type in ("fence", "code_block"):
            self._add_code(token)
        elif token.type == "hr":
            self._take_marker_line()
            self._blocks.append(Rule(self._indent, self._quote))
        elif token.type == "bullet_list_open":
            self._lists.append(None)
        elif token.type == "ordered_list_open":
            start = token.attrGet("start")
            self._lists.append(1 if start is None else int(start))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            number = self._lists[-1]
            self._marker = "•" if number is None else f"{number}."
            if number is not None:
                self._lists[-1] = number + 1
        elif token.type == "list_item_close":
            if self._marker:
                # An item without content still shows its marker.
                self._blocks.append(Paragraph((), self._indent, self._quote, self._take_marker(), is_tight=True))
        elif token.type == "blockquote_open":
            self._quote += 1
        elif token.type == "blockquote_close":
            self._quote -= 1

    def _take_marker(self) -> str:
        marker, self._marker = self._marker, ""
        return marker

    def _add_code(self, token: Token) -> None:
        self._take_marker_line()
        language = "".join(piece for piece in split_sentinels(token.info) if isinstance(piece, str)).split()
        spans = self.spans_of_text(token.content.removesuffix("\n"))
        self._blocks.append(Code(spans, language[0][:40] if language else "", self._indent, self._quote))

    def _add_table(self, tokens: Sequence[Token]) -> None:
        self._take_marker_line()
        rows: list[list[Spans]] = []
        alignments: list[str] = []
        for position, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(self._spans(tokens[position + 1]))
                if token.type == "th_open":
                    alignments.append(str(token.attrGet("style") or "").rpartition(":")[2] or "left")
        width = len(alignments)
        cells = tuple(tuple((row + [()] * width)[:width]) for row in rows)
        self._blocks.append(Table(cells, tuple(alignments), self._indent, self._quote))

    def _take_marker_line(self) -> None:
        """Give an item that begins with a code block or a table a line of its own for its marker."""
        if marker := self._take_marker():
            self._blocks.append(Paragraph((), self._indent, self._quote, marker, is_tight=True))

    def _spans(self, inline: Token) -> Spans:
        spans: list[Span] = []
        self._open_mark = None
        styles: list[Style] = []
        targets: list[str] = []
        for token in inline.children or ():
            style = Style.PLAIN
            for active in styles:
                style |= active
            if token.type.endswith("_open") and token.type.removesuffix("_open") in _STYLES:
                styles.append(_STYLES[token.type.removesuffix("_open")])
            elif token.type.endswith("_close") and token.type.removesuffix("_close") in _STYLES:
                styles.pop()
            elif token.type == "link_open":
                # An autolink's text already is its target.
                targets.append("" if token.info == "auto" else str(token.attrGet("href") or ""))
            elif token.type == "link_close":
                if target := targets.pop():
                    spans += self._pieces(f" ({target})", style | Style.ADDRESS)
            elif token.type == "code_inline":
                spans += self._pieces(token.content, style | Style.CODE)
            elif token.type in ("softbreak", "hardbreak"):
                is_line = self._keeps_lines or token.type == "hardbreak"
                spans.append(Span("\n" if is_line else " ", style, self._open_mark))
            else:
                # Text, an image (whose content is its alt text), and whatever else a parser may add.
                spans += self._pieces(token.content, style)
        return _joined(spans)

    def spans_of_text(self, text: str) -> Spans:
        """Return text that is not Markdown as spans."""
        self._open_mark = None
        return _joined(self._pieces(text, Style.PLAIN))

    def _pieces(self, text: str, style: Style) -> list[Span]:
        spans: list[Span] = []
        for piece in split_sentinels(text):
            if isinstance(piece, str):
                spans.append(Span(piece, style, self._open_mark))
            elif isinstance(piece, Passage):
                if piece.mark < len(self._passages):
                    spans.append(Span(self._passages[piece.mark], style & ~Style.CODE, piece.mark))
            elif isinstance(piece, Opening):
                self._open_mark = piece.mark
            elif isinstance(piece, Closing):
                self._open_mark = None
        return spans


def _joined(spans: Sequence[Span]) -> Spans:
    """Return ``spans`` with equal neighbors as one; a masked passage stays one span of its own."""
    joined: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        last = joined[-1] if joined else None
        if last is not None and last.style == span.style and last.mark is None and span.mark is None:
            joined[-1] = Span(last.text + span.text, span.style)
        else:
            joined.append(span)
    return tuple(joined)

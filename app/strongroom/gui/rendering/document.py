# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the parts of messages into a QTextDocument, cursor by cursor: no HTML is made, so none can be smuggled in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument

from strongroom.core.findings import Mark
from strongroom.gui.rendering.blocks import Block, Code, Heading, Paragraph, Rule, Spans, Table
from strongroom.gui.rendering.formats import (
    ALIGNMENTS,
    COPIED_PROPERTY,
    IDEAL_WIDTH_PROPERTY,
    INLINE_FILL_PROPERTY,
    PANEL_PADDING_X,
    PANEL_PADDING_Y,
    USER_LEAST_INSET,
    Fill,
    Formats,
)
from strongroom.gui.rendering.highlight import highlight
from strongroom.gui.rendering.parts import Answer, EndCard, Footer, ModelName, NoteLine, Part, UserTurn
from strongroom.gui.rendering.sentinels import without_sentinels
from strongroom.gui.widgets.wording import number
from strongroom.words import translate

_LINE_SEPARATOR = "\u2028"
_MESSAGE_GAP = 26.0
_GAP = 10.0
_TIGHT_GAP = 4.0
_HAIRLINE = 1.0
_NARROW_SPACE = "\u202f"
_NO_BREAK_SPACE = "\u00a0"
_NO_BREAK_HYPHEN = "\u2011"


class DocumentWriter:
    """Appends parts to the end of one document, and takes parts at its end away again."""

    def __init__(self, document: QTextDocument, formats: Formats) -> None:
        self._document = document
        self.formats = formats
        self._groups = 0

    def clear(self, *, has_earlier: bool) -> None:
        """Empty the document but for its first line, which offers earlier messages when there are some."""
        self._document.clear()
        cursor = QTextCursor(self._document)
        if has_earlier:
            chosen = self.formats.paragraph(above=8, below=8)
            chosen.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            cursor.setBlockFormat(chosen)
            cursor.insertText(translate("Transcript", "Show earlier messages"), self.formats.link("earlier:"))
        else:
            cursor.setBlockFormat(_hairline())

    @contextmanager
    def one_edit(self) -> Iterator[None]:
        """Lay the document out once, after everything that is written meanwhile."""
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        try:
            yield
        finally:
            cursor.endEditBlock()

    def end(self) -> int:
        """Return the position at which the next part will begin."""
        return self._document.characterCount() - 1

    def cut(self, position: int) -> None:
        """Take away everything from ``position``, which was :meth:`end` once, to the end."""
        cursor = QTextCursor(self._document)
        cursor.setPosition(position)
        kept = cursor.blockFormat()
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        # Joining two blocks may hand the second one's format to the first.
        cursor.setBlockFormat(kept)

    def write(self, part: Part, marks: Sequence[Mark]) -> None:
        """Append one part. ``marks`` are its message's."""
        cursor = QTextCursor(self._document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if isinstance(part, Answer):
            self._write_block(cursor, part, part.block, marks)
        elif isinstance(part, UserTurn):
            self._write_user_turn(cursor, part, marks)
        elif isinstance(part, EndCard):
            self._write_end(cursor, part)
        elif isinstance(part, ModelName):
            cursor.insertBlock(self.formats.paragraph(above=_MESSAGE_GAP), self.formats.small)
            cursor.insertText(_one_line(part.text), self.formats.small)
        elif isinstance(part, NoteLine):
            cursor.insertBlock(self.formats.paragraph(above=_TIGHT_GAP, below=_TIGHT_GAP), self.formats.small)
            text = translate("Transcript", "Note: {text}").format(text=part.text)
            cursor.insertText(_one_block(text), self.formats.chrome())
        else:
            self._write_footer(cursor, part)

    def _write_user_turn(self, cursor: QTextCursor, part: UserTurn, marks: Sequence[Mark]) -> None:
        chosen = self.formats.panel(Fill.USER, self._next_group())
        chosen.setTopMargin(_MESSAGE_GAP + PANEL_PADDING_Y)
        chosen.setBottomMargin(PANEL_PADDING_Y)
        lines = "".join(span.text for span in part.spans).split("\n")
        chosen.setProperty(IDEAL_WIDTH_PROPERTY, max(self.formats.metrics.horizontalAdvance(line) for line in lines))
        cursor.insertBlock(chosen, self.formats.body)
        self._insert_spans(cursor, part.spans, part.message_id, marks)
        if part.left_out:
            words = translate("Transcript", "… and {number} more characters").format(number=number(part.left_out))
            cursor.insertText(f"{_LINE_SEPARATOR}{words}\u2002", self.formats.chrome())
            cursor.insertText(translate("Transcript", "Show all"), self.formats.link(f"more:{part.message_id}"))

    def _write_block(self, cursor: QTextCursor, part: Answer, block: Block, marks: Sequence[Mark]) -> None:
        if isinstance(block, Paragraph):
            self._write_paragraph(cursor, part.message_id, block, marks)
        elif isinstance(block, Heading):
            text = self.formats.heading(block.level)
            above = 16.0 if part.ordinal else _TIGHT_GAP
            cursor.insertBlock(
                self.formats.paragraph(above=above, below=_TIGHT_GAP, indent=block.indent, quote=block.quote), text
            )
            self._insert_spans(cursor, block.spans, part.message_id, marks, text)
        elif isinstance(block, Code):
            self._write_code(cursor, part, block, marks)
        elif isinstance(block, Table):
            self._write_table(cursor, part.message_id, block, marks)
        else:
            self._write_rule(cursor, block)

    def _write_paragraph(self, cursor: QTextCursor, message_id: int, block: Paragraph, marks: Sequence[Mark]) -> None:
        gap = _TIGHT_GAP if block.is_tight else _GAP
        chosen = self.formats.paragraph(above=gap, below=gap, indent=block.indent, quote=block.quote)
        if block.marker:
            marker = f"{block.marker}{_NO_BREAK_SPACE}{_NO_BREAK_SPACE}"
            chosen.setTextIndent(-self.formats.metrics.horizontalAdvance(marker))
            cursor.insertBlock(chosen, self.formats.body)
            cursor.insertText(marker, self.formats.body)
        else:
            cursor.insertBlock(chosen, self.formats.body)
        self._insert_spans(cursor, block.spans, message_id, marks)

    def _write_code(self, cursor: QTextCursor, part: Answer, block: Code, marks: Sequence[Mark]) -> None:
        group = self._next_group()
        head = self.formats.panel(Fill.CODE, group, indent=block.indent, quote=block.quote)
        head.setTopMargin(_GAP + PANEL_PADDING_Y)
        head.setBottomMargin(2)
        head.setAlignment(Qt.AlignmentFlag.AlignRight)
        cursor.insertBlock(head, self.formats.small)
        if block.language:
            cursor.insertText(f"{block.language}\u2002·\u2002", self.formats.chrome())
        cursor.insertText(
            translate("Transcript", "Copy code"), self.formats.link(f"code:{part.message_id}/{part.ordinal}")
        )
        body = self.formats.panel(Fill.CODE, group, indent=block.indent, quote=block.quote)
        body.setBottomMargin(_GAP + PANEL_PADDING_Y)
        cursor.insertBlock(body, self.formats.code)
        self._insert_code(cursor, part, block, marks)

    def _insert_code(self, cursor: QTextCursor, part: Answer, block: Code, marks: Sequence[Mark]) -> None:
        runs = iter(highlight(block.text, block.language))
        left, ink = next(runs, (0, None))
        for span in block.spans:
            if span.mark is not None and span.mark < len(marks):
                href = f"mark:{part.message_id}/{span.mark}"
                chosen = self.formats.span(span, marks[span.mark], href, self.formats.code)
                cursor.insertText(_shown(span.text, chosen), chosen)
            position = 0
            while position < len(span.text) and ink is not None:
                step = min(left, len(span.text) - position)
                if span.mark is None:
                    cursor.insertText(_one_block(span.text[position : position + step]), self.formats.ink(ink))
                position, left = position + step, left - step
                if left == 0:
                    left, ink = next(runs, (0, None))

    def _write_table(self, cursor: QTextCursor, message_id: int, block: Table, marks: Sequence[Mark]) -> None:
        cursor.insertBlock(_hairline(), self.formats.body)
        rows, columns = len(block.rows), len(block.alignments)
        if not rows or not columns:
            return
        table = cursor.insertTable(rows, columns, self.formats.table(block.indent, block.quote))
        for row, cells in enumerate(block.rows):
            for column, spans in enumerate(cells):
                frame = table.cellAt(row, column)
                frame.setFormat(self.formats.cell(is_head=row == 0, is_first=column == 0))
                cell = frame.firstCursorPosition()
                aligned = self.formats.paragraph(below=0)
                aligned.setAlignment(ALIGNMENTS.get(block.alignments[column], Qt.AlignmentFlag.AlignLeft))
                cell.setBlockFormat(aligned)
                base = self.formats.table_head() if row == 0 else None
                self._insert_spans(cell, spans, message_id, marks, base)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        after = _hairline()
        after.setBottomMargin(8)
        cursor.setBlockFormat(after)

    def _write_rule(self, cursor: QTextCursor, block: Rule) -> None:
        chosen = self.formats.panel(Fill.RULE, self._next_group(), indent=block.indent, quote=block.quote)
        chosen.setLineHeight(_HAIRLINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        chosen.setTopMargin(10)
        chosen.setBottomMargin(16)
        cursor.insertBlock(chosen, self.formats.small)

    def _write_end(self, cursor: QTextCursor, part: EndCard) -> None:
        chosen = self.formats.panel(Fill.BLOCKED, self._next_group())
        chosen.setTopMargin(_GAP + PANEL_PADDING_Y)
        chosen.setBottomMargin(_GAP + PANEL_PADDING_Y)
        cursor.insertBlock(chosen, self.formats.body)
        cursor.insertText(part.title, self.formats.strong())
        cursor.insertText(f" {_one_block(part.text)}", self.formats.body)
        if part.mark is not None:
            cursor.insertText("\u2002", self.formats.body)
            place = f"{part.message_id}/{part.mark}"
            cursor.insertText(translate("Transcript", "Why?"), self.formats.link(f"mark:{place}"))
            # Where there is no room, the line ends behind the dot.
            cursor.insertText(f"{_NO_BREAK_SPACE}· ", self.formats.chrome())
            wrong = translate("Transcript", "This is wrong").replace(" ", _NO_BREAK_SPACE)
            cursor.insertText(wrong, self.formats.link(f"wrong:{place}"))

    def _write_footer(self, cursor: QTextCursor, part: Footer) -> None:
        cursor.insertBlock(self.formats.paragraph(above=_GAP), self.formats.small)
        cursor.insertText(_one_line(part.text), self.formats.chrome())
        if part.has_copy:
            if part.text:
                cursor.insertText("\u2002·\u2002", self.formats.chrome())
            cursor.insertText(translate("Transcript", "Copy"), self.formats.link(f"copy:{part.message_id}"))

    def _insert_spans(
        self,
        cursor: QTextCursor,
        spans: Spans,
        message_id: int,
        marks: Sequence[Mark],
        base: QTextCharFormat | None = None,
    ) -> None:
        for span in spans:
            mark = marks[span.mark] if span.mark is not None and span.mark < len(marks) else None
            chosen = self.formats.span(span, mark, f"mark:{message_id}/{span.mark}", base)
            cursor.insertText(_shown(span.text, chosen), chosen)

    def _next_group(self) -> int:
        self._groups += 1
        return self._groups


def fit_to_column(document: QTextDocument, width: float) -> None:
    """Move every block that wants to be as narrow as its text to the right edge of a column of ``width`` pixels."""
    block = document.begin()
    while block.isValid():
        chosen = block.blockFormat()
        ideal = chosen.property(IDEAL_WIDTH_PROPERTY)
        if ideal is not None:
            inset = max(USER_LEAST_INSET, width - float(ideal) - PANEL_PADDING_X - 1)
            if chosen.leftMargin() != inset:
                chosen.setLeftMargin(inset)
                QTextCursor(block).setBlockFormat(chosen)
        block = block.next()


def _shown(text: str, chosen: QTextCharFormat) -> str:
    """Return a span's text as it is inserted; a pill's loses its brackets, which are copied all the same."""
    if chosen.intProperty(INLINE_FILL_PROPERTY) != Fill.PILL:
        return _one_block(text)
    chosen.setProperty(COPIED_PROPERTY, text)
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") and len(text) > 2 else text
    # Narrow spaces give the fill room, and nothing in a pill lets a line end.
    whole = _one_block(bare).replace(" ", _NO_BREAK_SPACE).replace("-", _NO_BREAK_HYPHEN)
    return f"{_NARROW_SPACE}{whole}{_NARROW_SPACE}"


def _hairline() -> QTextBlockFormat:
    chosen = QTextBlockFormat()
    chosen.setLineHeight(_HAIRLINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    return chosen


def _one_block(text: str) -> str:
    """Return ``text`` with line breaks that stay within a block, and without Qt's own structural characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
    return without_sentinels(lines).replace("\n", _LINE_SEPARATOR)


def _one_line(text: str) -> str:
    return " ".join(without_sentinels(text).split())

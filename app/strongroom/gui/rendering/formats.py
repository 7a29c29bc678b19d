# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The character and block formats of the transcript, made from a theme once and kept until it changes.

Rounded fills are no part of Qt's rich text: a format only says which fill it wants (see :class:`Fill`), and the view
paints it behind the text.
"""

from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTableCellFormat,
    QTextTableFormat,
)

from strongroom.core.findings import Action, Mark
from strongroom.gui.rendering.blocks import Span, Style
from strongroom.gui.rendering.highlight import Ink
from strongroom.gui.rendering.sentinels import is_placeholder
from strongroom.gui.widgets.theme import LINE_HEIGHT_PERCENT, Theme

_USER = QTextFormat.Property.UserProperty.value

FILL_PROPERTY = _USER + 1
"""On a block: which :class:`Fill` is painted behind it and its neighbors with the same group."""
GROUP_PROPERTY = _USER + 2
"""On a block: which blocks share one fill."""
QUOTE_PROPERTY = _USER + 3
"""On a block: how many quote bars stand at its left."""
IDEAL_WIDTH_PROPERTY = _USER + 4
"""On a block: the width that its text would like; it is moved to the right edge of the column."""
INLINE_FILL_PROPERTY = _USER + 5
"""On a character format: which :class:`Fill` is painted behind the run."""
CHROME_PROPERTY = _USER + 6
"""On a character format: the window's own word, left out of what is copied."""
COPIED_PROPERTY = _USER + 7
"""On a character format: the text to copy in place of the one that is shown."""

PANEL_PADDING_X = 14
PANEL_PADDING_Y = 9
INDENT = 24
QUOTE_INDENT = 16
USER_LEAST_INSET = 64

_CODE_LINE_HEIGHT_PERCENT = 135.0
_HEADING_SCALE = {1: 14 / 10.5, 2: 12.5 / 10.5, 3: 11.5 / 10.5}


class Fill(IntEnum):
    """What the view paints behind blocks or runs of text."""

    USER = 1
    CODE = 2
    BLOCKED = 3
    RULE = 4
    PILL = 5
    INLINE_CODE = 6


class Formats:
    """Formats for everything in a transcript."""

    def __init__(self, theme: Theme) -> None:
        self._tokens = theme.tokens
        self._body_font = theme.body_font()
        self._code_font = theme.code_font()
        self.body = self._text(theme.body_font(), theme.tokens.text)
        self.small = self._text(theme.small_font(), theme.tokens.muted)
        self.code = self._text(theme.code_font(), theme.tokens.text)
        self._inks = {
            Ink.PLAIN: theme.tokens.text,
            Ink.KEYWORD: theme.tokens.accent,
            Ink.STRING: theme.tokens.good,
            Ink.NUMBER: theme.tokens.warning,
            Ink.COMMENT: theme.tokens.muted,
            Ink.NAME: theme.tokens.text,
        }
        self.metrics = QFontMetricsF(theme.body_font())

    def span(self, span: Span, mark: Mark | None, href: str, base: QTextCharFormat | None = None) -> QTextCharFormat:
        """Return the format of one span; a marked one is an anchor to ``href``."""
        chosen = QTextCharFormat(base or self.body)
        if Style.CODE in span.style:
            chosen.setFont(self._code_font, QTextCharFormat.FontPropertiesInheritanceBehavior.FontPropertiesAll)
            chosen.setProperty(INLINE_FILL_PROPERTY, int(Fill.INLINE_CODE))
        if Style.BOLD in span.style:
            chosen.setFontWeight(QFont.Weight.DemiBold)
        if Style.ITALIC in span.style:
            chosen.setFontItalic(True)
        if Style.STRUCK in span.style:
            chosen.setFontStrikeOut(True)
        if Style.ADDRESS in span.style:
            chosen.setForeground(QColor(self._tokens.muted))
        if mark is not None:
            self._mark(chosen, mark, href)
        return chosen

    def ink(self, ink: Ink) -> QTextCharFormat:
        """Return the format of a run of highlighted code."""
        chosen = QTextCharFormat(self.code)
        chosen.setForeground(QColor(self._inks[ink]))
        if ink is Ink.NAME:
            chosen.setFontWeight(QFont.Weight.DemiBold)
        return chosen

    def link(self, href: str) -> QTextCharFormat:
        """Return the format of one of the window's own buttons in the text."""
        chosen = QTextCharFormat(self.small)
        chosen.setForeground(QColor(self._tokens.accent))
        chosen.setAnchor(True)
        chosen.setAnchorHref(href)
        chosen.setProperty(CHROME_PROPERTY, True)
        return chosen

    def chrome(self) -> QTextCharFormat:
        """Return the format of the window's own muted words."""
        chosen = QTextCharFormat(self.small)
        chosen.setProperty(CHROME_PROPERTY, True)
        return chosen

    def strong(self) -> QTextCharFormat:
        """Return the format of body text that stands out."""
        chosen = QTextCharFormat(self.body)
        chosen.setFontWeight(QFont.Weight.DemiBold)
        return chosen

    def heading(self, level: int) -> QTextCharFormat:
        """Return the format of a heading's text."""
        font = QFont(self._body_font)
        font.setPointSizeF(font.pointSizeF() * _HEADING_SCALE.get(level, 1.0))
        font.setWeight(QFont.Weight.DemiBold)
        return self._text(font, self._tokens.text)

    def paragraph(self, *, above: float = 0, below: float = 0, indent: int = 0, quote: int = 0) -> QTextBlockFormat:
        """Return the format of a block of body text, in pixels; of two neighbors' margins the larger counts."""
        chosen = QTextBlockFormat()
        chosen.setLineHeight(LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        chosen.setTopMargin(above)
        chosen.setBottomMargin(below)
        chosen.setLeftMargin(indent * INDENT + quote * QUOTE_INDENT)
        if quote:
            chosen.setProperty(QUOTE_PROPERTY, quote)
        return chosen

    def panel(self, fill: Fill, group: int, *, indent: int = 0, quote: int = 0) -> QTextBlockFormat:
        """Return the format of a block on a fill; the blocks of a group share one."""
        chosen = self.paragraph(below=0, indent=indent, quote=quote)
        if fill is Fill.CODE:
            chosen.setLineHeight(_CODE_LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        chosen.setLeftMargin(chosen.leftMargin() + PANEL_PADDING_X)
        chosen.setRightMargin(PANEL_PADDING_X)
        chosen.setProperty(FILL_PROPERTY, int(fill))
        chosen.setProperty(GROUP_PROPERTY, group)
        return chosen

    def table(self, indent: int, quote: int) -> QTextTableFormat:
        """Return the format of a table."""
        chosen = QTextTableFormat()
        chosen.setBorder(0)
        chosen.setCellSpacing(0)
        chosen.setHeaderRowCount(1)
        chosen.setTopMargin(6)
        chosen.setBottomMargin(6)
        chosen.setLeftMargin(indent * INDENT + quote * QUOTE_INDENT)
        chosen.setWidth(QTextLength())
        return chosen

    def cell(self, *, is_head: bool, is_first: bool) -> QTextTableCellFormat:
        """Return the format of a cell: a line below, and room around its text."""
        chosen = QTextTableCellFormat()
        chosen.setTopPadding(3)
        chosen.setBottomPadding(6)
        chosen.setLeftPadding(0 if is_first else 14)
        chosen.setRightPadding(14)
        chosen.setBottomBorder(1)
        chosen.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        chosen.setBottomBorderBrush(QBrush(QColor(self._tokens.control if is_head else self._tokens.line)))
        return chosen

    def table_head(self) -> QTextCharFormat:
        """Return the format of a table's first row."""
        return self.strong()

    def _mark(self, chosen: QTextCharFormat, mark: Mark, href: str) -> None:
        chosen.setAnchor(True)
        chosen.setAnchorHref(href)
        if is_placeholder(mark):
            chosen.setProperty(INLINE_FILL_PROPERTY, int(Fill.PILL))
            chosen.setForeground(QColor(self._tokens.text))
        elif mark.action is Action.WARN:
            chosen.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
            chosen.setUnderlineColor(QColor(self._tokens.warning))

    @staticmethod
    def _text(font: QFont, color: str) -> QTextCharFormat:
        chosen = QTextCharFormat()
        chosen.setFont(font)
        chosen.setForeground(QColor(color))
        return chosen


ALIGNMENTS = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}

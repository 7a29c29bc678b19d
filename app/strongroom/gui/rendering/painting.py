# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The rounded fills behind the transcript's text: user turns, code, cards, pills, quote bars, rules."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextBlock, QTextDocument, QTextLayout

from strongroom.gui.rendering.formats import (
    FILL_PROPERTY,
    GROUP_PROPERTY,
    INLINE_FILL_PROPERTY,
    PANEL_PADDING_X,
    PANEL_PADDING_Y,
    QUOTE_INDENT,
    QUOTE_PROPERTY,
    Fill,
)
from strongroom.gui.widgets.tokens import Tokens

_RADIUS = 8.0
_PILL_PADDING = 2.0
_BAR_WIDTH = 3.0


@dataclass
class _Panel:
    fill: Fill
    group: int
    rect: QRectF


def paint_fills(painter: QPainter, document: QTextDocument, first: QTextBlock, visible: QRectF, tokens: Tokens) -> None:
    """Paint what lies behind the text of the blocks from ``first`` on, as far as ``visible`` reaches.

    Args:
        painter: In the document's coordinates.
        document: Laid out.
        first: A block at or above the top of what is visible.
        visible: In the document's coordinates.
        tokens: The colors.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    panel: _Panel | None = None
    layout = document.documentLayout()
    block = first
    while block.isValid():
        rect = layout.blockBoundingRect(block)
        if rect.top() > visible.bottom():
            break
        fill = block.blockFormat().intProperty(FILL_PROPERTY)
        group = block.blockFormat().intProperty(GROUP_PROPERTY)
        if panel is not None and (not fill or group != panel.group):
            _paint_panel(painter, panel, tokens)
            panel = None
        if fill:
            area = _panel_rect(block, rect, document)
            panel = _Panel(Fill(fill), group, area if panel is None else panel.rect.united(area))
        _paint_quote_bars(painter, block, rect, tokens)
        block = block.next()
    if panel is not None:
        _paint_panel(painter, panel, tokens)
    block = first
    while block.isValid():
        rect = layout.blockBoundingRect(block)
        if rect.top() > visible.bottom():
            break
        _paint_inline(painter, block, rect, tokens)
        block = block.next()


def run_rects(block: QTextBlock, origin: QRectF, start: int, length: int) -> Iterator[QRectF]:
    """Yield the rectangles, one a line, that a run of a block's text covers; ``start`` counts from the block."""
    layout: QTextLayout = block.layout()
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        begin = max(start, line.textStart())
        end = min(start + length, line.textStart() + line.textLength())
        if begin >= end:
            continue
        left, right = _x(line.cursorToX(begin)), _x(line.cursorToX(end))
        baseline = origin.top() + line.y() + line.ascent()
        metrics = QFontMetricsF(block.charFormat().font())
        yield QRectF(
            min(left, right) + origin.left(),
            baseline - metrics.ascent(),
            abs(right - left),
            metrics.ascent() + metrics.descent(),
        )


def _x(value: object) -> float:
    """Return the x of ``QTextLine.cursorToX``, which some versions of the binding return with the position."""
    return float(value[0]) if isinstance(value, tuple) else float(value)  # type: ignore[arg-type]


def _panel_rect(block: QTextBlock, rect: QRectF, document: QTextDocument) -> QRectF:
    margin = document.documentMargin()
    chosen = block.blockFormat()
    left = margin + chosen.leftMargin() - PANEL_PADDING_X
    right = document.textWidth() - margin - chosen.rightMargin() + PANEL_PADDING_X
    return QRectF(left, rect.top() - PANEL_PADDING_Y, right - left, rect.height() + 2 * PANEL_PADDING_Y)


def _paint_panel(painter: QPainter, panel: _Panel, tokens: Tokens) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    rect = panel.rect
    if panel.fill is Fill.RULE:
        painter.fillRect(QRectF(rect.left(), rect.center().y(), rect.width(), 1.0), QColor(tokens.line))
        return
    if panel.fill is Fill.USER:
        painter.setBrush(QColor(tokens.soft))
    elif panel.fill is Fill.CODE:
        painter.setBrush(QColor(tokens.raised))
        painter.setPen(QPen(QColor(tokens.line), 1.0))
        rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    else:
        painter.setBrush(QColor(tokens.caution))
        painter.setPen(QPen(QColor(tokens.warning), 1.0))
        rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(rect, _RADIUS, _RADIUS)


def _paint_quote_bars(painter: QPainter, block: QTextBlock, rect: QRectF, tokens: Tokens) -> None:
    chosen = block.blockFormat()
    depth = chosen.intProperty(QUOTE_PROPERTY)
    if not depth:
        return
    left = block.layout().position().x() + chosen.leftMargin() - depth * QUOTE_INDENT
    left -= PANEL_PADDING_X if chosen.intProperty(FILL_PROPERTY) else 0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.control))
    for level in range(depth):
        bar = QRectF(left + level * QUOTE_INDENT, rect.top(), _BAR_WIDTH, rect.height() + chosen.bottomMargin() - 4)
        painter.drawRoundedRect(bar, _BAR_WIDTH / 2, _BAR_WIDTH / 2)


def _paint_inline(painter: QPainter, block: QTextBlock, rect: QRectF, tokens: Tokens) -> None:
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        fill = fragment.charFormat().intProperty(INLINE_FILL_PROPERTY)
        if fill:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.pill if fill == Fill.PILL else tokens.hover))
            padding = _PILL_PADDING if fill == Fill.PILL else 2.0
            start = fragment.position() - block.position()
            for area in run_rects(block, rect, start, fragment.length()):
                box = area.adjusted(-padding, -1.5, padding, 1.5)
                radius = box.height() / 2 if fill == Fill.PILL else 4.0
                painter.drawRoundedRect(box, radius, radius)
        iterator += 1

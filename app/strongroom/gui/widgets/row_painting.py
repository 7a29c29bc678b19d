# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What lies behind the text of a row in a list: the fill that says chosen or hovered, and the focus ring."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from strongroom.gui.widgets.tokens import Tokens

_RADIUS = 6


def paint_row(painter: QPainter, option: QStyleOptionViewItem, tokens: Tokens) -> QRect:
    """Paint the row's box and return it. The painter's pen and brush are changed."""
    state = option.state
    rect: QRect = option.rect
    box = QRectF(rect).adjusted(4, 1, -4, -1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if state & QStyle.StateFlag.State_Selected:
        painter.setBrush(QColor(tokens.pill))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(tokens.hover))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
    return box.toRect()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a row of the conversation list is drawn: title and status or age on one line, a found passage on a second."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from strongroom.gui.chat.conversation_model import AGE_ROLE, EXCERPT_ROLE, STATUS_ROLE
from strongroom.gui.chat.status import ChatStatus, Status
from strongroom.gui.widgets.icons import icon
from strongroom.gui.widgets.row_painting import paint_row
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

ROW_HEIGHT = 36
_FOUND_ROW_HEIGHT = 56
_LONGEST_TITLE = 200
_GLYPH_SIZE = 16
_COLORS = {Status.ANSWERING: "accent", Status.REFUSED: "warning"}
"""Tokens; the others are muted."""

Index = QModelIndex | QPersistentModelIndex


class ConversationDelegate(QStyledItemDelegate):
    """Draws with the theme's tokens and fonts; all text is plain."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        """Return the height of a row."""
        extra = max(0, QFontMetrics(self._theme.body_font()).height() - 20)
        height = _FOUND_ROW_HEIGHT if index.data(EXCERPT_ROLE) else ROW_HEIGHT
        return QSize(0, height + extra * (2 if index.data(EXCERPT_ROLE) else 1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        painter.save()
        box = paint_row(painter, option, self._theme.tokens)
        self._draw_texts(painter, box.adjusted(10, 0, -10, 0), index)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        """Return the field in which a title is edited in place."""
        field = QLineEdit(parent)
        field.setMaxLength(_LONGEST_TITLE)
        field.setAccessibleName(translate("ConversationDelegate", "New title"))
        return field

    def _draw_texts(self, painter: QPainter, area: QRect, index: Index) -> None:
        tokens = self._theme.tokens
        excerpt = str(index.data(EXCERPT_ROLE) or "")
        line = QRect(area.left(), area.top(), area.width(), area.height() // 2 if excerpt else area.height())
        painter.setFont(self._theme.small_font())
        painter.setPen(QColor(tokens.muted))
        align = Qt.AlignmentFlag.AlignVCenter
        room = line.width() - self._draw_right(painter, line, index) - 10
        if excerpt:
            second = QRect(area.left(), line.bottom() - 2, area.width(), area.height() // 2)
            shown = painter.fontMetrics().elidedText(
                " ".join(excerpt.split()), Qt.TextElideMode.ElideRight, second.width()
            )
            painter.drawText(second, int(align), shown)
        painter.setFont(self._theme.body_font())
        painter.setPen(QColor(tokens.text))
        title = " ".join(str(index.data()).split()) or translate("ConversationDelegate", "Untitled")
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, int(align), shown)

    def _draw_right(self, painter: QPainter, line: QRect, index: Index) -> int:
        """Draw the status, else the age, at the right end of a line; return its width."""
        status = index.data(STATUS_ROLE)
        if isinstance(status, ChatStatus) and not status.text:
            place = QRect(0, 0, _GLYPH_SIZE, _GLYPH_SIZE)
            place.moveCenter(QPoint(line.right() - _GLYPH_SIZE // 2, line.center().y()))
            color = getattr(self._theme.tokens, _COLORS.get(status.status, "muted"))
            icon(status.glyph, self._theme.tokens, color=color).paint(painter, place)
            return _GLYPH_SIZE
        text = status.text if isinstance(status, ChatStatus) else str(index.data(AGE_ROLE))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        return painter.fontMetrics().horizontalAdvance(text)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a row of the conversation list is drawn: title and age on one line, a found passage on a second."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from strongroom.gui.chat.conversation_model import AGE_ROLE, EXCERPT_ROLE
from strongroom.gui.widgets.row_painting import paint_row
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

ROW_HEIGHT = 36
_FOUND_ROW_HEIGHT = 56
_LONGEST_TITLE = 200

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
        age = str(index.data(AGE_ROLE))
        painter.setFont(self._theme.small_font())
        painter.setPen(QColor(tokens.muted))
        align = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, int(align | Qt.AlignmentFlag.AlignRight), age)
        room = line.width() - painter.fontMetrics().horizontalAdvance(age) - 10
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

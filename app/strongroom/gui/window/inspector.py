# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The panel at the right that answers "why" and "what exactly": hidden until asked for."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from strongroom.gui.rendering.sentinels import without_sentinels
from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.controls import IconButton, PlainLabel, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.safe_browser import SafeBrowser
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

WIDTH = 320


class FactsView(SafeBrowser):
    """Facts as text that can be selected with mouse and keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(0)


class Inspector(QFrame):
    """Shows one card.

    Signals:
        closed: The user closed it.
    """

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self._theme = theme
        self._card: Card | None = None
        self._title = PlainLabel(role="title", wraps=True)
        close = IconButton(Glyph.CLOSE, translate("Inspector", "Close"), theme, shortcut="Esc", parent=self)
        close.clicked.connect(self.closed)
        self.facts = FactsView(self)
        self.action_button = push_button("", parent=self)
        self.action_button.clicked.connect(self._on_action)
        self.action_button.hide()
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 8, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.facts, 1)
        layout.addWidget(self.action_button, 0, Qt.AlignmentFlag.AlignLeft)
        theme.changed.connect(self._draw)

    @property
    def card(self) -> Card | None:
        """What is shown."""
        return self._card

    def show_card(self, card: Card) -> None:
        """Show ``card`` from its beginning."""
        self._card = card
        self._draw()
        self.facts.moveCursor(QTextCursor.MoveOperation.Start)

    def clear(self) -> None:
        """Forget what was shown."""
        self._card = None
        self.facts.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _on_action(self) -> None:
        if self._card is not None and self._card.action is not None:
            self._card.action[1]()

    def _draw(self) -> None:
        if self._card is None:
            return
        card = self._card
        self._title.setText(card.title)
        self.facts.setAccessibleName(card.title)
        words = card.action[0] if card.action is not None else ""
        self.action_button.setText(words)
        self.action_button.setAccessibleName(words)
        self.action_button.setVisible(bool(words))
        self.facts.clear()
        cursor = self.facts.textCursor()
        body, small = QTextCharFormat(), QTextCharFormat()
        body.setFont(self._theme.body_font())
        body.setForeground(QColor(self._theme.tokens.text))
        small.setFont(self._theme.small_font())
        small.setForeground(QColor(self._theme.tokens.muted))
        if card.sentence:
            self._line(cursor, card.sentence, body, below=8)
        for name, value in card.facts:
            if value:
                self._line(cursor, name, small, above=10)
                self._line(cursor, value, body, above=2)
        if card.text:
            code = QTextCharFormat(body)
            code.setFont(self._theme.code_font())
            self._line(cursor, card.text, code, above=16)

    def _line(
        self, cursor: QTextCursor, text: str, chosen: QTextCharFormat, *, above: float = 0, below: float = 0
    ) -> None:
        block = QTextBlockFormat()
        block.setTopMargin(above)
        block.setBottomMargin(below)
        block.setLineHeight(130, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if cursor.position() == 0:
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.insertText(without_sentinels(text).replace("\r\n", "\n").replace("\n", "\u2028"), chosen)

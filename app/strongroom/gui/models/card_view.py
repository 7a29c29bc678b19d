# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model card: Markdown of a stranger, drawn with the transcript's parts. It holds no link and no image."""

from PySide6.QtCore import QPoint, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from strongroom.gui.rendering import parse_markdown
from strongroom.gui.rendering.blocks import Block, Code
from strongroom.gui.rendering.browser import TranscriptBrowser
from strongroom.gui.rendering.document import DocumentWriter
from strongroom.gui.rendering.formats import Formats
from strongroom.gui.rendering.parts import Answer
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_LONGEST_CARD = 60_000
"""Characters that are drawn: more is a document, and drawing it would hold up the window."""


class CardView(QWidget):
    """Shows one card from its beginning.

    Signals:
        copied: What was copied, in a word for the user.
    """

    copied = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card = ""
        self._blocks: tuple[Block, ...] = ()
        self.browser = TranscriptBrowser(theme, self, follows=False)
        self.browser.setAccessibleName(translate("CardView", "Model card"))
        self.browser.anchorClicked.connect(self._on_anchor)
        self.browser.menu_wanted.connect(self._on_menu_wanted)
        self.browser.copy_wanted.connect(self._copy_selected)
        self._writer = DocumentWriter(self.browser.document(), Formats(theme))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
        theme.changed.connect(self._on_theme_changed)

    def show_card(self, card: str) -> None:
        """Show ``card``, or a sentence when it is empty."""
        self._card = card
        text = card[:_LONGEST_CARD] if card.strip() else translate("CardView", "This repository has no model card.")
        if len(card) > _LONGEST_CARD:
            text += "\n\n…\n\n" + translate("CardView", "The rest of this card is not shown.")
        self._blocks = parse_markdown(text, keeps_lines=False)
        self._draw()
        # The view's own cursor went along with what was written, and would be brought into view.
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self.browser.verticalScrollBar().setValue(0)

    def _draw(self) -> None:
        self.browser.setUpdatesEnabled(False)
        self._writer.clear(has_earlier=False)
        with self._writer.one_edit():
            for ordinal, block in enumerate(self._blocks):
                self._writer.write(Answer(0, ordinal, block), ())
        self.browser.text_grew()
        self.browser.setUpdatesEnabled(True)

    def _on_theme_changed(self) -> None:
        self._writer.formats = Formats(self._theme)
        self._draw()

    def _on_anchor(self, url: QUrl) -> None:
        # The only anchors are the window's own: those that copy a block of code.
        kind, _, place = url.toString().partition(":")
        ordinal = place.partition("/")[2]
        if kind == "code" and ordinal.isdecimal() and int(ordinal) < len(self._blocks):
            block = self._blocks[int(ordinal)]
            if isinstance(block, Code):
                self._copy(block.text, translate("CardView", "Code copied"))

    def _on_menu_wanted(self, place: QPoint, _position: int) -> None:
        menu = QMenu(self)
        chosen = menu.addAction(icon(Glyph.COPY, self._theme.tokens), translate("CardView", "Copy selected text"))
        chosen.setEnabled(bool(self.browser.selected_text()))
        chosen.triggered.connect(self._copy_selected)
        menu.addAction(translate("CardView", "Select all")).triggered.connect(self.browser.selectAll)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _copy_selected(self) -> None:
        if text := self.browser.selected_text():
            self._copy(text, translate("CardView", "Copied"))

    def _copy(self, text: str, said: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(said)

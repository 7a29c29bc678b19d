# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The text view of a conversation: it shows, scrolls and copies, and never opens or fetches anything."""

from dataclasses import dataclass

from PySide6.QtCore import QMargins, QMimeData, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from strongroom.gui.rendering.document import fit_to_column
from strongroom.gui.rendering.formats import CHROME_PROPERTY, COPIED_PROPERTY
from strongroom.gui.rendering.painting import paint_fills, run_rects
from strongroom.gui.widgets.safe_browser import SafeBrowser
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

COLUMN_WIDTH = 760
_MARGIN = 16
_AT_BOTTOM = 8


_Piece = tuple[str, str]
"""A run of text, and the anchor that it is."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected, and which anchors are in it."""

    text: str
    anchors: tuple[tuple[int, int, str], ...]
    """Where each begins and ends in ``text``, and where it leads."""


class TranscriptBrowser(SafeBrowser):
    """A read-only text view with a column of at most 760 px.

    Args:
        theme: The theme.
        parent: The widget that it stands in.
        follows: Whether it goes to the end and stays there while text grows; else it stays where it is.

    Signals:
        followed_changed: Whether the view stays at the bottom while text grows.
        menu_wanted: A context menu: its place on the screen, and the place in the document.
        copy_wanted: What is selected is to be copied.
    """

    followed_changed = Signal(bool)
    menu_wanted = Signal(QPoint, int)
    copy_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, follows: bool = True) -> None:
        super().__init__(parent)
        self._theme = theme
        self._follows = follows
        self._is_following = follows
        self._is_adjusting = False
        self._is_placing = False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(translate("TranscriptBrowser", "Conversation"))
        document = self.document()
        document.setDocumentMargin(_MARGIN)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)

    @property
    def is_following(self) -> bool:
        """Whether the view stays at the bottom while text grows."""
        return self._is_following

    def follow(self) -> None:
        """Go to the end and stay there while text grows."""
        self._set_following(True)
        self._to_bottom()

    def text_grew(self) -> None:
        """Take note that the document changed: fit it, and go to its end while the user is there."""
        fit_to_column(self.document(), self._column())
        # Asking for the size completes the layout, without which the scroll bar's end is a guess.
        self.document().documentLayout().documentSize()
        if self._is_following:
            self._to_bottom()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column centered, and the end in view while it is followed."""
        self._place_column()
        super().resizeEvent(event)
        fit_to_column(self.document(), self._column())
        if self._is_following:
            self._to_bottom()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the fills, then the text over them."""
        painter = QPainter(self.viewport())
        offset = self.verticalScrollBar().value()
        painter.translate(0, -offset)
        visible = QRectF(event.rect().translated(0, offset))
        paint_fills(painter, self.document(), self._first_block(visible), visible, self._theme.tokens)
        painter.end()
        super().paintEvent(event)
        if self.hasFocus() and self.textCursor().charFormat().isAnchor() and self.textCursor().hasSelection():
            self._paint_focus(offset)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Hand nothing over: to select or to drag is not to copy, and what is copied passes the policy first."""
        return QMimeData()

    def selection(self) -> Selection:
        """Return the selected part of the messages as plain text, without the window's own words in it."""
        cursor = self.textCursor()
        first, last = cursor.selectionStart(), cursor.selectionEnd()
        lines: list[list[_Piece]] = []
        block = self.document().findBlock(first)
        while block.isValid() and block.position() < last:
            pieces = _messages_pieces(block, first, last)
            if pieces or not _is_chrome(block):
                lines.append(pieces)
            block = block.next()
        return _joined(lines)

    def selected_text(self) -> str:
        """Return the selected part of the messages; empty when nothing is selected."""
        return self.selection().text

    def drop_selection_after(self, position: int) -> None:
        """Cut the selection short where the text after ``position`` is about to be another one; stay in place."""
        cursor = self.textCursor()
        if not cursor.hasSelection() or cursor.selectionEnd() <= position:
            return
        place = self.verticalScrollBar().value()
        cursor.setPosition(min(cursor.selectionStart(), position))
        self._is_adjusting = True
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(place)
        self._is_adjusting = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add Home and End, which a text view without a caret ignores; leave copying to whoever filters it."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.follow()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu of our own: Qt's offers the address of a link."""
        is_by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        cursor = self.cursorForPosition(event.pos()) if is_by_mouse else self.textCursor()
        self.menu_wanted.emit(event.globalPos(), cursor.position())

    def scroll_to(self, position: int) -> None:
        """Bring a place of the document to the upper part of the view."""
        self._set_following(False)
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(position, self.document().characterCount() - 1))
        top = self.cursorRect(cursor).top() + self.verticalScrollBar().value()
        self.verticalScrollBar().setValue(max(0, top - 24))

    def _place_column(self) -> None:
        # Room for the scroll bar is kept while there is none, so that text does not move when it comes. Not while
        # placing: the bar may come or go because of it.
        if self._is_placing:
            return
        bar = self.verticalScrollBar()
        reserved = 0 if bar.maximum() > 0 else bar.sizeHint().width()
        spare = max(0, self.width() - bar.sizeHint().width() - COLUMN_WIDTH - 2 * _MARGIN)
        margins = QMargins(spare // 2, 0, spare - spare // 2 + reserved, 0)
        if margins != self.viewportMargins():
            self._is_placing = True
            self.setViewportMargins(margins)
            self._is_placing = False

    def _column(self) -> float:
        return float(self.viewport().width() - 2 * _MARGIN)

    def _first_block(self, visible: QRectF) -> QTextBlock:
        point = QPoint(_MARGIN, int(visible.top()) - self.verticalScrollBar().value())
        block = self.cursorForPosition(point).block()
        # Two steps back: a fill may begin with a small heading line, and reach above its first line.
        for _ in range(2):
            if block.previous().isValid():
                block = block.previous()
        return block

    def _paint_focus(self, offset: int) -> None:
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        rect = self.document().documentLayout().blockBoundingRect(block)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, -offset)
        painter.setPen(QPen(QColor(self._theme.tokens.accent), 2.0))
        length = cursor.selectionEnd() - cursor.selectionStart()
        for area in run_rects(block, rect, cursor.selectionStart() - block.position(), length):
            painter.drawRoundedRect(area.adjusted(-6, -3, 6, 3), 6, 6)
        painter.end()

    def _to_bottom(self) -> None:
        self._is_adjusting = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._is_adjusting = False

    def _on_scrolled(self, value: int) -> None:
        if not self._is_adjusting:
            self._set_following(value >= self.verticalScrollBar().maximum() - _AT_BOTTOM)

    def _on_range_changed(self) -> None:
        self._place_column()
        if self._is_following:
            self._to_bottom()

    def _set_following(self, following: bool) -> None:
        following = following and self._follows
        if following != self._is_following:
            self._is_following = following
            self.followed_changed.emit(following)


def _messages_pieces(block: QTextBlock, first: int, last: int) -> list[_Piece]:
    pieces: list[_Piece] = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        start, end = max(first - fragment.position(), 0), max(last - fragment.position(), 0)
        chosen = fragment.charFormat()
        if not chosen.boolProperty(CHROME_PROPERTY) and fragment.text()[start:end]:
            text = chosen.stringProperty(COPIED_PROPERTY) or fragment.text()[start:end]
            pieces.append((text.replace("\u2028", "\n").replace("\u00a0", " "), chosen.anchorHref()))
        iterator += 1
    return pieces


def _joined(lines: list[list[_Piece]]) -> Selection:
    """Return lines as one text without empty ones around it, and where its anchors are in it."""
    text = ""
    anchors: list[tuple[int, int, str]] = []
    for number, pieces in enumerate(lines):
        text += "\n" if number else ""
        for piece, href in pieces:
            if href:
                anchors.append((len(text), len(text) + len(piece), href))
            text += piece
    left = len(text) - len(text.lstrip("\n"))
    bare = text.strip("\n")
    return Selection(
        bare, tuple((max(start - left, 0), min(end - left, len(bare)), href) for start, end, href in anchors)
    )


def _is_chrome(block: QTextBlock) -> bool:
    iterator = block.begin()
    return not iterator.atEnd() and iterator.fragment().charFormat().boolProperty(CHROME_PROPERTY)

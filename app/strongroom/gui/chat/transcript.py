# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The conversation that is shown: the last messages, a growing answer, and what their pills and buttons lead to."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QTimer, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from strongroom.core.chat import MessageState, StoredMessage, VisibleText
from strongroom.core.findings import Action
from strongroom.gui.findings.cards import MarkedPassage
from strongroom.gui.rendering.browser import TranscriptBrowser
from strongroom.gui.rendering.document import DocumentWriter
from strongroom.gui.rendering.formats import Formats
from strongroom.gui.rendering.parts import Part, code_of, parts_of
from strongroom.gui.widgets.icons import CONTROL_SIZE, Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

SHOWN_MESSAGES = 200
_REST_FACTOR = 2.0
"""After drawing a growing answer the window rests this many times as long, so that a long one cannot fill the day."""


class Transcript(QWidget):
    """Shows messages; it knows no database and no model.

    Signals:
        mark_chosen: A marked passage was activated: the :class:`~strongroom.gui.findings.cards.MarkedPassage`.
        report_wanted: The user calls one wrong: the :class:`~strongroom.gui.findings.cards.MarkedPassage`.
        earlier_wanted: The user asks for messages before the first one shown.
        copy_wanted: The :class:`~strongroom.core.chat.VisibleText` that is to be copied, and what to say when it is.
    """

    mark_chosen = Signal(object)
    report_wanted = Signal(object)
    earlier_wanted = Signal()
    copy_wanted = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._messages: list[StoredMessage] = []
        self._has_earlier = False
        self._is_hugged = False
        self._most_height = self.maximumHeight()
        self._unfolded: set[int] = set()
        self._starts: dict[int, int] = {}
        self._last_parts: list[tuple[Part, int]] = []
        self._pending: StoredMessage | None = None
        self.browser = TranscriptBrowser(theme, self)
        self.browser.anchorClicked.connect(self._on_anchor)
        self.browser.followed_changed.connect(self._place_jump)
        self.browser.menu_wanted.connect(self._on_menu_wanted)
        self.browser.copy_wanted.connect(self._copy_selected)
        self._writer = DocumentWriter(self.browser.document(), Formats(theme))
        self.jump_button = QPushButton(translate("Transcript", "Jump to latest"), self)
        self.jump_button.setProperty("role", "pill")
        self.jump_button.setIconSize(CONTROL_SIZE)
        self.jump_button.clicked.connect(self.browser.follow)
        self.jump_button.hide()
        self.rest = QTimer(self)
        """Runs after each drawing of a message that grows; what comes meanwhile is drawn when it ends."""
        self.rest.setSingleShot(True)
        self.rest.timeout.connect(self._draw_pending)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def messages(self) -> Sequence[StoredMessage]:
        """The messages shown, oldest first."""
        return self._messages

    def show_messages(self, messages: Sequence[StoredMessage], *, has_earlier: bool) -> None:
        """Show these messages in place of what was there, and go to their end."""
        self._drop_pending()
        self._messages = list(messages)
        self._has_earlier = has_earlier
        self._draw_all()
        self.browser.follow()

    def prepend(self, messages: Sequence[StoredMessage], *, has_earlier: bool) -> None:
        """Show earlier messages above, and keep the place that is being read."""
        self._draw_pending()
        first = self._messages[0].message_id if self._messages else None
        self._messages = [*messages, *self._messages]
        self._has_earlier = has_earlier
        self._draw_all()
        if first is not None:
            self.scroll_to(first)

    def put(self, message: StoredMessage) -> None:
        """Show a new message at the end, or the new state of the last one."""
        if self._messages and self._messages[-1].message_id == message.message_id:
            if message.state is MessageState.WRITING and self.rest.isActive():
                self._pending = message
                return
            self._pending = None
            self._messages[-1] = message
            self._draw_last()
        else:
            self._draw_pending()
            self._messages.append(message)
            self._begin_message(message)
            self._draw_last()

    def set_hugged(self, *, is_hugged: bool) -> None:
        """Take no more height than the text needs, so that something can follow it, or all that there is."""
        if is_hugged != self._is_hugged:
            self._is_hugged = is_hugged
            self._fit_height()

    def scroll_to(self, message_id: int) -> None:
        """Bring a message into view, when it is shown."""
        if message_id in self._starts:
            self.browser.scroll_to(self._starts[message_id] + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pill in its place."""
        super().resizeEvent(event)
        self._fit_height()
        self._place_jump()

    def _fit_height(self) -> None:
        height = math.ceil(self.browser.document().size().height()) if self._messages else 0
        self.setMaximumHeight(height if self._is_hugged else self._most_height)

    def _draw_all(self) -> None:
        self.browser.setUpdatesEnabled(False)
        self._writer.clear(has_earlier=self._has_earlier)
        self._starts.clear()
        with self._writer.one_edit():
            for message in self._messages:
                self._begin_message(message)
                for part in self._parts(message):
                    self._last_parts.append((part, self._writer.end()))
                    self._writer.write(part, message.marks)
        self.browser.text_grew()
        self.browser.setUpdatesEnabled(True)

    def _parts(self, message: StoredMessage) -> tuple[Part, ...]:
        return parts_of(message, is_unfolded=message.message_id in self._unfolded)

    def _begin_message(self, message: StoredMessage) -> None:
        self._starts[message.message_id] = self._writer.end()
        self._last_parts = []

    def _draw_last(self) -> None:
        """Write the last message anew, from the first part that differs."""
        message = self._messages[-1]
        began = time.monotonic()
        parts = self._parts(message)
        shared = 0
        for old, new in zip(self._last_parts, parts, strict=False):
            if old[0] != new:
                break
            shared += 1
        with self._writer.one_edit():
            if shared < len(self._last_parts):
                self.browser.drop_selection_after(self._last_parts[shared][1])
                self._writer.cut(self._last_parts[shared][1])
                del self._last_parts[shared:]
            for part in parts[shared:]:
                self._last_parts.append((part, self._writer.end()))
                self._writer.write(part, message.marks)
        self.browser.text_grew()
        if message.state is MessageState.WRITING:
            self.rest.start(int((time.monotonic() - began) * 1000 * _REST_FACTOR))

    def _draw_pending(self) -> None:
        self.rest.stop()
        if self._pending is not None:
            message, self._pending = self._pending, None
            self.put(message)

    def _drop_pending(self) -> None:
        self.rest.stop()
        self._pending = None

    def _on_anchor(self, url: QUrl) -> None:
        kind, _, place = url.toString().partition(":")
        if kind == "earlier":
            self.earlier_wanted.emit()
            return
        message_id, _, index = place.partition("/")
        message = next((one for one in self._messages if str(one.message_id) == message_id), None)
        if message is None:
            return
        if kind == "more":
            self._unfolded.add(message.message_id)
            self._draw_all()
            self.scroll_to(message.message_id)
        elif kind == "mark" and int(index) < len(message.marks):
            self.mark_chosen.emit(_marked(message, int(index)))
        elif kind == "wrong" and int(index) < len(message.marks):
            self.report_wanted.emit(_marked(message, int(index)))
        elif kind == "code":
            self._copy(code_of(message, int(index)), translate("Transcript", "Code copied"))
        elif kind == "copy":
            self._copy(VisibleText(message.text, message.marks), translate("Transcript", "Answer copied"))

    def _on_menu_wanted(self, place: QPoint, position: int) -> None:
        menu = QMenu(self)
        tokens = self._theme.tokens
        chosen = menu.addAction(icon(Glyph.COPY, tokens), translate("Transcript", "Copy selected text"))
        chosen.setEnabled(bool(self.browser.selected_text()))
        chosen.triggered.connect(self._copy_selected)
        message = self._message_at(position)
        whole = menu.addAction(icon(Glyph.COPY, tokens), translate("Transcript", "Copy whole message"))
        whole.setEnabled(message is not None)
        if message is not None:
            visible = VisibleText(message.text, message.marks)
            whole.triggered.connect(lambda: self._copy(visible, translate("Transcript", "Message copied")))
        menu.addAction(translate("Transcript", "Select all")).triggered.connect(self.browser.selectAll)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _message_at(self, position: int) -> StoredMessage | None:
        before = [message for message in self._messages if self._starts[message.message_id] < position]
        return before[-1] if before else None

    def _copy_selected(self) -> None:
        chosen = self.browser.selection()
        marks = []
        for start, end, href in chosen.anchors:
            kind, _, place = href.partition(":")
            message_id, _, index = place.partition("/")
            message = next((one for one in self._messages if str(one.message_id) == message_id), None)
            if kind == "mark" and message is not None and int(index) < len(message.marks):
                marks.append(replace(message.marks[int(index)], start=start, end=end))
        self._copy(VisibleText(chosen.text, tuple(marks)), translate("Transcript", "Copied"))

    def _copy(self, visible: VisibleText, said: str) -> None:
        if visible.text:
            self.copy_wanted.emit(visible, said)

    def _on_theme_changed(self) -> None:
        self.jump_button.setIcon(icon(Glyph.DOWN, self._theme.tokens))
        self._writer.formats = Formats(self._theme)
        bar = self.browser.verticalScrollBar()
        place, is_following = bar.value(), self.browser.is_following
        self._draw_all()
        if not is_following:
            bar.setValue(place)

    def _place_jump(self) -> None:
        self.jump_button.setVisible(not self.browser.is_following)
        self.jump_button.adjustSize()
        below = self.height() - self.jump_button.height() - 12
        self.jump_button.move((self.width() - self.jump_button.width()) // 2, below)
        self.jump_button.raise_()


def _marked(message: StoredMessage, index: int) -> MarkedPassage:
    """Return a mark with its passage where that is still the original one."""
    mark = message.marks[index]
    passage = message.text[mark.start : mark.end] if mark.action is Action.WARN and not mark.removed_sentences else ""
    return MarkedPassage(mark, passage, message.conversation_id)

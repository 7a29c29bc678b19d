# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where a message is written: grows to eight lines, Enter sends, and Send becomes Stop in the same place."""

import math

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from strongroom.gui.chat.context_ring import ContextRing
from strongroom.gui.chat.drafts import before_draft
from strongroom.gui.widgets.controls import ElidedLabel, IconButton, set_look
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

MOST_LINES = 8
_LONGEST_PASTE = 1_000_000


class Composer(QWidget):
    """A field, a context ring, and one button.

    Signals:
        sent: The text that the user sends.
        stop_wanted: The user stops what is under way.
        hinted: The sentence that says why Enter did nothing.
    """

    sent = Signal(str)
    stop_wanted = Signal()
    hinted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_busy = False
        self._phase = ""
        self._hint = ""
        self.field = ComposerField(self)
        self.field.setObjectName("composerText")
        self.field.setAccessibleName(translate("Composer", "Message"))
        self.field.setPlaceholderText(translate("Composer", "Write a message"))
        self.field.submitted.connect(self._on_submitted)
        self.field.escaped.connect(self.stop_wanted)
        self.field.focused.connect(self._on_focused)
        self.field.textChanged.connect(self._on_typed)
        self.ring = ContextRing(theme, self)
        self.button = IconButton(Glyph.SEND, "", theme)
        self.button.setProperty("role", "send")
        self.button.set_color("on_accent")
        self.button.clicked.connect(self._on_clicked)
        self.phase = ElidedLabel(role="small")
        self._lay_out()
        self._show_state()

    @property
    def is_busy(self) -> bool:
        """Whether the button stops rather than sends."""
        return self._is_busy

    def set_busy(self, *, is_busy: bool) -> None:
        """Show Stop in the place of Send, or Send again."""
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            self._set_hint("")
            self._show_state()

    def set_phase(self, sentence: str) -> None:
        """Say in words and numbers what is under way; empty for nothing."""
        self._phase = sentence
        self._show_line()

    def show_draft(self, text: str) -> None:
        """Show what was typed in another conversation, in place of what is here; Undo does not lead back."""
        self.field.setPlainText(text)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self._set_hint("")

    def restore(self, text: str) -> None:
        """Give back a text that was not sent, before whatever has been written meanwhile."""
        self.show_draft(before_draft(text, self.field.toPlainText()))

    def _lay_out(self) -> None:
        frame = QFrame(self)
        frame.setObjectName("composer")
        self._frame = frame
        row = QHBoxLayout(frame)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        corner = QHBoxLayout()
        corner.setSpacing(6)
        corner.addWidget(self.ring, 0, Qt.AlignmentFlag.AlignVCenter)
        corner.addWidget(self.button)
        row.addLayout(corner)
        row.setAlignment(corner, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(frame)
        layout.addWidget(self.phase)

    def _show_state(self) -> None:
        if self._is_busy:
            self.button.set_glyph(Glyph.STOP)
            self.button.set_name(translate("Composer", "Stop"), "Esc")
        else:
            self.button.set_glyph(Glyph.SEND)
            self.button.set_name(translate("Composer", "Send"), translate("Composer", "Enter"))
        self.button.setEnabled(self._is_busy or bool(self.field.toPlainText().strip()))

    def _on_clicked(self) -> None:
        if self._is_busy:
            self.stop_wanted.emit()
        else:
            self._on_submitted()

    def _on_submitted(self) -> None:
        text = self.field.toPlainText()
        if self._is_busy:
            self._say_why_not(
                translate("Composer", "Not sent yet: this conversation is still being answered. Esc stops the answer.")
            )
        elif not text.strip():
            self._say_why_not(translate("Composer", "Nothing to send: write a message first."))
        else:
            self.field.clear()
            self.sent.emit(text)

    def _say_why_not(self, sentence: str) -> None:
        self._set_hint(sentence)
        self.hinted.emit(sentence)

    def _set_hint(self, sentence: str) -> None:
        self._hint = sentence
        self._show_line()

    def _show_line(self) -> None:
        self.phase.setText(self._hint or self._phase)

    def _on_typed(self) -> None:
        self._set_hint("")
        self._show_state()

    def _on_focused(self, has_focus: bool) -> None:
        set_look(self._frame, "focused", has_focus)


class ComposerField(QPlainTextEdit):
    """Plain text that is as high as its lines.

    Signals:
        submitted: Enter was pressed.
        escaped: Esc was pressed.
        focused: Whether the keyboard is here.
    """

    submitted = Signal()
    escaped = Signal()
    focused = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_fitting = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter, stop on Esc; Shift+Enter begins a new line."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste text, as much of it as the field can hold without stalling."""
        self.insertPlainText(source.text()[:_LONGEST_PASTE])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Report the focus."""
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Report the lost focus."""
        super().focusOutEvent(event)
        self.focused.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        """Fit a new font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the lines that a new width makes."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return a size that never forces the window wider."""
        return QSize(80, self.height())

    def _fit(self) -> None:
        # Fitting resizes, and a scroll bar that comes or goes may move a word to the other side of the eighth line: a
        # text that needs the bar because of the bar keeps it, instead of asking again for ever.
        if self._is_fitting:
            return
        self._is_fitting = True
        try:
            self._fit_lines()
        finally:
            self._is_fitting = False

    def _fit_lines(self) -> None:
        # A QPlainTextEdit's document measures its height in lines.
        lines = max(1, min(MOST_LINES, math.ceil(self.document().size().height())))
        margins = 2 * self.document().documentMargin()
        self.setFixedHeight(math.ceil(lines * self.fontMetrics().lineSpacing() + margins) + 2)
        is_full = self.document().size().height() > MOST_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if is_full else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A thin ring that shows how much of the context is used."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from strongroom.gui.widgets import wording
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_NEARLY_FULL = 0.85
_SIZE = 28


class ContextRing(QAbstractButton):
    """A button in the form of a ring; its name says the numbers, a click asks for all of them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._used = 0
        self._length = 0
        self.setFixedSize(_SIZE, _SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)
        self.set_context(0, 0)

    def set_context(self, used: int, length: int) -> None:
        """Show ``used`` of ``length`` tokens; a length of 0 means that nothing is known yet."""
        self._used, self._length = used, length
        if length:
            sentence = translate("ContextRing", "Context used: {used} of {length} tokens").format(
                used=wording.number(used), length=wording.number(length)
            )
        else:
            sentence = translate("ContextRing", "Context used: nothing yet")
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.update()

    @property
    def share(self) -> float:
        """How much of the context is used, 0 to 1."""
        return min(1.0, self._used / self._length) if self._length else 0.0

    def sizeHint(self) -> QSize:
        """Return the fixed size."""
        return QSize(_SIZE, _SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the ring; near its end it changes color, and its name always has the numbers."""
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(7, 7, -7, -7)
        painter.setPen(QPen(QColor(tokens.line), 2.5))
        painter.drawEllipse(ring)
        color = tokens.warning if self.share >= _NEARLY_FULL else tokens.accent
        painter.setPen(QPen(QColor(color), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if self.share > 0:
            painter.drawArc(ring, 90 * 16, round(-360 * 16 * self.share))
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Two or more views of one page, one of them chosen: a row of buttons that arrow keys move along."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QWidget

_ROOM = 32
"""Padding and borders of the style sheet, and a little for a font that is heavier than asked for."""


class SegmentedControl(QFrame):
    """One button for each view. Tab reaches the chosen one, arrow keys choose a neighbor.

    Args:
        name: What is chosen between, for a screen reader.
        views: The views' names, in order; the first one is chosen.
        parent: The widget that it stands in.

    Signals:
        chosen: The number of the view that is chosen now.
    """

    chosen = Signal(int)

    def __init__(self, name: str, views: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("segmented")
        self.setAccessibleName(name)
        self.buttons: list[QPushButton] = []
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        for number, view in enumerate(views):
            button = _Segment(view, self)
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(view)
            button.toggled.connect(lambda is_on, number=number: self._on_toggled(number, is_on=is_on))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons.append(button)
        self.buttons[0].setChecked(True)

    @property
    def current(self) -> int:
        """The number of the chosen view."""
        return next(number for number, button in enumerate(self.buttons) if button.isChecked())

    def choose(self, number: int) -> None:
        """Choose a view."""
        self.buttons[number].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys choose a neighbor."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        number = min(max(self.current + step, 0), len(self.buttons) - 1)
        self.choose(number)
        self.buttons[number].setFocus()

    def _on_toggled(self, number: int, *, is_on: bool) -> None:
        # Tab goes to the chosen one only, as it does in every group of which one is chosen.
        self.buttons[number].setFocusPolicy(Qt.FocusPolicy.TabFocus if is_on else Qt.FocusPolicy.NoFocus)
        if is_on:
            self.chosen.emit(number)


class _Segment(QPushButton):
    """A button that is as wide as its words are when it is chosen, so that nothing moves or is cut off."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            # A button would move the focus by itself, among all buttons of its parent.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return QSize(max(hint.width(), QFontMetrics(font).horizontalAdvance(self.text()) + _ROOM), hint.height())

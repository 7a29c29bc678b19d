# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Two or more views of one page, one of them chosen: a row of buttons that arrow keys move along."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
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
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(view)
            button.toggled.connect(lambda is_on, number=number: self.chosen.emit(number) if is_on else None)
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


class _Segment(QPushButton):
    """A button that is as wide as its words are when it is chosen, so that nothing moves or is cut off."""

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return QSize(max(hint.width(), QFontMetrics(font).horizontalAdvance(self.text()) + _ROOM), hint.height())

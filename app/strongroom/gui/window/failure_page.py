# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the window shows when its workspace could not be opened: what happened, what to do, and the details."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.gui.widgets.banner import details_of
from strongroom.gui.widgets.controls import IconLabel, PlainLabel, link_button, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import explain, translate

_WIDTH = 560


class FailurePage(QWidget):
    """One error over the whole window.

    Signals:
        retry_wanted: Try to open again.
        quit_wanted: Leave.
    """

    retry_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.title = PlainLabel(role="title", wraps=True)
        self.message = PlainLabel(wraps=True)
        self.next_step = PlainLabel(role="muted", wraps=True)
        self.details = PlainLabel(role="small", wraps=True)
        selectable = Qt.TextInteractionFlag.TextSelectableByMouse
        for label in (self.message, self.next_step, self.details):
            label.setTextInteractionFlags(selectable)
        self.details.hide()
        fold = link_button(translate("FailurePage", "Details"))
        fold.setCheckable(True)
        fold.toggled.connect(self.details.setVisible)
        self.retry_button = push_button(translate("FailurePage", "Try again"), role="primary")
        self.retry_button.clicked.connect(self.retry_wanted)
        self.quit_button = push_button(translate("FailurePage", "Quit"))
        self.quit_button.clicked.connect(self.quit_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.retry_button)
        buttons.addWidget(self.quit_button)
        buttons.addWidget(fold)
        buttons.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(IconLabel(Glyph.DANGER, theme, color="danger"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        inner = QWidget(self)
        inner.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(inner)
        column.setSpacing(12)
        column.addStretch(2)
        column.addLayout(head)
        column.addWidget(self.message)
        column.addWidget(self.next_step)
        column.addLayout(buttons)
        column.addWidget(self.details)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addStretch(1)
        layout.addWidget(inner, 8)
        layout.addStretch(1)

    def show_error(self, error: UserFacingError) -> None:
        """Show one error."""
        text = explain(error)
        self.title.setText(text.title)
        self.message.setText(text.message)
        self.next_step.setText(text.next_step)
        self.details.setText(details_of(error))
        self.retry_button.setFocus()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A log as a view: a line above, the table or a sentence in its place, and below it the outcome of a verification."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from strongroom.gui.widgets.controls import PlainLabel, push_button
from strongroom.gui.widgets.table import FactTable
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.widgets.verification_line import VerificationLine


class LogView(QWidget):
    """Records, newest first.

    Args:
        model: The records.
        name: What they are, for a screen reader.
        more: The words of the button that shows older ones.
        theme: The theme.
        parent: The widget that it stands in.
        widest: The most pixels that a column but the last is given by itself; 0 for as many as it needs.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        more: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        widest: int = 0,
    ) -> None:
        super().__init__(parent)
        self.above = QHBoxLayout()
        """What stands above the records; for the view to fill."""
        self.above.setContentsMargins(16, 10, 16, 6)
        self.above.setSpacing(8)
        self.table = FactTable(model, name, self, widest=widest)
        self.empty = PlainLabel(role="muted", wraps=True, parent=self)
        self.empty.setContentsMargins(16, 16, 16, 16)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.hide()
        self.verification = VerificationLine(theme, self)
        self.more_button = push_button(more, parent=self)
        self.more_button.hide()
        below = QHBoxLayout()
        below.setContentsMargins(16, 8, 16, 10)
        below.setSpacing(8)
        below.addWidget(self.verification, 1)
        below.addWidget(self.more_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.above)
        layout.addWidget(self.empty)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)
        layout.addLayout(below)

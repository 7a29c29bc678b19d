# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How far the search of a folder is, with a way to stop it; it takes no room when nothing is searched."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from strongroom.gui import wording
from strongroom.gui.controls import ElidedLabel, push_button
from strongroom.gui.import_desk import ImportDesk

_BAR_WIDTH = 120


class ImportStrip(QFrame):
    """One line under the page's header."""

    def __init__(self, desk: ImportDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._desk = desk
        self.line = ElidedLabel(role="muted")
        bar = QProgressBar(self)
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(_BAR_WIDTH)
        bar.setAccessibleName(self.tr("Progress"))
        self.cancel_button = push_button(self.tr("Cancel"), parent=self)
        self.cancel_button.setAccessibleName(self.tr("Cancel the import"))
        self.cancel_button.clicked.connect(desk.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self.line, 1)
        row.addWidget(bar)
        row.addWidget(self.cancel_button)
        desk.busy_changed.connect(self._draw)
        desk.progressed.connect(self._on_progressed)
        self.hide()

    def _draw(self) -> None:
        self.setVisible(self._desk.is_busy)
        self._on_progressed(0)

    def _on_progressed(self, looked_at: int) -> None:
        if self._desk.folder is None:
            self.line.setText(self.tr("Importing"))
            return
        words = self.tr("Looking for models in {folder}").format(folder=self._desk.folder)
        if looked_at:
            words += " · " + self.tr("{count} files looked at").format(count=wording.number(looked_at))
        self.line.setText(words)

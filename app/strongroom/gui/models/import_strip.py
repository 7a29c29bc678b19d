# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How far the search of a folder is, with a way to stop it; it takes no room when nothing is searched."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QWidget

from strongroom.gui.models.import_desk import ImportDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import ElidedLabel, push_button
from strongroom.words import translate

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
        bar.setAccessibleName(translate("ImportStrip", "Progress"))
        self.cancel_button = push_button(translate("ImportStrip", "Cancel"), parent=self)
        self.cancel_button.setAccessibleName(translate("ImportStrip", "Cancel the import"))
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
            self.line.setText(translate("ImportStrip", "Importing"))
            return
        words = translate("ImportStrip", "Looking for models in {folder}").format(folder=self._desk.folder)
        if looked_at:
            words += " · " + translate("ImportStrip", "{count} files looked at").format(count=wording.number(looked_at))
        self.line.setText(words)

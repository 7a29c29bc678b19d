# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The overview of all keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from strongroom.gui.widgets.controls import PlainLabel
from strongroom.gui.widgets.feature import Shortcut
from strongroom.words import translate

_WIDTH, _HEIGHT = 520, 560


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """Keys that belong together."""

    title: str
    shortcuts: tuple[Shortcut, ...]


class ShortcutOverview(QDialog):
    """Every key that the window and its features declare, in groups."""

    def __init__(self, groups: Sequence[ShortcutGroup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = translate("ShortcutOverview", "All keys")
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self.resize(_WIDTH, _HEIGHT)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        for group in groups:
            self._add_group(group)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The arrow keys scroll it.
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(title)
        area.setWidget(inner)
        buttons = QDialogButtonBox(self)
        close = buttons.addButton(translate("ShortcutOverview", "Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAccessibleName(close.text())
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(title, role="title"))
        layout.addWidget(area, 1)
        layout.addWidget(buttons)

    def _add_group(self, group: ShortcutGroup) -> None:
        row = self._grid.rowCount()
        heading = PlainLabel(group.title, role="strong")
        heading.setContentsMargins(0, 8, 0, 0)
        self._grid.addWidget(heading, row, 0, 1, 2)
        for offset, shortcut in enumerate(group.shortcuts, start=1):
            keys = QKeySequence(shortcut.keys).toString(QKeySequence.SequenceFormat.NativeText)
            self._grid.addWidget(PlainLabel(keys, role="muted"), row + offset, 0)
            self._grid.addWidget(PlainLabel(shortcut.text, wraps=True), row + offset, 1)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A table of facts: rows of 32 px, one row chosen at a time, Enter for details."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

ROW_HEIGHT = 32
_ROOM = 12
_COLUMN_ROOM = 18


class FactTable(QTableView):
    """Shows a model that cannot be edited.

    Args:
        model: The rows.
        name: What they are, for a screen reader.
        parent: The widget that it stands in.
        widest: The most pixels that a column but the last is given by itself; 0 for as many as it needs.

    Signals:
        row_chosen: The row that is current now.
        row_activated: Details about a row are wanted.
        deletion_asked: Del was pressed on a row.
    """

    row_chosen = Signal(int)
    row_activated = Signal(int)
    deletion_asked = Signal(int)

    def __init__(self, model: QAbstractItemModel, name: str, parent: QWidget | None = None, *, widest: int = 0) -> None:
        super().__init__(parent)
        self._widest = widest
        self.setModel(model)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        height = max(ROW_HEIGHT, QFontMetrics(self.font()).height() + _ROOM)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setMinimumSectionSize(height)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.clicked.connect(lambda index: self.row_activated.emit(index.row()))
        model.modelReset.connect(self._fit_columns)

    def current_row(self) -> int:
        """Return the chosen row; -1 when there is none."""
        return self.currentIndex().row()

    def choose(self, row: int) -> None:
        """Choose a row."""
        self.setCurrentIndex(self.model().index(row, 0))

    def refit(self) -> None:
        """Give each column the width of what it holds; happens by itself when the rows are new."""
        self._fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for details, Del for a deletion."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_activated.emit(self.current_row())
        elif event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.deletion_asked.emit(self.current_row())
        else:
            super().keyPressEvent(event)

    def _fit_columns(self) -> None:
        self.resizeColumnsToContents()
        for column in range(self.model().columnCount() - 1):
            # The style sheet's padding is not counted.
            width = self.columnWidth(column) + _COLUMN_ROOM
            self.setColumnWidth(column, min(width, self._widest) if self._widest else width)

    def _on_current_row_changed(self, index: QModelIndex) -> None:
        self.row_chosen.emit(index.row())

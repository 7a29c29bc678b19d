# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A table of facts: rows of 32 px, one row chosen at a time, Enter for details; and the model of its rows."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R")

NOTHING = "–"
"""What a cell shows where there is nothing to show."""
ROW_HEIGHT = 32
_ROOM = 12
_COLUMN_ROOM = 18


class RowsModel(QAbstractTableModel, Generic[R]):
    """Values as rows, each column with a name and a text.

    Args:
        columns: For each column, left to right, its name and what gives the text of a row; an empty text is shown as
            :data:`NOTHING`.
        parent: The widget that shows it.
    """

    def __init__(self, columns: Mapping[IntEnum, tuple[str, Callable[[R], str]]], parent: QWidget | None) -> None:
        super().__init__(parent)
        self._columns = dict(sorted(columns.items()))
        self._names = [name for name, _ in self._columns.values()]
        self._texts = [text for _, text in self._columns.values()]
        self._rows: list[R] = []

    @property
    def rows(self) -> Sequence[R]:
        """What is shown, from top to bottom."""
        return self._rows

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._names[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, or how it looks."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.column()](row) or NOTHING
        return self.look(row, index.column(), role)

    def look(self, row: R, column: int, role: int) -> object:  # noqa: ARG002 - a model whose cells have icons uses it
        """Return what else a cell has, as an icon or a color; nothing here."""
        return None

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def append_rows(self, rows: Sequence[R]) -> None:
        """Show more rows below."""
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def row(self, number: int) -> R | None:
        """Return a row; None when there is no such row."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def redraw(self, first: int = 0, last: int = -1) -> None:
        """Have rows drawn anew, whose texts or looks have changed: all of them, or those from ``first`` to ``last``."""
        if self._rows:
            bottom = last if last >= 0 else len(self._rows) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(bottom, len(self._columns) - 1))


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

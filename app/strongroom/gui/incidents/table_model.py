# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Incidents as rows of a table."""

from collections.abc import Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from strongroom.core.incident import IncidentEntry
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.widgets import wording
from strongroom.words import translate

Index = QModelIndex | QPersistentModelIndex

_NOTHING = "–"


class Column(IntEnum):
    """The columns, left to right."""

    TIME = 0
    EVENT = 1
    CATEGORY = 2
    RULE = 3
    ACTION = 4
    DIRECTION = 5
    MODEL = 6


class IncidentModel(QAbstractTableModel):
    """Records, newest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: list[IncidentEntry] = []
        self._model_names: dict[str, str] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of records."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002 - Qt's signature
        """Return the number of columns."""
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            Column.TIME: translate("IncidentModel", "Time"),
            Column.EVENT: translate("IncidentModel", "Event"),
            Column.CATEGORY: translate("IncidentModel", "Category"),
            Column.RULE: translate("IncidentModel", "Rule"),
            Column.ACTION: translate("IncidentModel", "Action"),
            Column.DIRECTION: translate("IncidentModel", "Direction"),
            Column.MODEL: translate("IncidentModel", "Model"),
        }
        return names[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._text(self._entries[index.row()], Column(index.column())) or _NOTHING

    def set_entries(self, entries: Sequence[IncidentEntry]) -> None:
        """Show these records."""
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def add_entries(self, entries: Sequence[IncidentEntry]) -> None:
        """Show older records below."""
        if entries:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._entries.extend(entries)
            self.endInsertRows()

    def set_model_names(self, names: Mapping[str, str]) -> None:
        """Name the models that have these digests."""
        self._model_names = dict(names)
        if self._entries:
            column = Column.MODEL.value
            self.dataChanged.emit(self.index(0, column), self.index(len(self._entries) - 1, column))

    def entry(self, row: int) -> IncidentEntry | None:
        """Return the record in ``row``."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    @property
    def oldest(self) -> int:
        """The number of the oldest record shown; 0 when there is none."""
        return self._entries[-1].sequence if self._entries else 0

    def _text(self, entry: IncidentEntry, column: Column) -> str:
        record = entry.record
        texts = {
            Column.TIME: wording.exact_moment(entry.recorded_at),
            Column.EVENT: finding_wording.event(record.event),
            Column.CATEGORY: finding_wording.category(record.category),
            Column.RULE: record.rule_id,
            Column.ACTION: finding_wording.action(record.action),
            Column.DIRECTION: finding_wording.direction(record.direction),
            Column.MODEL: self._model_names.get(record.model_digest) or wording.short_digest(record.model_digest),
        }
        return texts[column]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Requests as rows of a table."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from strongroom.core.egress import EgressEntry
from strongroom.gui.security import words as security_wording
from strongroom.gui.widgets import wording
from strongroom.words import translate

Index = QModelIndex | QPersistentModelIndex


class EgressColumn(IntEnum):
    """The columns, left to right; the path is last, for it may be long."""

    TIME = 0
    WHY = 1
    HOST = 2
    STATUS = 3
    RECEIVED = 4
    PATH = 5


class EgressModel(QAbstractTableModel):
    """Requests, newest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: list[EgressEntry] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of requests."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002 - Qt's signature
        """Return the number of columns."""
        return len(EgressColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            EgressColumn.TIME: translate("EgressModel", "Time"),
            EgressColumn.WHY: translate("EgressModel", "Why"),
            EgressColumn.HOST: translate("EgressModel", "Host"),
            EgressColumn.STATUS: translate("EgressModel", "Status"),
            EgressColumn.RECEIVED: translate("EgressModel", "Received"),
            EgressColumn.PATH: translate("EgressModel", "Path"),
        }
        return names[EgressColumn(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        entry = self._entries[index.row()]
        texts = {
            EgressColumn.TIME: wording.exact_moment(entry.began_at),
            EgressColumn.WHY: security_wording.purpose(entry.why),
            EgressColumn.HOST: wording.one_line(entry.host),
            EgressColumn.STATUS: security_wording.status(entry),
            EgressColumn.RECEIVED: security_wording.received(entry),
            EgressColumn.PATH: wording.one_line(entry.path),
        }
        return texts[EgressColumn(index.column())]

    def show_newest(self, entries: Sequence[EgressEntry]) -> None:
        """Show the newest requests; the older ones that follow them without a gap stay."""
        known = {entry.sequence: row for row, entry in enumerate(self._entries)}
        added = next((place for place, entry in enumerate(entries) if entry.sequence in known), None)
        if added is None or known[entries[added].sequence] != 0 or len(entries) > added + len(self._entries):
            self.beginResetModel()
            self._entries = list(entries)
            self.endResetModel()
            return
        if added:
            self.beginInsertRows(QModelIndex(), 0, added - 1)
            self._entries[:0] = entries[:added]
            self.endInsertRows()
        if self._entries[: len(entries)] != list(entries):
            # Those that were under way have ended.
            self._entries[: len(entries)] = entries
            self.dataChanged.emit(self.index(0, 0), self.index(len(entries) - 1, len(EgressColumn) - 1))

    def add_older(self, entries: Sequence[EgressEntry]) -> None:
        """Show older requests below."""
        if entries:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._entries.extend(entries)
            self.endInsertRows()

    def entry(self, row: int) -> EgressEntry | None:
        """Return the request in ``row``."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row_of(self, sequence: int) -> int:
        """Return the row of a request; -1 when it is not shown."""
        return next((row for row, entry in enumerate(self._entries) if entry.sequence == sequence), -1)

    @property
    def oldest(self) -> int:
        """The number of the oldest request shown; 0 when there is none."""
        return self._entries[-1].sequence if self._entries else 0

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reports of false alarms as rows of a table."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from strongroom.core.false_alarm import FalseAlarm
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.widgets import wording
from strongroom.words import translate

Index = QModelIndex | QPersistentModelIndex

_NOTHING = "–"
_LONGEST_CELL = 48


class AlarmColumn(IntEnum):
    """The columns, left to right."""

    TIME = 0
    CATEGORY = 1
    RULE = 2
    CONFIDENCE = 3
    PASSAGE = 4
    COMMENT = 5


class FalseAlarmModel(QAbstractTableModel):
    """Reports, newest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._alarms: list[FalseAlarm] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of reports."""
        return 0 if parent is not None and parent.isValid() else len(self._alarms)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002 - Qt's signature
        """Return the number of columns."""
        return len(AlarmColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            AlarmColumn.TIME: translate("FalseAlarmModel", "Time"),
            AlarmColumn.CATEGORY: translate("FalseAlarmModel", "Category"),
            AlarmColumn.RULE: translate("FalseAlarmModel", "Rule"),
            AlarmColumn.CONFIDENCE: translate("FalseAlarmModel", "Confidence"),
            AlarmColumn.PASSAGE: translate("FalseAlarmModel", "What stood there"),
            AlarmColumn.COMMENT: translate("FalseAlarmModel", "Comment"),
        }
        return names[AlarmColumn(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        alarm = self._alarms[index.row()]
        texts = {
            AlarmColumn.TIME: wording.exact_moment(alarm.reported_at),
            AlarmColumn.CATEGORY: finding_wording.category(alarm.category),
            AlarmColumn.RULE: alarm.rule_id,
            AlarmColumn.CONFIDENCE: finding_wording.confidence(alarm.confidence),
            AlarmColumn.PASSAGE: _cell(alarm.passage),
            AlarmColumn.COMMENT: _cell(alarm.comment),
        }
        return texts[AlarmColumn(index.column())] or _NOTHING

    def set_alarms(self, alarms: Sequence[FalseAlarm]) -> None:
        """Show these reports."""
        self.beginResetModel()
        self._alarms = list(alarms)
        self.endResetModel()

    def alarm(self, row: int) -> FalseAlarm | None:
        """Return the report in ``row``."""
        return self._alarms[row] if 0 <= row < len(self._alarms) else None


def _cell(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_CELL else f"{line[:_LONGEST_CELL]}…"

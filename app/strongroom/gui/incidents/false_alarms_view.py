# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The reports of false alarms: a table, and what can be done with one of them."""

from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from strongroom.core.false_alarm import FalseAlarm
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.findings.cards import alarm_card
from strongroom.gui.incidents.false_alarm_desk import FalseAlarmDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel, push_button
from strongroom.gui.widgets.table import FactTable, RowsModel
from strongroom.words import translate

_LONGEST_CELL = 48
_ROOM_FOR_HINT = 520


class AlarmColumn(IntEnum):
    """The columns, left to right."""

    TIME = 0
    CATEGORY = 1
    RULE = 2
    CONFIDENCE = 3
    PASSAGE = 4
    COMMENT = 5


class FalseAlarmModel(RowsModel[FalseAlarm]):
    """Reports, newest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            {
                AlarmColumn.TIME: (
                    translate("FalseAlarmModel", "Time"),
                    lambda alarm: wording.exact_moment(alarm.reported_at),
                ),
                AlarmColumn.CATEGORY: (
                    translate("FalseAlarmModel", "Category"),
                    lambda alarm: finding_wording.category(alarm.category),
                ),
                AlarmColumn.RULE: (translate("FalseAlarmModel", "Rule"), lambda alarm: alarm.rule_id),
                AlarmColumn.CONFIDENCE: (
                    translate("FalseAlarmModel", "Confidence"),
                    lambda alarm: finding_wording.confidence(alarm.confidence),
                ),
                AlarmColumn.PASSAGE: (
                    translate("FalseAlarmModel", "What stood there"),
                    lambda alarm: _cell(alarm.passage),
                ),
                AlarmColumn.COMMENT: (translate("FalseAlarmModel", "Comment"), lambda alarm: _cell(alarm.comment)),
            },
            parent,
        )


class FalseAlarmsView(QWidget):
    """A table, and below it what can be done with the chosen report.

    Signals:
        card_wanted: The :class:`~strongroom.gui.widgets.card.Card` of a report.
        removal_wanted: The :class:`~strongroom.core.false_alarm.FalseAlarm` that is to be removed.
        copied: What was copied, in a word for the user.
    """

    card_wanted = Signal(object)
    removal_wanted = Signal(object)
    copied = Signal(str)

    def __init__(self, desk: FalseAlarmDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = FalseAlarmModel(self)
        self.table = FactTable(self.model, translate("FalseAlarmsView", "Reports of false alarms"), self)
        self.table.row_activated.connect(self._on_row_activated)
        self.table.row_chosen.connect(lambda _: self._show_state())
        self.table.deletion_asked.connect(lambda _: self._on_remove())
        self.empty = PlainLabel(
            translate(
                "FalseAlarmsView",
                "No reports. Where the policy was wrong, choose the marked passage and press “This is wrong…”.",
            ),
            role="muted",
            wraps=True,
        )
        self.empty.setContentsMargins(16, 16, 16, 16)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint = PlainLabel(
            translate(
                "FalseAlarmsView",
                "An entry goes at the end of the policy; from then on its rules leave the passage alone.",
            ),
            role="small",
            wraps=True,
        )
        self.copy_button = push_button(translate("FalseAlarmsView", "Copy as allow-list entry"))
        self.copy_button.clicked.connect(self._on_copy)
        self.remove_button = push_button(translate("FalseAlarmsView", "Delete"))
        self.remove_button.clicked.connect(self._on_remove)
        below = QHBoxLayout()
        below.setContentsMargins(16, 8, 16, 10)
        below.setSpacing(8)
        below.addWidget(self.hint, 1)
        below.addStretch(0)
        below.addWidget(self.remove_button)
        below.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.empty)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)
        layout.addLayout(below)
        desk.listed.connect(self._on_listed)
        self._on_listed([])

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins in this view."""
        return self.table

    def refresh(self) -> None:
        """Read the reports anew."""
        self._desk.read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the hint out where the buttons need the room."""
        super().resizeEvent(event)
        self._show_state()

    def _on_listed(self, alarms: list[FalseAlarm]) -> None:
        row = self.table.current_row()
        self.model.set_rows(alarms)
        if alarms:
            self.table.choose(min(max(row, 0), len(alarms) - 1))
        self.table.setVisible(bool(alarms))
        self.empty.setVisible(not alarms)
        self._show_state()

    def _show_state(self) -> None:
        has_rows = self.model.rowCount() > 0
        for button in (self.copy_button, self.remove_button):
            button.setVisible(has_rows)
            button.setEnabled(self._chosen() is not None)
        self.hint.setVisible(has_rows and self.width() >= _ROOM_FOR_HINT)

    def _chosen(self) -> FalseAlarm | None:
        return self.model.row(self.table.current_row())

    def _on_row_activated(self, row: int) -> None:
        if alarm := self.model.row(row):
            self.card_wanted.emit(alarm_card(alarm))

    def _on_copy(self) -> None:
        if alarm := self._chosen():
            # Not filtered: the passage is the user's own report, and an entry without it would allow nothing.
            QGuiApplication.clipboard().setText(self._desk.entries(alarm))
            self.copied.emit(translate("FalseAlarmsView", "Entry copied"))

    def _on_remove(self) -> None:
        if alarm := self._chosen():
            self.removal_wanted.emit(alarm)


def _cell(text: str) -> str:
    line = wording.one_line(text)
    return line if len(line) <= _LONGEST_CELL else f"{line[:_LONGEST_CELL]}…"

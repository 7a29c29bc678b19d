# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Connects the places where a user can call a finding wrong with the dialog, and the list of reports with its desk."""

from PySide6.QtCore import QObject, Signal

from strongroom.core.false_alarm import FalseAlarm
from strongroom.gui.chat.page import ChatPage
from strongroom.gui.incidents.false_alarm_desk import FalseAlarmDesk
from strongroom.gui.incidents.page import IncidentsPage
from strongroom.gui.models.questions import Asker
from strongroom.gui.widgets.card import MarkedPassage
from strongroom.gui.window.inspector import Inspector
from strongroom.words import translate


class FalseAlarmWiring(QObject):
    """Reports of false alarms.

    Signals:
        told: A sentence about what happened.
    """

    told = Signal(str)

    def __init__(
        self,
        desk: FalseAlarmDesk,
        inspector: Inspector,
        chat_page: ChatPage,
        incidents_page: IncidentsPage,
        asker: Asker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asker = asker
        inspector.report_wanted.connect(self._on_report_wanted)
        chat_page.transcript.report_wanted.connect(self._on_report_wanted)
        incidents_page.alarms.removal_wanted.connect(self._on_removal_wanted)
        incidents_page.alarms.copied.connect(chat_page.announcer.announce)
        desk.reported.connect(self._on_reported)

    def _on_report_wanted(self, marked: MarkedPassage) -> None:
        self._asker.ask_false_alarm(marked, lambda passage, comment: self._desk.report(marked, passage, comment))

    def _on_reported(self) -> None:
        self.told.emit(
            translate("FalseAlarmWiring", "The report is kept on this machine, under Incidents, False alarms.")
        )

    def _on_removal_wanted(self, alarm: FalseAlarm) -> None:
        self._asker.ask_report_removal(alarm, lambda: self._desk.remove(alarm.alarm_id))

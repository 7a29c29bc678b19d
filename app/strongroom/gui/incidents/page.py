# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The page of incidents: the log, verified and exported, and beside it the reports of false alarms."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from strongroom.gui.incidents.desk import IncidentDesk
from strongroom.gui.incidents.false_alarm_desk import FalseAlarmDesk
from strongroom.gui.incidents.false_alarms_view import FalseAlarmsView
from strongroom.gui.incidents.log_view import IncidentLogView
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets.controls import push_button
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.segmented import SegmentedControl
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_LOG, _ALARMS = 0, 1


class IncidentsPage(PageView):
    """Two views, one at a time: the log, with filters above and the outcome of a verification below; and the reports.

    Signals:
        card_wanted: The :class:`~strongroom.gui.widgets.card.Card` of a record.
        export_wanted: The records shown are to be written to a file.
    """

    card_wanted = Signal(object)
    export_wanted = Signal()

    def __init__(
        self,
        desk: IncidentDesk,
        false_alarms: FalseAlarmDesk,
        models: ModelDesk,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(PageHeader(theme, translate("IncidentsPage", "Incidents")), parent)
        self._theme = theme
        self._is_narrow = False
        theme.changed.connect(self._draw_buttons)
        self.verify_button = push_button(translate("IncidentsPage", "Verify log"), role="primary")
        self.verify_button.clicked.connect(desk.verify)
        self.export_button = push_button(translate("IncidentsPage", "Export…"))
        self.export_button.clicked.connect(self.export_wanted)
        self.switch = SegmentedControl(
            translate("IncidentsPage", "Log or reports"),
            [translate("IncidentsPage", "Log"), translate("IncidentsPage", "False alarms")],
            self.header,
        )
        self.header.let_title_give_way()
        self.header.narrowed.connect(self._on_narrowed)
        self.header.add(self.switch)
        self.header.add_stretch()
        self.header.add(self.export_button)
        self.header.add(self.verify_button)
        self.log = IncidentLogView(desk, models, theme, self)
        self.log.card_wanted.connect(self.card_wanted)
        self.log.emptied.connect(lambda is_empty: self.export_button.setEnabled(not is_empty))
        self.alarms = FalseAlarmsView(false_alarms, self)
        self.alarms.card_wanted.connect(self.card_wanted)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.log)
        self._stack.addWidget(self.alarms)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._stack, 1)
        self.switch.chosen.connect(self._on_view_chosen)
        desk.busy_changed.connect(self._on_busy_changed)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return self.alarms.focus_target() if self.switch.current == _ALARMS else self.log.focus_target()

    def refresh(self) -> None:
        """Read the log and the reports anew; called whenever the page is opened."""
        self.log.refresh()
        self.alarms.refresh()

    def _on_narrowed(self, is_narrow: bool) -> None:
        self._is_narrow = is_narrow
        self._draw_buttons()

    def _draw_buttons(self) -> None:
        """Give the views' names their room in a narrow window; to a screen reader the buttons say the same."""
        self.verify_button.setText(
            translate("IncidentsPage", "Verify") if self._is_narrow else translate("IncidentsPage", "Verify log")
        )
        self.export_button.setText("" if self._is_narrow else translate("IncidentsPage", "Export…"))
        self.export_button.setIcon(icon(Glyph.EXPORT, self._theme.tokens) if self._is_narrow else QIcon())
        self.export_button.setToolTip(translate("IncidentsPage", "Export…") if self._is_narrow else "")

    def _on_view_chosen(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        for button in (self.export_button, self.verify_button):
            button.setVisible(number == _LOG)

    def _on_busy_changed(self, is_busy: bool) -> None:
        self.verify_button.setEnabled(not is_busy)
        self.export_button.setEnabled(not is_busy)

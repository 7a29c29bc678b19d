# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The incident log as a page: filtered by category and date, verified, exported; beside it the false alarms."""

from datetime import UTC, datetime
from enum import Enum, auto

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from strongroom.core.clock import format_utc
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.findings.cards import incident_card
from strongroom.gui.incidents.desk import IncidentDesk, IncidentListing, IncidentQuery
from strongroom.gui.incidents.false_alarm_desk import FalseAlarmDesk
from strongroom.gui.incidents.false_alarms_view import FalseAlarmsView
from strongroom.gui.incidents.table_model import IncidentModel
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel, push_button
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.segmented import SegmentedControl
from strongroom.gui.widgets.table import FactTable
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.widgets.verification_line import VerificationLine
from strongroom.words import translate

_LOG, _ALARMS = 0, 1


class Period(Enum):
    """Which days are shown."""

    ALL = auto()
    TODAY = auto()
    WEEK = auto()
    MONTH = auto()
    BETWEEN = auto()


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
        self._desk = desk
        self._models = models
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
        self._make_filters()
        self.model = IncidentModel(self)
        self.table = FactTable(self.model, translate("IncidentsPage", "Incidents"), self)
        self.table.row_activated.connect(self._on_row_activated)
        self.empty = PlainLabel(role="muted", wraps=True)
        self.empty.setContentsMargins(16, 16, 16, 16)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.more_button = push_button(translate("IncidentsPage", "Show older records"))
        self.more_button.clicked.connect(lambda: desk.read_more(self.model.oldest))
        self.more_button.hide()
        self.count = PlainLabel(role="small")
        self.alarms = FalseAlarmsView(false_alarms, self)
        self.alarms.card_wanted.connect(self.card_wanted)
        self.verification = VerificationLine(theme, self)
        self._lay_out()
        desk.listed.connect(self._on_listed)
        desk.verified.connect(self.verification.show_verification)
        desk.busy_changed.connect(self._on_busy_changed)
        models.listed.connect(self._on_models_listed)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        if self.switch.current == _ALARMS:
            return self.alarms.focus_target()
        return self.table if self.model.rowCount() else self.category

    def refresh(self) -> None:
        """Read the log and the reports anew; called whenever the page is opened."""
        self._desk.read(self.query())
        self.alarms.refresh()

    def query(self) -> IncidentQuery:
        """Return what the filters ask for. Days are local days; the log's times are UTC."""
        period = Period(self.period.currentData())
        today = QDate.currentDate()
        first = {
            Period.ALL: None,
            Period.TODAY: today,
            Period.WEEK: today.addDays(-6),
            Period.MONTH: today.addDays(-29),
            Period.BETWEEN: self.first_day.date(),
        }[period]
        last = self.last_day.date() if period is Period.BETWEEN else None
        category = self.category.currentData()
        return IncidentQuery(
            category or None, _start_of(first) if first else None, _start_of(last.addDays(1)) if last else None
        )

    def _make_filters(self) -> None:
        self.category = QComboBox(self)
        self.category.setAccessibleName(translate("IncidentsPage", "Category"))
        self.category.addItem(translate("IncidentsPage", "All categories"), "")
        self.period = QComboBox(self)
        self.period.setAccessibleName(translate("IncidentsPage", "Dates"))
        for name, period in (
            (translate("IncidentsPage", "Any date"), Period.ALL),
            (translate("IncidentsPage", "Today"), Period.TODAY),
            (translate("IncidentsPage", "Last 7 days"), Period.WEEK),
            (translate("IncidentsPage", "Last 30 days"), Period.MONTH),
            (translate("IncidentsPage", "Between two dates"), Period.BETWEEN),
        ):
            self.period.addItem(name, period)
        today = QDate.currentDate()
        self.first_day, self.last_day = QDateEdit(today.addDays(-6), self), QDateEdit(today, self)
        self.first_day.setAccessibleName(translate("IncidentsPage", "First day"))
        self.last_day.setAccessibleName(translate("IncidentsPage", "Last day"))
        for field in (self.first_day, self.last_day):
            field.setCalendarPopup(True)
            field.setDisplayFormat("yyyy-MM-dd")
            field.hide()
            field.dateChanged.connect(self.refresh)
        self.category.currentIndexChanged.connect(self.refresh)
        self.period.currentIndexChanged.connect(self._on_period_changed)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setContentsMargins(16, 10, 16, 6)
        filters.setSpacing(8)
        for field in (self.category, self.period, self.first_day, self.last_day):
            filters.addWidget(field)
        filters.addStretch(1)
        filters.addWidget(self.count)
        below = QHBoxLayout()
        below.setContentsMargins(16, 8, 16, 10)
        below.setSpacing(8)
        below.addWidget(self.verification, 1)
        below.addWidget(self.more_button)
        log = QWidget(self)
        column = QVBoxLayout(log)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(filters)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        column.addLayout(below)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(log)
        self._stack.addWidget(self.alarms)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._stack, 1)
        self.switch.chosen.connect(self._on_view_chosen)

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

    def _on_period_changed(self) -> None:
        is_between = self.period.currentData() is Period.BETWEEN
        self.first_day.setVisible(is_between)
        self.last_day.setVisible(is_between)
        self.refresh()

    def _on_listed(self, listing: IncidentListing) -> None:
        if listing.is_continued:
            self.model.append_rows(listing.entries)
        else:
            self.model.set_rows(listing.entries)
        self._offer_categories(listing.categories)
        self.more_button.setVisible(listing.has_more)
        shown = self.model.rowCount()
        self.count.setText(
            translate("IncidentsPage", "{shown} of {total} records").format(
                shown=wording.number(shown), total=wording.number(listing.total)
            )
        )
        self.table.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        self.export_button.setEnabled(shown > 0)
        if listing.total:
            self.empty.setText(translate("IncidentsPage", "No record is of this category and from these days."))
        else:
            self.empty.setText(
                translate(
                    "IncidentsPage", "No incidents. What the policy masks, blocks or points out is recorded here."
                )
            )

    def _offer_categories(self, categories: tuple[str, ...]) -> None:
        chosen = self.category.currentData()
        if [self.category.itemData(number) for number in range(1, self.category.count())] == list(categories):
            return
        self.category.blockSignals(True)
        while self.category.count() > 1:
            self.category.removeItem(1)
        for name in categories:
            self.category.addItem(finding_wording.category(name), name)
        self.category.setCurrentIndex(max(0, self.category.findData(chosen)))
        self.category.blockSignals(False)

    def _on_busy_changed(self, is_busy: bool) -> None:
        self.verify_button.setEnabled(not is_busy)
        self.export_button.setEnabled(not is_busy)
        self.verification.show_busy(is_busy=is_busy)

    def _on_models_listed(self) -> None:
        names = {entry.expected_digest: entry.name for entry in self._models.entries if entry.expected_digest}
        self.model.set_model_names(names)

    def _on_row_activated(self, row: int) -> None:
        if entry := self.model.row(row):
            self.card_wanted.emit(incident_card(entry))


def _start_of(day: QDate) -> str:
    """Return the UTC time at which a local day begins."""
    start = QDateTime(day, QTime(0, 0))
    return format_utc(datetime.fromtimestamp(start.toSecsSinceEpoch(), UTC))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The incident log: filtered by category and date above, the outcome of a verification below."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum, IntEnum, auto

from PySide6.QtCore import QDate, QDateTime, QTime, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QWidget

from strongroom.core.clock import format_utc
from strongroom.core.incident import IncidentEntry
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.findings.cards import incident_card
from strongroom.gui.incidents.desk import IncidentDesk, IncidentListing, IncidentQuery
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel
from strongroom.gui.widgets.log_view import LogView
from strongroom.gui.widgets.table import RowsModel
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate


class Column(IntEnum):
    """The columns, left to right."""

    TIME = 0
    EVENT = 1
    CATEGORY = 2
    RULE = 3
    ACTION = 4
    DIRECTION = 5
    MODEL = 6


class IncidentModel(RowsModel[IncidentEntry]):
    """Records, newest first."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(
            {
                Column.TIME: (translate("IncidentModel", "Time"), lambda one: wording.exact_moment(one.recorded_at)),
                Column.EVENT: (
                    translate("IncidentModel", "Event"),
                    lambda one: finding_wording.event(one.record.event),
                ),
                Column.CATEGORY: (
                    translate("IncidentModel", "Category"),
                    lambda one: finding_wording.category(one.record.category),
                ),
                Column.RULE: (translate("IncidentModel", "Rule"), lambda one: one.record.rule_id),
                Column.ACTION: (
                    translate("IncidentModel", "Action"),
                    lambda one: finding_wording.action(one.record.action),
                ),
                Column.DIRECTION: (
                    translate("IncidentModel", "Direction"),
                    lambda one: finding_wording.direction(one.record.direction),
                ),
                Column.MODEL: (translate("IncidentModel", "Model"), self._model_name),
            },
            parent,
        )
        self._model_names: dict[str, str] = {}

    @property
    def oldest(self) -> int:
        """The number of the oldest record shown; 0 when there is none."""
        return self.rows[-1].sequence if self.rows else 0

    def set_model_names(self, names: Mapping[str, str]) -> None:
        """Name the models that have these digests."""
        self._model_names = dict(names)
        self.redraw()

    def _model_name(self, entry: IncidentEntry) -> str:
        digest = entry.record.model_digest
        return self._model_names.get(digest) or wording.short_digest(digest)


class Period(Enum):
    """Which days are shown."""

    ALL = auto()
    TODAY = auto()
    WEEK = auto()
    MONTH = auto()
    BETWEEN = auto()


class IncidentLogView(LogView):
    """The records that the filters ask for.

    Signals:
        card_wanted: The :class:`~strongroom.gui.widgets.card.Card` of a record.
        emptied: Whether there is nothing to export.
    """

    card_wanted = Signal(object)
    emptied = Signal(bool)

    def __init__(self, desk: IncidentDesk, models: ModelDesk, theme: Theme, parent: QWidget | None = None) -> None:
        model = IncidentModel(None)
        super().__init__(
            model,
            translate("IncidentsPage", "Incidents"),
            translate("IncidentsPage", "Show older records"),
            theme,
            parent,
        )
        model.setParent(self)
        self.model = model
        self._desk = desk
        self._models = models
        self.table.row_activated.connect(self._on_row_activated)
        self.more_button.clicked.connect(lambda: desk.read_more(self.model.oldest))
        self.count = PlainLabel(role="small")
        self._make_filters()
        for former, following in (
            (self.category, self.period),
            (self.period, self.first_day),
            (self.first_day, self.last_day),
            (self.last_day, self.table),
        ):
            self.setTabOrder(former, following)
        desk.listed.connect(self._on_listed)
        desk.verified.connect(self.verification.show_verification)
        desk.busy_changed.connect(lambda is_busy: self.verification.show_busy(is_busy=is_busy))
        models.listed.connect(self._on_models_listed)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins in this view."""
        return self.table if self.model.rowCount() else self.category

    def refresh(self) -> None:
        """Read the log anew."""
        self._desk.read(self.query())

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
        for widget in (self.category, self.period, self.first_day, self.last_day):
            self.above.addWidget(widget)
        self.above.addStretch(1)
        self.above.addWidget(self.count)

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
        self.emptied.emit(shown == 0)
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

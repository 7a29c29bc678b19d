# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What left the machine: the egress ledger as a table, how much it is, and the switch that ends it."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from strongroom.core.egress import EgressEntry
from strongroom.gui.models.network import NetworkUse
from strongroom.gui.security import words as security_wording
from strongroom.gui.security.cards import request_card
from strongroom.gui.security.egress_desk import EgressDesk, EgressListing
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel, link_button
from strongroom.gui.widgets.log_view import LogView
from strongroom.gui.widgets.table import RowsModel
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_WIDEST_HOST = 260
_AGAIN_MS = 1000
"""How soon a request that is under way is looked at again."""


class EgressColumn(IntEnum):
    """The columns, left to right; the path is last, for it may be long."""

    TIME = 0
    WHY = 1
    HOST = 2
    STATUS = 3
    RECEIVED = 4
    PATH = 5


class EgressModel(RowsModel[EgressEntry]):
    """Requests, newest first."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(
            {
                EgressColumn.TIME: (translate("EgressModel", "Time"), lambda one: wording.exact_moment(one.began_at)),
                EgressColumn.WHY: (translate("EgressModel", "Why"), lambda one: security_wording.purpose(one.why)),
                EgressColumn.HOST: (translate("EgressModel", "Host"), lambda one: wording.one_line(one.host)),
                EgressColumn.STATUS: (translate("EgressModel", "Status"), security_wording.status),
                EgressColumn.RECEIVED: (translate("EgressModel", "Received"), security_wording.received),
                EgressColumn.PATH: (translate("EgressModel", "Path"), lambda one: wording.one_line(one.path)),
            },
            parent,
        )

    @property
    def oldest(self) -> int:
        """The number of the oldest request shown; 0 when there is none."""
        return self.rows[-1].sequence if self.rows else 0

    def row_of(self, sequence: int) -> int:
        """Return the row of a request; -1 when it is not shown."""
        return next((row for row, entry in enumerate(self.rows) if entry.sequence == sequence), -1)

    def show_newest(self, entries: Sequence[EgressEntry]) -> None:
        """Show the newest requests; the older ones that follow them without a gap stay."""
        known = {entry.sequence: row for row, entry in enumerate(self._rows)}
        added = next((place for place, entry in enumerate(entries) if entry.sequence in known), None)
        if added is None or known[entries[added].sequence] != 0 or len(entries) > added + len(self._rows):
            self.set_rows(entries)
            return
        if added:
            self.beginInsertRows(QModelIndex(), 0, added - 1)
            self._rows[:0] = entries[:added]
            self.endInsertRows()
        if self._rows[: len(entries)] != list(entries):
            # Those that were under way have ended.
            self._rows[: len(entries)] = entries
            self.redraw(0, len(entries) - 1)


class NetworkView(LogView):
    """The requests, newest first.

    Signals:
        card_wanted: The :class:`~strongroom.gui.widgets.card.Card` of a request.
        facts_wanted: What may use the network, and how that is known, is to be shown.
        offline_wanted: Whether nothing is to be fetched from now on.
        emptied: Whether there is nothing to export.
    """

    card_wanted = Signal(object)
    facts_wanted = Signal()
    offline_wanted = Signal(bool)
    emptied = Signal(bool)

    def __init__(self, desk: EgressDesk, theme: Theme, parent: QWidget | None = None) -> None:
        model = EgressModel(None)
        super().__init__(
            model,
            translate("NetworkView", "Requests"),
            translate("NetworkView", "Show older"),
            theme,
            parent,
            widest=_WIDEST_HOST,
        )
        model.setParent(self)
        self.model = model
        self._desk = desk
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.row_activated.connect(self._on_row_activated)
        self.empty.setText(
            translate("NetworkView", "No request was made. Only a search or a download that you ask for makes any.")
        )
        self.more_button.setAccessibleName(translate("NetworkView", "Show older requests"))
        self.more_button.clicked.connect(lambda: desk.read_more(self.model.oldest))
        self.count = PlainLabel(wraps=True)
        self.facts_button = link_button(translate("NetworkView", "Who may use it"), self)
        self.facts_button.setAccessibleName(translate("NetworkView", "Who may use the network"))
        self.facts_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.facts_button.clicked.connect(self.facts_wanted)
        self.offline = QCheckBox(translate("NetworkView", "Offline"), self)
        self.offline.setAccessibleName(translate("NetworkView", "Offline"))
        self.offline.clicked.connect(self.offline_wanted)
        self.above.addWidget(self.count, 1)
        self.above.addWidget(self.facts_button)
        self.above.addWidget(self.offline)
        for former, following in ((self.facts_button, self.offline), (self.offline, self.table)):
            self.setTabOrder(former, following)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.refresh)
        desk.listed.connect(self._on_listed)
        desk.verified.connect(self.verification.show_verification)
        desk.busy_changed.connect(lambda is_busy: self.verification.show_busy(is_busy=is_busy))

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins in this view."""
        return self.facts_button if self.table.isHidden() else self.table

    def refresh(self) -> None:
        """Read the newest requests."""
        self._desk.read()

    def show_use(self, use: NetworkUse) -> None:
        """Show whether anything may be fetched."""
        self.offline.setVisible(use.is_allowed)
        self.offline.setChecked(use.is_offline)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop watching."""
        super().hideEvent(event)
        self._again.stop()

    def _on_listed(self, listing: EgressListing) -> None:
        chosen = self._chosen()
        oldest = self.model.oldest
        if listing.is_continued:
            self.model.append_rows(listing.entries)
        else:
            self.model.show_newest(listing.entries)
            if chosen is not None and self._chosen() is None:
                self.table.choose(self.model.row_of(chosen.sequence))
        if listing.is_continued or self.model.oldest != oldest:
            # Else older ones were read before, and what follows them is known already.
            self.more_button.setVisible(listing.has_more)
        has_rows = self.model.rowCount() > 0
        if self.table.hasFocus() and not has_rows:
            self.facts_button.setFocus()
        self.table.setVisible(has_rows)
        self.empty.setVisible(not has_rows and listing.damage is None)
        since_start = translate("NetworkView", "{requests} since start").format(
            requests=wording.requests(listing.since_start)
        )
        self.count.setText(f"{since_start} · {security_wording.kept(listing.total)}")
        if listing.damage is not None and not self.verification.tells_problem:
            self.verification.show_damage(listing.damage)
        self.emptied.emit(not has_rows)
        # One that a former run left without an end will never have one.
        is_under_way = any(entry.status is None for entry in listing.entries[: listing.since_start])
        if is_under_way and not listing.is_continued and self.isVisible():
            self._again.start()

    def _chosen(self) -> EgressEntry | None:
        return self.model.row(self.table.current_row())

    def _on_row_activated(self, row: int) -> None:
        if entry := self.model.row(row):
            self.card_wanted.emit(request_card(entry))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Requests as rows of a table."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QWidget

from strongroom.core.egress import EgressEntry
from strongroom.gui.security import words as security_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.table import RowsModel
from strongroom.words import translate


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

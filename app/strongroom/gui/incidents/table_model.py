# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Incidents as rows of a table."""

from collections.abc import Mapping
from enum import IntEnum

from PySide6.QtWidgets import QWidget

from strongroom.core.incident import IncidentEntry
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.table import RowsModel
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

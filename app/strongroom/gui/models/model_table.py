# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models of the shelf as rows of a table."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelEntry
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.looks import KIND_GLYPH, STATE_LOOK
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.icons import icon
from strongroom.gui.widgets.table import RowsModel
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate


class _Column(IntEnum):
    NAME = 0
    STATE = 1
    KIND = 2
    QUANTIZATION = 3
    SIZE = 4
    SOURCE = 5


class ModelTableModel(RowsModel[ModelEntry]):
    """Models as rows."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(
            {
                _Column.NAME: (translate("ModelTableModel", "Model"), self._name),
                _Column.STATE: (translate("ModelTableModel", "State"), wording.verification_line),
                _Column.KIND: (
                    translate("ModelTableModel", "Kind"),
                    lambda entry: hub_wording.kind_and_parts(entry.kind, len(entry.parts)),
                ),
                _Column.QUANTIZATION: (
                    translate("ModelTableModel", "Quantization"),
                    lambda entry: entry.quantization,
                ),
                _Column.SIZE: (
                    translate("ModelTableModel", "Size"),
                    lambda entry: wording.size(entry.size) if entry.size else "",
                ),
                _Column.SOURCE: (
                    translate("ModelTableModel", "Vouched for by"),
                    lambda entry: wording.source(entry.source),
                ),
            },
            parent,
        )
        self._theme = theme
        self._loaded_ids: frozenset[str] = frozenset()

    def look(self, row: ModelEntry, column: int, role: int) -> object:
        """Return the icons of states and kinds."""
        tokens = self._theme.tokens
        if role == Qt.ItemDataRole.DecorationRole and column == _Column.STATE:
            glyph, color = STATE_LOOK[row.state]
            return icon(glyph, tokens, color=getattr(tokens, color))
        if role == Qt.ItemDataRole.DecorationRole and column == _Column.KIND and row.kind is not FileKind.MODEL:
            return icon(KIND_GLYPH[row.kind], tokens, color=tokens.muted)
        return None

    def set_entries(self, entries: Sequence[ModelEntry], loaded_ids: frozenset[str]) -> None:
        """Show these models, of which some are loaded."""
        if (list(entries), loaded_ids) != (self.rows, self._loaded_ids):
            self._loaded_ids = loaded_ids
            self.set_rows(entries)

    def row_of(self, model_id: str) -> int:
        """Return the row of a model; -1 when it is not shown."""
        return next((row for row, entry in enumerate(self.rows) if entry.model_id == model_id), -1)

    def _name(self, entry: ModelEntry) -> str:
        if entry.model_id in self._loaded_ids:
            return translate("ModelTableModel", "{name} (loaded)").format(name=entry.name)
        return entry.name

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models of the shelf as rows of a table."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelEntry
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.looks import KIND_GLYPH, STATE_LOOK
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.icons import icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

Index = QModelIndex | QPersistentModelIndex


class _Column(IntEnum):
    NAME = 0
    STATE = 1
    KIND = 2
    QUANTIZATION = 3
    SIZE = 4
    SOURCE = 5


class ModelTableModel(QAbstractTableModel):
    """Models as rows."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: list[ModelEntry] = []
        self._loaded_ids: frozenset[str] = frozenset()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of models."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002 - Qt's signature
        """Return the number of columns."""
        return len(_Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            _Column.NAME: translate("ModelTableModel", "Model"),
            _Column.STATE: translate("ModelTableModel", "State"),
            _Column.KIND: translate("ModelTableModel", "Kind"),
            _Column.QUANTIZATION: translate("ModelTableModel", "Quantization"),
            _Column.SIZE: translate("ModelTableModel", "Size"),
            _Column.SOURCE: translate("ModelTableModel", "Vouched for by"),
        }
        return names[_Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], _Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.DecorationRole and column is _Column.STATE:
            glyph, color = STATE_LOOK[entry.state]
            return icon(glyph, self._theme.tokens, color=getattr(self._theme.tokens, color))
        if role == Qt.ItemDataRole.DecorationRole and column is _Column.KIND and entry.kind is not FileKind.MODEL:
            return icon(KIND_GLYPH[entry.kind], self._theme.tokens, color=self._theme.tokens.muted)
        return None

    def set_entries(self, entries: Sequence[ModelEntry], loaded_ids: frozenset[str]) -> None:
        """Show these models."""
        if (list(entries), loaded_ids) == (self._entries, self._loaded_ids):
            return
        self.beginResetModel()
        self._entries, self._loaded_ids = list(entries), loaded_ids
        self.endResetModel()

    def entry(self, row: int) -> ModelEntry | None:
        """Return the model in ``row``."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row_of(self, model_id: str) -> int:
        """Return the row of a model; -1 when it is not shown."""
        return next((row for row, entry in enumerate(self._entries) if entry.model_id == model_id), -1)

    def _text(self, entry: ModelEntry, column: _Column) -> str:
        if column is _Column.NAME:
            name = entry.name
            return (
                translate("ModelTableModel", "{name} (loaded)").format(name=name)
                if entry.model_id in self._loaded_ids
                else name
            )
        if column is _Column.STATE:
            return wording.verification_line(entry)
        if column is _Column.KIND:
            return hub_wording.kind_and_parts(entry.kind, len(entry.parts))
        if column is _Column.QUANTIZATION:
            return entry.quantization or "–"
        if column is _Column.SIZE:
            return wording.size(entry.size) if entry.size else "–"
        return wording.source(entry.source)

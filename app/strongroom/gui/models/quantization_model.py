# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The files of a repository as rows: what each is, what it needs, whether it fits, what can be done with it."""

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from strongroom.core.hub import FileKind
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.looks import FIT_LOOK, KIND_GLYPH
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate
from strongroom.workspace import QuantizationTable, TableRow

Index = QModelIndex | QPersistentModelIndex

_NOTHING = "–"


class QuantizationColumn(IntEnum):
    """The columns, left to right."""

    QUANTIZATION = 0
    FIT = 1
    ACTION = 2
    SIZE = 3
    MEMORY = 4
    BITS = 5
    PARTS = 6
    FILE = 7


class QuantizationModel(QAbstractTableModel):
    """Rows of one table, as the catalog ordered them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[TableRow, ...] = ()
        self._busy: frozenset[str] = frozenset()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of files."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002 - Qt's signature
        """Return the number of columns."""
        return len(QuantizationColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            QuantizationColumn.FILE: translate("QuantizationModel", "File"),
            QuantizationColumn.QUANTIZATION: translate("QuantizationModel", "Quantization"),
            QuantizationColumn.FIT: translate("QuantizationModel", "Fits here"),
            QuantizationColumn.SIZE: translate("QuantizationModel", "Size"),
            QuantizationColumn.MEMORY: translate("QuantizationModel", "Memory"),
            QuantizationColumn.BITS: translate("QuantizationModel", "Bits per weight"),
            QuantizationColumn.PARTS: translate("QuantizationModel", "Parts"),
            QuantizationColumn.ACTION: translate("QuantizationModel", "Download"),
        }
        return names[QuantizationColumn(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], QuantizationColumn(index.column())
        tokens = self._theme.tokens
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole:
            glyph, color = self._look(row, column)
            return icon(glyph, tokens, color=getattr(tokens, color)) if glyph is not None else None
        if role == Qt.ItemDataRole.ForegroundRole and column is QuantizationColumn.ACTION:
            return QColor(tokens.accent if self.can_download(index.row()) else tokens.muted)
        if role == Qt.ItemDataRole.FontRole and row.is_recommended and column is QuantizationColumn.QUANTIZATION:
            font = QFont(self._theme.body_font())
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def set_table(self, table: QuantizationTable | None) -> None:
        """Show the rows of a table; nothing for None."""
        self.beginResetModel()
        self._rows = table.rows if table else ()
        self.endResetModel()

    def set_busy(self, names: frozenset[str]) -> None:
        """Say which models, by name, are being downloaded."""
        if names != self._busy:
            self._busy = names
            self.redraw()

    def redraw(self) -> None:
        """Take other colors or words for every cell."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(QuantizationColumn) - 1))

    def row(self, number: int) -> TableRow | None:
        """Return the row at ``number``."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def recommended(self) -> int:
        """Return the number of the recommended row; 0 when none is."""
        return next((number for number, row in enumerate(self._rows) if row.is_recommended), 0)

    def can_download(self, number: int) -> bool:
        """Return whether the row can be downloaded, and is not yet."""
        row = self.row(number)
        return row is not None and not row.model_id and row.model.has_digests and row.model.name not in self._busy

    def action(self, row: TableRow) -> str:
        """Return what can be done with a row, or what is being done."""
        if row.model.name in self._busy and not row.model_id:
            return translate("QuantizationModel", "Downloading")
        return hub_wording.action(row)

    def _text(self, row: TableRow, column: QuantizationColumn) -> str:
        model = row.model
        if column is QuantizationColumn.FILE:
            return ", ".join(wording.one_line(file.path) for file in model.files[:1])
        if column is QuantizationColumn.QUANTIZATION:
            name = hub_wording.named(model.kind, model.quantization or _NOTHING)
            return (
                translate("QuantizationModel", "{quantization}, recommended").format(quantization=name)
                if row.is_recommended
                else name
            )
        if column is QuantizationColumn.FIT:
            return hub_wording.fit(row.fit) if model.kind is FileKind.MODEL else _NOTHING
        if column is QuantizationColumn.SIZE:
            return wording.size(model.size)
        if column is QuantizationColumn.MEMORY:
            return wording.size(row.memory) if row.memory else _NOTHING
        if column is QuantizationColumn.BITS:
            return wording.number(row.bits_per_weight, 1) if row.bits_per_weight else _NOTHING
        if column is QuantizationColumn.PARTS:
            return wording.number(len(model.files))
        return self.action(row)

    def _look(self, row: TableRow, column: QuantizationColumn) -> tuple[Glyph | None, str]:
        if column is QuantizationColumn.FIT and row.model.kind is FileKind.MODEL:
            return FIT_LOOK[row.fit] if row.fit is not None else (Glyph.UNKNOWN, "muted")
        if column is QuantizationColumn.QUANTIZATION and row.is_recommended:
            return Glyph.RECOMMENDED, "accent"
        if column is QuantizationColumn.QUANTIZATION and row.model.kind is not FileKind.MODEL:
            return KIND_GLYPH[row.model.kind], "muted"
        if column is QuantizationColumn.ACTION and row.model_id:
            return Glyph.VERIFIED, "good"
        return None, ""

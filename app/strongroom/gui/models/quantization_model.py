# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The files of a repository as rows: what each is, what it needs, whether it fits, what can be done with it."""

from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from strongroom.core.hub import FileKind
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.looks import FIT_LOOK, KIND_GLYPH
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.table import NOTHING, RowsModel
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate
from strongroom.workspace import QuantizationTable, TableRow


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


class QuantizationModel(RowsModel[TableRow]):
    """Rows of one table, as the catalog ordered them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(
            {
                QuantizationColumn.QUANTIZATION: (translate("QuantizationModel", "Quantization"), _quantization),
                QuantizationColumn.FIT: (
                    translate("QuantizationModel", "Fits here"),
                    lambda row: hub_wording.fit(row.fit) if row.model.kind is FileKind.MODEL else "",
                ),
                QuantizationColumn.ACTION: (translate("QuantizationModel", "Download"), self.action),
                QuantizationColumn.SIZE: (
                    translate("QuantizationModel", "Size"),
                    lambda row: wording.size(row.model.size),
                ),
                QuantizationColumn.MEMORY: (
                    translate("QuantizationModel", "Memory"),
                    lambda row: wording.size(row.memory) if row.memory else "",
                ),
                QuantizationColumn.BITS: (
                    translate("QuantizationModel", "Bits per weight"),
                    lambda row: wording.number(row.bits_per_weight, 1) if row.bits_per_weight else "",
                ),
                QuantizationColumn.PARTS: (
                    translate("QuantizationModel", "Parts"),
                    lambda row: wording.number(len(row.model.files)),
                ),
                QuantizationColumn.FILE: (
                    translate("QuantizationModel", "File"),
                    lambda row: ", ".join(wording.one_line(file.path) for file in row.model.files[:1]),
                ),
            },
            parent,
        )
        self._theme = theme
        self._busy: frozenset[str] = frozenset()

    def look(self, row: TableRow, column: int, role: int) -> object:
        """Return the icons, the color of what can be done, and the weight of what is recommended."""
        tokens = self._theme.tokens
        if role == Qt.ItemDataRole.DecorationRole:
            glyph, color = self._icon(row, column)
            return icon(glyph, tokens, color=getattr(tokens, color)) if glyph is not None else None
        if role == Qt.ItemDataRole.ForegroundRole and column == QuantizationColumn.ACTION:
            return QColor(tokens.accent if self._is_offered(row) else tokens.muted)
        if role == Qt.ItemDataRole.FontRole and row.is_recommended and column == QuantizationColumn.QUANTIZATION:
            font = QFont(self._theme.body_font())
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def set_table(self, table: QuantizationTable | None) -> None:
        """Show the rows of a table; nothing for None."""
        self.set_rows(table.rows if table else ())

    def set_busy(self, names: frozenset[str]) -> None:
        """Say which models, by name, are being downloaded."""
        if names != self._busy:
            self._busy = names
            self.redraw()

    def recommended(self) -> int:
        """Return the number of the recommended row; 0 when none is."""
        return next((number for number, row in enumerate(self._rows) if row.is_recommended), 0)

    def can_download(self, number: int) -> bool:
        """Return whether the row can be downloaded, and is not yet."""
        row = self.row(number)
        return row is not None and self._is_offered(row)

    def action(self, row: TableRow) -> str:
        """Return what can be done with a row, or what is being done."""
        if row.model.name in self._busy and not row.model_id:
            return translate("QuantizationModel", "Downloading")
        return hub_wording.action(row)

    def _is_offered(self, row: TableRow) -> bool:
        return not row.model_id and row.model.has_digests and row.model.name not in self._busy

    def _icon(self, row: TableRow, column: int) -> tuple[Glyph | None, str]:
        if column == QuantizationColumn.FIT and row.model.kind is FileKind.MODEL:
            return FIT_LOOK[row.fit] if row.fit is not None else (Glyph.UNKNOWN, "muted")
        if column == QuantizationColumn.QUANTIZATION and row.is_recommended:
            return Glyph.RECOMMENDED, "accent"
        if column == QuantizationColumn.QUANTIZATION and row.model.kind is not FileKind.MODEL:
            return KIND_GLYPH[row.model.kind], "muted"
        if column == QuantizationColumn.ACTION and row.model_id:
            return Glyph.VERIFIED, "good"
        return None, ""


def _quantization(row: TableRow) -> str:
    name = hub_wording.named(row.model.kind, row.model.quantization or NOTHING)
    if row.is_recommended:
        return translate("QuantizationModel", "{quantization}, recommended").format(quantization=name)
    return name

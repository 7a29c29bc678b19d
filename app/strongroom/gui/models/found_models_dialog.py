# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models that were found in a folder: all that can be imported are chosen, each can be left out."""

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from strongroom.gui.models import words as hub_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel, set_look
from strongroom.gui.widgets.table import FactTable, Index, RowsModel
from strongroom.models import Candidate
from strongroom.words import say_statement, translate

_SIZE = (860, 480)


class _Column(IntEnum):
    NAME = 0
    SIZE = 1
    PARTS = 2
    ORIGIN = 3
    PATH = 4


class CandidateModel(RowsModel[Candidate]):
    """Candidates as rows with a check box each."""

    def __init__(self, candidates: Sequence[Candidate], parent: QWidget) -> None:
        super().__init__(
            {
                _Column.NAME: (
                    translate("CandidateModel", "Model"),
                    lambda one: hub_wording.named(one.kind, one.name),
                ),
                _Column.SIZE: (
                    translate("CandidateModel", "Size"),
                    lambda one: wording.size(one.size) if one.size else "",
                ),
                _Column.PARTS: (translate("CandidateModel", "Parts"), lambda one: wording.number(len(one.parts))),
                _Column.ORIGIN: (translate("CandidateModel", "From"), lambda one: one.origin),
                _Column.PATH: (
                    translate("CandidateModel", "File"),
                    lambda one: say_statement(one.problem) or str(one.path),
                ),
            },
            parent,
        )
        self._is_chosen = [not one.problem for one in candidates]
        self.set_rows(candidates)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell, or whether it is checked."""
        is_box = role == Qt.ItemDataRole.CheckStateRole and index.isValid() and index.column() == _Column.NAME
        if is_box and not self.rows[index.row()].problem:
            return Qt.CheckState.Checked if self._is_chosen[index.row()] else Qt.CheckState.Unchecked
        return super().data(index, role)

    def look(self, row: Candidate, column: int, role: int) -> object:
        """Return the color of one that cannot be imported as it is."""
        if role == Qt.ItemDataRole.ForegroundRole and row.problem:
            return QPalette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        return super().look(row, column, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that a row's first cell can be checked, unless it cannot be imported as it is."""
        flags = super().flags(index)
        if index.isValid() and self.rows[index.row()].problem:
            return flags & ~Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == _Column.NAME else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Choose a candidate or leave it out."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid() or self.rows[index.row()].problem:
            return False
        self._is_chosen[index.row()] = Qt.CheckState(value) is Qt.CheckState.Checked
        self.dataChanged.emit(index, index)
        return True

    def detail(self, row: int) -> str:
        """Return where a candidate is and, where it cannot be imported as it is, why."""
        candidate = self.rows[row]
        return f"{say_statement(candidate.problem)} {candidate.path}".strip()

    def chosen(self) -> list[Candidate]:
        """Return the chosen candidates."""
        return [one for one, is_chosen in zip(self.rows, self._is_chosen, strict=True) if is_chosen]


class FoundModelsDialog(QDialog):
    """Lists what was found."""

    def __init__(self, candidates: Sequence[Candidate], folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = (
            translate("FoundModelsDialog", "1 model found")
            if len(candidates) == 1
            else translate("FoundModelsDialog", "{count} models found")
        )
        title = title.format(count=wording.number(len(candidates)))
        self.setWindowTitle(title)
        self.setModal(True)
        self.resize(*_SIZE)
        self.model = CandidateModel(candidates, self)
        self.table = FactTable(self.model, translate("FoundModelsDialog", "Models found"), self)
        self.table.refit()
        self.detail = PlainLabel(role="small", wraps=True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table.row_chosen.connect(self._on_row_chosen)
        self.table.choose(0)
        self.count = PlainLabel(role="small")
        buttons = QDialogButtonBox(self)
        self.import_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        set_look(self.import_button, "role", "primary")
        self.import_button.setDefault(True)
        self.cancel_button = buttons.addButton(
            translate("FoundModelsDialog", "Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        self.cancel_button.setAccessibleName(self.cancel_button.text())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.model.dataChanged.connect(self._draw)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(title, role="title"))
        layout.addWidget(
            PlainLabel(
                translate(
                    "FoundModelsDialog",
                    "In {folder}. They stay where they are; nothing is copied. Each is hashed before it is loaded, and "
                    "one whose digest nobody vouches for asks you first.",
                ).format(folder=folder),
                wraps=True,
            )
        )
        layout.addWidget(self.table, 1)
        layout.addWidget(self.detail)
        layout.addWidget(self.count)
        layout.addWidget(buttons)
        self._draw()
        self.table.setFocus()

    def chosen(self) -> list[Candidate]:
        """Return the models that shall be imported."""
        return self.model.chosen()

    def _on_row_chosen(self, row: int) -> None:
        self.detail.setText(self.model.detail(row))

    def _draw(self) -> None:
        chosen = self.chosen()
        words = (
            translate("FoundModelsDialog", "Import 1 model")
            if len(chosen) == 1
            else translate("FoundModelsDialog", "Import {count} models")
        )
        self.import_button.setText(words.format(count=wording.number(len(chosen))))
        self.import_button.setAccessibleName(self.import_button.text())
        self.import_button.setEnabled(bool(chosen))
        self.count.setText(
            translate("FoundModelsDialog", "{size} chosen. Space chooses a model or leaves it out.").format(
                size=wording.size(sum(one.size for one in chosen))
            )
        )

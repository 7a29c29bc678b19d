# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The page of models: which there are, what is known about their bytes, and what can be done with each."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from strongroom.core.events import PhaseProgressed
from strongroom.core.verification import ModelEntry, VerificationState
from strongroom.gui import wording
from strongroom.gui.cards import model_card
from strongroom.gui.controls import ElidedLabel, PlainLabel, push_button
from strongroom.gui.icons import icon
from strongroom.gui.model_desk import Activity, ModelDesk
from strongroom.gui.model_states import STATE_LOOK
from strongroom.gui.page_view import PageHeader, PageView
from strongroom.gui.table import FactTable
from strongroom.gui.theme import Theme

translate = QCoreApplication.translate

Index = QModelIndex | QPersistentModelIndex


class _Column(IntEnum):
    NAME = 0
    STATE = 1
    QUANTIZATION = 2
    SIZE = 3
    SOURCE = 4


class ModelTableModel(QAbstractTableModel):
    """Models as rows."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: list[ModelEntry] = []
        self._loaded_id = ""

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
            _Column.NAME: self.tr("Model"),
            _Column.STATE: self.tr("State"),
            _Column.QUANTIZATION: self.tr("Quantization"),
            _Column.SIZE: self.tr("Size"),
            _Column.SOURCE: self.tr("Vouched for by"),
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
        return None

    def set_entries(self, entries: Sequence[ModelEntry], loaded_id: str) -> None:
        """Show these models."""
        if (list(entries), loaded_id) == (self._entries, self._loaded_id):
            return
        self.beginResetModel()
        self._entries, self._loaded_id = list(entries), loaded_id
        self.endResetModel()

    def entry(self, row: int) -> ModelEntry | None:
        """Return the model in ``row``."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def _text(self, entry: ModelEntry, column: _Column) -> str:
        if column is _Column.NAME:
            name = entry.name
            return self.tr("{name} (loaded)").format(name=name) if entry.model_id == self._loaded_id else name
        if column is _Column.STATE:
            return wording.verification_line(entry)
        if column is _Column.QUANTIZATION:
            return entry.quantization or "–"
        if column is _Column.SIZE:
            return wording.size(entry.size) if entry.size else "–"
        return wording.source(entry.source)


class ModelsPage(PageView):
    """A table of models and the buttons for the chosen one.

    Signals:
        card_wanted: The :class:`~strongroom.gui.cards.Card` of a model.
        import_wanted: A file is to be imported.
    """

    card_wanted = Signal(object)
    import_wanted = Signal()

    def __init__(self, models: ModelDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(PageHeader(theme, translate("ModelsPage", "Models")), parent)
        self._models = models
        self.import_button = push_button(self.tr("Import a file…"))
        self.import_button.clicked.connect(self.import_wanted)
        self.header.add(self.import_button)
        self.model = ModelTableModel(theme, self)
        self.table = FactTable(self.model, self.tr("Models"), self)
        self.table.row_activated.connect(self._on_row_activated)
        self.table.row_chosen.connect(lambda _row: self._draw())
        self.load_button = push_button(self.tr("Load"), role="primary")
        self.load_button.clicked.connect(self._on_load)
        self.verify_button = push_button(self.tr("Verify now"))
        self.verify_button.clicked.connect(self._on_verify)
        self.details_button = push_button(self.tr("Details"))
        self.details_button.clicked.connect(lambda: self._on_row_activated(self.table.current_row()))
        self.cancel_button = push_button(self.tr("Cancel"))
        self.cancel_button.clicked.connect(models.cancel)
        self.sentence = PlainLabel(role="muted", wraps=True)
        self.phase = ElidedLabel(role="small")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self._lay_out()
        for signal in (models.listed, models.activity_changed, models.loaded_changed, theme.changed):
            signal.connect(self._draw)
        models.progressed.connect(self._on_progressed)
        self._draw()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.load_button, self.verify_button, self.details_button):
            buttons.addWidget(button)
        buttons.addWidget(self.phase, 1)
        buttons.addWidget(self.cancel_button)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 12, 16, 12)
        foot.setSpacing(8)
        foot.addWidget(self.sentence)
        foot.addWidget(self.bar)
        foot.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return self.table

    def chosen(self) -> ModelEntry | None:
        """Return the model whose row is chosen."""
        return self.model.entry(self.table.current_row())

    def _draw(self) -> None:
        loaded = self._models.loaded
        row = max(self.table.current_row(), 0)
        self.model.set_entries(self._models.entries, loaded.model_id if loaded else "")
        if self.table.current_row() < 0 and self.model.rowCount():
            self.table.choose(min(row, self.model.rowCount() - 1))
        entry = self.chosen()
        is_idle = self._models.activity is Activity.NONE
        is_present = entry is not None and entry.state is not VerificationState.MISSING
        is_other = loaded is None or loaded.model_id != _id(entry)
        self.load_button.setEnabled(is_idle and is_present and is_other and not self._models.is_blocked)
        self.verify_button.setEnabled(is_idle and is_present)
        self.details_button.setEnabled(entry is not None)
        self.import_button.setEnabled(is_idle)
        self.sentence.setText(wording.verification_sentence(entry) if entry else "")
        self.bar.setVisible(not is_idle)
        self.cancel_button.setVisible(self._models.activity in (Activity.LOADING, Activity.VERIFYING))
        if is_idle:
            self.phase.setText("")
        elif self._models.activity is Activity.IMPORTING:
            self.bar.setRange(0, 0)
            self.phase.setText(self.tr("Importing"))

    def _on_progressed(self, progress: PhaseProgressed) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(int(1000 * progress.done / progress.total) if progress.total else 0)
        self.phase.setText(wording.phase(progress))

    def _on_load(self) -> None:
        if entry := self.chosen():
            self._models.load(entry.model_id)

    def _on_verify(self) -> None:
        if entry := self.chosen():
            self._models.verify(entry.model_id)

    def _on_row_activated(self, row: int) -> None:
        if entry := self.model.entry(row):
            self.card_wanted.emit(model_card(entry, self._models.loaded))


def _id(entry: ModelEntry | None) -> str:
    return entry.model_id if entry else ""

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models on this computer: what is known about their bytes, and what can be done with each."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from strongroom.core.events import PhaseProgressed
from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelEntry, VerificationState
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.activity import Activity
from strongroom.gui.models.cards import model_card
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.model_table import ModelTableModel
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import ElidedLabel, PlainLabel, push_button
from strongroom.gui.widgets.table import FactTable
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate


class ShelfView(QWidget):
    """A table of models and the buttons for the chosen one.

    Signals:
        card_wanted: The :class:`~strongroom.gui.widgets.card.Card` of a model.
        removal_wanted: A :class:`~strongroom.core.verification.ModelEntry` shall be taken off the list.
    """

    card_wanted = Signal(object)
    removal_wanted = Signal(object)

    def __init__(self, models: ModelDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._models = models
        self._wanted = ""
        self.model = ModelTableModel(theme, self)
        self.table = FactTable(self.model, translate("ShelfView", "Models"), self)
        self.table.row_activated.connect(self._on_row_activated)
        self.table.row_chosen.connect(lambda _row: self._draw())
        self.table.deletion_asked.connect(lambda _row: self._on_remove())
        self.load_button = push_button(translate("ShelfView", "Load"), role="primary")
        self.load_button.clicked.connect(self._on_load)
        self.verify_button = push_button(translate("ShelfView", "Verify now"))
        self.verify_button.clicked.connect(self._on_verify)
        self.details_button = push_button(translate("ShelfView", "Details"))
        self.details_button.clicked.connect(lambda: self._on_row_activated(self.table.current_row()))
        self.remove_button = push_button(translate("ShelfView", "Remove…"))
        self.remove_button.clicked.connect(self._on_remove)
        self.cancel_button = push_button(translate("ShelfView", "Cancel"))
        self.cancel_button.clicked.connect(models.cancel)
        self.sentence = PlainLabel(role="muted", wraps=True)
        self.phase = ElidedLabel(role="small")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(translate("ShelfView", "Progress"))
        self._lay_out()
        for signal in (models.listed, models.activity_changed, models.loaded_changed, theme.changed):
            signal.connect(self._draw)
        models.progressed.connect(self._on_progressed)
        self._draw()

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins in this view."""
        return self.table

    def chosen(self) -> ModelEntry | None:
        """Return the model whose row is chosen."""
        return self.model.row(self.table.current_row())

    def choose(self, model_id: str) -> None:
        """Choose a model's row, now or as soon as the model is listed."""
        self._wanted = model_id
        self._draw()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.load_button, self.verify_button, self.details_button, self.remove_button):
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
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def _draw(self) -> None:
        loaded = frozenset(one.model_id for one in self._models.loaded_models)
        former = self.chosen()
        row = max(self.table.current_row(), 0)
        self.model.set_entries(self._models.entries, loaded)
        if self.table.current_row() < 0 and self.model.rowCount():
            kept = self.model.row_of(former.model_id) if former else -1
            self.table.choose(kept if kept >= 0 else min(row, self.model.rowCount() - 1))
        if (wanted := self.model.row_of(self._wanted)) >= 0:
            self._wanted = ""
            self.table.choose(wanted)
        entry = self.chosen()
        is_idle = self._models.activity is Activity.NONE
        is_present = entry is not None and entry.state is not VerificationState.MISSING
        is_other = _id(entry) not in loaded
        is_model = entry is not None and entry.kind is FileKind.MODEL
        is_chosen = not is_other and _id(entry) == self._models.default_id
        self.load_button.setEnabled(is_idle and is_present and not is_chosen and is_model)
        self.verify_button.setEnabled(is_idle and is_present)
        self.details_button.setEnabled(entry is not None)
        self.remove_button.setEnabled(is_idle and is_other and self._models.can_remove(_id(entry)))
        self.sentence.setText(_sentence(entry))
        self.bar.setVisible(not is_idle)
        self.cancel_button.setVisible(self._models.activity in (Activity.LOADING, Activity.VERIFYING))
        if is_idle:
            self.phase.setText("")
        elif self._models.activity is Activity.IMPORTING:
            self.bar.setRange(0, 0)
            self.phase.setText(translate("ShelfView", "Importing"))

    def _on_progressed(self, progress: PhaseProgressed) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(int(1000 * progress.done / progress.total) if progress.total else 0)
        self.phase.setText(wording.phase(progress))

    def _on_load(self) -> None:
        if entry := self.chosen():
            self._models.use(entry.model_id)

    def _on_verify(self) -> None:
        if entry := self.chosen():
            self._models.verify(entry.model_id)

    def _on_remove(self) -> None:
        entry = self.chosen()
        if entry is not None and self.remove_button.isEnabled():
            self.removal_wanted.emit(entry)

    def _on_row_activated(self, row: int) -> None:
        if entry := self.model.row(row):
            self.card_wanted.emit(model_card(entry, self._models.loaded_of(entry.model_id)))


def _sentence(entry: ModelEntry | None) -> str:
    if entry is None:
        return ""
    sentences = (hub_wording.kind_sentence(entry.kind), wording.verification_sentence(entry))
    return " ".join(sentence for sentence in sentences if sentence)


def _id(entry: ModelEntry | None) -> str:
    return entry.model_id if entry else ""

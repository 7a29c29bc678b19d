# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The button that says which model answers and how far its load is, and the menu of the others."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from strongroom.core.verification import ModelEntry, VerificationState
from strongroom.gui.models import words as model_words
from strongroom.gui.models.looks import STATE_LOOK
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import IconButton, as_action_text
from strongroom.gui.widgets.icons import CONTROL_SIZE, Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_REFUSED = (VerificationState.MISMATCH, VerificationState.MISSING)


class ModelPicker(QWidget):
    """Shows the chosen model's name, state and progress; opens the menu of models.

    Signals:
        import_wanted: A file is to be imported.
        models_wanted: The page of models.
    """

    import_wanted = Signal()
    models_wanted = Signal()

    def __init__(self, models: ModelDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._theme = theme
        self._is_locked = False
        self.button = QToolButton(self)
        self.button.setProperty("role", "picker")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIconSize(CONTROL_SIZE)
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.menu = QMenu(self.button)
        self.menu.setAccessibleName(translate("ModelPicker", "Models"))
        self.menu.aboutToShow.connect(self._fill_menu)
        self.button.clicked.connect(self.open_menu)
        self.cancel_button = IconButton(Glyph.CLOSE, translate("ModelPicker", "Cancel loading"), theme)
        self.cancel_button.clicked.connect(models.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.button)
        row.addWidget(self.cancel_button)
        row.addStretch(1)
        for signal in (
            models.listed,
            models.activity_changed,
            models.loaded_changed,
            models.waiting_changed,
            models.progressed,
            theme.changed,
        ):
            signal.connect(self._draw)
        self._draw()

    def open_menu(self) -> None:
        """Open the menu of models."""
        self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def set_locked(self, *, is_locked: bool) -> None:
        """Let no other model be chosen while one is answering in the conversation that is shown."""
        self._is_locked = is_locked

    def _draw(self) -> None:
        model_id = self._models.shown_id
        is_loading = self._models.is_loading(model_id)
        loaded = self._models.loaded
        entry = self._models.entry(model_id)
        name = entry.name if entry else translate("ModelPicker", "No model")
        self.cancel_button.setVisible(is_loading)
        if is_loading:
            state, glyph, color = model_words.loading(self._models, model_id), Glyph.UNCHECKED, "accent"
        elif loaded is not None and entry is not None:
            state = ""
            glyph, color = STATE_LOOK[loaded.verification.state]
        elif entry is not None:
            state = translate("ModelPicker", "not loaded")
            glyph, color = STATE_LOOK[entry.state]
        else:
            state, glyph, color = "", Glyph.MODELS, "muted"
        shown = f"{name} · {state}" if state else name
        self.button.setText(as_action_text(shown) + "  ▾")
        said = state or (wording.verification_line(entry) if entry else "")
        self.button.setAccessibleName(translate("ModelPicker", "Model: {name}, {state}").format(name=name, state=said))
        self.button.setToolTip(translate("ModelPicker", "Choose a model (Ctrl+M)"))
        tokens = self._theme.tokens
        self.button.setIcon(icon(glyph, tokens, color=getattr(tokens, color)))

    def _fill_menu(self) -> None:
        self.menu.clear()
        for entry in self._models.chat_models:
            self._add_entry(entry)
        tokens = self._theme.tokens
        self.menu.addSeparator()
        importing = self.menu.addAction(icon(Glyph.IMPORT, tokens), translate("ModelPicker", "Import a GGUF file…"))
        importing.triggered.connect(self.import_wanted)
        managing = self.menu.addAction(icon(Glyph.MODELS, tokens), translate("ModelPicker", "All models…"))
        managing.triggered.connect(self.models_wanted)

    def _add_entry(self, entry: ModelEntry) -> None:
        facts = [entry.name, entry.quantization, wording.size(entry.size) if entry.size else ""]
        text = " · ".join(fact for fact in facts if fact)
        # Behind a tab a menu shows its second column.
        state = wording.verification_line(entry)
        if self._models.loaded_of(entry.model_id) is not None:
            state = translate("ModelPicker", "{state} · loaded").format(state=state)
        line = as_action_text(f"{text}\t{state}")
        glyph, color = STATE_LOOK[entry.state]
        tokens = self._theme.tokens
        action = self.menu.addAction(icon(glyph, tokens, color=getattr(tokens, color)), line)
        action.setEnabled(entry.state not in _REFUSED and not self._is_locked)
        action.setData(entry.model_id)
        if entry.model_id == self._models.shown_id:
            font = action.font()
            font.setBold(True)
            action.setFont(font)
        action.triggered.connect(lambda: self._models.use(entry.model_id))

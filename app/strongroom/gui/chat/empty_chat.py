# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a new conversation shows: one sentence, and one button where something has to be chosen first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from strongroom.gui.widgets.controls import PlainLabel, push_button
from strongroom.gui.widgets.icons import application_icon
from strongroom.words import translate

_ICON_SIZE = 56


class EmptyChat(QWidget):
    """The middle of an empty conversation.

    Signals:
        model_wanted: The user wants to choose a model.
    """

    model_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        picture = QLabel(self)
        picture.setPixmap(application_icon().pixmap(_ICON_SIZE, _ICON_SIZE))
        picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title = PlainLabel(role="title", wraps=True)
        self.sentence = PlainLabel(role="muted", wraps=True)
        self.button = push_button(translate("EmptyChat", "Choose a model"))
        self.button.clicked.connect(self.model_wanted)
        for label in (self.title, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(10)
        layout.addStretch(2)
        layout.addWidget(picture)
        layout.addSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.sentence)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_state(self, model_name: str, *, needs_model: bool) -> None:
        """Say what can be done now."""
        self.button.setVisible(needs_model)
        if needs_model:
            self.title.setText(translate("EmptyChat", "No model is loaded"))
            self.sentence.setText(translate("EmptyChat", "Choose one to begin."))
        else:
            self.title.setText(translate("EmptyChat", "What would you like to ask?"))
            self.sentence.setText(
                translate("EmptyChat", "{name} runs on this machine; nothing is sent anywhere.").format(name=model_name)
                if model_name
                else translate("EmptyChat", "The model runs on this machine; nothing is sent anywhere.")
            )

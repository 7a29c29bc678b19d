# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What stands in the answer's place while the model answers others: what was asked, for what it waits, Cancel."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from strongroom.core.events import WaitingForModel, WaitReason
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import ElidedLabel, IconLabel, PlainLabel, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate


def waiting_sentence(waiting: WaitingForModel) -> str:
    """Return for which model a message waits, and how many answers come before its own, or what else has to end."""
    if waiting.reason is WaitReason.LOADING:
        words = translate("WaitingCard", "Waiting for {model}: another model is being loaded.")
    elif waiting.reason is WaitReason.ROOM:
        words = translate("WaitingCard", "Waiting for {model}: it needs the memory of a model that is answering.")
    elif waiting.place == 1:
        words = translate("WaitingCard", "Waiting for {model}: 1 answer before yours.")
    else:
        words = translate("WaitingCard", "Waiting for {model}: {count} answers before yours.")
    return words.format(model=waiting.model_name, count=wording.number(waiting.place))


class WaitingCard(QFrame):
    """One message that waits for its model.

    Signals:
        cancel_wanted: The message is not to be sent after all.
    """

    cancel_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.message = ElidedLabel(role="muted")
        self.sentence = PlainLabel(wraps=True)
        self.cancel_button = push_button(translate("WaitingCard", "Cancel"))
        self.cancel_button.clicked.connect(self.cancel_wanted)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.message)
        texts.addWidget(self.sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 10, 10)
        row.setSpacing(10)
        row.addWidget(IconLabel(Glyph.WAITING, theme, color="muted"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(texts, 1)
        row.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_waiting(self, message: str, waiting: WaitingForModel) -> None:
        """Say what waits, and for what.

        Args:
            message: What the user wrote; its beginning is shown, as plain text.
            waiting: The model, and the place in line.
        """
        self.message.setText(" ".join(message.split()))
        self.sentence.setText(waiting_sentence(waiting))
        self.show()

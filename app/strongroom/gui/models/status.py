# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the status bar says about the model of what is shown: which one, and verified when."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from strongroom.core.verification import VerificationState
from strongroom.gui.models import words as model_words
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.feature import StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.words import translate


class ModelFact(StatusFact):
    """Which model answers in the conversation that is shown and how it was verified; or how far its load is."""

    def __init__(self, models: ModelDesk, on_chosen: Callable[[], object], parent: QObject) -> None:
        super().__init__("model", Glyph.UNCHECKED, on_chosen, place=1, parent=parent)
        self._models = models
        for signal in (models.loaded_changed, models.activity_changed, models.waiting_changed, models.progressed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        loaded = self._models.loaded
        if loaded is None:
            self.say(
                model_words.loading(self._models, self._models.shown_id) or translate("StatusBar", "No model loaded"),
                look=(Glyph.UNCHECKED, "muted"),
            )
            return
        is_pinned = loaded.verification.state is VerificationState.PINNED
        verified = (
            translate("StatusBar", "pinned, checked {time}") if is_pinned else translate("StatusBar", "verified {time}")
        )
        when = verified.format(time=wording.moment(loaded.verification.verified_at))
        self.say(f"{loaded.name} · {when}", look=(Glyph.PINNED if is_pinned else Glyph.VERIFIED, "good"))

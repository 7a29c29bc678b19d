# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the status bar says about the loaded model: which one, verified when, and on what it runs."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from strongroom.core.verification import VerificationState
from strongroom.gui.models import words as model_words
from strongroom.gui.models.cards import device_card
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.feature import StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.words import say_statement, translate


class ModelFact(StatusFact):
    """Which model is loaded and how it was verified; or how far its load is."""

    def __init__(self, models: ModelDesk, on_chosen: Callable[[], object], parent: QObject) -> None:
        super().__init__("model", Glyph.UNCHECKED, on_chosen, parent=parent)
        self._models = models
        for signal in (models.loaded_changed, models.activity_changed, models.waiting_changed, models.progressed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        loaded = self._models.loaded
        if loaded is None:
            self.say(
                model_words.loading(self._models, self._models.subject) or translate("StatusBar", "No model loaded"),
                look=(Glyph.UNCHECKED, "muted"),
            )
            return
        is_pinned = loaded.verification.state is VerificationState.PINNED
        verified = (
            translate("StatusBar", "pinned, checked {time}") if is_pinned else translate("StatusBar", "verified {time}")
        )
        when = verified.format(time=wording.moment(loaded.verification.verified_at))
        self.say(f"{loaded.name} · {when}", look=(Glyph.PINNED if is_pinned else Glyph.VERIFIED, "good"))


class DeviceFact(StatusFact):
    """On what the model runs, and on how many threads."""

    def __init__(self, models: ModelDesk, inspect: Callable[[Card], object], parent: QObject) -> None:
        super().__init__("device", Glyph.DEVICE, self._on_chosen, gives_way=1, parent=parent)
        self._models = models
        self._inspect = inspect
        self._threads = 0
        models.loaded_changed.connect(self._on_loaded_changed)
        self._show()

    def show_threads(self, threads: int) -> None:
        """Say on how many threads the last answer was made."""
        self._threads = threads
        self._show()

    def _on_loaded_changed(self) -> None:
        loaded = self._models.loaded
        self._threads = loaded.threads if loaded is not None else 0
        self._show()

    def _on_chosen(self) -> None:
        self._inspect(device_card(self._models.loaded, self._threads))

    def _show(self) -> None:
        loaded = self._models.loaded
        if loaded is None:
            self.say(translate("StatusBar", "No device in use"))
            return
        words = (
            translate("StatusBar", "{device}, 1 thread")
            if self._threads == 1
            else translate("StatusBar", "{device}, {threads} threads")
        )
        self.say(
            words.format(device=loaded.device, threads=wording.number(self._threads)),
            say_statement(loaded.device_reason),
        )

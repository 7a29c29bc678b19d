# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Facts at the foot of the window, each a button to what is behind it."""

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from strongroom.core.findings import PolicyIdentity
from strongroom.core.generation import GenerationNumbers
from strongroom.core.hub import Download
from strongroom.core.isolation import ProcessReport
from strongroom.core.verification import VerificationState
from strongroom.gui.models import words as hub_wording
from strongroom.gui.security import words as security_wording
from strongroom.gui.security.looks import LEVEL_LOOK
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import NetworkUse
from strongroom.gui.widgets.controls import as_action_text, plain_tool_tip
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.hosting import LoadedModel
from strongroom.words import say_statement, translate


class Fact(Enum):
    """What the status bar tells."""

    MODEL = auto()
    DEVICE = auto()
    POLICY = auto()
    NETWORK = auto()
    ISOLATION = auto()
    """Only where a process is less isolated than it should be."""
    CONTEXT = auto()


_GLYPHS = {Fact.DEVICE: Glyph.DEVICE, Fact.POLICY: Glyph.POLICY}
_GIVES_WAY = (Fact.DEVICE, Fact.CONTEXT, Fact.POLICY)
"""What is left out first where there is no room."""
_SPACING = 8


class StatusBar(QFrame):
    """Five facts, and a sixth where it is needed; where the window is narrow, some give way.

    Signals:
        fact_chosen: The :class:`Fact` that the user wants to know more about.
    """

    fact_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self._theme = theme
        self._model_glyph = (Glyph.UNCHECKED, "muted")
        self._network_glyph = (Glyph.ONLINE, "muted")
        self._weakest: ProcessReport | None = None
        self._buttons: dict[Fact, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(_SPACING)
        for fact in Fact:
            if fact is Fact.CONTEXT:
                layout.addStretch(1)
            layout.addWidget(self._make_button(fact))
        theme.changed.connect(self._draw)
        self._draw()
        self.set_model(None)
        self.set_network(NetworkUse())
        self.set_isolation(None)
        self.set_context(None)
        self._say(Fact.POLICY, translate("StatusBar", "No policy yet"))

    def text(self, fact: Fact) -> str:
        """Return what is said about ``fact``."""
        return self._buttons[fact].accessibleName()

    def set_model(self, loaded: LoadedModel | None, busy: str = "") -> None:
        """Say which model is loaded and how it was verified; or what is under way."""
        self._model_glyph = (Glyph.UNCHECKED, "muted")
        if loaded is None:
            self._say(Fact.MODEL, busy or translate("StatusBar", "No model loaded"))
            self._say(Fact.DEVICE, translate("StatusBar", "No device in use"))
        else:
            is_pinned = loaded.verification.state is VerificationState.PINNED
            self._model_glyph = (Glyph.PINNED if is_pinned else Glyph.VERIFIED, "good")
            verified = (
                translate("StatusBar", "pinned, checked {time}")
                if is_pinned
                else translate("StatusBar", "verified {time}")
            )
            when = verified.format(time=wording.moment(loaded.verification.verified_at))
            self._say(Fact.MODEL, f"{loaded.name} · {when}")
            self.set_device(loaded, loaded.threads)
        self._draw()

    def set_device(self, loaded: LoadedModel, threads: int) -> None:
        """Say on what the model runs, and why."""
        words = (
            translate("StatusBar", "{device}, 1 thread")
            if threads == 1
            else translate("StatusBar", "{device}, {threads} threads")
        )
        self._say(
            Fact.DEVICE,
            words.format(device=loaded.device, threads=wording.number(threads)),
            say_statement(loaded.device_reason),
        )

    def set_policy(self, policy: PolicyIdentity) -> None:
        """Say which policy is in force."""
        self._say(Fact.POLICY, f"{policy.name} {policy.version}".strip(), policy.digest)

    def set_network(self, use: NetworkUse, downloads: Sequence[Download] = ()) -> None:
        """Say how the network was used, and how far the downloads under way are."""
        active = [one for one in downloads if one.is_active]
        if not use.is_allowed:
            self._network_glyph = (Glyph.NETWORK, "muted")
            self._say(
                Fact.NETWORK,
                translate("StatusBar", "No network"),
                translate("StatusBar", "Network: the policy in force allows none"),
            )
        elif use.is_offline:
            self._network_glyph = (Glyph.NETWORK, "muted")
            self._say(
                Fact.NETWORK, translate("StatusBar", "Offline"), translate("StatusBar", "Network: nothing is fetched")
            )
        elif active:
            self._network_glyph = (Glyph.DOWNLOAD, "accent")
            share = wording.percent(sum(one.done for one in active), sum(one.total for one in active))
            words = (
                translate("StatusBar", "1 download, {share}")
                if len(active) == 1
                else translate("StatusBar", "{count} downloads, {share}")
            )
            self._say(
                Fact.NETWORK,
                words.format(count=wording.number(len(active)), share=share),
                translate("StatusBar", "Network: {requests} since start").format(
                    requests=hub_wording.requests(use.requests)
                ),
            )
        else:
            self._network_glyph = (Glyph.ONLINE, "muted")
            requests = hub_wording.requests(use.requests)
            self._say(
                Fact.NETWORK,
                requests,
                translate("StatusBar", "Network: {requests} since start").format(requests=requests),
            )
        self._draw()

    def set_isolation(self, weakest: ProcessReport | None) -> None:
        """Say which process is less isolated than it should be; nothing when there is none."""
        self._weakest = weakest
        if weakest is None:
            self._say(Fact.ISOLATION, "")
        else:
            self._say(
                Fact.ISOLATION,
                security_wording.level(weakest.confinement.level),
                security_wording.shortcoming(weakest),
            )
        self._draw()

    def set_context(self, numbers: GenerationNumbers | None) -> None:
        """Say how much of the context is used."""
        if numbers is None:
            self._say(Fact.CONTEXT, translate("StatusBar", "Context empty"))
        else:
            self._say(
                Fact.CONTEXT,
                translate("StatusBar", "Context {used} of {length}").format(
                    used=wording.number(numbers.context_used), length=wording.number(numbers.context_length)
                ),
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        left_out = {Fact.ISOLATION} if self._weakest is None else set()
        isolation = self._buttons[Fact.ISOLATION]
        isolation.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        isolation.setMinimumWidth(1)
        for fact in (None, *_GIVES_WAY):
            if fact is not None:
                left_out.add(fact)
            shown = [button for one, button in self._buttons.items() if one not in left_out]
            if sum(button.sizeHint().width() + _SPACING for button in shown) + _SPACING <= self.width():
                break
        else:
            # Its icon alone still says it, and the others would be cut to nothing.
            isolation.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            isolation.setMinimumWidth(isolation.sizeHint().width())
        for fact, button in self._buttons.items():
            button.setVisible(fact not in left_out)

    def _make_button(self, fact: Fact) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("role", "fact")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumWidth(1)
        button.clicked.connect(lambda: self.fact_chosen.emit(fact))
        self._buttons[fact] = button
        return button

    def _say(self, fact: Fact, sentence: str, why: str = "") -> None:
        button = self._buttons[fact]
        button.setText(as_action_text(" ".join(sentence.split())))
        button.setAccessibleName(sentence)
        button.setAccessibleDescription(why)
        button.setToolTip(plain_tool_tip(why or sentence))
        self._fit()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        for fact, glyph in _GLYPHS.items():
            self._buttons[fact].setIcon(icon(glyph, tokens, color=tokens.muted))
        looks = {Fact.MODEL: self._model_glyph, Fact.NETWORK: self._network_glyph}
        if self._weakest is not None:
            looks[Fact.ISOLATION] = LEVEL_LOOK[self._weakest.confinement.level]
        for fact, (glyph, color) in looks.items():
            self._buttons[fact].setIcon(icon(glyph, tokens, color=getattr(tokens, color)))

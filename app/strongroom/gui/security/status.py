# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the status bar says about security: how the network was used, and which process lacks isolation."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from strongroom.core.isolation import ProcessReport
from strongroom.gui.models.network import NetworkFacts
from strongroom.gui.security import words as security_wording
from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.security.looks import LEVEL_LOOK, weakest
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.feature import StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.words import translate


class NetworkFact(StatusFact):
    """How the network was used, and how far the downloads under way are."""

    def __init__(self, network: NetworkFacts, on_chosen: Callable[[], object], parent: QObject) -> None:
        super().__init__("network", Glyph.ONLINE, on_chosen, parent=parent)
        self._network = network
        network.changed.connect(self._show)
        network.downloads_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        use = self._network.use()
        if not use.is_allowed:
            self.say(
                translate("StatusBar", "No network"),
                translate("StatusBar", "Network: the policy in force allows none"),
                look=(Glyph.NETWORK, "muted"),
            )
            return
        if use.is_offline:
            self.say(
                translate("StatusBar", "Offline"),
                translate("StatusBar", "Network: nothing is fetched"),
                look=(Glyph.NETWORK, "muted"),
            )
            return
        requests = wording.requests(use.requests)
        why = translate("StatusBar", "Network: {requests} since start").format(requests=requests)
        active = [one for one in self._network.downloads if one.is_active]
        if not active:
            self.say(requests, why, look=(Glyph.ONLINE, "muted"))
            return
        share = wording.percent(sum(one.done for one in active), sum(one.total for one in active))
        words = (
            translate("StatusBar", "1 download, {share}")
            if len(active) == 1
            else translate("StatusBar", "{count} downloads, {share}")
        )
        self.say(words.format(count=wording.number(len(active)), share=share), why, look=(Glyph.DOWNLOAD, "accent"))


class IsolationFact(StatusFact):
    """Which process is less isolated than it should be; it says nothing when there is none."""

    def __init__(self, security: SecurityDesk, on_chosen: Callable[[], object], parent: QObject) -> None:
        super().__init__("isolation", None, on_chosen, keeps_icon=True, parent=parent)
        security.looked.connect(lambda: self.show_weakest(weakest(security.reports)))

    def show_weakest(self, report: ProcessReport | None) -> None:
        """Say which process lacks something; None for none."""
        if report is None:
            self.say("")
            return
        level = report.confinement.level
        self.say(security_wording.level(level), security_wording.shortcoming(report), look=LEVEL_LOOK[level])

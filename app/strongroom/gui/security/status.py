# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the status bar says about security: how the network was used, on what models run, and how isolated."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from strongroom.core.isolation import IsolationLevel, ProcessReport, ProcessRole
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.network import NetworkFacts
from strongroom.gui.security import words as security_wording
from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.feature import StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.words import say_statement, translate

LEVEL_LOOK = {
    IsolationLevel.FULL: (Glyph.ISOLATED, "good"),
    IsolationLevel.REDUCED: (Glyph.ISOLATED_PARTLY, "warning"),
    IsolationLevel.NONE: (Glyph.ISOLATED_NOT, "danger"),
}
"""For each level, its glyph and the name of its color token; the words are always there too."""


class NetworkFact(StatusFact):
    """How the network was used, and how far the downloads under way are."""

    def __init__(self, network: NetworkFacts, on_chosen: Callable[[], object], parent: QObject) -> None:
        super().__init__("network", Glyph.ONLINE, on_chosen, place=4, parent=parent)
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


class DeviceFact(StatusFact):
    """On what the model of what is shown runs, and how far the app's processes are isolated."""

    def __init__(
        self, models: ModelDesk, security: SecurityDesk, on_chosen: Callable[[], object], parent: QObject
    ) -> None:
        super().__init__("device", Glyph.DEVICE, on_chosen, place=2, parent=parent)
        self._models = models
        self._security = security
        models.loaded_changed.connect(self._show)
        security.looked.connect(self._show)
        self._show()

    def _show(self) -> None:
        lacking = weakest(self._security.reports)
        # What is in order gives way where there is no room; what is not keeps its icon even so.
        self.gives_way, self.keeps_icon = (1, False) if lacking is None else (0, True)
        words, why = self._device()
        if lacking is not None:
            level = lacking.confinement.level
            sentence = translate("StatusBar", "{device}, {isolation}").format(
                device=words, isolation=security_wording.isolation(level)
            )
            shortcoming = security_wording.shortcoming(lacking)
            self.say(sentence, f"{shortcoming} {why}".strip(), look=LEVEL_LOOK[level])
            return
        if self._security.reports:
            words = translate("StatusBar", "{device}, {isolation}").format(
                device=words, isolation=security_wording.isolation(IsolationLevel.FULL)
            )
        self.say(words, why, look=(Glyph.DEVICE, "muted"))

    def _device(self) -> tuple[str, str]:
        """Return the device with the number of threads that is set, and why it is that one."""
        loaded = self._models.loaded
        if loaded is None:
            return translate("StatusBar", "No device in use"), ""
        words = (
            translate("StatusBar", "{device}, 1 thread")
            if loaded.threads == 1
            else translate("StatusBar", "{device}, {threads} threads")
        )
        threads = wording.number(loaded.threads)
        return words.format(device=loaded.device, threads=threads), say_statement(loaded.device_reason)


def weakest(reports: Sequence[ProcessReport]) -> ProcessReport | None:
    """Return the least isolated of the processes that run; None when each of them is fully isolated.

    The launcher is left out: it takes no input but the window's own.
    """
    lacking = [
        report
        for report in reports
        if report.role is not ProcessRole.LAUNCHER
        and report.process_id is not None
        and report.confinement.level is not IsolationLevel.FULL
    ]
    return min(lacking, key=lambda report: report.confinement.level.rank, default=None)

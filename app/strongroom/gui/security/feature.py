# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Security: what the app's processes cannot do, tried, and what left the machine, listed."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.network import NetworkFacts
from strongroom.gui.security.cards import network_card
from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.security.egress_desk import EgressDesk
from strongroom.gui.security.page import SecurityPage
from strongroom.gui.security.status import DeviceFact, NetworkFact
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.feature import Feature, StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.question import save_dialog
from strongroom.gui.widgets.shell import Shell, inform
from strongroom.gui.widgets.theme import Theme
from strongroom.incidents import IncidentFormat
from strongroom.words import translate
from strongroom.workspace import Workspace


class SecurityFeature(Feature):
    """The page of isolation and of the network.

    Args:
        shell: The window.
        runner: Runs what takes time.
        theme: The theme.
        models: Tells when another process answers.
        network: Knows how the network is used.
        parent: The window.
    """

    page: SecurityPage

    def __init__(
        self,
        shell: Shell,
        runner: TaskRunner,
        theme: Theme,
        *,
        models: ModelDesk,
        network: NetworkFacts,
        parent: QObject,
    ) -> None:
        self.security = SecurityDesk(runner)
        self.egress = EgressDesk(runner)
        super().__init__(
            "security",
            translate("SecurityFeature", "Security"),
            Glyph.SECURITY,
            "Ctrl+4",
            place=4,
            page=SecurityPage(self.security, self.egress, theme),
            parent=parent,
        )
        for desk in (self.security, self.egress):
            desk.setParent(self)
        self._shell = shell
        self._network = network
        self._network_fact = NetworkFact(network, self._on_network_chosen, self)
        self._device_fact = DeviceFact(models, self.security, self._on_isolation_chosen, self)
        self._connect(models)

    def facts(self) -> Sequence[StatusFact]:
        """Return on what models run and how isolated, and how the network was used."""
        return (self._device_fact, self._network_fact)

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self.security.attach(workspace.processes)
        self.egress.attach(workspace)
        if self._shell.page == self.name:
            self.page.refresh()
        if workspace.egress.damage is not None:
            self._shell.show_error(workspace.egress.damage)

    def close(self) -> None:
        """Let nothing wait for this window any more."""
        self.security.close()

    def refresh(self) -> None:
        """Look at the processes and the ledger anew; the first time, everything is tried."""
        self.page.refresh()

    def export(self, path: Path) -> None:
        """Write the whole ledger to a file; the name decides the format."""
        self.egress.export(path, IncidentFormat.of_file(path))

    def _connect(self, models: ModelDesk) -> None:
        page, shell, network = self.page, self._shell, self._network
        self.security.failed.connect(shell.show_error)
        self.egress.failed.connect(shell.show_error)
        self.egress.exported.connect(self._on_exported)
        page.card_wanted.connect(shell.inspect)
        page.export_wanted.connect(self._on_export_wanted)
        page.network.facts_wanted.connect(lambda: shell.inspect(network_card(network.use())))
        page.network.offline_wanted.connect(network.set_offline)
        network.changed.connect(self._on_network_changed)
        models.loaded_changed.connect(self.security.look)

    def _on_network_chosen(self) -> None:
        self._network.look()
        self.page.show_network()
        self._shell.show_page(self.name)

    def _on_isolation_chosen(self) -> None:
        self.page.show_isolation()
        self._shell.show_page(self.name)

    def _on_network_changed(self) -> None:
        self.page.network.show_use(self._network.use())
        # A request may have started the helper, or found it gone.
        self.security.look()
        if self._shell.page == self.name:
            self.page.network.refresh()

    def _on_export_wanted(self) -> None:
        filters = translate("SecurityFeature", "JSON lines, with the proof (*.jsonl);;Spreadsheet (*.csv)")
        title = translate("SecurityFeature", "Export requests")
        self._shell.ask(save_dialog(title, "requests.jsonl", filters, self.export))

    def _on_exported(self, count: int, path: Path) -> None:
        # A table has a row for each request; the lines with the proof are one for each record, two for most requests.
        is_table = IncidentFormat.of_file(path) is IncidentFormat.CSV
        sentence = (
            translate("SecurityFeature", "{count} requests were written to {path}.")
            if is_table
            else translate("SecurityFeature", "{count} records were written to {path}.")
        )
        inform(
            self._shell,
            "exported",
            translate("SecurityFeature", "Exported"),
            sentence.format(count=wording.number(count), path=path),
        )

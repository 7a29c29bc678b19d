# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Connects the processes and the ledger with the page about them, the status bar and the inspector."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from strongroom.gui.models.feature import HubWiring
from strongroom.gui.models.questions import Asker
from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.security.egress_desk import EgressDesk
from strongroom.gui.security.looks import weakest
from strongroom.gui.security.page import SecurityPage
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import network_card
from strongroom.gui.window.frame import WindowFrame
from strongroom.gui.window.rail import Page
from strongroom.incidents import IncidentFormat
from strongroom.words import translate
from strongroom.workspace import Workspace


class SecurityWiring(QObject):
    """What happens in the window when a process is less isolated than it should be, or a request was made.

    Signals:
        failed: An exception.
        exported: A sentence about what was written, and where.
    """

    failed = Signal(object)
    exported = Signal(str)

    def __init__(
        self,
        security: SecurityDesk,
        egress: EgressDesk,
        page: SecurityPage,
        hub_wiring: HubWiring,
        frame: WindowFrame,
        asker: Asker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._security = security
        self._egress = egress
        self._page = page
        self._hub_wiring = hub_wiring
        self._frame = frame
        self._asker = asker
        self._connect()

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._security.attach(workspace)
        self._egress.attach(workspace)
        if self._frame.page is Page.SECURITY:
            self._page.refresh()

    def close(self) -> None:
        """Let nothing wait for this window any more."""
        self._security.close()

    def show_network(self) -> None:
        """Show what left the machine."""
        self._page.show_network()
        self._frame.show_page(Page.SECURITY)

    def show_isolation(self) -> None:
        """Show what the processes cannot do."""
        self._page.show_isolation()
        self._frame.show_page(Page.SECURITY)

    def export_ledger(self, path: Path) -> None:
        """Write the whole ledger to a file; the name decides the format."""
        self._egress.export(path, _format_of(path))

    def _connect(self) -> None:
        self._security.failed.connect(self.failed)
        self._egress.failed.connect(self.failed)
        self._security.looked.connect(self._on_looked)
        self._egress.exported.connect(self._on_exported)
        self._page.export_wanted.connect(self._on_export_wanted)
        self._page.network.facts_wanted.connect(lambda: self._frame.inspect(network_card(self._hub_wiring.use())))
        self._page.network.offline_wanted.connect(self._hub_wiring.set_offline)
        self._hub_wiring.network_changed.connect(self._on_network_changed)

    def _on_looked(self) -> None:
        self._frame.status_bar.set_isolation(weakest(self._security.reports))

    def _on_network_changed(self) -> None:
        self._page.network.show_use(self._hub_wiring.use())
        # A request may have started the helper, or found it gone.
        self._security.look()
        if self._frame.page is Page.SECURITY:
            self._page.network.refresh()

    def _on_export_wanted(self) -> None:
        filters = translate("SecurityWiring", "JSON lines, with the proof (*.jsonl);;Spreadsheet (*.csv)")
        self._asker.ask_new_file(
            translate("SecurityWiring", "Export requests"), "requests.jsonl", filters, self.export_ledger
        )

    def _on_exported(self, count: int, path: Path) -> None:
        # A table has a row for each request; the lines with the proof are one for each record, two for most requests.
        is_table = _format_of(path) is IncidentFormat.CSV
        sentence = (
            translate("SecurityWiring", "{count} requests were written to {path}.")
            if is_table
            else translate("SecurityWiring", "{count} records were written to {path}.")
        )
        self.exported.emit(sentence.format(count=wording.number(count), path=path))


def _format_of(path: Path) -> IncidentFormat:
    return IncidentFormat.CSV if path.suffix.lower() == ".csv" else IncidentFormat.JSONL

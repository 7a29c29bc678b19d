# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Connects what can be written to a file with the dialogs that ask where, and says where it was written."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from strongroom.gui.chat.conversation_desk import ConversationDesk
from strongroom.gui.chat.conversation_list import ConversationList
from strongroom.gui.incidents.desk import IncidentDesk
from strongroom.gui.incidents.page import IncidentsPage
from strongroom.gui.models.questions import Asker
from strongroom.gui.widgets import wording
from strongroom.incidents import IncidentFormat
from strongroom.words import translate

_LONGEST_NAME = 40


class ExportWiring(QObject):
    """Exports of conversations and of the incident log.

    Signals:
        exported: A sentence about what was written, and where.
    """

    exported = Signal(str)

    def __init__(
        self,
        conversations: ConversationDesk,
        conversation_list: ConversationList,
        incidents: IncidentDesk,
        incidents_page: IncidentsPage,
        asker: Asker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._incidents = incidents
        self._incidents_page = incidents_page
        self._asker = asker
        conversation_list.export_wanted.connect(self._on_conversation_export_wanted)
        conversations.exported.connect(self._on_conversation_exported)
        incidents_page.export_wanted.connect(self._on_incidents_export_wanted)
        incidents.exported.connect(self._on_incidents_exported)

    def export_incidents(self, path: Path) -> None:
        """Write the records that are shown to a file; the name decides the format."""
        form = IncidentFormat.CSV if path.suffix.lower() == ".csv" else IncidentFormat.JSONL
        self._incidents.export(path, form)

    def _on_incidents_export_wanted(self) -> None:
        filters = translate("ExportWiring", "JSON lines, with the proof (*.jsonl);;Spreadsheet (*.csv)")
        self._asker.ask_new_file(
            translate("ExportWiring", "Export incidents"), "incidents.jsonl", filters, self.export_incidents
        )

    def _on_incidents_exported(self, count: int, path: Path) -> None:
        sentence = translate("ExportWiring", "{count} records were written to {path}.")
        self.exported.emit(sentence.format(count=wording.number(count), path=path))
        self._incidents_page.refresh()

    def _on_conversation_export_wanted(self, conversation_id: int, title: str) -> None:
        name = "".join(letter if letter.isalnum() else "-" for letter in title)[:_LONGEST_NAME].strip("-")
        self._asker.ask_new_file(
            translate("ExportWiring", "Export conversation"),
            f"{name or 'conversation'}.md",
            translate("ExportWiring", "Markdown (*.md);;JSON (*.json)"),
            lambda path: self._conversations.export(conversation_id, path),
        )

    def _on_conversation_exported(self, path: Path) -> None:
        self.exported.emit(translate("ExportWiring", "The conversation was written to {path}.").format(path=path))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Connects the hub and the import of models with the page, the banners, the status bar and the inspector."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from strongroom.core.hub import Download, DownloadState, FileKind
from strongroom.core.verification import ModelEntry
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.import_desk import ImportDesk
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.page import ModelsPage
from strongroom.gui.models.questions import Asker
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.banner import BannerKind, Notice
from strongroom.gui.widgets.card import NetworkUse
from strongroom.gui.window.frame import WindowFrame
from strongroom.hub import DEFAULT_ENDPOINT, ENDPOINT_VARIABLE
from strongroom.models import Candidate
from strongroom.words import translate
from strongroom.workspace import Workspace, hub_options


class HubWiring(QObject):
    """What happens in the window when something comes from the hub or from a folder.

    Signals:
        failed: An exception.
        announced: A sentence for a screen reader.
        shelf_wanted: The models on this computer are to be shown, and one of them chosen.
        network_changed: :meth:`use` is new.
    """

    failed = Signal(object)
    announced = Signal(str)
    shelf_wanted = Signal(str)
    network_changed = Signal()

    def __init__(
        self,
        hub: HubDesk,
        imports: ImportDesk,
        models: ModelDesk,
        page: ModelsPage,
        frame: WindowFrame,
        asker: Asker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._hub = hub
        self._imports = imports
        self._models = models
        self._page = page
        self._frame = frame
        self._asker = asker
        self._workspace: Workspace | None = None
        self._connect()

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace
        self._hub.attach(workspace)
        self._imports.attach(workspace)

    def close(self) -> None:
        """Let nothing wait for this window any more."""
        self._hub.close()
        self._imports.close()

    def use(self) -> NetworkUse:
        """Return how the network was used so far."""
        workspace, hub = self._workspace, self._hub
        if workspace is None:
            return NetworkUse()
        chosen = hub_options(workspace.settings, workspace.policy.latest.policy).endpoint
        endpoint = chosen or os.environ.get(ENDPOINT_VARIABLE, "") or DEFAULT_ENDPOINT
        return NetworkUse(hub.is_offline, hub.is_allowed, hub.requests, endpoint)

    def set_offline(self, is_offline: bool) -> None:
        """Fetch nothing from now on, or allow it again."""
        self._hub.set_offline(is_offline=is_offline)

    def ask_token(self) -> None:
        """Ask for an access token."""
        self._asker.ask_token(self._hub)

    def _connect(self) -> None:
        hub, imports, page = self._hub, self._imports, self._page
        for source in (hub, imports, page.find_view):
            source.failed.connect(self.failed)
        page.find_view.announced.connect(self.announced)
        page.find_view.token_wanted.connect(self.ask_token)
        page.shelf_view.removal_wanted.connect(self._on_removal_wanted)
        page.downloads.discard_wanted.connect(self._on_discard_wanted)
        page.import_button.file_wanted.connect(
            lambda: self._asker.ask_model_file(lambda path: self._models.import_file(path, copy=False))
        )
        page.import_button.folder_wanted.connect(lambda: self._asker.ask_folder(imports.discover))
        page.import_button.place_wanted.connect(imports.discover)
        imports.found.connect(self._on_candidates)
        imports.imported.connect(self._on_imported)
        self._models.removed.connect(self._on_removed)
        hub.ended.connect(self._on_ended)
        hub.downloads_changed.connect(self._on_downloads_changed)
        hub.network_changed.connect(self._show_network)
        hub.network_changed.connect(self.network_changed)
        hub.token_kept.connect(self._on_token_kept)
        hub.token_forgotten.connect(self._on_token_forgotten)

    def _show_network(self) -> None:
        self._frame.status_bar.set_network(self.use(), self._hub.downloads)

    def _on_downloads_changed(self) -> None:
        for download in self._hub.downloads:
            if download.is_active:
                # What was said about its last attempt no longer holds.
                self._frame.banners.dismiss(f"downloaded.{download.download_id}")
        self._show_network()

    def _on_ended(self, download: Download) -> None:
        name = hub_wording.one_line(download.model.name.rpartition("/")[2])
        if download.state is DownloadState.VERIFIED:
            self._models.refresh()
            self._page.find_view.refresh()
            action = (
                (translate("HubWiring", "Load"), lambda: self._load(download.model_id))
                if download.model.kind is FileKind.MODEL
                else (translate("HubWiring", "Show"), lambda: self.shelf_wanted.emit(download.model_id))
            )
            sentence = translate("HubWiring", "All {size} arrived and have the SHA-256 that the hub gave.")
            self._inform(
                f"downloaded.{download.download_id}",
                translate("HubWiring", "{name} is on this computer").format(name=name),
                sentence.format(size=wording.size(download.total)),
                action,
            )
        elif download.state is DownloadState.MISMATCH:
            self._show(
                Notice(
                    BannerKind.DANGER,
                    translate("HubWiring", "{name} does not match").format(name=name),
                    download.reason,
                    download.next_step,
                    key=f"downloaded.{download.download_id}",
                )
            )
        else:
            self._show(
                Notice(
                    BannerKind.WARNING,
                    translate("HubWiring", "{name} was not downloaded").format(name=name),
                    download.reason,
                    download.next_step,
                    key=f"downloaded.{download.download_id}",
                )
            )

    def _load(self, model_id: str) -> None:
        self.shelf_wanted.emit(model_id)
        self._models.load(model_id)

    def _on_candidates(self, candidates: Sequence[Candidate], folder: Path) -> None:
        if candidates:
            self._asker.ask_which(candidates, folder, self._imports.take)
            return
        sentence = translate("HubWiring", "{folder} holds no model in the GGUF format that is not on the list already.")
        self._inform("imported", translate("HubWiring", "No model found"), sentence.format(folder=folder))

    def _on_imported(self, entries: Sequence[ModelEntry]) -> None:
        self._models.refresh()
        title = (
            translate("HubWiring", "1 model imported")
            if len(entries) == 1
            else translate("HubWiring", "{count} models imported")
        )
        self._inform(
            "imported",
            title.format(count=wording.number(len(entries))),
            translate("HubWiring", "They stay where they are, and are hashed before they are loaded."),
        )
        self.shelf_wanted.emit(entries[0].model_id if entries else "")

    def _on_removal_wanted(self, entry: ModelEntry) -> None:
        self._asker.ask_removal(
            entry,
            is_own=self._models.is_own(entry),
            then=lambda deletes: self._models.remove(entry.model_id, delete_files=deletes),
        )

    def _on_removed(self, entry: ModelEntry, deleted: Sequence[Path]) -> None:
        title = translate("HubWiring", "{name} is off the list").format(name=entry.name)
        if deleted:
            sentence = translate("HubWiring", "{size} were deleted.").format(size=wording.size(entry.size))
            self._inform("removed", title, sentence)
            return
        again = (
            translate("HubWiring", "Import it again"),
            lambda: self._models.import_file(Path(entry.path), copy=False),
        )
        sentence = translate("HubWiring", "Its file is where it was: {path}").format(path=entry.path)
        self._inform("removed", title, sentence, again if entry.path else None)

    def _on_discard_wanted(self, download: Download) -> None:
        self._asker.ask_discard(download, lambda: self._hub.discard(download.download_id))

    def _on_token_kept(self, place: str) -> None:
        sentence = translate("HubWiring", "It is kept in {place} and given to the hub with each request from now on.")
        self._inform("token", translate("HubWiring", "Access token kept"), sentence.format(place=place))

    def _on_token_forgotten(self, was_there: bool) -> None:
        sentence = (
            translate("HubWiring", "The hub is asked without one from now on.")
            if was_there
            else translate("HubWiring", "There was none.")
        )
        self._inform("token", translate("HubWiring", "No access token is kept"), sentence)

    def _inform(
        self, key: str, title: str, message: str, action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        self._show(Notice(BannerKind.INFO, title, message, key=key), action)

    def _show(self, notice: Notice, action: tuple[str, Callable[[], object]] | None = None) -> None:
        self._frame.banners.show_notice(notice, action=action)
        self.announced.emit(f"{notice.title}. {notice.message}")

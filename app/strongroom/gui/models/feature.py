# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models: those on this computer, those of the hub, importing; and what the status bar says of the one that is loaded.

Other features get from here: :attr:`ModelsFeature.models`, which loads and unloads, and
:attr:`ModelsFeature.network`, which knows what was asked of the hub.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from strongroom.core.errors import UserFacingError
from strongroom.core.events import ModelsUnloaded
from strongroom.core.hub import Download, DownloadState, FileKind
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.models import words as model_words
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.import_desk import ImportDesk
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.network import NetworkFacts
from strongroom.gui.models.page import ModelsPage
from strongroom.gui.models.questions import ModelQuestions
from strongroom.gui.models.status import ModelFact
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.banner import BannerKind, Notice
from strongroom.gui.widgets.feature import Feature, StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.shell import Shell, inform
from strongroom.gui.widgets.theme import Theme
from strongroom.models import Candidate, ModelRefused
from strongroom.words import ErrorText, explain, translate, translate_marked
from strongroom.workspace import Workspace


class ModelsFeature(Feature):
    """The page of models.

    Signals:
        settings_changed: The :class:`~strongroom.core.settings.Settings` that are in force now.
    """

    settings_changed = Signal(object)
    page: ModelsPage

    def __init__(self, shell: Shell, runner: TaskRunner, theme: Theme, parent: QObject) -> None:
        self.models = ModelDesk(runner)
        self.hub = HubDesk(runner)
        self.imports = ImportDesk(runner)
        super().__init__(
            "models",
            translate("ModelsFeature", "Models"),
            Glyph.MODELS,
            "Ctrl+2",
            place=2,
            page=ModelsPage(self.models, self.hub, self.imports, theme),
            parent=parent,
        )
        self._shell = shell
        self._questions = ModelQuestions(shell)
        self.network = NetworkFacts(self.hub, self)
        self._model_fact = ModelFact(self.models, lambda: shell.show_page(self.name), self)
        for desk in (self.models, self.hub, self.imports):
            desk.setParent(self)
        self._not_loaded: set[str] = set()
        """The codes of what is said about models that could not be loaded."""
        self._connect()

    def facts(self) -> Sequence[StatusFact]:
        """Return which model answers."""
        return (self._model_fact,)

    def job_names(self) -> Mapping[str, str]:
        """Return how downloads and verifications are called."""
        return {
            "download": translate("ModelsFeature", "Download {name}"),
            "verify": translate("ModelsFeature", "Verify {name}"),
        }

    def attach(self, workspace: Workspace) -> None:
        """Begin: list the models, load the chosen one, take up the downloads."""
        self.models.attach(workspace)
        self.network.attach(workspace)
        self.hub.attach(workspace)
        self.imports.attach(workspace)

    def show_policy(self) -> None:
        """Show whether the hub may be asked."""
        self.network.look()

    def close(self) -> None:
        """Let nothing wait for this window any more."""
        self.models.close()
        self.hub.close()
        self.imports.close()

    def refresh(self) -> None:
        """List the models anew, and look where other programs keep theirs."""
        self.models.refresh()
        self.imports.look_for_places()

    def find(self) -> bool:
        """Go to the search of the hub."""
        self.page.show_find()
        self.page.focus_target().setFocus()
        return True

    def answer_error(self, error: BaseException) -> bool:
        """Ask who answers for a file that nobody vouches for."""
        return isinstance(error, ModelRefused) and self.models.ask_about(error, self.models.wanted, to_load=True)

    def choose_file(self) -> None:
        """Ask for a model file, and put it on the list."""
        self._questions.ask_model_file(self.import_file)

    def import_file(self, path: Path) -> None:
        """Put a file on the list, where it is."""
        self.models.import_file(path, copy=False)

    def ask_token(self) -> None:
        """Ask for an access token."""
        self._questions.ask_token(self.hub)

    def _connect(self) -> None:
        models, hub, imports, page, shell = self.models, self.hub, self.imports, self.page, self._shell
        for source in (models, hub, imports, page.find_view):
            source.failed.connect(shell.show_error)
        page.card_wanted.connect(shell.inspect)
        page.find_view.announced.connect(shell.announce)
        page.find_view.token_wanted.connect(self.ask_token)
        page.shelf_view.removal_wanted.connect(self._on_removal_wanted)
        page.downloads.discard_wanted.connect(self._on_discard_wanted)
        page.import_button.file_wanted.connect(self.choose_file)
        page.import_button.folder_wanted.connect(lambda: self._questions.ask_folder(imports.discover))
        page.import_button.place_wanted.connect(imports.discover)
        imports.found.connect(self._on_candidates)
        imports.imported.connect(self._on_imported)
        models.digest_unknown.connect(self._on_digest_unknown)
        models.load_ended.connect(self._on_load_ended)
        models.verified.connect(self._on_verified)
        models.vouched.connect(self._on_vouched)
        models.removed.connect(self._on_removed)
        models.unloaded.connect(self._on_unloaded)
        hub.ended.connect(self._on_ended)
        hub.downloads_changed.connect(self._on_downloads_changed)
        hub.settings_changed.connect(self.settings_changed)
        hub.token_kept.connect(self._on_token_kept)
        hub.token_forgotten.connect(self._on_token_forgotten)

    def _show_shelf(self, model_id: str) -> None:
        self._shell.show_page(self.name)
        self.page.show_shelf(model_id)

    def _on_downloads_changed(self) -> None:
        for download in self.hub.downloads:
            if download.is_active:
                # What was said about its last attempt no longer holds.
                self._shell.retract(f"downloaded.{download.download_id}")

    def _on_load_ended(self, error: BaseException | None) -> None:
        if isinstance(error, UserFacingError):
            self._not_loaded.add(error.code)
        elif error is None:
            # A model is loaded: what was said about those that could not be is no longer what stands in the way.
            for code in self._not_loaded:
                self._shell.retract(code)
            self._not_loaded.clear()

    def _on_digest_unknown(self, entry: ModelEntry, digest: str, to_load: bool) -> None:
        models, model_id = self.models, entry.model_id
        self._questions.ask_responsibility(
            entry,
            digest,
            to_load=to_load,
            then=lambda: models.pin(model_id, digest, then_load=to_load),
            then_by_file=lambda file: models.pin_by_file(model_id, file, then_load=to_load),
            then_by_hub=lambda name: models.pin_by_hub(model_id, name, then_load=to_load),
        )

    def _on_vouched(self, entry: ModelEntry) -> None:
        inform(
            self._shell,
            "model.vouched",
            translate("ModelsFeature", "{name} is what it should be").format(name=entry.name),
            translate("ModelsFeature", "Its SHA-256 is the one that {source} gives.").format(source=entry.source),
            details=f"SHA-256: {entry.expected_digest}",
        )

    def _on_verified(self, entry: ModelEntry | None, result: VerificationResult) -> None:
        name = entry.name if entry else translate("ModelsFeature", "The model")
        sentence = translate("ModelsFeature", "All {size} were hashed in {seconds} s and have the expected SHA-256.")
        inform(
            self._shell,
            "model.verified",
            translate("ModelsFeature", "{name} is what it should be").format(name=name),
            sentence.format(size=wording.size(result.size), seconds=wording.number(result.seconds, 2)),
            details=f"SHA-256: {result.digest}",
        )

    def _on_ended(self, download: Download) -> None:
        why = explain(download.problem) if download.problem is not None else ErrorText("", "")
        name = wording.one_line(download.model.name.rpartition("/")[2])
        if download.state is DownloadState.VERIFIED:
            self.models.refresh()
            self.page.find_view.refresh()
            action = (
                (translate("ModelsFeature", "Load"), lambda: self._load(download.model_id))
                if download.model.kind is FileKind.MODEL
                else (translate("ModelsFeature", "Show"), lambda: self._show_shelf(download.model_id))
            )
            sentence = translate("ModelsFeature", "All {size} arrived and have the SHA-256 that the hub gave.")
            inform(
                self._shell,
                f"downloaded.{download.download_id}",
                translate("ModelsFeature", "{name} is on this computer").format(name=name),
                sentence.format(size=wording.size(download.total)),
                action=action,
            )
            return
        is_wrong = download.state is DownloadState.MISMATCH
        title = (
            translate("ModelsFeature", "{name} does not match")
            if is_wrong
            else translate("ModelsFeature", "{name} was not downloaded")
        )
        self._shell.notify(
            Notice(
                BannerKind.DANGER if is_wrong else BannerKind.WARNING,
                title.format(name=name),
                why.message,
                why.next_step,
                key=f"downloaded.{download.download_id}",
            )
        )

    def _load(self, model_id: str) -> None:
        self._show_shelf(model_id)
        self.models.load(model_id)

    def _on_candidates(self, candidates: Sequence[Candidate], folder: Path) -> None:
        if candidates:
            self._questions.ask_which(candidates, folder, self.imports.take)
            return
        sentence = translate(
            "ModelsFeature", "{folder} holds no model in the GGUF format that is not on the list already."
        )
        inform(self._shell, "imported", translate("ModelsFeature", "No model found"), sentence.format(folder=folder))

    def _on_imported(self, entries: Sequence[ModelEntry]) -> None:
        self.models.refresh()
        title = (
            translate("ModelsFeature", "1 model imported")
            if len(entries) == 1
            else translate("ModelsFeature", "{count} models imported")
        )
        inform(
            self._shell,
            "imported",
            title.format(count=wording.number(len(entries))),
            translate("ModelsFeature", "They stay where they are, and are hashed before they are loaded."),
        )
        self._show_shelf(entries[0].model_id if entries else "")

    def _on_unloaded(self, unloaded: ModelsUnloaded) -> None:
        if message := model_words.unloaded(unloaded):
            title = (
                translate("ModelsFeature", "Room made for {name}")
                if unloaded.unloaded
                else translate("ModelsFeature", "Little memory for {name}")
            )
            inform(self._shell, "models.unloaded", title.format(name=unloaded.model_name), message)

    def _on_removal_wanted(self, entry: ModelEntry) -> None:
        self._questions.ask_removal(
            entry,
            is_own=self.models.is_own(entry),
            then=lambda deletes: self.models.remove(entry.model_id, delete_files=deletes),
        )

    def _on_removed(self, entry: ModelEntry, deleted: Sequence[Path]) -> None:
        title = translate("ModelsFeature", "{name} is off the list").format(name=entry.name)
        if deleted:
            sentence = translate("ModelsFeature", "{size} were deleted.").format(size=wording.size(entry.size))
            inform(self._shell, "removed", title, sentence)
            return
        again = (
            translate("ModelsFeature", "Import it again"),
            lambda: self.models.import_file(Path(entry.path), copy=False),
        )
        sentence = translate("ModelsFeature", "Its file is where it was: {path}").format(path=entry.path)
        inform(self._shell, "removed", title, sentence, action=again if entry.path else None)

    def _on_discard_wanted(self, download: Download) -> None:
        self._questions.ask_discard(download, lambda: self.hub.discard(download.download_id))

    def _on_token_kept(self, place: str) -> None:
        sentence = translate(
            "ModelsFeature", "It is kept in {place} and given to the hub with each request from now on."
        )
        inform(
            self._shell,
            "token",
            translate("ModelsFeature", "Access token kept"),
            sentence.format(place=translate_marked(place)),
        )

    def _on_token_forgotten(self, was_there: bool) -> None:
        sentence = (
            translate("ModelsFeature", "The hub is asked without one from now on.")
            if was_there
            else translate("ModelsFeature", "There was none.")
        )
        inform(self._shell, "token", translate("ModelsFeature", "No access token is kept"), sentence)

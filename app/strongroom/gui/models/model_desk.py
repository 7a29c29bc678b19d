# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models, seen from the window: listing, choosing, verifying, loading, importing and pinning, one thing at a time."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from strongroom.core.errors import Cancelled
from strongroom.core.events import ModelsUnloaded
from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.models.activity import Activity, OneActivity, Operation
from strongroom.hosting import LoadedModel
from strongroom.models import ModelRefused, RefusalReason
from strongroom.workspace import Workspace


class ModelDesk(OneActivity):
    """Knows the models and does one thing with one of them at a time, off the GUI thread.

    Signals:
        listed: The models are known anew (:attr:`entries`).
        chosen: The id of the model that the user chose for what is shown.
        choice_failed: The id of a model that was chosen, and could not be loaded.
        loaded_changed: Other models are loaded, or another one answers in what is shown (:attr:`loaded_models`,
            :attr:`shown_id`).
        unloaded: A :class:`ModelsUnloaded`: which models had to go for another one, and whether that is enough.
        load_ended: A load ended; the error when it failed, else None.
        digest_unknown: A :class:`ModelEntry` for which nobody vouches, its digest, and whether it was to be loaded.
        verified: A :class:`ModelEntry` whose bytes are the expected ones, and the :class:`VerificationResult`.
        vouched: A :class:`ModelEntry` of which somebody else than the user has vouched for the digest.
        imported: A new :class:`ModelEntry`.
        removed: The :class:`ModelEntry` that is no longer on the list, and the files that were deleted.
        failed: An exception.
    """

    listed = Signal()
    chosen = Signal(str)
    choice_failed = Signal(str)
    loaded_changed = Signal()
    unloaded = Signal(object)
    load_ended = Signal(object)
    digest_unknown = Signal(object, str, bool)
    verified = Signal(object, object)
    vouched = Signal(object)
    imported = Signal(object)
    removed = Signal(object, object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(runner, parent)
        self._workspace: Workspace | None = None
        self._entries: list[ModelEntry] = []
        self._new: set[str] = set()
        self._loaded: tuple[LoadedModel, ...] = ()
        self._answering: frozenset[str] = frozenset()
        self._shown = ""
        self._former = ""
        """What had been wanted before the model that is being loaded."""
        self.wanted = ""
        """The id of the model that the user chose last; empty for the settings' choice."""

    @property
    def entries(self) -> Sequence[ModelEntry]:
        """Every known model."""
        return self._entries

    @property
    def chat_models(self) -> Sequence[ModelEntry]:
        """Every known model that can be chatted with: no projector, no adapter."""
        return [entry for entry in self._entries if entry.kind is FileKind.MODEL]

    def attach(self, workspace: Workspace) -> None:
        """Begin: list the models and load the one that the settings name."""
        self._workspace = workspace
        self.refresh()
        self.load("")

    def close(self) -> None:
        """Stop what is under way, and let nothing wait for this window any more."""
        self._workspace = None
        super().close()

    def entry(self, model_id: str) -> ModelEntry | None:
        """Return a known model."""
        return next((entry for entry in self._entries if entry.model_id == model_id), None)

    def entry_of_digest(self, digest: str) -> ModelEntry | None:
        """Return the known model with this digest that can be chatted with."""
        return next((entry for entry in self.chat_models if digest and entry.expected_digest == digest), None)

    @property
    def default_id(self) -> str:
        """The id of the model that answers where none was chosen: the last choice, the settings', or the starter."""
        if self.wanted or self._workspace is None:
            return self.wanted
        return self._workspace.settings.model or self._workspace.shelf.starter_id

    @property
    def loaded_models(self) -> Sequence[LoadedModel]:
        """Every model that is loaded."""
        return self._loaded

    @property
    def loaded(self) -> LoadedModel | None:
        """The model that answers in what is shown, when it is loaded."""
        return self.loaded_of(self.shown_id)

    @property
    def shown_id(self) -> str:
        """The id of the model that answers in the conversation that is shown."""
        return self._shown or self.default_id

    def show(self, model_id: str) -> None:
        """Take note of the model that answers in the conversation that is shown."""
        if model_id != self._shown:
            self._shown = model_id
            self.loaded_changed.emit()

    def loaded_of(self, model_id: str) -> LoadedModel | None:
        """Return a model when it is loaded."""
        return next((one for one in self._loaded if one.model_id == model_id), None)

    def is_loading(self, model_id: str) -> bool:
        """Return whether a model is being loaded."""
        return self.activity is Activity.LOADING and self.subject == model_id

    def is_answering(self, model_id: str) -> bool:
        """Return whether a model is answering, so that it must stay as it is."""
        return model_id in self._answering

    def set_answering(self, model_ids: frozenset[str]) -> None:
        """Keep these models as they are while they answer."""
        if model_ids != self._answering:
            self._answering = model_ids
            self.activity_changed.emit()

    def refresh(self) -> None:
        """List the models anew."""
        if self._workspace is not None:
            self._runner.store(self._workspace.shelf.entries, self._on_listed, self.failed.emit)

    def use(self, model_id: str) -> None:
        """Choose a model, and load it unless it is loaded."""
        if self.loaded_of(model_id) is None:
            self.load(model_id)
        else:
            self._choose(model_id)

    def load(self, model_id: str) -> None:
        """Choose a model, verify and load it, anew if it is loaded, beside the others as far as there is room.

        It takes the place of what is under way; nothing happens while it answers.

        Args:
            model_id: Which one; empty for the settings' choice.
        """
        if self._workspace is None or self.is_answering(model_id or self.default_id):
            return
        former = self.wanted
        if model_id:
            self._choose(model_id)
        self._load(model_id or self.default_id, former)

    def _choose(self, model_id: str) -> None:
        self.wanted = model_id
        self.chosen.emit(model_id)
        self.loaded_changed.emit()

    def _load(self, model_id: str, former: str) -> None:
        workspace = self._workspace
        if workspace is None:
            return
        if self.activity is not Activity.NONE:
            self._do_next(lambda: self._load(model_id, former))
            self.cancel()
            return
        self._former = former
        self._begin(
            Activity.LOADING,
            model_id,
            lambda on_event, cancel: workspace.models.load(model_id, on_event=on_event, cancel=cancel),
            self._on_loaded,
        )
        self.refresh_loaded()

    def verify(self, model_id: str) -> None:
        """Hash a model's file now and compare."""
        if self._workspace is None or self.activity is not Activity.NONE:
            return
        workspace = self._workspace
        self._begin(
            Activity.VERIFYING,
            model_id,
            lambda on_event, cancel: workspace.shelf.verify_as_job(model_id, on_event=on_event, cancel=cancel),
            self._on_verified,
        )

    def import_file(self, path: Path, *, copy: bool) -> None:
        """Put a file on the shelf."""
        if self._workspace is None or self.activity is not Activity.NONE:
            return
        workspace = self._workspace
        self._begin(
            Activity.IMPORTING,
            "",
            lambda _on_event, _cancel: workspace.shelf.import_file(path, copy=copy),
            self._on_imported,
        )

    def pin(self, model_id: str, digest: str, *, then_load: bool) -> None:
        """Take responsibility for a file with this digest."""
        if self._workspace is None:
            return
        workspace = self._workspace

        def on_pinned(_entry: ModelEntry) -> None:
            self.refresh()
            if then_load:
                self.load(model_id)

        self._runner.store(lambda: workspace.shelf.pin(model_id, digest), on_pinned, self.failed.emit)

    def pin_by_file(self, model_id: str, file: Path, *, then_load: bool) -> None:
        """Let a checksum file vouch for a model."""
        if (workspace := self._workspace) is not None:
            self._vouch(
                model_id,
                lambda on_event, cancel: workspace.shelf.pin_from_checksum_file(
                    model_id, file, on_event=on_event, cancel=cancel
                ),
                then_load=then_load,
            )

    def pin_by_hub(self, model_id: str, repository: str, *, then_load: bool) -> None:
        """Look a model up in a repository of the hub, which then vouches for it."""
        if (workspace := self._workspace) is not None:
            self._vouch(
                model_id,
                lambda on_event, cancel: workspace.shelf.pin_from_hub(
                    model_id, repository, on_event=on_event, cancel=cancel
                ),
                then_load=then_load,
            )

    def _vouch(self, model_id: str, operation: Operation[ModelEntry], *, then_load: bool) -> None:
        if self.activity is not Activity.NONE:
            return

        def on_vouched(entry: ModelEntry) -> None:
            self.vouched.emit(entry)
            if then_load:
                self._do_next(lambda: self.load(model_id))

        # Not asked again for responsibility when it fails: what was found out has to be read first.
        self._begin(Activity.VERIFYING, model_id, operation, on_vouched, self.failed.emit)

    def can_remove(self, model_id: str) -> bool:
        """Return whether a model may be taken off the list: any but the starter model."""
        return self._workspace is not None and model_id not in ("", self._workspace.shelf.starter_id)

    def is_own(self, entry: ModelEntry) -> bool:
        """Return whether a model's files lie in the app's own folder, so that they may be deleted with it."""
        return self._workspace is not None and self._workspace.paths.models in Path(entry.path).parents

    def remove(self, model_id: str, *, delete_files: bool = False) -> None:
        """Take a model off the list; its files are deleted only where asked for, and only the app's own."""
        entry = self.entry(model_id)
        if self._workspace is None or entry is None or self.activity is not Activity.NONE:
            return
        workspace = self._workspace

        def operation() -> Sequence[Path]:
            deleted = workspace.shelf.remove(model_id, delete_files=delete_files)
            if workspace.settings.model == model_id:
                # Else the next start would look for it.
                workspace.change_settings(model="")
            return deleted

        self._runner.store(operation, lambda deleted: self._on_removed(entry, deleted), self.failed.emit)

    def refresh_loaded(self) -> None:
        """Take note of models that a turn loaded or had to unload, and of those whose worker died."""
        if self._workspace is not None:
            # What is being loaded is not there yet, whatever was loaded of it before.
            found = [one for one in self._workspace.models.loaded_models if not self.is_loading(one.model_id)]
            if tuple(found) != self._loaded:
                self._loaded = tuple(found)
                self.loaded_changed.emit()

    def tell_unloaded(self, unloaded: ModelsUnloaded) -> None:
        """Tell which models had to go for another one, which a turn may have loaded."""
        self.refresh_loaded()
        self.unloaded.emit(unloaded)

    def can_ask_about(self, refusal: ModelRefused, model_id: str) -> bool:
        """Return whether a refusal is about a known file that nobody vouches for."""
        is_unknown = refusal.reason is RefusalReason.UNKNOWN_DIGEST and bool(refusal.actual_digest)
        return is_unknown and self.entry(model_id) is not None

    def ask_about(self, refusal: ModelRefused, model_id: str, *, to_load: bool) -> bool:
        """Announce a file that nobody vouches for; return whether the refusal is about one."""
        entry = self.entry(model_id)
        if entry is None or not self.can_ask_about(refusal, model_id):
            return False
        self.digest_unknown.emit(entry, refusal.actual_digest, to_load)
        return True

    def _on_failed(self, error: BaseException, activity: Activity, subject: str) -> None:
        to_load = activity is Activity.LOADING or subject in self._new
        is_asked = isinstance(error, ModelRefused) and self.can_ask_about(error, subject)
        if activity is Activity.LOADING:
            if not is_asked and not self.is_replacing:
                self._give_up_choice(subject)
            self.refresh_loaded()
            self.load_ended.emit(error)
        if isinstance(error, Cancelled):
            return
        if isinstance(error, ModelRefused) and self.ask_about(error, subject, to_load=to_load):
            return
        self.failed.emit(error)

    def _give_up_choice(self, model_id: str) -> None:
        if self.wanted == model_id:
            self.wanted = self._former if self._former != model_id else ""
        self.choice_failed.emit(model_id)

    def _on_listed(self, entries: list[ModelEntry]) -> None:
        self._entries = entries
        self.listed.emit()

    def _on_loaded(self, _loaded: LoadedModel) -> None:
        self.refresh_loaded()
        self.load_ended.emit(None)

    def _on_verified(self, result: VerificationResult) -> None:
        entry = next((one for one in self._entries if one.expected_digest == result.expected_digest), None)
        self.verified.emit(entry, result)

    def _on_removed(self, entry: ModelEntry, deleted: Sequence[Path]) -> None:
        if self.wanted == entry.model_id:
            self.wanted = ""
        self.refresh()
        self.removed.emit(entry, deleted)

    def _on_imported(self, entry: ModelEntry) -> None:
        self._new.add(entry.model_id)
        # The list does not have it yet, and the question about its digest needs it.
        self._entries = [one for one in self._entries if one.model_id != entry.model_id] + [entry]
        self.listed.emit()
        self.imported.emit(entry)
        self._do_next(lambda: self.verify(entry.model_id))

    def _on_unloaded(self, unloaded: ModelsUnloaded) -> None:
        self.tell_unloaded(unloaded)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is asked about a model: who vouches for it, where it comes from, whether it is to go."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from strongroom.core.hub import Download
from strongroom.core.verification import ModelEntry
from strongroom.gui.models.found_models_dialog import FoundModelsDialog
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.token_dialog import TokenDialog
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel, link_button
from strongroom.gui.widgets.question import ExactText, Question, open_dialog
from strongroom.gui.widgets.shell import Shell
from strongroom.models import Candidate
from strongroom.words import translate

_EXACT_PADDING = 28


class PinQuestion(Question):
    """Asks whether the user answers for a file that nobody vouches for. The default is no.

    Signals:
        checksums_wanted: A checksum file shall vouch for it instead.
        hub_wanted: It shall be looked up on the hub instead.
    """

    checksums_wanted = Signal()
    hub_wanted = Signal()

    def __init__(self, entry: ModelEntry, digest: str, *, then_load: bool, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("PinQuestion", "Take responsibility for this file?"),
            [
                translate(
                    "PinQuestion", "Nobody vouches for the bytes of {name}: no publisher's digest is known."
                ).format(name=entry.name),
                translate(
                    "PinQuestion",
                    "Compare this SHA-256 with the one that the publisher gives. If you take responsibility, exactly "
                    "these bytes are loaded from now on, and any others are refused. It is recorded.",
                ),
            ],
            translate("PinQuestion", "I take responsibility, load it")
            if then_load
            else translate("PinQuestion", "I take responsibility"),
            translate("PinQuestion", "Do not load it") if then_load else translate("PinQuestion", "Leave it"),
            parent,
        )
        self.digest = ExactText(digest, translate("PinQuestion", "SHA-256 of the file"), self)
        self.digest.setFixedHeight(self.digest.fontMetrics().lineSpacing() * 2 + _EXACT_PADDING)
        self.body.addWidget(self.digest)
        self.body.addWidget(PlainLabel(entry.path, role="small", wraps=True))
        facts = [wording.size(entry.size), entry.quantization]
        self.body.addWidget(PlainLabel(" · ".join(fact for fact in facts if fact), role="small"))
        self.checksums_button = link_button(translate("PinQuestion", "Use a checksum file…"), self)
        self.hub_button = link_button(translate("PinQuestion", "Look it up on the hub…"), self)
        others = QHBoxLayout()
        others.setSpacing(16)
        for button, signal in ((self.checksums_button, self.checksums_wanted), (self.hub_button, self.hub_wanted)):
            button.clicked.connect(self.reject)
            button.clicked.connect(signal)
            others.addWidget(button)
        others.addStretch(1)
        self.body.addLayout(others)


class RepositoryQuestion(Question):
    """Asks in which repository of the hub a file is to be looked up.

    Args:
        entry: The file; where it came from a known repository, that one is suggested.
        parent: The window.
    """

    def __init__(self, entry: ModelEntry, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("RepositoryQuestion", "Look {name} up on the hub").format(name=entry.name),
            [
                translate(
                    "RepositoryQuestion",
                    "Its SHA-256 is compared with those of a repository's files. Only the repository's name is sent.",
                )
            ],
            translate("RepositoryQuestion", "Look it up"),
            translate("RepositoryQuestion", "Cancel"),
            parent,
        )
        self.field = QLineEdit(entry.repository, self)
        self.field.setPlaceholderText(translate("RepositoryQuestion", "author/name"))
        self.field.setAccessibleName(translate("RepositoryQuestion", "Repository"))
        self.field.textChanged.connect(self._on_changed)
        self.body.addWidget(self.field)
        # Asking is harmless here, and Enter in the field is meant so.
        self.yes_button.setDefault(True)
        self.field.setFocus()
        self._on_changed()

    def repository(self) -> str:
        """Return what was entered."""
        return self.field.text().strip()

    def _on_changed(self) -> None:
        self.yes_button.setEnabled(bool(self.repository()))


class RemovalQuestion(Question):
    """Asks whether a model is to be taken off the list, and, for a file of the app's own, whether it is to be deleted.

    The default is to leave everything as it is.
    """

    def __init__(self, entry: ModelEntry, *, is_own: bool, parent: QWidget | None = None) -> None:
        stays = translate("RemovalQuestion", "Its file stays where it is, and can be imported again.")
        super().__init__(
            translate("RemovalQuestion", "Take {name} off the list?").format(name=entry.name),
            [] if is_own else [stays],
            translate("RemovalQuestion", "Take it off the list"),
            translate("RemovalQuestion", "Leave it"),
            parent,
        )
        self.delete_files = QCheckBox(
            translate("RemovalQuestion", "Also delete its file, {size}").format(size=wording.size(entry.size)), self
        )
        self.delete_files.setAccessibleName(self.delete_files.text())
        self.delete_files.setVisible(is_own)
        self.body.addWidget(self.delete_files)
        self.body.addWidget(PlainLabel(entry.path, role="small", wraps=True))

    def deletes_files(self) -> bool:
        """Return whether the files are to be deleted."""
        return self.delete_files.isVisibleTo(self) and self.delete_files.isChecked()


class ModelQuestions:
    """Asks what is to be asked about models. Nothing waits: what follows an answer is handed in."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def ask_responsibility(
        self,
        entry: ModelEntry,
        digest: str,
        *,
        to_load: bool,
        then: Callable[[], object],
        then_by_file: Callable[[Path], object],
        then_by_hub: Callable[[str], object],
    ) -> None:
        """Ask whether the user answers for a file that nobody vouches for, or who else shall."""
        question = PinQuestion(entry, digest, then_load=to_load)
        question.accepted.connect(then)
        question.checksums_wanted.connect(lambda: self.ask_checksum_file(then_by_file))
        question.hub_wanted.connect(lambda: self.ask_repository(entry, then_by_hub))
        self._shell.ask(question)

    def ask_checksum_file(self, then: Callable[[Path], object]) -> None:
        """Ask for a file as sha256sum writes it."""
        filters = translate("ModelQuestions", "Checksum files (*.sha256 *SUMS* *.txt);;All files (*)")
        self._shell.ask(open_dialog(translate("ModelQuestions", "Choose a checksum file"), filters, then))

    def ask_repository(self, entry: ModelEntry, then: Callable[[str], object]) -> None:
        """Ask in which repository a file is to be looked up."""
        question = RepositoryQuestion(entry)
        question.accepted.connect(lambda: then(question.repository()))
        self._shell.ask(question)

    def ask_model_file(self, then: Callable[[Path], object]) -> None:
        """Ask for a GGUF file."""
        filters = translate("ModelQuestions", "GGUF models (*.gguf);;All files (*)")
        self._shell.ask(open_dialog(translate("ModelQuestions", "Import a model file"), filters, then))

    def ask_folder(self, then: Callable[[Path], object]) -> None:
        """Ask for a folder of models."""
        title = translate("ModelQuestions", "Import the models of a folder")
        self._shell.ask(open_dialog(title, "", then, mode=QFileDialog.FileMode.Directory))

    def ask_which(
        self, candidates: Sequence[Candidate], folder: Path, then: Callable[[list[Candidate]], object]
    ) -> None:
        """Ask which of the models that were found are wanted."""
        dialog = FoundModelsDialog(candidates, folder)
        dialog.accepted.connect(lambda: then(dialog.chosen()))
        self._shell.ask(dialog)

    def ask_removal(self, entry: ModelEntry, *, is_own: bool, then: Callable[[bool], object]) -> None:
        """Ask whether a model is to be taken off the list; then say whether its files are to be deleted with it."""
        question = RemovalQuestion(entry, is_own=is_own)
        question.accepted.connect(lambda: then(question.deletes_files()))
        self._shell.ask(question)

    def ask_discard(self, download: Download, then: Callable[[], object]) -> None:
        """Ask whether what has arrived of a download is to be dropped."""
        name = download.model.name.rpartition("/")[2]
        sentence = translate(
            "ModelQuestions", "{size} of {name} have arrived. They are dropped; a new download begins at its start."
        )
        question = Question(
            translate("ModelQuestions", "Discard this download?"),
            [sentence.format(size=wording.size(download.done), name=name)],
            translate("ModelQuestions", "Discard"),
            translate("ModelQuestions", "Keep it"),
        )
        question.accepted.connect(then)
        self._shell.ask(question)

    def ask_token(self, desk: HubDesk) -> None:
        """Ask for an access token, and see it into the keyring."""
        dialog = TokenDialog()
        dialog.keep_wanted.connect(desk.keep_token)
        dialog.forget_wanted.connect(desk.forget_token)
        desk.token_checked.connect(dialog.show_state)
        desk.token_failed.connect(dialog.show_problem)
        desk.token_kept.connect(dialog.accept)
        desk.token_forgotten.connect(dialog.accept)
        self._shell.ask(dialog)
        desk.check_token()

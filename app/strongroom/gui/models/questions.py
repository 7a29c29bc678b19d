# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Asking without stopping: each dialog is opened, and what follows is handed in. No loop runs inside another."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from strongroom.core.false_alarm import FalseAlarm
from strongroom.core.hub import Download
from strongroom.core.verification import ModelEntry
from strongroom.gui.incidents.false_alarm_dialog import FalseAlarmDialog
from strongroom.gui.models.found_models_dialog import FoundModelsDialog
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.token_dialog import TokenDialog
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import MarkedPassage
from strongroom.gui.widgets.question import (
    DefectDialog,
    PassphraseDialog,
    PinQuestion,
    Question,
    RemovalQuestion,
    RepositoryQuestion,
)
from strongroom.gui.window.defects import report_of
from strongroom.models import Candidate
from strongroom.words import translate


class Asker(QObject):
    """Opens the window's dialogs; each deletes itself when it is closed."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def ask_passphrase(self, problem: str, then: Callable[[str | None], object]) -> None:
        """Ask for the passphrase of existing databases; None when there is none to be had."""
        dialog = PassphraseDialog(is_new=False, problem=problem, parent=self._window)
        dialog.accepted.connect(lambda: then(dialog.passphrase()))
        dialog.rejected.connect(lambda: then(None))
        _open(dialog)

    def ask_new_passphrase(self, then: Callable[[str], object]) -> None:
        """Ask for a new passphrase, twice."""
        dialog = PassphraseDialog(is_new=True, parent=self._window)
        dialog.accepted.connect(lambda: then(dialog.passphrase()))
        _open(dialog)

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
        question = PinQuestion(entry, digest, then_load=to_load, parent=self._window)
        question.accepted.connect(then)
        question.checksums_wanted.connect(lambda: self.ask_checksum_file(then_by_file))
        question.hub_wanted.connect(lambda: self.ask_repository(entry, then_by_hub))
        _open(question)

    def ask_checksum_file(self, then: Callable[[Path], object]) -> None:
        """Ask for a file as sha256sum writes it."""
        filters = translate("Asker", "Checksum files (*.sha256 *SUMS* *.txt);;All files (*)")
        chooser = QFileDialog(self._window, translate("Asker", "Choose a checksum file"), "", filters)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda name: then(Path(name)))
        _open(chooser)

    def ask_repository(self, entry: ModelEntry, then: Callable[[str], object]) -> None:
        """Ask in which repository a file is to be looked up."""
        question = RepositoryQuestion(entry, self._window)
        question.accepted.connect(lambda: then(question.repository()))
        _open(question)

    def show_defect(self, error: BaseException, save: Callable[[Path, str], object]) -> None:
        """Show a defect and what could be saved about it."""
        dialog = DefectDialog(report_of(error), self._window)
        text = dialog.report.toPlainText()
        dialog.save_button.clicked.connect(
            lambda: self.ask_new_file(
                translate("Asker", "Save report"),
                "strongroom-report.txt",
                translate("Asker", "Text (*.txt)"),
                lambda path: save(path, text),
            )
        )
        _open(dialog)

    def ask_model_file(self, then: Callable[[Path], object]) -> None:
        """Ask for a GGUF file."""
        filters = translate("Asker", "GGUF models (*.gguf);;All files (*)")
        chooser = QFileDialog(self._window, translate("Asker", "Import a model file"), "", filters)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda name: then(Path(name)))
        _open(chooser)

    def ask_folder(self, then: Callable[[Path], object]) -> None:
        """Ask for a folder of models."""
        chooser = QFileDialog(self._window, translate("Asker", "Import the models of a folder"))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.fileSelected.connect(lambda name: then(Path(name)))
        _open(chooser)

    def ask_which(
        self, candidates: Sequence[Candidate], folder: Path, then: Callable[[list[Candidate]], object]
    ) -> None:
        """Ask which of the models that were found are wanted."""
        dialog = FoundModelsDialog(candidates, folder, self._window)
        dialog.accepted.connect(lambda: then(dialog.chosen()))
        _open(dialog)

    def ask_removal(self, entry: ModelEntry, *, is_own: bool, then: Callable[[bool], object]) -> None:
        """Ask whether a model is to be taken off the list; then say whether its files are to be deleted with it."""
        question = RemovalQuestion(entry, is_own=is_own, parent=self._window)
        question.accepted.connect(lambda: then(question.deletes_files()))
        _open(question)

    def ask_false_alarm(self, marked: MarkedPassage, then: Callable[[str, str], object]) -> None:
        """Ask what the user has to say about a finding that they take for wrong."""
        dialog = FalseAlarmDialog(marked, self._window)
        dialog.accepted.connect(lambda: then(dialog.passage.text(), dialog.comment.text()))
        _open(dialog)

    def ask_report_removal(self, alarm: FalseAlarm, then: Callable[[], object]) -> None:
        """Ask whether a report of a false alarm is to be removed."""
        question = Question(
            translate("Asker", "Delete this report?"),
            [
                translate("Asker", "What was reported about the rule {rule} is removed for good.").format(
                    rule=alarm.rule_id
                )
            ],
            translate("Asker", "Delete"),
            translate("Asker", "Keep it"),
            self._window,
        )
        question.accepted.connect(then)
        _open(question)

    def ask_discard(self, download: Download, then: Callable[[], object]) -> None:
        """Ask whether what has arrived of a download is to be dropped."""
        name = download.model.name.rpartition("/")[2]
        question = Question(
            translate("Asker", "Discard this download?"),
            [
                translate(
                    "Asker", "{size} of {name} have arrived. They are dropped; a new download begins at its start."
                ).format(size=wording.size(download.done), name=name)
            ],
            translate("Asker", "Discard"),
            translate("Asker", "Keep it"),
            self._window,
        )
        question.accepted.connect(then)
        _open(question)

    def ask_token(self, desk: HubDesk) -> TokenDialog:
        """Ask for an access token, and see it into the keyring."""
        dialog = TokenDialog(self._window)
        dialog.keep_wanted.connect(desk.keep_token)
        dialog.forget_wanted.connect(desk.forget_token)
        desk.token_checked.connect(dialog.show_state)
        desk.token_failed.connect(dialog.show_problem)
        desk.token_kept.connect(dialog.accept)
        desk.token_forgotten.connect(dialog.accept)
        _open(dialog)
        desk.check_token()
        return dialog

    def ask_new_file(self, title: str, name: str, filters: str, then: Callable[[Path], object]) -> None:
        """Ask where to write a file that is called ``name`` unless the user says otherwise."""
        chooser = QFileDialog(self._window, title, name, filters)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.fileSelected.connect(lambda chosen: then(Path(chosen)))
        _open(chooser)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()

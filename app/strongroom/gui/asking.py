# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Asking without stopping: each dialog is opened, and what follows is handed in. No loop runs inside another."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from strongroom.core.verification import ModelEntry
from strongroom.gui.defects import report_of
from strongroom.gui.dialogs import DefectDialog, PassphraseDialog, PinQuestion


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

    def ask_responsibility(self, entry: ModelEntry, digest: str, *, to_load: bool, then: Callable[[], object]) -> None:
        """Ask whether the user answers for a file that nobody vouches for."""
        question = PinQuestion(entry, digest, then_load=to_load, parent=self._window)
        question.accepted.connect(then)
        _open(question)

    def show_defect(self, error: BaseException, save: Callable[[Path, str], object]) -> None:
        """Show a defect and what could be saved about it."""
        dialog = DefectDialog(report_of(error), self._window)
        text = dialog.report.toPlainText()
        dialog.save_button.clicked.connect(
            lambda: self.ask_new_file(
                self.tr("Save report"),
                "strongroom-report.txt",
                self.tr("Text (*.txt)"),
                lambda path: save(path, text),
            )
        )
        _open(dialog)

    def ask_model_file(self, then: Callable[[Path], object]) -> None:
        """Ask for a GGUF file."""
        filters = self.tr("GGUF models (*.gguf);;All files (*)")
        chooser = QFileDialog(self._window, self.tr("Import a model file"), "", filters)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda name: then(Path(name)))
        _open(chooser)

    def ask_new_file(self, title: str, name: str, filters: str, then: Callable[[Path], object]) -> None:
        """Ask where to write a file that is called ``name`` unless the user says otherwise."""
        chooser = QFileDialog(self._window, title, name, filters)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.fileSelected.connect(lambda chosen: then(Path(chosen)))
        _open(chooser)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()

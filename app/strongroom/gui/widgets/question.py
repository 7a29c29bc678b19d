# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What every question has in common: a title, sentences, two buttons; and the choosers of files and folders."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QPushButton, QVBoxLayout, QWidget

from strongroom.gui.widgets.controls import PlainLabel
from strongroom.gui.widgets.safe_browser import SafeBrowser

WIDTH = 520


class Question(QDialog):
    """A title, sentences, and two buttons of which the harmless one is the default.

    Args:
        title: What is asked.
        sentences: Plain paragraphs.
        yes: The words of the button that agrees.
        no: The words of the button that does not.
        parent: The window.
    """

    def __init__(self, title: str, sentences: list[str], yes: str, no: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(WIDTH)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.body.addWidget(PlainLabel(title, role="title", wraps=True))
        for sentence in sentences:
            self.body.addWidget(PlainLabel(sentence, wraps=True))
        buttons = QDialogButtonBox(self)
        self.yes_button: QPushButton = buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        self.no_button: QPushButton = buttons.addButton(no, QDialogButtonBox.ButtonRole.RejectRole)
        self.yes_button.setAutoDefault(False)
        self.no_button.setDefault(True)
        for button in (self.yes_button, self.no_button):
            button.setAccessibleName(button.text())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(self.body)
        layout.addWidget(buttons)
        self.no_button.setFocus()


class ExactText(SafeBrowser):
    """A text to be read character by character and copied, in monospace."""

    def __init__(self, text: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "flat")
        self.setAccessibleName(name)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setPlainText(text)
        self.setTabChangesFocus(True)
        self.setSizeAdjustPolicy(SafeBrowser.SizeAdjustPolicy.AdjustToContents)


def save_dialog(title: str, name: str, filters: str, then: Callable[[Path], object]) -> QFileDialog:
    """Return a dialog that asks where to write a file, and calls ``then`` with the answer.

    Args:
        title: What is written.
        name: How the file is called unless the user says otherwise.
        filters: Kinds of files, as :class:`QFileDialog` takes them.
        then: What is done with the path.
    """
    chooser = QFileDialog(None, title, name, filters)
    chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    chooser.fileSelected.connect(lambda chosen: then(Path(chosen)))
    return chooser


def open_dialog(
    title: str,
    filters: str,
    then: Callable[[Path], object],
    *,
    mode: QFileDialog.FileMode = QFileDialog.FileMode.ExistingFile,
) -> QFileDialog:
    """Return a dialog that asks for a file or a folder that is there, and calls ``then`` with the answer."""
    chooser = QFileDialog(None, title, "", filters)
    chooser.setFileMode(mode)
    chooser.fileSelected.connect(lambda chosen: then(Path(chosen)))
    return chooser

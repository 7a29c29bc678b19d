# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window's own dialogs: a passphrase, and a defect of the app."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from strongroom.gui.widgets.controls import PlainLabel
from strongroom.gui.widgets.question import WIDTH, ExactText
from strongroom.words import translate


class PassphraseDialog(QDialog):
    """Asks for the passphrase of the databases, or for a new one, twice."""

    def __init__(self, *, is_new: bool, problem: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = (
            translate("PassphraseDialog", "Choose a passphrase")
            if is_new
            else translate("PassphraseDialog", "Unlock your conversations")
        )
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(WIDTH)
        sentence = (
            translate(
                "PassphraseDialog",
                "Conversations and the incident log are then kept on this machine, encrypted. Without the passphrase "
                "nobody can read them again, you included.",
            )
            if is_new
            else translate("PassphraseDialog", "The databases of this folder are locked with a passphrase.")
        )
        self.first = self._field(
            translate("PassphraseDialog", "New passphrase") if is_new else translate("PassphraseDialog", "Passphrase")
        )
        self.second = self._field(translate("PassphraseDialog", "The same again")) if is_new else None
        self._problem = PlainLabel(problem, role="danger", wraps=True)
        self._problem.setVisible(bool(problem))
        buttons = QDialogButtonBox(self)
        self.ok_button = buttons.addButton(
            translate("PassphraseDialog", "Keep my conversations")
            if is_new
            else translate("PassphraseDialog", "Unlock"),
            QDialogButtonBox.ButtonRole.AcceptRole,
        )
        self.cancel_button = buttons.addButton(
            translate("PassphraseDialog", "Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(title, role="title"))
        layout.addWidget(PlainLabel(sentence, wraps=True))
        for field in (self.first, self.second):
            if field is not None:
                layout.addWidget(PlainLabel(field.accessibleName(), role="small"))
                layout.addWidget(field)
        layout.addWidget(self._problem)
        layout.addWidget(buttons)

    def passphrase(self) -> str:
        """Return what was typed."""
        return self.first.text()

    @property
    def problem(self) -> str:
        """Why it was not accepted."""
        return self._problem.text()

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAccessibleName(name)
        return field

    def _on_accepted(self) -> None:
        if not self.first.text():
            self._say(translate("PassphraseDialog", "Nothing was typed."))
        elif self.second is not None and self.second.text() != self.first.text():
            self._say(translate("PassphraseDialog", "The two entries differ."))
        else:
            self.accept()

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.show()


class DefectDialog(QDialog):
    """Shows a defect of the app: what would be saved is exactly what is seen. Nothing is sent anywhere."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("DefectDialog", "Something went wrong"))
        self.setMinimumSize(WIDTH + 120, 420)
        self.report = ExactText(report, translate("DefectDialog", "Report"), self)
        buttons = QDialogButtonBox(self)
        self.save_button = buttons.addButton(
            translate("DefectDialog", "Save report…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.close_button = buttons.addButton(
            translate("DefectDialog", "Close"), QDialogButtonBox.ButtonRole.RejectRole
        )
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(translate("DefectDialog", "Something went wrong"), role="title"))
        layout.addWidget(
            PlainLabel(
                translate(
                    "DefectDialog",
                    "This is a defect of the app. Your conversations are kept. Nothing leaves this machine; you can "
                    "save the report below and pass it on yourself.",
                ),
                wraps=True,
            )
        )
        layout.addWidget(self.report, 1)
        layout.addWidget(buttons)

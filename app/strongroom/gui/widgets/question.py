# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The few questions that stop the user: responsibility for a file, a passphrase, where a file shall live."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from strongroom.core.verification import ModelEntry
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel, link_button
from strongroom.gui.widgets.safe_browser import SafeBrowser
from strongroom.words import translate

_WIDTH = 520
_EXACT_PADDING = 28


class Question(QDialog):
    """A title, sentences, and two buttons of which the harmless one is the default.

    Args:
        title: What is asked.
        sentences: Plain paragraphs.
        yes: The words of the button that agrees.
        no: The words of the button that does not.
        parent: The window.
    """

    def __init__(self, title: str, sentences: list[str], yes: str, no: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(_WIDTH)
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
        self.digest = _Exact(digest, translate("PinQuestion", "SHA-256 of the file"), self)
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
        self.setMinimumWidth(_WIDTH)
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
        self.setMinimumSize(_WIDTH + 120, 420)
        self.report = _Exact(report, translate("DefectDialog", "Report"), self)
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


class _Exact(SafeBrowser):
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

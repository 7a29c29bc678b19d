# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The access token for gated models: typed unseen, kept in the system's keyring or nowhere."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.gui.widgets.controls import PlainLabel
from strongroom.words import explain, translate

_WIDTH = 520


class TokenDialog(QDialog):
    """Sets or removes the token. It stays open until the keyring has answered.

    Signals:
        keep_wanted: The token that was typed.
        forget_wanted: The token that is kept is to be removed.
    """

    keep_wanted = Signal(str)
    forget_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = translate("TokenDialog", "Access token")
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(_WIDTH)
        self.field = QLineEdit(self)
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(translate("TokenDialog", "New access token"))
        self.field.textChanged.connect(self._draw)
        self.state = PlainLabel(translate("TokenDialog", "Asking the keyring…"), role="muted", wraps=True)
        self.problem = PlainLabel(role="danger", wraps=True)
        self.problem.hide()
        buttons = QDialogButtonBox(self)
        self.keep_button = buttons.addButton(
            translate("TokenDialog", "Keep in the keyring"), QDialogButtonBox.ButtonRole.ApplyRole
        )
        self.forget_button = buttons.addButton(
            translate("TokenDialog", "Remove"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.close_button = buttons.addButton(
            translate("TokenDialog", "Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        for button in (self.keep_button, self.forget_button, self.close_button):
            button.setAccessibleName(button.text())
        self.keep_button.setDefault(True)
        self.keep_button.clicked.connect(self._on_keep)
        self.forget_button.clicked.connect(self._on_forget)
        buttons.rejected.connect(self.reject)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(title, role="title"))
        for sentence in (
            translate(
                "TokenDialog",
                "Gated and private models are given only to an account that may have them. The hub makes access "
                "tokens on your account's page there; one that may only read is enough.",
            ),
            translate("TokenDialog", "It is kept in the system's keyring only: in no file, no log and no setting."),
        ):
            layout.addWidget(PlainLabel(sentence, wraps=True))
        layout.addWidget(self.state)
        layout.addWidget(PlainLabel(self.field.accessibleName(), role="small"))
        layout.addWidget(self.field)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self._has_token = False
        self._is_busy = False
        self._draw()
        self.field.setFocus()

    def show_state(self, has_token: bool | None) -> None:
        """Say whether a token is kept; None when the keyring did not say."""
        self._has_token = bool(has_token)
        words = {
            True: translate("TokenDialog", "A token is kept. A new one takes its place."),
            False: translate("TokenDialog", "No token is kept."),
            None: translate("TokenDialog", "The keyring does not say whether a token is kept."),
        }
        self.state.setText(words[has_token])
        self._draw()

    def show_problem(self, error: BaseException) -> None:
        """Say why the keyring did not do it."""
        self._is_busy = False
        if isinstance(error, UserFacingError):
            text = explain(error)
            self.problem.setText(text.explanation)
        else:
            self.problem.setText(translate("TokenDialog", "The keyring did not answer."))
        self.problem.show()
        self._draw()
        # A window does not grow by itself for a sentence that wraps.
        self._layout.activate()
        self.resize(self.width(), max(self.height(), self._layout.totalHeightForWidth(self.width())))

    def _draw(self) -> None:
        self.keep_button.setEnabled(bool(self.field.text().strip()) and not self._is_busy)
        self.forget_button.setEnabled(self._has_token and not self._is_busy)

    def _on_keep(self) -> None:
        self._begin()
        self.keep_wanted.emit(self.field.text())

    def _on_forget(self) -> None:
        self._begin()
        self.forget_wanted.emit()

    def _begin(self) -> None:
        self._is_busy = True
        self.problem.hide()
        self._draw()

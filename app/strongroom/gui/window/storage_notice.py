# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Says that a session is held in memory only, and lets the user keep it."""

from PySide6.QtCore import QObject

from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.widgets.banner import BannerKind, Notice
from strongroom.gui.widgets.shell import Shell, inform
from strongroom.gui.window.dialogs import PassphraseDialog
from strongroom.words import say_statement, translate
from strongroom.workspace import Workspace

_KEY = "storage.memory"


class StorageNotice(QObject):
    """The notice that nothing is kept, for as long as that is true."""

    def __init__(self, shell: Shell, runner: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._runner = runner

    def attach(self, workspace: Workspace) -> None:
        """Show the notice where it is true of this workspace."""
        if workspace.is_persistent:
            self._shell.retract(_KEY)
            return
        notice = Notice(
            BannerKind.WARNING,
            translate("StorageNotice", "This session is not kept"),
            say_statement(workspace.storage_note),
            translate(
                "StorageNotice",
                "Choose a passphrase to keep conversations and the incident log, encrypted, on this machine.",
            ),
            key=_KEY,
        )
        choose = translate("StorageNotice", "Choose a passphrase…")
        self._shell.notify(notice, action=(choose, lambda: self._ask_passphrase(workspace)))

    def _ask_passphrase(self, workspace: Workspace) -> None:
        dialog = PassphraseDialog(is_new=True)
        dialog.accepted.connect(lambda: self._keep(workspace, dialog.passphrase()))
        self._shell.ask(dialog)

    def _keep(self, workspace: Workspace, passphrase: str) -> None:
        self._runner.store(
            lambda: workspace.start_keeping(passphrase), lambda _: self._on_kept(workspace), self._shell.show_error
        )

    def _on_kept(self, workspace: Workspace) -> None:
        self.attach(workspace)
        title = translate("StorageNotice", "This session is kept now")
        inform(self._shell, "storage.kept", title, say_statement(workspace.storage_note))

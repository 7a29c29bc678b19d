# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The only way from a conversation to the clipboard: through the policy in force, off the GUI thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from strongroom.chat import OutgoingText, export_conversation, outgoing_text
from strongroom.core.chat import VisibleText
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.words import say_note, translate
from strongroom.workspace import Workspace


class CopyDesk(QObject):
    """Copies what the policy lets leave. What it finds is recorded before the clipboard has it.

    Signals:
        copied: What was copied, in a word for the user.
        withheld: A sentence about why not all of it was copied.
        failed: An exception; the clipboard is as it was.
    """

    copied = Signal(str)
    withheld = Signal(str)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._workspace: Workspace | None = None

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace

    def copy(self, visible: VisibleText, said: str, conversation_id: int | None) -> None:
        """Copy a part of a conversation.

        Args:
            visible: The text, with its marks.
            said: What the user is told when it is copied.
            conversation_id: Where it stands, for the incident log.
        """
        self._do(lambda workspace: outgoing_text(workspace, visible, conversation_id=conversation_id), said)

    def copy_conversation(self, conversation_id: int) -> None:
        """Copy a whole conversation as Markdown. What may not leave is named in it."""
        self._do(
            lambda workspace: OutgoingText(
                export_conversation(workspace, conversation_id, "markdown", say_note=say_note), ()
            ),
            translate("CopyDesk", "Conversation copied"),
        )

    def _do(self, operation: Callable[[Workspace], OutgoingText], said: str) -> None:
        workspace = self._workspace
        if workspace is not None:
            self._runner.store(
                lambda: operation(workspace), lambda outgoing: self._on_outgoing(outgoing, said), self.failed.emit
            )

    def _on_outgoing(self, outgoing: OutgoingText, said: str) -> None:
        if outgoing.text:
            QGuiApplication.clipboard().setText(outgoing.text)
        if outgoing.withheld:
            self.withheld.emit(say_note(outgoing.withheld))
        elif outgoing.text:
            self.copied.emit(said)

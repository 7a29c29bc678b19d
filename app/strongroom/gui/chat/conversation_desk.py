# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The kept conversations, seen from the window: every read and write happens off the GUI thread, in order."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, Signal

from strongroom.chat import export_conversation
from strongroom.core.chat import Conversation, StoredMessage
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.chat.conversation_model import Row
from strongroom.gui.chat.transcript import SHOWN_MESSAGES
from strongroom.storage import ConversationStore
from strongroom.words import say_note
from strongroom.workspace import Workspace

T = TypeVar("T")

_MOST_HITS = 100


class ConversationDesk(QObject):
    """Lists, opens, renames, deletes and restores conversations.

    Signals:
        listed: The :class:`Row` values that answer the last search.
        opened: A conversation's id, its last messages, whether there are earlier ones, and the message to show or None.
        earlier_read: A conversation's id, the messages before those shown, and whether there are still earlier ones.
        deleted: The :class:`Conversation` that is gone for now.
        exported: The file that a conversation was written to.
        failed: An exception.
    """

    listed = Signal(list)
    opened = Signal(int, list, bool, object)
    earlier_read = Signal(int, list, bool)
    deleted = Signal(object)
    exported = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._workspace: Workspace | None = None
        self._query = ""
        self._has_deleted = False

    def attach(self, workspace: Workspace) -> None:
        """Begin with the list; what an app that was killed had deleted is removed for good."""
        self._workspace = workspace
        self._has_deleted = True
        self.purge()
        self.refresh()

    def close(self) -> None:
        """Make good what was deleted."""
        self.purge()
        self._workspace = None

    def search(self, words: str) -> None:
        """List the conversations, or what is found."""
        self._query = words
        self.refresh()

    def refresh(self) -> None:
        """List anew."""
        query = self._query

        def on_listed(rows: list[Row]) -> None:
            # An answer to an older search would flicker through the list.
            if query == self._query:
                self.listed.emit(rows)

        self._do(lambda store: _rows(store, query), on_listed)

    def open(self, conversation_id: int, message_id: int | None = None) -> None:
        """Read the last messages of a conversation."""

        def on_read(messages: list[StoredMessage]) -> None:
            shown, has_earlier = _page(messages)
            self.opened.emit(conversation_id, shown, has_earlier, message_id)

        self._do(lambda store: store.messages(conversation_id, limit=SHOWN_MESSAGES + 1), on_read)

    def read_earlier(self, conversation_id: int, before_id: int) -> None:
        """Read the messages before the first one that is shown."""

        def on_read(messages: list[StoredMessage]) -> None:
            shown, has_earlier = _page(messages)
            self.earlier_read.emit(conversation_id, shown, has_earlier)

        self._do(lambda store: store.messages(conversation_id, limit=SHOWN_MESSAGES + 1, before_id=before_id), on_read)

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""
        self._do(lambda store: store.rename(conversation_id, title), lambda _: self.refresh())

    def delete(self, conversation_id: int) -> None:
        """Take a conversation out of sight; :meth:`restore` brings it back until :meth:`purge`."""

        def remove(store: ConversationStore) -> Conversation:
            conversation = store.get(conversation_id)
            store.delete(conversation_id)
            return conversation

        def on_removed(conversation: Conversation) -> None:
            self._has_deleted = True
            self.deleted.emit(conversation)
            self.refresh()

        self._do(remove, on_removed)

    def export(self, conversation_id: int, path: Path) -> None:
        """Write a conversation to a file: JSON where its name ends so, else Markdown."""
        form: Literal["json", "markdown"] = "json" if path.suffix.lower() == ".json" else "markdown"

        workspace = self._workspace
        if workspace is None:
            return

        def write() -> Path:
            text = export_conversation(workspace, conversation_id, form, say_note=say_note)
            path.write_text(text, encoding="utf-8")
            return path

        self._runner.store(write, self.exported.emit, self.failed.emit)

    def restore(self, conversation_id: int) -> None:
        """Bring a conversation back."""
        self._do(lambda store: store.restore(conversation_id), lambda _: self.refresh())

    def purge(self) -> None:
        """Remove for good what was deleted."""
        if self._has_deleted:
            self._has_deleted = False
            self._do(lambda store: store.purge_deleted(), lambda _: None)

    def _do(self, operation: Callable[[ConversationStore], T], on_success: Callable[[T], None]) -> None:
        workspace = self._workspace
        if workspace is not None:
            # Asked for anew each time: a session that begins to be kept goes on in another store.
            self._runner.store(lambda: operation(workspace.conversations), on_success, self.failed.emit)


def _rows(store: ConversationStore, query: str) -> list[Row]:
    if not query:
        return [Row(conversation) for conversation in store.list()]
    hits = store.search(query, limit=_MOST_HITS)
    return [Row(hit.conversation, hit.excerpt if hit.message_id else "", hit.message_id) for hit in hits]


def _page(messages: list[StoredMessage]) -> tuple[list[StoredMessage], bool]:
    """Return at most the shown number of messages, and whether there was one more."""
    return messages[-SHOWN_MESSAGES:], len(messages) > SHOWN_MESSAGES

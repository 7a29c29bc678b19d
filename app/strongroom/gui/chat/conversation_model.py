# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The rows of the conversation list: conversations, or the places where a search found its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from strongroom.core.chat import Conversation
from strongroom.gui.chat.open_chats import OpenChat
from strongroom.gui.chat.status import ChatStatus
from strongroom.gui.widgets import wording
from strongroom.words import translate

Index = QModelIndex | QPersistentModelIndex

CONVERSATION_ROLE = Qt.ItemDataRole.UserRole
EXCERPT_ROLE = Qt.ItemDataRole.UserRole + 1
AGE_ROLE = Qt.ItemDataRole.UserRole + 2
STATUS_ROLE = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    conversation: Conversation
    excerpt: str = ""
    """Where a search found its words in a message; empty for a plain row."""
    message_id: int | None = None


class ConversationModel(QAbstractListModel):
    """New conversations in which something waits, then kept ones, which can be renamed in place.

    Signals:
        renamed: A conversation's id and the title that the user typed.
    """

    renamed = Signal(int, str)

    def __init__(self, parent: object = None) -> None:
        super().__init__(parent)  # type: ignore[arg-type]
        self._new: list[OpenChat] = []
        self._rows: list[Row] = []
        self._statuses: dict[OpenChat | int, ChatStatus] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._new) + len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        if not index.isValid():
            return None
        row = self.row(index)
        title = row.conversation.title if row else translate("ConversationModel", "New conversation")
        age = wording.age(row.conversation.updated_at) if row else ""
        status = self._status(index)
        values = {
            Qt.ItemDataRole.DisplayRole: title,
            Qt.ItemDataRole.EditRole: title,
            Qt.ItemDataRole.AccessibleTextRole: ", ".join(filter(None, (title, status.said if status else "", age))),
            CONVERSATION_ROLE: row,
            EXCERPT_ROLE: row.excerpt if row else "",
            AGE_ROLE: age,
            STATUS_ROLE: status,
        }
        return values.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that rows can be chosen, and those of kept conversations edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self.row(index) is not None else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a new title; the row changes when it has been stored."""
        title, row = str(value).strip(), self.row(index)
        if role != Qt.ItemDataRole.EditRole or row is None or not title or title == row.conversation.title:
            return False
        self.renamed.emit(row.conversation.conversation_id, title)
        return True

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these kept conversations; nothing happens when they are the ones that are shown."""
        if list(rows) != self._rows:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()

    def set_new(self, chats: Sequence[OpenChat]) -> None:
        """Show these new conversations above the kept ones."""
        if list(chats) != self._new:
            self.beginResetModel()
            self._new = list(chats)
            self.endResetModel()

    def set_statuses(self, statuses: Mapping[OpenChat, ChatStatus]) -> None:
        """Show these statuses; a conversation that is not among them has none."""
        keyed = {_key(chat): status for chat, status in statuses.items()}
        if keyed != self._statuses:
            self._statuses = keyed
            if self.rowCount():
                self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def row(self, index: Index) -> Row | None:
        """Return the row of a kept conversation at ``index``."""
        number = index.row() - len(self._new)
        return self._rows[number] if index.isValid() and 0 <= number < len(self._rows) else None

    def new_chat(self, index: Index) -> OpenChat | None:
        """Return the new conversation at ``index``."""
        return self._new[index.row()] if index.isValid() and index.row() < len(self._new) else None

    def index_of(self, chat: OpenChat | None) -> QModelIndex:
        """Return the index of a conversation's first row; an invalid one when it is not shown."""
        if chat in self._new:
            return self.index(self._new.index(chat))
        for number, row in enumerate(self._rows):
            if chat is not None and row.conversation.conversation_id == chat.conversation_id:
                return self.index(len(self._new) + number)
        return QModelIndex()

    def _status(self, index: Index) -> ChatStatus | None:
        row, chat = self.row(index), self.new_chat(index)
        if row is not None:
            return self._statuses.get(row.conversation.conversation_id)
        return self._statuses.get(chat) if chat is not None else None


def _key(chat: OpenChat) -> OpenChat | int:
    return chat if chat.conversation_id is None else chat.conversation_id

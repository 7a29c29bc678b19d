# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The rows of the conversation list: conversations, or the places where a search found its words."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from strongroom.core.chat import Conversation
from strongroom.gui.widgets import wording

Index = QModelIndex | QPersistentModelIndex

CONVERSATION_ROLE = Qt.ItemDataRole.UserRole
EXCERPT_ROLE = Qt.ItemDataRole.UserRole + 1
AGE_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    conversation: Conversation
    excerpt: str = ""
    """Where a search found its words in a message; empty for a plain row."""
    message_id: int | None = None


class ConversationModel(QAbstractListModel):
    """Rows that can be renamed in place.

    Signals:
        renamed: A conversation's id and the title that the user typed.
    """

    renamed = Signal(int, str)

    def __init__(self, parent: object = None) -> None:
        super().__init__(parent)  # type: ignore[arg-type]
        self._rows: list[Row] = []

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.conversation.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.conversation.title}, {wording.age(row.conversation.updated_at)}"
        if role == CONVERSATION_ROLE:
            return row
        if role == EXCERPT_ROLE:
            return row.excerpt
        if role == AGE_ROLE:
            return wording.age(row.conversation.updated_at)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that rows can be chosen and edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable if index.isValid() else super().flags(index)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a new title; the row changes when it has been stored."""
        title = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not title or title == self._rows[index.row()].conversation.title:
            return False
        self.renamed.emit(self._rows[index.row()].conversation.conversation_id, title)
        return True

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; nothing happens when they are the ones that are shown."""
        if list(rows) == self._rows:
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row(self, index: Index) -> Row | None:
        """Return the row at ``index``."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, conversation_id: int | None) -> QModelIndex:
        """Return the index of a conversation's first row; an invalid one when it is not shown."""
        for number, row in enumerate(self._rows):
            if row.conversation.conversation_id == conversation_id:
                return self.index(number)
        return QModelIndex()

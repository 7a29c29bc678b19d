# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The tree of a conversation: its paths, the versions of a turn, its selected head.

A message is always newer than its parent, so a path is in the order of its numbers, and the newest message of a subtree
is a leaf.
"""

from typing import Any

from strongroom.core.chat import MessageOutline, MessageState, Parent, Role, StoredMessage
from strongroom.storage.database import Database, Statements
from strongroom.storage.message_rows import MESSAGES, strict, with_pieces
from strongroom.storage.refusals import no_conversation, no_message, other_conversation
from strongroom.storage.search import one_line

_LONGEST_OUTLINE = 80
"""Characters of a text that an outline shows."""
_READ_FOR_OUTLINE = 4 * _LONGEST_OUTLINE
"""Characters that are read for it; line breaks and runs of spaces fall away."""

# The end of a path is found by its number, and so is each parent: the rest of the conversation costs nothing. "CROSS"
# keeps the order of the two: from each message that is found to its next ones, by an index, and never the reverse.
_PATH = f"""
    WITH RECURSIVE path (id, parent_id) AS (
        SELECT id, parent_id FROM messages WHERE id = ?
        UNION ALL
        SELECT messages.id, messages.parent_id FROM path CROSS JOIN messages ON messages.id = path.parent_id
        LIMIT ?
    )
    {MESSAGES} WHERE id IN (SELECT id FROM path) ORDER BY id
"""  # noqa: S608 - constants
_VERSIONS = f"{MESSAGES} WHERE conversation_id = ? AND parent_id IS ? ORDER BY id"
_NEWEST_BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT ?
        UNION ALL
        SELECT messages.id
        FROM below CROSS JOIN messages ON messages.conversation_id = ? AND messages.parent_id = below.id
    )
    SELECT max(id) FROM below
"""
# An answer that is being written has its text in pieces.
_OUTLINE = f"""
    SELECT id, parent_id, role, state, substr(text, 1, {_READ_FOR_OUTLINE}) || coalesce((
        SELECT substr(group_concat(text, ''), 1, {_READ_FOR_OUTLINE})
        FROM (SELECT text FROM pieces WHERE message_id = messages.id ORDER BY id LIMIT 20)
    ), '')
    FROM messages WHERE conversation_id = ? ORDER BY id
"""  # noqa: S608 - constants


class MessageTree:
    """The trees of all conversations of one data folder. Any thread may use it.

    Every method raises :class:`StorageError` when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def outline(self, conversation_id: int) -> list[MessageOutline]:
        """Return all messages of a conversation without their texts, oldest first, so parents before children.

        An unknown conversation has none.
        """
        return [_outline_of(*row) for row in self._database.rows(_OUTLINE, (conversation_id,))]

    def children(self, message_id: int) -> list[StoredMessage]:
        """Return the messages right below a message, oldest first.

        Raises:
            StorageError: There is no such message (``NOT_FOUND``).
        """
        with self._database.snapshot() as statements:
            conversation_id, _ = _place_of(statements, message_id)
            return _versions_below(statements, conversation_id, message_id)

    def versions(self, message_id: int) -> list[StoredMessage]:
        """Return all messages with the parent of this one, itself among them, oldest first; for a root, all roots.

        Raises:
            StorageError: There is no such message (``NOT_FOUND``).
        """
        with self._database.snapshot() as statements:
            return _versions_below(statements, *_place_of(statements, message_id))

    def select_head(self, conversation_id: int, message_id: int) -> None:
        """Let the selected path end with a message: a leaf, or an inner one to go on from there in another way.

        The conversation's place in the list stays.

        Raises:
            StorageError: There is no such conversation or message (``NOT_FOUND``), or the message is one of another
                conversation (``OTHER_CONVERSATION``).
        """
        with self._database.transaction() as statements:
            _require_both(statements, conversation_id, message_id)
            _set_head(statements, conversation_id, message_id)

    def select_newest_below(self, conversation_id: int, message_id: int) -> int:
        """Let the selected path go through a message to the newest one below it, and return that one's number.

        A step to another version of a turn thus shows how it went on there.

        Raises:
            StorageError: As for :meth:`select_head`.
        """
        with self._database.transaction() as statements:
            _require_both(statements, conversation_id, message_id)
            ((newest,),) = statements.execute(_NEWEST_BELOW, (message_id, conversation_id)).fetchall()
            _set_head(statements, conversation_id, newest)
            return int(newest)


def rows_of_path(
    statements: Statements, conversation_id: int, limit: int, before_id: int | None, up_to: int | None
) -> list[tuple[Any, ...]]:
    """Return the rows of the last ``limit`` messages of a path, the oldest first.

    Args:
        statements: Of one transaction.
        conversation_id: The conversation; an unknown one has no messages.
        limit: The most to return.
        before_id: The path ends before this message.
        up_to: The path ends with this message; with the head where neither is given.

    Raises:
        StorageError: A message that is given is not one of the conversation.
    """
    if before_id is not None:
        end = _parent_of(statements, conversation_id, before_id)
    elif up_to is not None:
        _parent_of(statements, conversation_id, up_to)
        end = up_to
    else:
        found = statements.execute("SELECT head_id FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
        end = found[0] if found is not None else None
    return [] if end is None else statements.execute(_PATH, (end, limit)).fetchall()


def resolved_parent(statements: Statements, conversation_id: int, parent: int | Parent) -> int | None:
    """Return the parent of a new message; None for a root.

    Raises:
        StorageError: There is no such conversation or message (``NOT_FOUND``), or the message is one of another
            conversation (``OTHER_CONVERSATION``).
    """
    if isinstance(parent, Parent):
        head = _head_of(statements, conversation_id)
        return head if parent is Parent.HEAD else None
    _require_both(statements, conversation_id, parent)
    return parent


def _outline_of(message_id: int, parent_id: int | None, role: str, state: str, text: str) -> MessageOutline:
    return MessageOutline(
        message_id,
        parent_id,
        strict(message_id, Role, role),
        strict(message_id, MessageState, state),
        one_line(text)[:_LONGEST_OUTLINE],
    )


def _versions_below(statements: Statements, conversation_id: int, parent_id: int | None) -> list[StoredMessage]:
    rows = statements.execute(_VERSIONS, (conversation_id, parent_id)).fetchall()
    return [with_pieces(statements, row) for row in rows]


def _require_both(statements: Statements, conversation_id: int, message_id: int) -> None:
    _head_of(statements, conversation_id)
    _parent_of(statements, conversation_id, message_id)


def _head_of(statements: Statements, conversation_id: int) -> int | None:
    """Return the head of a conversation that is there and not deleted; None while it has no messages."""
    found = statements.execute("SELECT head_id FROM listed WHERE id = ?", (conversation_id,)).fetchone()
    if found is None:
        raise no_conversation(conversation_id)
    head: int | None = found[0]
    return head


def _parent_of(statements: Statements, conversation_id: int, message_id: int) -> int | None:
    """Return the parent of a message of this conversation."""
    found_id, parent_id = _place_of(statements, message_id)
    if found_id != conversation_id:
        raise other_conversation(message_id, conversation_id)
    return parent_id


def _place_of(statements: Statements, message_id: int) -> tuple[int, int | None]:
    """Return the conversation of a message, and its parent."""
    found = statements.execute("SELECT conversation_id, parent_id FROM messages WHERE id = ?", (message_id,)).fetchone()
    if found is None:
        raise no_message(message_id)
    return found[0], found[1]


def _set_head(statements: Statements, conversation_id: int, message_id: int) -> None:
    statements.execute("UPDATE conversations SET head_id = ? WHERE id = ?", (message_id, conversation_id))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Chat databases of the development versions 1 and 2, where a conversation was a list: what is in them is moved over.

Both functions run in one transaction, between which the new tables are made: a failure leaves the file as it was.
"""

from strongroom.storage.database import Statements

_MOVED = ("conversations", "messages", "pieces")


def set_development_aside(statements: Statements) -> None:
    """Take the names of the old tables away and drop what follows from their content, so that new ones can be made."""
    for index in ("titles", "words"):
        for trigger in ("added", "removed", "changed"):
            statements.execute(f"DROP TRIGGER {index}_{trigger}")
        statements.execute(f"DROP TABLE {index}")
    statements.execute("DROP VIEW listed")
    for index in ("messages_of_conversation", "messages_being_written", "pieces_of_message"):
        statements.execute(f"DROP INDEX {index}")
    for table in _MOVED:
        statements.execute(f"ALTER TABLE {table} RENAME TO former_{table}")


def fill_from_development(statements: Statements) -> None:
    """Fill the new tables, and drop the old ones. Each message becomes the child of the one before it."""
    statements.execute(
        "INSERT INTO conversations (id, title, created_at, updated_at, deleted_at)"
        " SELECT id, title, created_at, updated_at, deleted_at FROM former_conversations ORDER BY id"
    )
    same = "role, state, text, created_at, marks, notes, model_name, model_digest, finish_reason, numbers, writer"
    statements.execute(
        f"INSERT INTO messages (id, conversation_id, parent_id, {same})"  # noqa: S608 - constants
        " SELECT id, conversation_id, lag(id) OVER (PARTITION BY conversation_id ORDER BY id),"
        f" {same} FROM former_messages ORDER BY id"
    )
    statements.execute(
        "INSERT INTO pieces (id, message_id, text, marks) SELECT id, message_id, text, marks FROM former_pieces"
    )
    statements.execute(
        "UPDATE conversations SET head_id = (SELECT max(id) FROM messages WHERE conversation_id = conversations.id)"
    )
    for table in _MOVED:
        # A number that was given before is not given again, even where its row is gone.
        statements.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        statements.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT ?, seq FROM sqlite_sequence WHERE name = ?",
            (table, f"former_{table}"),
        )
    # Those that refer to others first: dropping a table deletes its rows, and what refers to them.
    for table in reversed(_MOVED):
        statements.execute(f"DROP TABLE former_{table}")

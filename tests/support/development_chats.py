# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The chat database as the development versions made it, before a conversation was a tree. Never edited."""

from strongroom.core.statement import Statement
from strongroom.storage.database import Schema, Statements


def m001_conversations(statements: Statements) -> None:
    """Make conversations, their messages, the pieces of answers being written, and the search indexes.

    ``AUTOINCREMENT``: the incident log names conversations by number, so a number is never given twice.
    """
    for sql in (
        """
        CREATE TABLE conversations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            deleted_at TEXT
        ) STRICT
        """,
        """
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            role TEXT NOT NULL,
            state TEXT NOT NULL,
            text TEXT NOT NULL,
            created_at TEXT NOT NULL,
            marks TEXT NOT NULL DEFAULT '[]',
            notes TEXT NOT NULL DEFAULT '[]',
            model_name TEXT NOT NULL DEFAULT '',
            model_digest TEXT NOT NULL DEFAULT '',
            finish_reason TEXT,
            numbers TEXT,
            writer TEXT NOT NULL DEFAULT ''
        ) STRICT
        """,
        """
        CREATE VIEW listed AS
        SELECT id, title, created_at, updated_at,
            (SELECT count(*) FROM messages WHERE conversation_id = conversations.id) AS message_count
        FROM conversations WHERE deleted_at IS NULL
        """,
        "CREATE INDEX messages_of_conversation ON messages (conversation_id, id)",
        "CREATE INDEX messages_being_written ON messages (writer) WHERE state = 'writing'",
        # One row for each release of an answer that is being written: appending is cheap, rewriting a long text is not.
        """
        CREATE TABLE pieces (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
            text TEXT NOT NULL,
            marks TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX pieces_of_message ON pieces (message_id, id)",
        *_search_index("titles", "conversations", "title"),
        *_search_index("words", "messages", "text"),
    ):
        statements.execute(sql)


def m002_false_alarms(statements: Statements) -> None:
    """Make the reports of false alarms; a passage or a comment that the user left out is empty."""
    statements.execute(
        """
        CREATE TABLE false_alarms (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            reported_at TEXT NOT NULL,
            rule_id TEXT NOT NULL,
            category TEXT NOT NULL,
            action TEXT NOT NULL,
            direction TEXT NOT NULL,
            confidence REAL NOT NULL,
            severity TEXT NOT NULL,
            evidence TEXT NOT NULL,
            disguise TEXT NOT NULL,
            policy_name TEXT NOT NULL,
            policy_version TEXT NOT NULL,
            policy_digest TEXT NOT NULL,
            passage TEXT NOT NULL,
            comment TEXT NOT NULL
        ) STRICT
        """
    )


def _search_index(index: str, table: str, column: str) -> tuple[str, ...]:
    """Return the statements for a full-text index that holds no second copy of the text and follows its table."""
    remove = f"INSERT INTO {index} ({index}, rowid, {column}) VALUES ('delete', old.id, old.{column});"  # noqa: S608 - constants
    add = f"INSERT INTO {index} (rowid, {column}) VALUES (new.id, new.{column});"  # noqa: S608 - constants
    return (
        f"""
        CREATE VIRTUAL TABLE {index} USING fts5 (
            {column}, content='{table}', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3'
        )
        """,
        # Without it, the words of a deleted text stay in the index until it is rewritten.
        f"INSERT INTO {index} ({index}, rank) VALUES ('secure-delete', 1)",  # noqa: S608 - constants
        f"CREATE TRIGGER {index}_added AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {index}_removed AFTER DELETE ON {table} BEGIN {remove} END",
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF {column} ON {table} BEGIN {remove} {add} END",
    )


DEVELOPMENT_CHATS = Schema(
    title=Statement("database.chats"), application_id=0x53524331, migrations=(m001_conversations, m002_false_alarms)
)

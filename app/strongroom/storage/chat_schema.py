# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of the chat database, and how they came about. A migration that has been released is never edited.

A conversation is a tree. The database itself sees to it that a parent and a head are messages of the same conversation,
and that a parent is older than its children, so that no circle can be made.

A message's text is a column of ``messages``, which the search index follows and which grows by ``pieces``. Parts of
other kinds are rows of ``message_parts``: a kind, and content as JSON, so that a new kind (an attachment, the result of
a tool) needs no change here, and a version that does not know it can leave it alone. No kind is written yet.
"""

from strongroom.core.statement import Statement
from strongroom.storage.database import Schema, Statements
from strongroom.storage.development_chats import fill_from_development, set_development_aside


def m003_chats(statements: Statements) -> None:
    """Make the tables of the first release: conversations, messages, pieces, search indexes, reports of false alarms.

    ``AUTOINCREMENT``: the incident log names conversations by number, so a number is never given twice; and a message's
    number is higher than that of each of its ancestors.
    """
    _make_conversations(statements)
    _make_false_alarms(statements)


def bring_forward(statements: Statements) -> None:
    """Make the tables of the first release in a database of a development version, and move everything over."""
    set_development_aside(statements)
    _make_conversations(statements)
    fill_from_development(statements)
    if not statements.execute("SELECT 1 FROM sqlite_master WHERE name = 'false_alarms'").fetchall():
        _make_false_alarms(statements)


def _make_conversations(statements: Statements) -> None:
    for sql in (
        """
        CREATE TABLE conversations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            deleted_at TEXT,
            head_id INTEGER,
            FOREIGN KEY (id, head_id) REFERENCES messages (conversation_id, id)
        ) STRICT
        """,
        """
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            parent_id INTEGER CHECK (parent_id < id),
            role TEXT NOT NULL,
            state TEXT NOT NULL,
            text TEXT NOT NULL,
            created_at TEXT NOT NULL,
            marks TEXT NOT NULL DEFAULT '[]',
            notes TEXT NOT NULL DEFAULT '[]',
            model_name TEXT NOT NULL DEFAULT '',
            model_digest TEXT NOT NULL DEFAULT '',
            sampling TEXT,
            seed INTEGER,
            template_digest TEXT NOT NULL DEFAULT '',
            finish_reason TEXT,
            numbers TEXT,
            writer TEXT NOT NULL DEFAULT '',
            FOREIGN KEY (conversation_id, parent_id) REFERENCES messages (conversation_id, id)
        ) STRICT
        """,
        """
        CREATE VIEW listed AS
        SELECT id, title, created_at, updated_at,
            (SELECT count(*) FROM messages WHERE conversation_id = conversations.id) AS message_count, head_id
        FROM conversations WHERE deleted_at IS NULL
        """,
        "CREATE UNIQUE INDEX messages_of_conversation ON messages (conversation_id, id)",
        "CREATE INDEX messages_of_parent ON messages (conversation_id, parent_id)",
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
        """
        CREATE TABLE message_parts (
            message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
            position INTEGER NOT NULL CHECK (position > 0),
            kind TEXT NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (message_id, position)
        ) STRICT, WITHOUT ROWID
        """,
        *_search_index("titles", "conversations", "title"),
        *_search_index("words", "messages", "text"),
    ):
        statements.execute(sql)


def _make_false_alarms(statements: Statements) -> None:
    # A passage or a comment that the user left out is empty.
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


CHATS = Schema(
    title=Statement("database.chats"),
    application_id=0x53524331,
    migrations=(m003_chats,),
    first_version=3,
    bring_forward=bring_forward,
)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Answers whose writer is gone: each is ended, and keeps what was released of it."""

from collections.abc import Callable
from dataclasses import replace

from strongroom.core.chat import MessageState, StoredMessage
from strongroom.storage.database import Database
from strongroom.storage.message_rows import MESSAGES, keep_ended, with_pieces
from strongroom.storage.writers import Writer

Revise = Callable[[StoredMessage], StoredMessage]


def end_interrupted_answers(database: Database, writer: Writer, revise: Revise) -> int:
    """End the answers whose writer is gone; return how many that were.

    Args:
        database: The chat database.
        writer: Of this process; knows which others are alive.
        revise: Is given each answer, in the state *interrupted*, and says how it shall be kept.
    """
    ended = 0
    for (token,) in database.rows("SELECT DISTINCT writer FROM messages WHERE state = 'writing'"):
        if not writer.is_alive(token):
            ended += sum(_end(database, message, token, revise) for message in _left_by(database, token))
    writer.clear_up()
    return ended


def _left_by(database: Database, token: str) -> list[StoredMessage]:
    with database.snapshot() as statements:
        rows = statements.execute(f"{MESSAGES} WHERE state = 'writing' AND writer = ?", (token,)).fetchall()
        return [with_pieces(statements, row) for row in rows]


def _end(database: Database, left: StoredMessage, token: str, revise: Revise) -> bool:
    """Keep one answer; False when another process has done so meanwhile."""
    # Outside the transaction: what revises it may take a while, and may write somewhere else.
    message = revise(replace(left, state=MessageState.INTERRUPTED))
    with database.transaction() as statements:
        if not statements.execute(
            "SELECT 1 FROM messages WHERE id = ? AND state = 'writing' AND writer = ?", (left.message_id, token)
        ).fetchall():
            return False
        keep_ended(statements, message)
    if message.text != left.text:
        database.forget_log()
    return True

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of the chat database as values of ``core``, read strictly; and an answer's pieces, joined to its text."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from strongroom.core.chat import MessageState, Role, StoredMessage
from strongroom.core.clock import utc_now
from strongroom.core.generation import FinishReason
from strongroom.storage.codec import (
    decode_marks,
    decode_notes,
    decode_numbers,
    encode_marks,
    encode_notes,
    encode_numbers,
    storable,
)
from strongroom.storage.database import Statements
from strongroom.storage.refusals import not_readable

T = TypeVar("T")


def read_message(statements: Statements, message_id: int) -> StoredMessage:
    """Return one message that exists."""
    (row,) = statements.execute("SELECT * FROM messages WHERE id = ?", (message_id,)).fetchall()
    return message_of(row)


def keep_ended(statements: Statements, message: StoredMessage) -> StoredMessage:
    """Keep an answer that has ended, in place of its pieces, and return it as it is then kept."""
    statements.execute(
        "UPDATE messages SET text = ?, marks = ?, notes = ?, state = ?, finish_reason = ?, numbers = ?, writer = ''"
        " WHERE id = ?",
        (
            storable(message.text), encode_marks(message.marks), encode_notes(message.notes), message.state.value,
            message.finish_reason and message.finish_reason.value, encode_numbers(message.numbers), message.message_id,
        ),
    )  # fmt: skip
    statements.execute("DELETE FROM pieces WHERE message_id = ?", (message.message_id,))
    statements.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", (utc_now(), message.conversation_id))
    return read_message(statements, message.message_id)


def with_pieces(statements: Statements, row: tuple[Any, ...]) -> StoredMessage:
    """Return a message, with what was released of it so far if it is being written."""
    message = message_of(row)
    if message.state is not MessageState.WRITING:
        return message
    pieces = statements.execute(
        "SELECT text, marks FROM pieces WHERE message_id = ? ORDER BY id", (message.message_id,)
    ).fetchall()
    return replace(
        message,
        text=message.text + "".join(text for text, _ in pieces),
        marks=tuple(mark for _, marks in pieces for mark in strict(message.message_id, decode_marks, marks)),
    )


def message_of(row: tuple[Any, ...]) -> StoredMessage:
    """Return the message of a row of ``messages``.

    Raises:
        StorageError: The row holds something that this app never wrote (``DAMAGED``).
    """
    message_id, conversation_id, role, state, text, created_at, marks, notes, name, digest, reason, numbers, _ = row
    return StoredMessage(
        message_id=message_id,
        conversation_id=conversation_id,
        role=strict(message_id, Role, role),
        text=text,
        created_at=created_at,
        state=strict(message_id, MessageState, state),
        marks=strict(message_id, decode_marks, marks),
        notes=strict(message_id, decode_notes, notes),
        model_name=name,
        model_digest=digest,
        finish_reason=None if reason is None else strict(message_id, FinishReason, reason),
        numbers=strict(message_id, decode_numbers, numbers),
    )


def strict(message_id: int, decode: Callable[[Any], T], value: Any) -> T:
    """Return ``decode(value)``.

    Raises:
        StorageError: ``decode`` refused the value (``DAMAGED``).
    """
    try:
        return decode(value)
    except ValueError as error:
        raise not_readable(message_id, error) from error

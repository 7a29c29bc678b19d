# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of the chat database as values of ``core``, read strictly; and an answer's pieces, joined to its text."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from strongroom.core.chat import MessageState, Role, StoredMessage, UnknownPart
from strongroom.core.clock import utc_now
from strongroom.core.generation import FinishReason, GenerationSettings
from strongroom.storage.codec import (
    decode_marks,
    decode_notes,
    decode_numbers,
    decode_sampling,
    encode_marks,
    encode_notes,
    encode_numbers,
    encode_sampling,
    storable,
)
from strongroom.storage.database import Statements
from strongroom.storage.refusals import not_readable

T = TypeVar("T")

MESSAGES = """
    SELECT id, conversation_id, role, state, text, created_at, marks, notes, model_name, model_digest, finish_reason,
        numbers, parent_id, sampling, seed, template_digest, (
            SELECT json_group_array(kind)
            FROM (SELECT kind FROM message_parts WHERE message_id = messages.id ORDER BY position)
        )
    FROM messages
"""
"""Selects what :func:`message_of` reads."""


def keep_new(statements: Statements, message: StoredMessage, writer: str) -> StoredMessage:
    """Keep a new message as the head of its conversation, and return it as it is then kept.

    Args:
        statements: Of one transaction.
        message: Without its number, which is found here.
        writer: The token of whoever is writing it; empty for a whole message.
    """
    made_with = message.made_with
    statements.execute(
        "INSERT INTO messages (conversation_id, parent_id, role, text, created_at, state, marks, notes, model_name,"
        " model_digest, sampling, seed, template_digest, finish_reason, numbers, writer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.conversation_id, message.parent_id, message.role.value, storable(message.text), message.created_at,
            message.state.value, encode_marks(message.marks), encode_notes(message.notes),
            storable(message.model_name), message.model_digest, made_with and encode_sampling(made_with.sampling),
            made_with and made_with.seed, made_with.template_digest if made_with else "",
            message.finish_reason and message.finish_reason.value, encode_numbers(message.numbers), writer,
        ),
    )  # fmt: skip
    message_id = statements.lastrowid
    statements.execute(
        "UPDATE conversations SET updated_at = ?, head_id = ? WHERE id = ?",
        (message.created_at, message_id, message.conversation_id),
    )
    return _read(statements, message_id)


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
    return _read(statements, message.message_id)


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
    """Return the message of a row of :data:`MESSAGES`.

    Raises:
        StorageError: The row holds something that this app never wrote (``DAMAGED``).
    """
    message_id, conversation_id, role, state, text, created_at, marks, notes, name, digest, reason, numbers, *rest = row
    parent_id, sampling, seed, template_digest, further_kinds = rest
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
        parent_id=parent_id,
        made_with=strict(message_id, _settings_of, (sampling, seed, template_digest)),
        further_parts=tuple(UnknownPart(kind) for kind in json.loads(further_kinds)) if further_kinds != "[]" else (),
    )


def _settings_of(columns: tuple[str | None, int | None, str]) -> GenerationSettings | None:
    sampling, seed, template_digest = columns
    if sampling is None and seed is None and not template_digest:
        return None
    if sampling is None or seed is None:
        raise ValueError("sampling parameters without a seed, or the reverse")
    return GenerationSettings(decode_sampling(sampling), seed, template_digest)


def _read(statements: Statements, message_id: int) -> StoredMessage:
    (row,) = statements.execute(f"{MESSAGES} WHERE id = ?", (message_id,)).fetchall()
    return message_of(row)


def strict(message_id: int, decode: Callable[[Any], T], value: Any) -> T:
    """Return ``decode(value)``.

    Raises:
        StorageError: ``decode`` refused the value (``DAMAGED``).
    """
    try:
        return decode(value)
    except ValueError as error:
        raise not_readable(message_id, error) from error

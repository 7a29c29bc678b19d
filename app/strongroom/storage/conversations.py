# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The conversations: kept as they are shown, found again, deleted with a way back.

An answer grows by releases. Each is a row of its own, committed before :meth:`ConversationStore.append_release`
returns, so that ``kill -9`` at any moment loses nothing that was shown; they are folded into the message at its end.

A conversation is a tree (:mod:`strongroom.core.chat`). What is added goes below the selected head, unless a parent is
named, and becomes the head; so without versions it is the list that it looks like.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from strongroom.core.chat import (
    Conversation,
    MessageState,
    Note,
    Parent,
    Role,
    SearchHit,
    StoredMessage,
    VisibleText,
)
from strongroom.core.clock import utc_now
from strongroom.core.findings import Mark
from strongroom.core.generation import FinishReason, GenerationNumbers, GenerationSettings
from strongroom.storage.chat_schema import CHATS
from strongroom.storage.codec import decode_notes, encode_marks, encode_notes, storable, storable_note
from strongroom.storage.database import Database
from strongroom.storage.false_alarms import FalseAlarmStore
from strongroom.storage.interrupted import Revise, end_interrupted_answers
from strongroom.storage.message_rows import MESSAGES, keep_ended, keep_new, strict, with_pieces
from strongroom.storage.message_tree import MessageTree, resolved_parent, rows_of_path
from strongroom.storage.opening import copy_database, open_database
from strongroom.storage.refusals import answer_not_begun, no_conversation, no_message, not_writing
from strongroom.storage.search import (
    LIST,
    LIST_MATCHING,
    SEARCH_MESSAGES,
    SEARCH_TITLES,
    match_expression,
    one_line,
)
from strongroom.storage.writers import Writer

# The method ``list`` hides the built-in inside the class.
Conversations = list[Conversation]
Messages = list[StoredMessage]
Hits = list[SearchHit]


def open_conversations(path: Path | None, key: bytes | None) -> "ConversationStore":
    """Open the chat database, made if missing; without a path, one that lives in memory.

    Raises:
        StorageError: It cannot be opened with this key, or is not the chat database.
    """
    # Not durable against power cuts: 30 releases a second would each wait for the disk.
    return ConversationStore(open_database(path, key, CHATS, is_durable=False))


def _as_it_is(message: StoredMessage) -> StoredMessage:
    return message


class ConversationStore:
    """All conversations of one data folder. Any thread may use it, and several processes may share the file.

    Every method raises :class:`StorageError` when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = Writer(database.path)
        self.false_alarms = FalseAlarmStore(database)
        self.tree = MessageTree(database)

    @property
    def database(self) -> Database:
        """Where everything is kept, for whoever looks after the file."""
        return self._database

    def create(self, title: str = "") -> Conversation:
        """Begin a conversation without messages."""
        now = utc_now()
        with self._database.transaction() as statements:
            statements.execute(
                "INSERT INTO conversations (title, created_at, updated_at) VALUES (?, ?, ?)",
                (storable(title), now, now),
            )
            return Conversation(statements.lastrowid, storable(title), now, now)

    def list(self, query: str = "", limit: int = 500) -> Conversations:
        """Return the conversations, the one with the newest message first.

        Args:
            query: Words that the title or some message must hold, each at least in its beginning; empty for all.
            limit: The most to return.
        """
        if not query.strip():
            rows = self._database.rows(LIST, (limit,))
        elif expression := match_expression(query):
            rows = self._database.rows(LIST_MATCHING, (expression, expression, limit))
        else:
            rows = []
        return [Conversation(*row) for row in rows]

    def get(self, conversation_id: int) -> Conversation:
        """Return one conversation.

        Raises:
            StorageError: There is none with this number, or it is deleted (``NOT_FOUND``).
        """
        rows = self._database.rows("SELECT * FROM listed WHERE id = ?", (conversation_id,))
        if not rows:
            raise no_conversation(conversation_id)
        return Conversation(*rows[0])

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title. Its place in the list stays.

        Raises:
            StorageError: There is no such conversation (``NOT_FOUND``).
        """
        self._change(
            conversation_id,
            "UPDATE conversations SET title = ? WHERE id = ? AND deleted_at IS NULL",
            (storable(title), conversation_id),
        )

    def delete(self, conversation_id: int) -> None:
        """Take a conversation out of sight; :meth:`restore` brings it back until :meth:`purge_deleted`.

        Raises:
            StorageError: There is no such conversation (``NOT_FOUND``).
        """
        self._change(
            conversation_id,
            "UPDATE conversations SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL",
            (utc_now(), conversation_id),
        )

    def restore(self, conversation_id: int) -> None:
        """Bring a deleted conversation back; one that is not deleted stays as it is.

        Raises:
            StorageError: It has been purged, or never was (``NOT_FOUND``).
        """
        self._change(conversation_id, "UPDATE conversations SET deleted_at = NULL WHERE id = ?", (conversation_id,))

    def purge_deleted(self) -> int:
        """Remove what was deleted, for good; return how many conversations that were.

        Their pages are overwritten, in the file and in its write-ahead log.
        """
        return self._remove("DELETE FROM conversations WHERE deleted_at IS NOT NULL", ())

    def remove(self, conversation_id: int) -> None:
        """Remove one conversation for good, at once. Others that are deleted keep their way back.

        Raises:
            StorageError: There is no such conversation (``NOT_FOUND``).
        """
        if not self._remove("DELETE FROM conversations WHERE id = ?", (conversation_id,)):
            raise no_conversation(conversation_id)

    def _remove(self, sql: str, parameters: tuple[int, ...]) -> int:
        removed = self._database.write(sql, parameters)
        if removed:
            self._database.forget_log()
        return removed

    def messages(
        self, conversation_id: int, limit: int = 200, before_id: int | None = None, *, up_to: int | None = None
    ) -> Messages:
        """Return the last messages of the selected path of a conversation, oldest first.

        An answer that is being written comes with its text so far.

        Args:
            conversation_id: The conversation; an unknown one has no messages.
            limit: The most to return.
            before_id: The path ends before this message instead of with the head, to page backwards.
            up_to: The path ends with this message, whichever the head is.

        Raises:
            StorageError: There is no message ``before_id`` or ``up_to`` (``NOT_FOUND``), or it is one of another
                conversation (``OTHER_CONVERSATION``).
        """
        with self._database.snapshot() as statements:
            rows = rows_of_path(statements, conversation_id, limit, before_id, up_to)
            return [with_pieces(statements, row) for row in rows]

    def add_message(
        self,
        conversation_id: int,
        role: Role,
        text: str,
        *,
        marks: Sequence[Mark] = (),
        notes: Sequence[Note] = (),
        state: MessageState = MessageState.COMPLETE,
        model_name: str = "",
        model_digest: str = "",
        made_with: GenerationSettings | None = None,
        finish_reason: FinishReason | None = None,
        numbers: GenerationNumbers | None = None,
        parent: int | Parent = Parent.HEAD,
    ) -> StoredMessage:
        """Keep one whole message, which becomes the head of its conversation.

        Raises:
            StorageError: There is no such conversation or parent (``NOT_FOUND``), or the parent is a message of another
                conversation (``OTHER_CONVERSATION``).
        """
        if state is MessageState.WRITING:
            raise ValueError("an answer that is being written is made by begin_answer")
        draft = StoredMessage(
            message_id=0,
            conversation_id=conversation_id,
            role=role,
            text=text,
            created_at=utc_now(),
            state=state,
            marks=tuple(marks),
            notes=tuple(notes),
            model_name=model_name,
            model_digest=model_digest,
            finish_reason=finish_reason,
            numbers=numbers,
            made_with=made_with,
        )
        return self._insert(draft, parent)

    def begin_answer(
        self,
        conversation_id: int,
        model_name: str,
        model_digest: str,
        made_with: GenerationSettings | None = None,
        *,
        parent: int | Parent = Parent.HEAD,
    ) -> StoredMessage:
        """Keep an empty answer that will grow by :meth:`append_release`; it becomes the head of its conversation.

        Raises:
            StorageError: As for :meth:`add_message`.
        """
        try:
            self._writer.announce()
        except OSError as error:
            raise answer_not_begun(error) from error
        draft = StoredMessage(
            message_id=0,
            conversation_id=conversation_id,
            role=Role.ASSISTANT,
            text="",
            created_at=utc_now(),
            state=MessageState.WRITING,
            model_name=model_name,
            model_digest=model_digest,
            made_with=made_with,
        )
        return self._insert(draft, parent)

    def append_release(self, message_id: int, text: str, marks: Sequence[Mark] = ()) -> None:
        """Keep more text of an answer; it is committed when this returns.

        Args:
            message_id: An answer that this store began.
            text: What is added to the visible text.
            marks: Counting from the beginning of the whole visible answer.

        Raises:
            StorageError: The answer is not being written any more: finished, or purged with its conversation.
        """
        added = self._database.write(
            "INSERT INTO pieces (message_id, text, marks) SELECT id, ?, ? FROM messages"
            " WHERE id = ? AND state = 'writing' AND writer = ?",
            (storable(text), encode_marks(marks), message_id, self._writer.token),
        )
        if not added:
            raise not_writing(message_id)

    def add_note(self, message_id: int, note: Note) -> None:
        """Keep a fact about a message.

        Raises:
            StorageError: There is no such message (``NOT_FOUND``).
        """
        with self._database.transaction() as statements:
            row = statements.execute("SELECT notes FROM messages WHERE id = ?", (message_id,)).fetchone()
            if row is None:
                raise no_message(message_id)
            notes = (*strict(message_id, decode_notes, row[0]), storable_note(note))
            statements.execute("UPDATE messages SET notes = ? WHERE id = ?", (encode_notes(notes), message_id))

    def keep_general_template(self, message_id: int) -> None:
        """Keep that an answer was made with the app's general chat template, and not with that of the model's file.

        Whether that one takes a conversation shows only when it is tried.

        Raises:
            StorageError: There is no such message (``NOT_FOUND``).
        """
        if not self.database.write("UPDATE messages SET template_digest = '' WHERE id = ?", (message_id,)):
            raise no_message(message_id)

    def finish_answer(
        self,
        message_id: int,
        state: MessageState,
        finish_reason: FinishReason | None,
        numbers: GenerationNumbers | None,
        *,
        revised: VisibleText | None = None,
    ) -> StoredMessage:
        """End an answer: its releases become its text, or what stands for all of them.

        Args:
            message_id: The answer.
            state: How it ended.
            finish_reason: Why it ended.
            numbers: Its numbers, if there are any.
            revised: The whole visible text from now on. What was released before is overwritten, in the file and in its
                write-ahead log; it was never in the search index.

        Raises:
            StorageError: The answer is not being written any more (``NOT_FOUND``).
        """
        if state is MessageState.WRITING:
            raise ValueError("a finished answer is not being written")
        with self._database.transaction() as statements:
            row = statements.execute(f"{MESSAGES} WHERE id = ? AND state = 'writing'", (message_id,)).fetchone()
            if row is None:
                raise not_writing(message_id)
            message = replace(with_pieces(statements, row), state=state, finish_reason=finish_reason, numbers=numbers)
            if revised is not None:
                message = replace(message, text=revised.text, marks=revised.marks)
            kept = keep_ended(statements, message)
        if revised is not None:
            self._database.forget_log()
        return kept

    def recover_interrupted(self, revise: Revise = _as_it_is) -> int:
        """End the answers whose writer is gone: their text is what was released. Call it once, at the start.

        Args:
            revise: Is given each of them, in the state *interrupted*, and says how it shall be kept.

        Returns:
            How many answers that were. One that another window or terminal is writing right now is left alone.
        """
        return end_interrupted_answers(self._database, self._writer, revise)

    def search(self, text: str, limit: int = 50) -> Hits:
        """Return the places that hold every word of ``text``, each at least in its beginning: titles, then messages.

        Any text is a valid search. The words of an answer are found once it has ended.
        """
        expression = match_expression(text)
        if expression is None:
            return []
        with self._database.snapshot() as statements:
            titles = statements.execute(SEARCH_TITLES, (expression, limit)).fetchall()
            messages = statements.execute(SEARCH_MESSAGES, (expression, limit - len(titles))).fetchall()
        return [SearchHit(Conversation(*row[2:]), row[1], one_line(row[0])) for row in (*titles, *messages)]

    def copy_to(self, path: Path, key: bytes) -> None:
        """Write everything into a new encrypted file: what a session held in memory, once it has a passphrase.

        Raises:
            StorageError: The file exists already, or cannot be written.
        """
        copy_database(self._database, path, key)

    def close(self) -> None:
        """Close the database. An answer that is still being written counts as interrupted at the next start."""
        self._database.close()
        self._writer.close()

    def _insert(self, draft: StoredMessage, parent: int | Parent) -> StoredMessage:
        """Keep a message; its number and its parent are found here."""
        writer = self._writer.token if draft.state is MessageState.WRITING else ""
        with self._database.transaction() as statements:
            parent_id = resolved_parent(statements, draft.conversation_id, parent)
            return keep_new(statements, replace(draft, parent_id=parent_id), writer)

    def _change(self, conversation_id: int, sql: str, parameters: tuple[Any, ...]) -> None:
        if not self._database.write(sql, parameters):
            raise no_conversation(conversation_id)

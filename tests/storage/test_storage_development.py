# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A chat database of a development version, when a conversation was a list: moved over whole, or left alone."""

import json
from contextlib import closing
from dataclasses import asdict, replace

import pytest

from strongroom.core.chat import KEPT_TEXT, MessageState, Note, Role
from strongroom.core.findings import Action, Direction, Mark, PolicyIdentity
from strongroom.core.generation import FinishReason, GenerationNumbers
from strongroom.storage import (
    CHATS,
    FalseAlarmStore,
    StorageError,
    StorageProblem,
    open_conversations,
    open_database,
    open_to_read,
)
from strongroom.words import explain
from support.development_chats import DEVELOPMENT_CHATS

POLICY = PolicyIdentity("default", "1", "sha256:" + "a" * 64, "built-in")
MARK = Mark(0, 3, Action.MASK, "email", "pii", 0.98, Direction.ANSWER, POLICY, "why")
NUMBERS = GenerationNumbers(10, 4, 120.5, 0.25, 30, 61.5, 44, 4096, 2)
AT = "2026-11-24T10:00:00.000Z"


@pytest.fixture
def former(paths, key):
    """The file of a development version: three conversations, of which one is deleted and one was purged."""
    with closing(open_database(paths.chats, key, DEVELOPMENT_CHATS, is_durable=False)) as database:

        def insert(table: str, **values: object) -> None:
            names, marks = ", ".join(values), ", ".join("?" * len(values))
            database.write(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608

        def message(conversation_id: int, role: str, text: str, **values: object) -> None:
            usual = {"conversation_id": conversation_id, "role": role, "text": text, "created_at": AT}
            insert("messages", **{**usual, "state": "complete", **values})

        insert("conversations", title="Lighthouses", created_at=AT, updated_at=AT)
        insert("conversations", title="Deleted", created_at=AT, updated_at=AT, deleted_at=AT)
        insert("conversations", title="Purged", created_at=AT, updated_at=AT)
        message(1, "user", "How tall is the Pharos?")
        message(2, "user", "hidden")
        message(
            1, "assistant", "abc", state="stopped", marks=json.dumps([asdict(MARK)]),
            notes=json.dumps([{"code": "a.b", "text": "a note"}]), model_name="SmolLM2", model_digest="d" * 64,
            finish_reason="cancelled", numbers=json.dumps(asdict(NUMBERS)),
        )  # fmt: skip
        message(2, "assistant", "hidden too")
        message(1, "user", "And the other?")
        message(1, "assistant", "", state="writing", writer="0123456789abcdef", model_name="SmolLM2")
        insert("pieces", message_id=6, text="Half an ", marks="[]")
        insert("pieces", message_id=6, text="answer", marks="[]")
        message(3, "user", "purged")
        database.write("DELETE FROM conversations WHERE id = 3")
        FalseAlarmStore(database).add(MARK, passage="555-0100")
    return paths.chats


@pytest.fixture
def moved(former, key):
    with closing(open_conversations(former, key)) as store:
        yield store


def test_each_message_is_the_child_of_the_one_before_it(moved):
    messages = moved.messages(1)

    assert [(message.message_id, message.parent_id) for message in messages] == [(1, None), (3, 1), (5, 3), (6, 5)]
    assert moved.get(1).head_id == 6
    assert [row.parent_id for row in moved.tree.outline(2)] == [None, 2]


def test_a_message_is_moved_over_with_everything(moved):
    message = moved.messages(1)[1]

    assert (message.role, message.text, message.created_at) == (Role.ASSISTANT, "abc", AT)
    assert (message.state, message.finish_reason) == (MessageState.STOPPED, FinishReason.CANCELLED)
    assert (message.marks, message.notes, message.numbers) == (
        (MARK,),
        (Note("a.b", case=KEPT_TEXT, text="a note"),),
        NUMBERS,
    )
    assert (message.model_name, message.model_digest) == ("SmolLM2", "d" * 64)
    assert (message.made_with, message.further_parts) == (None, ())


def test_an_answer_that_was_being_written_is_recovered(moved):
    assert moved.messages(1)[-1].text == "Half an answer"
    assert moved.recover_interrupted() == 1
    assert moved.messages(1)[-1].state is MessageState.INTERRUPTED
    assert len(moved.search("half an answer")) == 1


def test_the_list_the_search_and_the_reports_are_as_they_were(moved):
    assert [(entry.title, entry.updated_at, entry.message_count) for entry in moved.list()] == [("Lighthouses", AT, 4)]
    assert [hit.message_id for hit in moved.search("pharos")] == [1]
    assert len(moved.search("lighthouses")) == 1
    assert moved.search("hidden") == []
    moved.restore(2)
    assert [hit.message_id for hit in moved.search("hidden")] == [2, 4]
    assert [report.passage for report in moved.false_alarms.list()] == ["555-0100"]


def test_numbers_that_were_given_are_not_given_again(moved):
    assert moved.create().conversation_id == 4
    assert moved.add_message(1, Role.USER, "next").message_id == 8


def test_a_moved_database_is_what_a_new_one_is(former, moved, key, tmp_path):
    def shape(store) -> list[tuple[str, str]]:
        return sorted(store.database.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))

    with closing(open_conversations(tmp_path / "new.db", key)) as new:
        assert shape(moved) == shape(new)
    for index in ("titles", "words"):
        moved.database.write(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")  # noqa: S608
    assert moved.database.rows("PRAGMA foreign_key_check") == []
    assert moved.database.rows("PRAGMA integrity_check") == [("ok",)]
    assert moved.database.rows("PRAGMA user_version") == [(CHATS.version,)]
    assert not list(former.parent.glob("*.before-*"))


def test_a_conversation_of_thousands_of_messages_is_moved_over(paths, key):
    with closing(open_database(paths.chats, key, DEVELOPMENT_CHATS, is_durable=False)) as database:
        database.write(f"INSERT INTO conversations (title, created_at, updated_at) VALUES ('', '{AT}', '{AT}')")  # noqa: S608
        database.write(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            " INSERT INTO messages (conversation_id, role, state, text, created_at)"
            " SELECT 1, 'user', 'complete', 'message ' || i, '2026' FROM n"
        )

    with closing(open_conversations(paths.chats, key)) as store:
        assert [message.text for message in store.messages(1, limit=9_000)] == [f"message {i}" for i in range(1, 3001)]
        assert len(store.search("message 2999")) == 1


def test_a_database_that_cannot_be_moved_is_refused_and_stays_as_it_was_with_a_copy(former, key):
    with closing(open_database(former, key, DEVELOPMENT_CHATS, is_durable=False)) as database:
        # No table of the app: the new one cannot be made.
        database.write("CREATE TABLE message_parts (id INTEGER)")

    with pytest.raises(StorageError) as refusal:
        open_conversations(former, key)

    assert "chats.db.before-v3" in explain(refusal.value).message
    for path in (former, former.with_name("chats.db.before-v3")):
        with closing(open_to_read(path, key, DEVELOPMENT_CHATS)) as database:
            assert database.rows("SELECT count(*) FROM messages") == [(6,)]
            assert database.rows("PRAGMA user_version") == [(2,)]


def test_a_development_version_refuses_a_moved_database_as_newer(former, moved, key):
    moved.close()

    with pytest.raises(StorageError) as refusal:
        open_database(former, key, DEVELOPMENT_CHATS, is_durable=False)
    assert refusal.value.problem is StorageProblem.NEWER


def test_the_first_development_version_which_knew_no_reports_is_moved_over_too(paths, key):
    first = replace(DEVELOPMENT_CHATS, migrations=DEVELOPMENT_CHATS.migrations[:1])
    with closing(open_database(paths.chats, key, first, is_durable=False)) as database:
        database.write(f"INSERT INTO conversations (title, created_at, updated_at) VALUES ('x', '{AT}', '{AT}')")  # noqa: S608

    with closing(open_conversations(paths.chats, key)) as store:
        assert [(entry.title, entry.head_id) for entry in store.list()] == [("x", None)]
        assert store.false_alarms.add(MARK) in store.false_alarms.list()

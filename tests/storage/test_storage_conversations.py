# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Conversations: kept, paged, searched, deleted with a way back, and whole after an interruption."""

import os
import shutil
import threading
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.chat import MessageState, Note, Role
from strongroom.core.findings import Action, Direction, Mark, PolicyIdentity
from strongroom.core.generation import FinishReason, GenerationNumbers, SamplingParameters
from strongroom.storage import StorageError, StorageProblem, open_conversations
from strongroom.storage.codec import (
    decode_marks,
    decode_notes,
    decode_numbers,
    decode_sampling,
    encode_marks,
    encode_numbers,
    encode_sampling,
)
from strongroom.words import say_note
from support.refusals import raises_saying

POLICY = PolicyIdentity("default", "1", "sha256:" + "a" * 64, "built-in")
NOTE = Note("a.b", count=1, names=("a", "b"), inner=Note("c.d", text="a note"))
MARK = Mark(0, 3, Action.MASK, "email", "pii", 0.98, Direction.ANSWER, POLICY, "why")
NUMBERS = GenerationNumbers(10, 4, 120.5, 0.25, 30, 61.5, 44, 4096, 2)


@pytest.fixture
def conversation(store) -> int:
    return store.create("Lighthouses").conversation_id


def begin(store, conversation, *pieces: str) -> int:
    answer = store.begin_answer(conversation, "SmolLM2", "d" * 64).message_id
    for piece in pieces:
        store.append_release(answer, piece)
    return answer


def problem_of(call, *arguments) -> StorageProblem:
    with pytest.raises(StorageError) as refusal:
        call(*arguments)
    return refusal.value.problem


# Conversations


def test_a_new_conversation_is_listed(store):
    made = store.create("Lighthouses")

    assert store.list() == [made]
    assert store.get(made.conversation_id) == made
    assert (made.title, made.message_count) == ("Lighthouses", 0)
    assert made.created_at == made.updated_at


def test_the_list_begins_with_the_newest_message_and_counts_messages(store):
    first, second = store.create("first"), store.create("second")
    store.add_message(first.conversation_id, Role.USER, "hello")

    assert [entry.title for entry in store.list()] == ["first", "second"]
    assert [entry.message_count for entry in store.list()] == [1, 0]
    assert [entry.title for entry in store.list(limit=1)] == ["first"]
    assert second in store.list()


def test_renaming_keeps_the_place_in_the_list(store, conversation):
    store.create("newer")
    store.rename(conversation, "Beacons")

    assert [entry.title for entry in store.list()] == ["newer", "Beacons"]


def test_a_deleted_conversation_is_out_of_sight_and_can_be_restored(store, conversation):
    store.add_message(conversation, Role.USER, "a hidden word")
    store.delete(conversation)

    assert store.list() == store.list("hidden") == store.search("hidden") == store.search("Lighthouses") == []
    assert problem_of(store.get, conversation) is StorageProblem.NOT_FOUND
    store.restore(conversation)
    assert [entry.title for entry in store.list()] == ["Lighthouses"]
    assert len(store.search("hidden")) == 1


def test_purged_conversations_are_gone_for_good_and_their_numbers_are_not_used_again(store, conversation, paths):
    begin(store, conversation, "purged words")
    store.delete(conversation)
    kept = store.create("kept")

    assert store.purge_deleted() == 1
    assert store.purge_deleted() == 0
    assert problem_of(store.restore, conversation) is StorageProblem.NOT_FOUND
    assert store.messages(conversation) == []
    assert store.database.rows("SELECT count(*) FROM messages") == [(0,)]
    assert store.database.rows("SELECT count(*) FROM pieces") == [(0,)]
    assert store.list() == [kept]
    assert store.create().conversation_id > kept.conversation_id > conversation
    store.delete(kept.conversation_id)


def test_purging_empties_the_write_ahead_log(store, conversation, paths):
    store.add_message(conversation, Role.USER, "x" * 10_000)
    store.delete(conversation)
    store.purge_deleted()

    assert paths.chats.with_name("chats.db-wal").stat().st_size == 0


def test_the_search_index_forgets_what_was_purged(store, conversation):
    store.add_message(conversation, Role.USER, "xylophone")
    store.delete(conversation)
    store.purge_deleted()

    for index in ("titles", "words"):
        store.database.write(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")  # noqa: S608
        content = b"".join(bytes(row[0]) for row in store.database.rows(f"SELECT block FROM {index}_data"))  # noqa: S608
        assert b"xylo" not in content
        assert b"lighthouse" not in content


@pytest.mark.parametrize("method", ["get", "delete", "restore"])
def test_an_unknown_conversation_is_refused(store, method):
    assert problem_of(getattr(store, method), 99) is StorageProblem.NOT_FOUND


def test_a_message_to_an_unknown_or_deleted_conversation_is_refused(store, conversation):
    store.delete(conversation)

    for number in (conversation, 99):
        assert problem_of(store.add_message, number, Role.USER, "x") is StorageProblem.NOT_FOUND
        assert problem_of(store.begin_answer, number, "m", "d") is StorageProblem.NOT_FOUND
        assert problem_of(store.rename, number, "x") is StorageProblem.NOT_FOUND


# Messages


def test_a_message_comes_back_with_everything(store, conversation, paths, key):
    kept = store.add_message(
        conversation, Role.ASSISTANT, "abc", marks=(MARK,), notes=(NOTE,), state=MessageState.STOPPED,
        model_name="SmolLM2", model_digest="d" * 64, finish_reason=FinishReason.CANCELLED, numbers=NUMBERS,
    )  # fmt: skip

    assert (kept.marks, kept.notes, kept.numbers) == (
        (MARK,),
        (NOTE,),
        NUMBERS,
    )
    assert (kept.state, kept.finish_reason) == (MessageState.STOPPED, FinishReason.CANCELLED)
    with closing(open_conversations(paths.chats, key)) as second:
        assert second.messages(conversation) == [kept]


def test_messages_come_oldest_first_and_in_pages(store, conversation):
    for number in range(10):
        store.add_message(conversation, Role.USER, str(number))

    last = store.messages(conversation, limit=4)
    before = store.messages(conversation, limit=4, before_id=last[0].message_id)

    assert [message.text for message in before + last] == list("23456789")
    assert store.messages(99) == []


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60), title=st.text(max_size=20))
def test_any_text_is_kept_as_it_is(text, title):
    with closing(open_conversations(None, None)) as store:
        conversation = store.create(title).conversation_id
        store.add_message(conversation, Role.USER, text)

        assert store.messages(conversation)[0].text == text
        assert store.get(conversation).title == title


def test_a_lone_surrogate_is_replaced_and_the_length_stays(store, conversation):
    answer = begin(store, conversation, "a\ud800b")
    store.add_note(answer, Note("x", text="\udcff"))

    assert store.messages(conversation)[0].text == "a\ufffdb"
    assert any(note.facts["text"] == "\ufffd" for message in store.messages(conversation) for note in message.notes)


# Answers


def test_an_answer_grows_and_is_readable_while_it_is_written(store, conversation, paths, key):
    answer = begin(store, conversation, "Two ", "light")
    store.append_release(answer, "houses", (MARK,))

    (message,) = store.messages(conversation)
    assert (message.text, message.state, message.marks) == ("Two lighthouses", MessageState.WRITING, (MARK,))
    with closing(open_conversations(paths.chats, key)) as second:
        assert second.messages(conversation) == [message]


def test_a_finished_answer_has_its_releases_as_its_text(store, conversation):
    answer = begin(store, conversation, "Two ", "lighthouses")
    store.append_release(answer, "", (MARK,))
    store.add_note(answer, Note("first", text="one"))
    store.add_note(answer, Note("second", text="two"))

    message = store.finish_answer(answer, MessageState.COMPLETE, FinishReason.STOP, NUMBERS)

    assert (message.text, message.state, message.marks) == ("Two lighthouses", MessageState.COMPLETE, (MARK,))
    assert (message.finish_reason, message.numbers) == (FinishReason.STOP, NUMBERS)
    assert [note.code for note in message.notes] == ["first", "second"]
    assert (message.model_name, message.model_digest) == ("SmolLM2", "d" * 64)
    assert store.messages(conversation) == [message]
    assert store.database.rows("SELECT count(*) FROM pieces") == [(0,)]


def test_more_text_for_a_finished_answer_is_refused(store, conversation):
    answer = begin(store, conversation, "x")
    store.finish_answer(answer, MessageState.COMPLETE, FinishReason.STOP, None)

    assert problem_of(store.append_release, answer, "y") is StorageProblem.NOT_FOUND
    assert problem_of(store.finish_answer, answer, MessageState.COMPLETE, None, None) is StorageProblem.NOT_FOUND
    assert problem_of(store.append_release, 99, "y") is StorageProblem.NOT_FOUND
    assert problem_of(store.add_note, 99, Note("x", text="y")) is StorageProblem.NOT_FOUND


def test_more_text_for_a_purged_answer_is_refused(store, conversation):
    answer = begin(store, conversation, "x")
    store.delete(conversation)
    store.append_release(answer, "still kept, for an undo")
    store.purge_deleted()

    assert problem_of(store.append_release, answer, "y") is StorageProblem.NOT_FOUND


def test_a_whole_message_in_the_state_of_writing_is_refused(store, conversation):
    with pytest.raises(ValueError, match="begin_answer"):
        store.add_message(conversation, Role.ASSISTANT, "x", state=MessageState.WRITING)
    with pytest.raises(ValueError, match="not being written"):
        store.finish_answer(begin(store, conversation), MessageState.WRITING, None, None)


# Interruptions


def test_an_answer_of_a_closed_store_is_recovered_as_interrupted(store, conversation, paths, key):
    answer = begin(store, conversation, "Two ", "light")
    store.append_release(answer, "houses", (MARK,))
    store.close()

    with closing(open_conversations(paths.chats, key)) as second:
        assert second.recover_interrupted() == 1
        assert second.recover_interrupted() == 0
        (message,) = second.messages(conversation)
        assert (message.text, message.state) == ("Two lighthouses", MessageState.INTERRUPTED)
        assert message.marks == (MARK,)
        assert len(second.search("lighthouses")) == 2
    assert not list(paths.root.glob("*.writer-*"))


def test_an_answer_that_another_store_is_writing_is_left_alone(store, conversation, paths, key):
    answer = begin(store, conversation, "first ")
    with closing(open_conversations(paths.chats, key)) as second:
        assert second.recover_interrupted() == 0
        assert problem_of(second.append_release, answer, "not mine") is StorageProblem.NOT_FOUND
    store.append_release(answer, "second")

    finished = store.finish_answer(answer, MessageState.COMPLETE, FinishReason.STOP, None)
    assert finished.text == "first second"


def test_a_copied_data_folder_recovers_what_was_being_written(store, conversation, paths, key, tmp_path):
    begin(store, conversation, "so far")
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("chats.db", "chats.db-wal"):
        shutil.copy(paths.root / name, copy / name)

    with closing(open_conversations(copy / "chats.db", key)) as second:
        assert second.recover_interrupted() == 1
        assert second.messages(conversation)[0].text == "so far"


def test_lock_files_of_writers_that_were_killed_are_cleared_up(store, paths):
    left = paths.root / "chats.db.writer-0123456789abcdef"
    left.touch()

    store.recover_interrupted()

    assert not left.exists()


@pytest.mark.skipif(os.name == "nt", reason="a folder in place of a lock file opens differently there")
def test_an_answer_whose_writer_cannot_be_announced_is_refused(store, conversation, paths, key, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda size: "ab" * size)
    (paths.root / f"chats.db.writer-{'ab' * 8}").mkdir()

    with closing(open_conversations(paths.chats, key)) as second:
        assert problem_of(second.begin_answer, conversation, "m", "d") is StorageProblem.NOT_WRITABLE
    assert store.messages(conversation) == []


def test_a_full_disk_refuses_a_release_and_keeps_the_ones_before(store, conversation):
    answer = begin(store, conversation, "kept")
    store.database.rows(f"PRAGMA max_page_count = {store.database.rows('PRAGMA page_count')[0][0]}")

    assert problem_of(store.append_release, answer, "x" * 100_000) is StorageProblem.FULL
    assert store.messages(conversation)[0].text == "kept"


# Search


@pytest.fixture
def searchable(store, conversation):
    store.add_message(conversation, Role.USER, "How tall is the Pharos of Alexandria?")
    store.add_message(conversation, Role.ASSISTANT, "Größe: über 100 m,\n\n   so the\tsources say. foo_bar")
    return store


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pharos", ["How tall is the Pharos of Alexandria?"]),
        ("alex", ["How tall is the Pharos of Alexandria?"]),
        ("tall phar", ["How tall is the Pharos of Alexandria?"]),
        ("groß", ["Größe: über 100 m, so the sources say. foo_bar"]),
        ("uber", ["Größe: über 100 m, so the sources say. foo_bar"]),
        ("foo_bar", ["Größe: über 100 m, so the sources say. foo_bar"]),
        ("light", ["Lighthouses"]),
        ("pharos größe", []),
        ("haros", []),
        ("", []),
        ("  ", []),
        ("?!", []),
    ],
)
def test_every_word_is_looked_for_by_its_beginning(searchable, text, expected):
    assert [hit.excerpt for hit in searchable.search(text)] == expected


def test_a_hit_says_where_it_is(searchable, conversation):
    (title,) = searchable.search("lighthouses")
    (message,) = searchable.search("pharos")

    assert (title.message_id, title.conversation.conversation_id) == (None, conversation)
    assert message.message_id == searchable.messages(conversation)[0].message_id
    assert message.conversation.title == "Lighthouses"


def test_titles_come_first_and_the_limit_holds(store):
    for number in range(5):
        conversation = store.create(f"beacon {number}").conversation_id
        store.add_message(conversation, Role.USER, "beacon in a message")

    hits = store.search("beacon", limit=7)

    assert [hit.message_id is None for hit in hits] == [True] * 5 + [False] * 2
    assert len(store.search("beacon", limit=3)) == 3


def test_the_list_is_filtered_by_titles_and_messages(searchable):
    searchable.create("other")

    assert [entry.title for entry in searchable.list("light")] == ["Lighthouses"]
    assert [entry.title for entry in searchable.list("pharos")] == ["Lighthouses"]
    assert searchable.list("?!") == []
    assert len(searchable.list("  ")) == 2


def test_a_renamed_conversation_is_found_by_its_new_title_only(searchable, conversation):
    searchable.rename(conversation, "Beacons")

    assert searchable.search("lighthouses") == []
    assert len(searchable.search("beacons")) == 1


def test_a_long_text_has_a_short_excerpt_around_the_words(store, conversation):
    store.add_message(conversation, Role.USER, "filler " * 500 + "needle " + "filler " * 500)

    (hit,) = store.search("needle")
    assert "needle" in hit.excerpt
    assert len(hit.excerpt) < 300


@pytest.fixture(scope="module")
def in_memory():
    with closing(open_conversations(None, None)) as store:
        conversation = store.create("any title").conversation_id
        store.add_message(conversation, Role.USER, "any text")
        yield store


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=30) | st.text("ab\"'*()^:+-{}, \0\n\ud800NOTANDORNEAR", max_size=30))
def test_no_text_is_an_invalid_search(in_memory, text):
    in_memory.search(text)
    in_memory.list(text)


# In memory, and taken along


def test_a_store_in_memory_can_be_taken_along(paths, key):
    with closing(open_conversations(None, None)) as memory:
        conversation = memory.create("Lighthouses").conversation_id
        memory.add_message(conversation, Role.USER, "hello")
        begin(memory, conversation, "half an ", "answer")
        memory.copy_to(paths.chats, key)

    with closing(open_conversations(paths.chats, key)) as store:
        assert store.recover_interrupted() == 1
        assert [message.text for message in store.messages(conversation)] == ["hello", "half an answer"]
        assert len(store.search("light")) == 1
        store.add_message(conversation, Role.USER, "searchable afterwards")
        assert len(store.search("afterwards")) == 1
        assert store.create().conversation_id == conversation + 1


def test_several_threads_may_use_one_store(store, conversation):
    def work(number: int) -> None:
        answer = begin(store, conversation, *[f"{number}." for _ in range(20)])
        store.messages(conversation)
        store.finish_answer(answer, MessageState.COMPLETE, FinishReason.STOP, None)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(message.text for message in store.messages(conversation)) == [f"{n}." * 20 for n in range(5)]


# Columns of JSON


marks = st.builds(
    Mark,
    start=st.integers(0, 10**6),
    end=st.integers(0, 10**6),
    action=st.sampled_from(Action),
    rule_id=st.text(max_size=8),
    category=st.text(max_size=8),
    confidence=st.floats(0, 1),
    direction=st.sampled_from(Direction),
    policy=st.builds(
        PolicyIdentity, st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.text(max_size=4)
    ),
    message=st.text(max_size=8),
)


@given(found=st.lists(marks, max_size=4))
def test_marks_come_back_as_they_were(found):
    assert decode_marks(encode_marks(found)) == tuple(found)


def test_numbers_come_back_as_they_were():
    assert decode_numbers(encode_numbers(NUMBERS)) == NUMBERS
    assert decode_numbers(encode_numbers(None)) is None


@pytest.mark.parametrize(
    ("decode", "text"),
    [
        (decode_marks, "{}"), (decode_marks, "[1]"), (decode_marks, "["), (decode_marks, '[{"start": 1}]'),
        (decode_notes, '[{"code": "x", "text": 3}]'), (decode_notes, '[{"code": "x", "text": "y", "more": 1}]'),
        (decode_sampling, "[]"), (decode_sampling, '{"seed": "1"}'), (decode_sampling, '{"stop": "END"}'),
        (decode_sampling, '{"stop": [1]}'), (decode_sampling, '{"temperature": 9}'), (decode_sampling, '{"more": 1}'),
        (decode_notes, '[{"code": "x"}]'), (decode_numbers, "[]"), (decode_numbers, '{"threads": true}'),
    ],
)  # fmt: skip
def test_columns_that_hold_something_else_are_refused(decode, text):
    with pytest.raises(ValueError, match=r"."):
        decode(text)


@given(
    sampling=st.builds(
        SamplingParameters,
        temperature=st.floats(0, 5),
        seed=st.none() | st.integers(0, 2**32 - 1),
        stop=st.lists(st.text(min_size=1, max_size=8), max_size=3).map(tuple),
    )
)
def test_sampling_parameters_come_back_as_they_were(sampling):
    assert decode_sampling(encode_sampling(sampling)) == sampling


def test_a_mark_with_an_unknown_action_is_refused():
    with pytest.raises(ValueError, match="explode"):
        decode_marks(encode_marks([MARK]).replace('"mask"', '"explode"'))


def test_a_note_that_was_kept_as_text_is_still_said(store, conversation):
    store.add_message(conversation, Role.ASSISTANT, "x")
    store.database.write("UPDATE messages SET notes = ?", ('[{"code":"a.b","text":"It was so."}]',))

    (note,) = store.messages(conversation)[0].notes
    assert (note.code, say_note(note)) == ("a.b", "It was so.")


@pytest.mark.parametrize("column", ["role", "state", "marks", "notes", "finish_reason", "numbers"])
def test_a_row_that_this_app_never_wrote_is_refused_by_its_number(store, conversation, column):
    kept = store.add_message(conversation, Role.USER, "x")
    store.database.write(f"UPDATE messages SET {column} = '?'")  # noqa: S608

    with raises_saying(StorageError, f"Message {kept.message_id} ") as refusal:
        store.messages(conversation)
    assert refusal.value.problem is StorageProblem.DAMAGED

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""An answer that is revised at its end: what was taken back is nowhere any more."""

import json
from contextlib import closing
from dataclasses import replace

import pytest

from strongroom.core.chat import MessageState, VisibleText
from strongroom.core.findings import Action, Direction, Disguise, Evidence, Mark, PolicyIdentity, Severity
from strongroom.core.generation import FinishReason
from strongroom.storage import ConversationStore, open_conversations
from strongroom.storage.chat_schema import CHATS
from strongroom.storage.codec import decode_marks, encode_marks
from strongroom.storage.database import Database, connect, file_uri

POLICY = PolicyIdentity("default", "1", "sha256:" + "a" * 64, "built-in")
REMOVED = "[1 sentence removed]"
MARK = Mark(
    6, 6 + len(REMOVED), Action.MASK, "terms", "term.project", 1.0, Direction.ANSWER, POLICY, removed_sentences=1
)
REVISED = VisibleText(f"Fine. {REMOVED} Good.", (MARK,))


@pytest.fixture
def conversation(store) -> int:
    return store.create("Lighthouses").conversation_id


def test_a_revised_answer_is_kept_as_revised_and_found_as_such(store, conversation):
    answer = store.begin_answer(conversation, "Tiny", "00").message_id
    for piece in ("Fine. ", "Falconry is told. ", "Good."):
        store.append_release(answer, piece)

    kept = store.finish_answer(answer, MessageState.COMPLETE, FinishReason.STOP, None, revised=REVISED)

    assert (kept.text, kept.marks, kept.state) == (REVISED.text, REVISED.marks, MessageState.COMPLETE)
    assert store.messages(conversation) == [kept]
    assert store.search("falconry") == []
    assert [hit.message_id for hit in store.search("sentence removed")] == [answer]
    assert store.database.rows("SELECT count(*) FROM pieces") == [(0,)]


def test_what_was_taken_back_is_in_no_page_and_in_no_log(tmp_path):
    # Without encryption, which would hide what this test looks for, and with the same settings otherwise.
    path = tmp_path / "plain.db"
    path.touch()
    database = Database(connect(file_uri(path, "rw"), None), path, CHATS)
    for setting in ("journal_mode = WAL", "secure_delete = ON"):
        database.rows(f"PRAGMA {setting}")
    database.migrate(0)
    with closing(ConversationStore(database)) as store:
        conversation = store.create("Lighthouses").conversation_id
        answer = store.begin_answer(conversation, "Tiny", "00").message_id
        for number in range(200):
            store.append_release(answer, f"Falconry number {number} is told. " * 20)
        files = [path, path.with_name("plain.db-wal")]
        assert any(b"Falconry" in file.read_bytes() for file in files)

        store.finish_answer(answer, MessageState.COMPLETE, FinishReason.STOP, None, revised=REVISED)

        assert not any(b"alconry" in file.read_bytes() for file in files)


def test_an_interrupted_answer_is_recovered_as_it_is_revised(store, conversation, paths, key):
    answer = store.begin_answer(conversation, "Tiny", "00").message_id
    store.append_release(answer, "Fine. Falconry is told. Good.")
    store.close()
    seen = []

    def revise(message):
        seen.append(message)
        return replace(message, text=REVISED.text, marks=REVISED.marks)

    with closing(open_conversations(paths.chats, key)) as again:
        assert again.recover_interrupted(revise) == 1
        (kept,) = again.messages(conversation)
        assert again.search("falconry") == []
    assert [(one.text, one.state) for one in seen] == [("Fine. Falconry is told. Good.", MessageState.INTERRUPTED)]
    assert (kept.text, kept.marks, kept.state) == (REVISED.text, REVISED.marks, MessageState.INTERRUPTED)


def test_an_answer_that_another_start_recovered_meanwhile_is_left_alone(store, conversation, paths, key):
    store.append_release(store.begin_answer(conversation, "Tiny", "00").message_id, "so far")
    store.close()
    with closing(open_conversations(paths.chats, key)) as first, closing(open_conversations(paths.chats, key)) as other:

        def revise(message):
            assert other.recover_interrupted() == 1
            return replace(message, text="too late")

        assert first.recover_interrupted(revise) == 0
        assert first.messages(conversation)[0].text == "so far"


def test_marks_of_every_field_come_back_and_those_of_older_rows_get_the_defaults():
    whole = replace(MARK, severity=Severity.CRITICAL, evidence=Evidence.CHECK_DIGIT, disguise=Disguise.BASE64)
    assert decode_marks(encode_marks([whole])) == (whole,)
    (old,) = json.loads(encode_marks([whole]))
    for name in ("severity", "evidence", "disguise", "removed_sentences"):
        del old[name]
    (decoded,) = decode_marks(json.dumps([old]))
    assert (decoded.severity, decoded.evidence, decoded.disguise) == (Severity.MEDIUM, Evidence.FORMAT, Disguise.NONE)
    assert decoded.removed_sentences == 0

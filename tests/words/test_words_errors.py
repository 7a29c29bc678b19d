# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Every error and statement has words, the words fit the facts, and nothing is worded that is never said."""

import re
import string

import pytest

from strongroom.core.chat import KEPT_TEXT
from strongroom.core.errors import UserFacingError
from strongroom.core.statement import Statement
from strongroom.words import ErrorText, explain, say_note, say_statement
from strongroom.words.errors import ERRORS, PHRASES
from support.catalogs import shouting
from support.stated import stated

WORDS = {key: (words.title, words.message, words.next_step) for key, words in ERRORS.items()}
WORDS |= {key: (text,) for key, text in PHRASES.items()}
STATED = [one for one in stated() if KEPT_TEXT not in one.key]


def placeholders(texts):
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def words_of(one):
    return {key: texts for key, texts in WORDS.items() if re.fullmatch(one.key, key)}


def test_many_statements_are_found():
    assert len(STATED) > 300


@pytest.mark.parametrize("one", STATED, ids=lambda one: f"{one.place}-{one.key}")
def test_what_is_stated_has_words_whose_placeholders_are_facts(one):
    found = words_of(one)
    assert found
    for key, texts in found.items():
        missing = placeholders(texts) - one.facts
        assert one.is_open or not missing, (key, missing)


def test_no_words_are_there_for_what_nobody_states():
    said = {key for one in STATED for key in words_of(one)}
    assert WORDS.keys() - said == set()


def test_no_code_is_an_error_and_a_phrase():
    assert not ERRORS.keys() & PHRASES.keys()


def test_an_unknown_code_shows_itself_and_its_facts():
    text = explain(UserFacingError("never.heard_of", path="/data/x", count=3))
    assert text.title
    assert "never.heard_of (path=/data/x, count=3)" in text.message


def test_facts_that_do_not_fit_their_words_are_shown_and_never_hide_the_error(caplog):
    assert "storage.truncated (path=/x)" in explain(UserFacingError("storage.truncated", path="/x")).message
    assert "size=large" in explain(UserFacingError("storage.truncated", path="/x", size="large")).message
    assert "do not fit its facts" in caplog.text
    caplog.clear()


def test_a_case_chooses_between_the_sentences_of_a_code():
    assert explain(UserFacingError("storage.not_found", case="message", message_id=3)).title == "No such message"
    assert explain(UserFacingError("storage.not_found", case="answer", message_id=3)).title == "Answer ended"


def test_title_and_next_step_can_be_replaced_and_something_added():
    error = UserFacingError(
        "storage.exists",
        path="/data/chats.db",
        title=Statement("storage.not_migrated", database=Statement("database.chats")),
        also=Statement("storage.copy_kept", backup="chats.db.old"),
        next_step=Statement("model.put_back"),
    )
    assert explain(error) == ErrorText(
        "The chat database could not be brought up to date",
        "/data/chats.db exists already. It stayed as it was, and a copy is in chats.db.old.",
        "Put it back, or import it again.",
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            Statement("keys.memory_only", reasons=("one", Statement("keys.no_passphrase"))),
            "one; no passphrase was given",
        ),
        (Statement("log.begin_anew", files=("a.db", "a.anchor")), "move a.db and a.anchor away"),
        (Statement("model.memory_available", available=1_234_567_890), "1.2 GB"),
        (Statement("hub.detail.long_answer", size=64 * 2**20), "64 MiB"),
        (Statement("context.trimmed", count=1_200), "the oldest 1,200 messages"),
        (
            Statement("keys.keyring_refused", refusal=Statement("keys.keyring_locked", keyring="KWallet")),
            "keyring locked (The keys are in KWallet, which is locked)",
        ),
    ],
)
def test_facts_are_formatted_as_their_words_ask(statement, said):
    assert said in say_statement(statement)


def test_a_detail_stands_in_parentheses_where_there_is_one():
    assert "hub could be made." in explain(UserFacingError("hub.unreachable", detail="")).message
    assert "could be made (a.example)." in explain(UserFacingError("hub.unreachable", detail="a.example")).message


def test_nothing_is_said_of_no_statement():
    assert say_statement(None) == ""


def test_a_note_about_an_error_says_all_of_it():
    note = UserFacingError("chat.empty").statement
    assert say_note(note) == "Nothing to send. The message is empty. Write something first."


def test_every_word_of_an_error_goes_through_translation():
    error = UserFacingError("storage.damaged", database=Statement("database.chats"), place="chats.db", detail="page 3")
    with shouting():
        text = explain(error)
    assert text.title == "⟦The ⟦chat database⟧ is damaged⟧"
    assert text.message == "⟦chats.db is damaged (page 3).⟧"
    assert text.next_step.startswith("⟦")


def test_every_sentence_that_is_stated_goes_through_translation():
    with shouting():
        said = {key: say_statement(Statement(key)) for key in PHRASES if not placeholders(WORDS[key])}
    assert [key for key, text in said.items() if not (text.startswith("⟦") and text.endswith("⟧"))] == []

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation is a tree: versions of a turn, a selected path, and what keeps it a tree."""

import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from strongroom.core.chat import MessageOutline, MessageState, Parent, Role, UnknownPart
from strongroom.core.generation import FinishReason, GenerationSettings, SamplingParameters
from strongroom.storage import StorageError, StorageProblem, open_conversations
from support.refusals import raises_saying

SETTINGS = GenerationSettings(SamplingParameters(temperature=0.7, stop=("END", "\n\n")), 4_000_000_000, "7" * 64)


@pytest.fixture
def conversation(store) -> int:
    return store.create("Lighthouses").conversation_id


@pytest.fixture
def add(store, conversation):
    """Adds a user's message, and returns its number."""

    def add_message(text: str, parent: int | Parent = Parent.HEAD) -> int:
        return store.add_message(conversation, Role.USER, text, parent=parent).message_id

    return add_message


@pytest.fixture
def branched(add) -> dict[str, int]:
    """``a`` with the versions ``b`` and ``d`` below it, ``c`` below ``b``; and ``e``, another beginning."""
    numbers = {name: add(name) for name in "abc"}
    numbers["d"] = add("d", numbers["a"])
    numbers["e"] = add("e", Parent.NONE)
    return numbers


def path(store, conversation, **arguments) -> str:
    return "".join(message.text for message in store.messages(conversation, **arguments))


def problem_of(call, *arguments, **named) -> StorageProblem:
    with pytest.raises(StorageError) as refusal:
        call(*arguments, **named)
    return refusal.value.problem


# Paths


def test_without_versions_a_conversation_is_the_list_that_it_looks_like(store, conversation, add):
    assert store.get(conversation).head_id is None
    numbers = [add(name) for name in "abcd"]

    messages = store.messages(conversation)
    assert [message.message_id for message in messages] == numbers
    assert [message.parent_id for message in messages] == [None, *numbers[:-1]]
    assert store.get(conversation).head_id == numbers[-1]


def test_a_new_version_becomes_the_selected_path(store, conversation, branched):
    assert path(store, conversation) == "e"
    store.tree.select_head(conversation, branched["d"])
    assert path(store, conversation) == "ad"
    store.tree.select_head(conversation, branched["c"])
    assert path(store, conversation) == "abc"
    assert store.get(conversation).head_id == branched["c"]


def test_an_inner_message_can_be_the_head_and_what_is_added_goes_below_it(store, conversation, branched, add):
    store.tree.select_head(conversation, branched["b"])
    assert path(store, conversation) == "ab"

    added = add("f")
    assert path(store, conversation) == "abf"
    assert [message.message_id for message in store.tree.children(branched["b"])] == [branched["c"], added]


def test_an_answer_can_be_begun_below_any_message_and_is_the_head_from_then_on(store, conversation, branched):
    answer = store.begin_answer(conversation, "Tiny", "d" * 64, SETTINGS, parent=branched["b"])
    store.append_release(answer.message_id, "x")

    assert path(store, conversation) == "abx"
    store.tree.select_head(conversation, branched["d"])
    store.append_release(answer.message_id, "y")
    finished = store.finish_answer(answer.message_id, MessageState.COMPLETE, FinishReason.STOP, None)
    assert (finished.text, finished.parent_id, finished.made_with) == ("xy", branched["b"], SETTINGS)
    # That it ended is no reason to take anybody away from what they are reading.
    assert path(store, conversation) == "ad"


def test_a_path_can_end_with_any_message_whichever_the_head_is(store, conversation, branched):
    assert path(store, conversation, up_to=branched["c"]) == "abc"
    assert path(store, conversation, up_to=branched["a"]) == "a"
    assert path(store, conversation, up_to=branched["c"], limit=2) == "bc"


def test_earlier_messages_are_those_of_the_same_path_also_after_another_was_selected(store, conversation, branched):
    assert path(store, conversation, before_id=branched["c"]) == "ab"
    assert path(store, conversation, before_id=branched["c"], limit=1) == "b"
    assert path(store, conversation, before_id=branched["a"]) == ""


def test_the_newest_message_below_a_version_shows_how_it_went_on(store, conversation, branched):
    assert store.tree.select_newest_below(conversation, branched["b"]) == branched["c"]
    assert path(store, conversation) == "abc"
    assert store.tree.select_newest_below(conversation, branched["a"]) == branched["d"]
    assert path(store, conversation) == "ad"
    assert store.tree.select_newest_below(conversation, branched["e"]) == branched["e"]


def test_versions_and_children_come_oldest_first(store, branched):
    def names(messages) -> str:
        return "".join(message.text for message in messages)

    assert names(store.tree.versions(branched["b"])) == names(store.tree.versions(branched["d"])) == "bd"
    assert names(store.tree.versions(branched["a"])) == "ae"
    assert names(store.tree.versions(branched["c"])) == "c"
    assert names(store.tree.children(branched["a"])) == "bd"
    assert names(store.tree.children(branched["c"])) == ""


def test_an_outline_has_all_messages_with_their_first_words(store, conversation, add):
    first = add("  Tell\n me " + "about lighthouses " * 100)
    answer = store.begin_answer(conversation, "Tiny", "d").message_id
    for piece in ("Two ", "lighthouses"):
        store.append_release(answer, piece)
    other = add("", Parent.NONE)

    outline = store.tree.outline(conversation)
    assert outline[1:] == [
        MessageOutline(answer, first, Role.ASSISTANT, MessageState.WRITING, "Two lighthouses"),
        MessageOutline(other, None, Role.USER, MessageState.COMPLETE, ""),
    ]
    assert outline[0].first_words.startswith("Tell me about lighthouses about")
    assert len(outline[0].first_words) == 80
    assert store.tree.outline(99) == []


def test_selecting_keeps_the_place_in_the_list(store, conversation, branched):
    store.create("newer")
    store.tree.select_head(conversation, branched["a"])
    store.tree.select_newest_below(conversation, branched["a"])

    assert [entry.title for entry in store.list()] == ["newer", "Lighthouses"]


def test_the_list_counts_and_the_search_finds_the_messages_of_all_versions(store, conversation, branched, add):
    hidden = add("a pharos", branched["a"])
    store.tree.select_head(conversation, branched["c"])

    assert "pharos" not in path(store, conversation)
    (hit,) = store.search("pharos")
    assert (hit.message_id, hit.conversation.message_count) == (hidden, 6)


def test_what_an_interrupted_answer_of_another_version_had_released_is_kept(store, conversation, branched, paths, key):
    answer = store.begin_answer(conversation, "Tiny", "d", parent=branched["b"]).message_id
    store.append_release(answer, "half")
    store.tree.select_head(conversation, branched["d"])
    store.close()

    with closing(open_conversations(paths.chats, key)) as again:
        assert again.recover_interrupted() == 1
        assert path(again, conversation) == "ad"
        again.tree.select_head(conversation, answer)
        assert path(again, conversation) == "abhalf"


def test_a_conversation_of_thousands_of_messages_can_be_read_and_removed(store, conversation):
    with store.database.transaction() as statements:
        statements.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
            " INSERT INTO messages (id, conversation_id, parent_id, role, state, text, created_at)"
            " SELECT i, ?, nullif(i - 1, 0), 'user', 'complete', 'x', '2026' FROM n",
            (conversation,),
        )
        statements.execute("UPDATE conversations SET head_id = 5000")

    assert [message.message_id for message in store.messages(conversation, limit=10_000)] == list(range(1, 5001))
    assert store.tree.select_newest_below(conversation, 1) == 5000
    store.remove(conversation)
    assert store.database.rows("SELECT count(*) FROM messages") == [(0,)]


# Refusals


@pytest.fixture
def elsewhere(store) -> int:
    """A message of another conversation."""
    return store.add_message(store.create().conversation_id, Role.USER, "elsewhere").message_id


def test_a_parent_of_another_conversation_is_refused(store, conversation, add, elsewhere):
    kept = add("kept")

    assert problem_of(add, "x", elsewhere) is StorageProblem.OTHER_CONVERSATION
    assert (
        problem_of(store.begin_answer, conversation, "Tiny", "d", parent=elsewhere) is StorageProblem.OTHER_CONVERSATION
    )
    assert path(store, conversation) == "kept"
    assert store.get(conversation).head_id == kept


def test_a_head_of_another_conversation_is_refused(store, conversation, add, elsewhere):
    kept = add("kept")

    for select in (store.tree.select_head, store.tree.select_newest_below):
        assert problem_of(select, conversation, elsewhere) is StorageProblem.OTHER_CONVERSATION
    assert store.get(conversation).head_id == kept


def test_a_path_to_a_message_of_another_conversation_is_refused(store, conversation, elsewhere):
    for name in ("before_id", "up_to"):
        assert problem_of(store.messages, conversation, **{name: elsewhere}) is StorageProblem.OTHER_CONVERSATION


def test_an_unknown_message_is_refused(store, conversation, add):
    add("kept")

    assert problem_of(add, "x", 99) is StorageProblem.NOT_FOUND
    for call in (store.tree.children, store.tree.versions):
        assert problem_of(call, 99) is StorageProblem.NOT_FOUND
    for select in (store.tree.select_head, store.tree.select_newest_below):
        assert problem_of(select, conversation, 99) is StorageProblem.NOT_FOUND
    for name in ("before_id", "up_to"):
        assert problem_of(store.messages, conversation, **{name: 99}) is StorageProblem.NOT_FOUND
    assert path(store, conversation) == "kept"


def test_a_head_of_an_unknown_or_deleted_conversation_is_refused(store, conversation, add):
    kept = add("kept")
    store.delete(conversation)

    for number in (conversation, 99):
        for select in (store.tree.select_head, store.tree.select_newest_below):
            assert problem_of(select, number, kept) is StorageProblem.NOT_FOUND


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE messages SET parent_id = {b} WHERE id = {a}",
        "UPDATE messages SET parent_id = id WHERE id = {a}",
        "UPDATE messages SET parent_id = {elsewhere} WHERE id = {b}",
        "UPDATE messages SET parent_id = 99 WHERE id = {b}",
        "UPDATE conversations SET head_id = {elsewhere} WHERE id = {conversation}",
        "UPDATE conversations SET head_id = 99 WHERE id = {conversation}",
        "DELETE FROM messages WHERE id = {a}",
    ],
)
def test_the_database_itself_refuses_what_would_be_no_tree(store, conversation, branched, elsewhere, statement):
    with pytest.raises(StorageError):
        store.database.write(statement.format(**branched, elsewhere=elsewhere, conversation=conversation))


# What an answer was generated with, and further parts


def test_what_an_answer_was_generated_with_comes_back(store, conversation, paths, key):
    kept = store.add_message(conversation, Role.ASSISTANT, "x", model_name="Tiny", made_with=SETTINGS)

    assert kept.made_with == SETTINGS
    with closing(open_conversations(paths.chats, key)) as second:
        assert second.messages(conversation) == [kept]


@pytest.mark.parametrize(
    "values",
    [
        "sampling = '?'",
        "sampling = 'null'",
        "sampling = NULL",
        "seed = NULL",
        "seed = -1",
        "template_digest = '?'",
        "sampling = NULL, seed = NULL",
    ],
)
def test_settings_that_this_app_never_wrote_are_refused_by_the_number_of_the_message(store, conversation, values):
    kept = store.add_message(conversation, Role.ASSISTANT, "x", made_with=SETTINGS)
    store.database.write(f"UPDATE messages SET {values}")  # noqa: S608

    with raises_saying(StorageError, f"Message {kept.message_id} ") as refusal:
        store.messages(conversation)
    assert refusal.value.problem is StorageProblem.DAMAGED


def test_an_answer_with_the_general_template_keeps_its_seed_and_names_no_template(store, conversation):
    answer = store.begin_answer(conversation, "Tiny", "d", SETTINGS).message_id
    store.keep_general_template(answer)

    assert store.messages(conversation)[0].made_with == replace(SETTINGS, template_digest="")
    assert problem_of(store.keep_general_template, 99) is StorageProblem.NOT_FOUND


def test_a_part_of_a_later_version_is_kept_and_said_to_be_there(store, conversation, paths, key, tmp_path):
    answer = store.begin_answer(conversation, "Tiny", "d").message_id
    for position, kind in ((2, "picture"), (1, "tool_result")):
        store.database.write(
            "INSERT INTO message_parts VALUES (?, ?, ?, ?)", (answer, position, kind, '{"of": "a later version"}')
        )
    store.append_release(answer, "text")
    finished = store.finish_answer(answer, MessageState.COMPLETE, FinishReason.STOP, None)

    assert finished.further_parts == (UnknownPart("tool_result"), UnknownPart("picture"))
    store.copy_to(tmp_path / "copy.db", key)
    with closing(open_conversations(tmp_path / "copy.db", key)) as copy:
        assert copy.messages(conversation) == [finished]
        assert copy.database.rows("SELECT DISTINCT content FROM message_parts") == [('{"of": "a later version"}',)]
    store.remove(conversation)
    assert store.database.rows("SELECT count(*) FROM message_parts") == [(0,)]


# Two windows on one file


def test_two_stores_on_one_file_make_one_tree(store, conversation, paths, key, add):
    first = add("a")
    with closing(open_conversations(paths.chats, key)) as second:
        below = second.add_message(conversation, Role.USER, "b")
        assert below.parent_id == first
        assert add("c") > below.message_id
        second.tree.select_head(conversation, first)
        assert path(store, conversation) == path(second, conversation) == "a"
        assert store.messages(conversation, up_to=below.message_id)[-1] == below


# Whatever is done


class ConversationTrees(RuleBasedStateMachine):
    """Random operations on a store in memory, and the same on dictionaries; the two must always agree.

    At the end, each message is looked at from all sides, and a copy must agree too when it is opened.
    """

    def __init__(self) -> None:
        super().__init__()
        self.store = open_conversations(None, None)
        self.parents: dict[int, dict[int, int | None]] = {}
        """Of each conversation: the parent of each message."""
        self.heads: dict[int, int | None] = {}
        self.texts: dict[int, str] = {}

    @initialize()
    def begin(self) -> None:
        self.create()

    @rule()
    @precondition(lambda self: len(self.heads) < 3)
    def create(self) -> None:
        number = self.store.create().conversation_id
        self.parents[number], self.heads[number] = {}, None

    @rule(data=st.data(), where=st.sampled_from(["head", "none", "message"]), is_answer=st.booleans())
    def add(self, data: st.DataObject, where: str, is_answer: bool) -> None:
        conversation = self._conversation(data)
        known = self.parents[conversation]
        parent: int | Parent = Parent.HEAD if where == "head" else Parent.NONE
        expected = self.heads[conversation] if where == "head" else None
        if where == "message" and known:
            parent = expected = data.draw(st.sampled_from(sorted(known)))
        if is_answer:
            added = self.store.begin_answer(conversation, "Tiny", "d", SETTINGS, parent=parent).message_id
            self.store.append_release(added, f"answer {added}")
            self.store.finish_answer(added, MessageState.COMPLETE, FinishReason.STOP, None)
            self.texts[added] = f"answer {added}"
        else:
            added = self.store.add_message(conversation, Role.USER, "said", parent=parent).message_id
            self.texts[added] = "said"
        known[added] = expected
        self.heads[conversation] = added

    @rule(data=st.data(), goes_on=st.booleans())
    def select(self, data: st.DataObject, goes_on: bool) -> None:
        conversation = self._conversation(data)
        known = self.parents[conversation]
        if not known:
            return
        wanted = data.draw(st.sampled_from(sorted(known)))
        if goes_on:
            below = [number for number in known if wanted in self._path(conversation, number)]
            wanted_leaf = max(below)
            assert self.store.tree.select_newest_below(conversation, wanted) == wanted_leaf
            self.heads[conversation] = wanted_leaf
        else:
            self.store.tree.select_head(conversation, wanted)
            self.heads[conversation] = wanted

    @rule(data=st.data())
    def refuse_what_belongs_elsewhere(self, data: st.DataObject) -> None:
        conversation = self._conversation(data)
        others = sorted(set(self.texts) - set(self.parents[conversation]))
        if others:
            other = data.draw(st.sampled_from(others))
            for call in (
                lambda: self.store.tree.select_head(conversation, other),
                lambda: self.store.add_message(conversation, Role.USER, "x", parent=other),
            ):
                assert problem_of(call) is StorageProblem.OTHER_CONVERSATION

    @rule(data=st.data())
    @precondition(lambda self: len(self.heads) > 1)
    def remove(self, data: st.DataObject) -> None:
        conversation = self._conversation(data)
        self.store.remove(conversation)
        for number in self.parents.pop(conversation):
            del self.texts[number]
        del self.heads[conversation]

    @invariant()
    def each_path_is_that_of_the_model(self) -> None:
        for conversation, head in self.heads.items():
            expected = [] if head is None else self._path(conversation, head)
            messages = self.store.messages(conversation)
            assert [message.message_id for message in messages] == expected
            assert [message.text for message in messages] == [self.texts[number] for number in expected]
            assert self.store.get(conversation).head_id == head
            assert self.store.get(conversation).message_count == len(self.parents[conversation])
            assert expected == sorted(expected)

    @invariant()
    def each_tree_is_that_of_the_model(self) -> None:
        for conversation, known in self.parents.items():
            assert {row.message_id: row.parent_id for row in self.store.tree.outline(conversation)} == known

    def check_each_message(self) -> None:
        for conversation, known in self.parents.items():
            for number, parent in known.items():
                same = sorted(each for each, its_parent in known.items() if its_parent == parent)
                below = sorted(each for each, its_parent in known.items() if its_parent == number)
                assert [message.message_id for message in self.store.tree.versions(number)] == same
                assert [message.message_id for message in self.store.tree.children(number)] == below
                assert len(self.store.messages(conversation, up_to=number)) == len(self._path(conversation, number))

    def teardown(self) -> None:
        with tempfile.TemporaryDirectory() as folder, closing(self.store):
            self.check_each_message()
            copy = Path(folder, "copy.db")
            self.store.copy_to(copy, bytes(32))
            with closing(open_conversations(copy, bytes(32))) as reopened:
                assert reopened.list() == self.store.list()
                for conversation in self.heads:
                    assert reopened.messages(conversation) == self.store.messages(conversation)
                    assert reopened.tree.outline(conversation) == self.store.tree.outline(conversation)

    def _conversation(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.heads)))

    def _path(self, conversation: int, number: int) -> list[int]:
        """The way to a message; as long as its depth, or the model itself would never come to an end."""
        way = [number]
        while (parent := self.parents[conversation][way[0]]) is not None:
            assert parent in self.parents[conversation]
            way.insert(0, parent)
        return way


TestConversationTrees = ConversationTrees.TestCase
TestConversationTrees.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)

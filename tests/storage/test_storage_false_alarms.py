# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reports of false alarms: kept with the chats, listed, removed for good."""

from contextlib import closing
from dataclasses import replace

import pytest

from strongroom.core.false_alarm import LONGEST_COMMENT, LONGEST_PASSAGE
from strongroom.core.findings import Action, Direction, Disguise, Evidence, Mark, PolicyIdentity, Severity
from strongroom.storage import StorageError, StorageProblem, open_conversations, open_database
from support.development_chats import DEVELOPMENT_CHATS
from support.refusals import raises_saying

POLICY = PolicyIdentity("Office", "3", "sha256:" + "b" * 64, "policy.toml")
MARK = Mark(
    4, 19, Action.MASK, "phones", "pii.phone", 0.85, Direction.ANSWER, POLICY, "", Severity.HIGH, Evidence.CONTEXT,
    Disguise.FOLDED,
)  # fmt: skip


def test_a_report_keeps_what_the_rule_claimed_and_what_the_user_said(store, paths, key):
    added = store.false_alarms.add(MARK, passage="555-0100", comment="our own switchboard")
    store.close()

    with closing(open_conversations(paths.chats, key)) as again:
        (kept,) = again.false_alarms.list()
    assert kept == added
    assert (kept.rule_id, kept.category, kept.confidence) == ("phones", "pii.phone", 0.85)
    assert (kept.severity, kept.evidence, kept.disguise) == (Severity.HIGH, Evidence.CONTEXT, Disguise.FOLDED)
    assert (kept.policy_name, kept.policy_version, kept.policy_digest) == ("Office", "3", POLICY.digest)
    assert (kept.passage, kept.comment) == ("555-0100", "our own switchboard")


def test_reports_are_listed_newest_first_and_by_rule(store):
    first = store.false_alarms.add(MARK)
    second = store.false_alarms.add(replace(MARK, rule_id="cards"))

    assert store.false_alarms.list() == [second, first]
    assert store.false_alarms.list("phones") == [first]
    assert store.false_alarms.list("unheard-of") == []
    assert store.false_alarms.get(first.alarm_id) == first


def test_a_removed_report_is_gone_and_its_number_is_not_given_again(store):
    first = store.false_alarms.add(MARK)
    store.false_alarms.remove(first.alarm_id)

    for call in (store.false_alarms.remove, store.false_alarms.get):
        with pytest.raises(StorageError) as refusal:
            call(first.alarm_id)
        assert refusal.value.problem is StorageProblem.NOT_FOUND
    assert store.false_alarms.add(MARK).alarm_id > first.alarm_id


def test_all_reports_are_removed(store):
    for _ in range(3):
        store.false_alarms.add(MARK)

    assert store.false_alarms.clear() == 3
    assert store.false_alarms.list() == []


def test_long_texts_are_cut_and_halves_of_surrogate_pairs_replaced(store):
    added = store.false_alarms.add(MARK, passage="\ud800" * (LONGEST_PASSAGE + 1), comment="y" * 10_000)

    assert added.passage == "\ufffd" * LONGEST_PASSAGE
    assert len(added.comment) == LONGEST_COMMENT


def test_a_row_that_this_app_never_wrote_is_refused_by_its_number(store):
    number = store.false_alarms.add(MARK).alarm_id
    store.database.write("UPDATE false_alarms SET severity = 'dreadful'")

    with raises_saying(StorageError, f"Report {number} ") as refusal:
        store.false_alarms.list()
    assert refusal.value.problem is StorageProblem.DAMAGED


def test_a_database_from_before_the_reports_gets_them(paths, key):
    old = replace(DEVELOPMENT_CHATS, migrations=DEVELOPMENT_CHATS.migrations[:1])
    with closing(open_database(paths.chats, key, old, is_durable=False)) as database:
        database.write("INSERT INTO conversations (title, created_at, updated_at) VALUES ('kept', 'x', 'x')")

    with closing(open_conversations(paths.chats, key)) as store:
        assert [entry.title for entry in store.list()] == ["kept"]
        assert store.false_alarms.add(MARK) in store.false_alarms.list()


def test_reports_of_a_session_in_memory_can_be_taken_along(paths, key):
    with closing(open_conversations(None, None)) as memory:
        added = memory.false_alarms.add(MARK, passage="555-0100")
        memory.copy_to(paths.chats, key)

    with closing(open_conversations(paths.chats, key)) as store:
        assert store.false_alarms.list() == [added]

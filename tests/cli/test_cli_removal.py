# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What ``ask`` without ``--keep`` and ``conversations delete`` stand on: one conversation is gone, no other is."""

import pytest

from strongroom.core.chat import Role
from strongroom.storage import StorageError, StorageProblem, open_conversations


def test_one_conversation_is_removed_for_good_and_another_keeps_its_way_back(tmp_path):
    store = open_conversations(tmp_path / "chats.db", b"k" * 32)
    kept, gone, deleted = (store.create(title).conversation_id for title in ("kept", "gone", "deleted"))
    for number in (kept, gone, deleted):
        store.add_message(number, Role.USER, f"lighthouse {number}")
    store.delete(deleted)
    store.remove(gone)
    store.restore(deleted)
    assert {one.title for one in store.list()} == {"kept", "deleted"}
    assert {hit.conversation.title for hit in store.search("lighthouse")} == {"kept", "deleted"}
    with pytest.raises(StorageError) as caught:
        store.restore(gone)
    assert caught.value.problem is StorageProblem.NOT_FOUND
    store.close()


def test_removing_what_is_not_there_is_refused():
    store = open_conversations(None, None)
    with pytest.raises(StorageError) as caught:
        store.remove(7)
    assert caught.value.problem is StorageProblem.NOT_FOUND
    store.close()

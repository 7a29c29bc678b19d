# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The bounded mailbox: order, back-pressure, closing."""

import threading

import pytest

from strongroom.engine.mailbox import Mailbox, MailboxClosed


def test_items_come_out_in_order_and_all_of_them():
    mailbox: Mailbox[int] = Mailbox(4)
    producer = threading.Thread(target=lambda: [mailbox.put(number) for number in range(2000)])
    producer.start()
    assert [mailbox.take(20) for _ in range(2000)] == list(range(2000))
    producer.join()


def test_a_full_mailbox_blocks_until_something_is_taken():
    mailbox: Mailbox[int] = Mailbox(2)
    assert mailbox.put(1)
    assert mailbox.put(2)
    third = threading.Thread(target=mailbox.put, args=(3,))
    third.start()
    third.join(0.05)
    assert third.is_alive()
    assert mailbox.take(20) == 1
    third.join(20)
    assert not third.is_alive()


def test_an_empty_mailbox_gives_nothing_after_the_timeout():
    assert Mailbox(1).take(0.01) is None


def test_closing_wakes_a_blocked_producer():
    mailbox: Mailbox[int] = Mailbox(1)
    mailbox.put(1)
    results = []
    producer = threading.Thread(target=lambda: results.append(mailbox.put(2)))
    producer.start()
    mailbox.close()
    producer.join(20)
    assert results == [False]


def test_what_came_before_the_closing_can_still_be_taken():
    mailbox: Mailbox[int] = Mailbox(2)
    mailbox.put(1)
    mailbox.close()
    assert mailbox.take(20) == 1
    for _ in range(2):
        with pytest.raises(MailboxClosed):
            mailbox.take(20)
    assert not mailbox.put(2)

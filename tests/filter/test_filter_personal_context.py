# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Context words: whole, in any case, and only within their reach, however much of the text is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.filter.detectors.context import ContextTopics, ContextWords

WORDS = ContextWords(["tel", "date of birth", "geburts*", "née", "c/o", "电话", "№"], reach=20)


@pytest.mark.parametrize(
    "before",
    [
        "Tel. ",
        "TEL:",
        "tel",
        "(tel) ",
        "date of birth: ",
        "Date-of-Birth ",
        "date_of_birth=",
        "DATE  OF\nBIRTH ",
        "date of.birth\t\n",
        "Geburtsdatum ",
        "NÉE ",
        "c/o ",
        "我的电话是",
        "№",
        "tel is exactly 20...",
    ],
)
def test_words_are_found_before_a_value(before):
    assert WORDS.before(before + "12", len(before))
    assert WORDS.before(" " * 40 + before + "12", 40 + len(before))


@pytest.mark.parametrize(
    "before",
    [
        "hotel ",
        "telling ",
        "tel9 ",
        "2tel ",
        "dateofbirth",
        "date of births ",
        "ungeburts ",
        "née5 ",
        "tel is exactly 21... ",
    ],
)
def test_parts_of_words_and_far_words_are_not_found(before):
    assert not WORDS.before(before + "12", len(before))
    assert not WORDS.before(" " * 40 + before + "12", 40 + len(before))


def test_words_behind_the_value_are_not_looked_at():
    assert not WORDS.before("12 tel", 0)
    assert not WORDS.before("te 12 tel", 3)


@given(st.text("tel dafbirhéß\n.:", max_size=60), st.integers(0, 30))
def test_the_answer_depends_on_the_left_context_only(text, more):
    """A window that begins later must not make a part of a word a whole one."""
    start = len(text)
    drop = max(0, start - WORDS.left_context - more)
    assert WORDS.before(text, start) == WORDS.before(text[drop:], start - drop)


def test_the_nearest_word_tells_the_topic_and_the_longest_of_those_that_end_there():
    topics = ContextTopics({"phone": ["phone", "phone number"], "order": ["order*", "number"]}, reach=30)

    def nearest(before):
        return topics.nearest(before + "1", len(before))

    assert nearest("phone 12, ordered ") == "order"
    assert nearest("order 12, phone: ") == "phone"
    assert nearest("order, phone number ") == "phone"
    assert nearest("a number of ") == "order"
    assert nearest("nothing ") == nearest("") == ""

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Each conversation is answered once at a time, and while everything is moved elsewhere none is."""

import pytest

from strongroom.chat import RunningTurns
from strongroom.core.errors import UserFacingError


def refused(turns, session, conversation_id):
    with pytest.raises(UserFacingError) as busy, turns.turn(session, conversation_id):
        pass
    return busy.value.code == "chat.busy"


def test_different_conversations_run_at_once():
    turns = RunningTurns()
    with turns.turn("a", 1), turns.turn("b", 2), turns.turn("c", None):
        pass


def test_refused_a_conversation_that_is_being_answered():
    turns = RunningTurns()
    with turns.turn("a", 1):
        assert refused(turns, "b", 1)
    with turns.turn("b", 1):
        pass


def test_refused_a_conversation_that_began_in_the_turn():
    turns = RunningTurns()
    with turns.turn("a", None) as begin_conversation:
        assert refused(turns, "a", None)
        begin_conversation(7)
        assert refused(turns, "b", 7)
    with turns.turn("b", 7):
        pass


def test_refused_while_turns_are_excluded():
    turns = RunningTurns()
    with turns.excluded():
        assert refused(turns, "a", 1)
    with turns.turn("a", 1):
        pass


def test_refused_to_exclude_while_a_turn_runs():
    turns = RunningTurns()
    with turns.turn("a", 1), pytest.raises(UserFacingError) as busy, turns.excluded():
        pass
    assert busy.value.code == "chat.busy"
    with turns.excluded():
        pass


def test_a_turn_that_fails_is_over():
    turns = RunningTurns()
    with pytest.raises(ZeroDivisionError), turns.turn("a", 1):
        raise ZeroDivisionError
    with turns.turn("a", 1):
        pass

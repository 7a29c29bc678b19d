# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which turns fit: with a tokenizer that makes each character a token, so that sizes can be counted by eye."""

import pytest

from strongroom.engine.context_plan import ContextPlanner, DoesNotFit


def tokenize(turns):
    return [ord(character) for _, text in turns for character in text]


def conversation(pairs: int, size: int = 10, system: str = ""):
    turns = [("system", system)] if system else []
    for number in range(pairs):
        letter = chr(ord("a") + number % 26)
        turns += [("user", letter * size), ("assistant", letter.upper() * size)]
    return [*turns, ("user", "?" * size)]


def test_a_conversation_that_fits_stays_whole():
    turns = conversation(2)
    plan = ContextPlanner(100).plan(turns, 20, tokenize)
    assert plan.dropped == 0
    assert plan.tokens == tokenize(turns)


def test_the_oldest_turns_go_and_the_system_prompt_stays():
    turns = conversation(20, system="SYS")
    plan = ContextPlanner(200).plan(turns, 20, tokenize)
    kept = "".join(map(chr, plan.tokens))
    assert plan.dropped > 0
    assert plan.dropped % 2 == 0
    assert kept.startswith("SYS")
    assert kept.endswith("?" * 10)
    assert len(kept) + 20 <= 200


def test_a_shortened_conversation_begins_with_a_question():
    plan = ContextPlanner(200).plan(conversation(20), 20, tokenize)
    assert chr(plan.tokens[0]).islower()


def test_the_next_prompt_keeps_the_same_beginning():
    planner = ContextPlanner(200)
    first = planner.plan(conversation(20), 20, tokenize)
    longer = [*conversation(20), ("assistant", "!" * 10), ("user", "." * 10)]
    second = planner.plan(longer, 20, tokenize)
    assert second.dropped == first.dropped
    assert second.tokens[: len(first.tokens)] == first.tokens


def test_another_conversation_is_not_shortened_because_the_last_one_was():
    planner = ContextPlanner(200)
    planner.plan(conversation(20), 20, tokenize)
    assert planner.plan([("user", "short")], 20, tokenize).dropped == 0


def test_a_large_last_message_stays_alone():
    turns = [*conversation(5)[:-1], ("user", "?" * 180)]
    plan = ContextPlanner(200).plan(turns, 20, tokenize)
    assert plan.tokens == [ord("?")] * 180


def test_a_last_message_longer_than_the_context_is_refused_with_its_size():
    with pytest.raises(DoesNotFit) as caught:
        ContextPlanner(200).plan([("user", "?" * 201)], 20, tokenize)
    assert caught.value.needed == 201


def test_a_last_message_that_leaves_no_room_for_an_answer_is_refused():
    with pytest.raises(DoesNotFit):
        ContextPlanner(200).plan([("user", "?" * 190)], 20, tokenize)
    assert ContextPlanner(200).plan([("user", "?" * 199)], 1, tokenize).tokens


def test_a_prompt_that_is_too_long_to_count_is_refused():
    def hopeless(turns):
        raise DoesNotFit(0)

    with pytest.raises(DoesNotFit) as caught:
        ContextPlanner(200).plan([("user", "?")], 20, hopeless)
    assert caught.value.needed == 0

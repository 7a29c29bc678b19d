# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Scripted dialogues: what a worker may say when, and how much."""

import pytest

from strongroom.core.generation import SamplingParameters
from strongroom.core.line_messages import BreachKind, ProtocolBreach
from strongroom.engine.dialogue import Dialogue
from strongroom.engine.protocol import (
    DeviceReason,
    Done,
    Failed,
    FailureCode,
    Hello,
    Loaded,
    LoadStep,
    Notice,
    NoticeCode,
    PromptStep,
    Rest,
    Token,
    WorkerFinish,
    encode,
)
from strongroom.processes.messages import Confined, Probed

LOADED = Loaded("a", "b", 100, 200, 2, True, None, DeviceReason.NO_GPU_BACKEND, "", 0, 3, None)
DONE = Done(1, WorkerFinish.STOP, 10, 2)
CONFINED = Confined((), (), (), 0)


def say(dialogue: Dialogue, *messages) -> None:
    for message in messages:
        assert dialogue.receive(encode(message)) == message


def breach_of(dialogue: Dialogue, message) -> BreachKind:
    with pytest.raises(ProtocolBreach) as caught:
        dialogue.receive(encode(message))
    return caught.value.kind


@pytest.fixture
def loading() -> Dialogue:
    dialogue = Dialogue()
    dialogue.expect_loading()
    say(dialogue, Hello(), CONFINED)
    return dialogue


@pytest.fixture
def answering(loading: Dialogue) -> Dialogue:
    say(loading, LOADED)
    loading.expect_answer(1, SamplingParameters(max_tokens=3))
    return loading


def test_a_whole_dialogue(loading):
    say(loading, LoadStep(0), LoadStep(500), LoadStep(1000), LOADED)
    assert not loading.is_waiting
    loading.expect_answer(1, SamplingParameters(max_tokens=2))
    say(loading, Notice(1, NoticeCode.CONTEXT_TRIMMED, count=2), PromptStep(1, 4, 10), PromptStep(1, 10, 10))
    say(loading, Token(1, "a"), Token(1, "b"), Rest(1, "c"), DONE)
    assert not loading.is_waiting
    loading.expect_answer(2, SamplingParameters())
    say(loading, Failed(2, FailureCode.PROMPT_TOO_LONG, 500))


def test_a_second_request_before_the_first_has_ended_is_refused(answering):
    with pytest.raises(RuntimeError):
        answering.expect_answer(2, SamplingParameters())


@pytest.mark.parametrize("first", [LoadStep(0), LOADED])
def test_a_first_line_that_is_no_hello_is_refused_as_wrong_version(first):
    dialogue = Dialogue()
    dialogue.expect_loading()
    assert breach_of(dialogue, first) is BreachKind.WRONG_VERSION


def test_nothing_is_heard_before_the_confinement_was_told(loading):
    dialogue = Dialogue()
    dialogue.expect_loading()
    say(dialogue, Hello())
    assert breach_of(dialogue, LoadStep(0)) is BreachKind.MALFORMED_LINE
    assert breach_of(loading, CONFINED) is BreachKind.MALFORMED_LINE


def test_the_answer_to_a_probe_comes_once_and_in_the_middle_of_anything(answering):
    probed = Probed(1, ())
    assert breach_of(answering, probed) is BreachKind.FLOOD
    answering.expect_probe(1)
    say(answering, PromptStep(1, 0, 5), probed, PromptStep(1, 5, 5))
    assert breach_of(answering, probed) is BreachKind.FLOOD
    answering.expect_probe(2)
    assert breach_of(answering, probed) is BreachKind.FLOOD


def test_a_second_hello_is_refused(loading):
    assert breach_of(loading, Hello()) is BreachKind.MALFORMED_LINE


def test_chatter_without_a_request_is_a_flood(loading):
    say(loading, LOADED)
    assert breach_of(loading, Token(1, "unasked")) is BreachKind.FLOOD


def test_speaking_after_the_end_of_an_answer_is_a_flood(answering):
    say(answering, DONE)
    assert breach_of(answering, Token(1, "more")) is BreachKind.FLOOD


def test_another_requests_number_is_refused(answering):
    assert breach_of(answering, Token(2, "a")) is BreachKind.MALFORMED_LINE


def test_an_answer_during_the_loading_is_refused(loading):
    assert breach_of(loading, Token(1, "a")) is BreachKind.MALFORMED_LINE


def test_loading_during_an_answer_is_refused(answering):
    assert breach_of(answering, LOADED) is BreachKind.MALFORMED_LINE


def test_more_tokens_than_asked_for_is_a_flood(answering):
    say(answering, *[Token(1, "a")] * 3)
    assert breach_of(answering, Token(1, "a")) is BreachKind.FLOOD


def test_more_characters_than_tokens_can_have_is_a_flood(answering):
    say(answering, Token(1, "a" * 16_384), Token(1, "a" * 16_384))
    assert breach_of(answering, Token(1, "a" * 16_384)) is BreachKind.FLOOD


def test_a_second_rest_is_a_flood(answering):
    say(answering, Rest(1, "a"))
    assert breach_of(answering, Rest(1, "a")) is BreachKind.FLOOD


def test_too_many_notices_are_a_flood(answering):
    notice = Notice(1, NoticeCode.CONTEXT_TRIMMED, count=1)
    say(answering, *[notice] * 4)
    assert breach_of(answering, notice) is BreachKind.FLOOD


def test_progress_that_does_not_advance_is_a_flood(loading, answering):
    say(answering, PromptStep(1, 5, 10))
    assert breach_of(answering, PromptStep(1, 5, 10)) is BreachKind.FLOOD


def test_load_progress_that_does_not_advance_is_a_flood(loading):
    say(loading, LoadStep(5))
    assert breach_of(loading, LoadStep(5)) is BreachKind.FLOOD


@pytest.mark.parametrize("step", [PromptStep(1, 0, 101), PromptStep(1, 11, 10)])
def test_progress_out_of_bounds_is_refused(answering, step):
    assert breach_of(answering, step) is BreachKind.MALFORMED_LINE


def test_a_total_that_changes_is_refused(answering):
    say(answering, PromptStep(1, 0, 10))
    assert breach_of(answering, PromptStep(1, 5, 20)) is BreachKind.MALFORMED_LINE


def test_more_context_used_than_there_is_is_refused(answering):
    assert breach_of(answering, Done(1, WorkerFinish.STOP, 101, 1)) is BreachKind.MALFORMED_LINE


def test_cancelled_without_a_cancel_is_refused(answering):
    cancelled = Done(1, WorkerFinish.CANCELLED, 10, 1)
    assert breach_of(answering, cancelled) is BreachKind.MALFORMED_LINE
    answering.allow_cancelled(1)
    say(answering, cancelled)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A filter that hangs is a filter that failed, in time and by name."""

import dataclasses
import threading

import pytest

from strongroom.core.findings import Direction
from strongroom.filter import FilterFailure, GuardedStream, StreamFilter, filter_text
from support.refusals import raises_saying

PATIENCE_S = 0.3


class HangingScanner:
    max_length = 10
    left_context = 4

    def __init__(self, hang):
        self._hang = hang

    def undecided(self, window, start):
        return max(start, window.length - 2)

    def find(self, window, start, limit):
        self._hang()
        return []


@pytest.fixture
def hanging(compile_rules):
    """Return a function that puts a scanner that hangs into a policy, behind one that does not."""
    compiled = compile_rules(
        ("good", '{ type = "terms", terms = ["y"] }', 'action = "mask"'),
        ("bad", '{ type = "terms", terms = ["x"] }', 'action = "mask"'),
    )

    def make(hang):
        rules = (compiled.rules[0], dataclasses.replace(compiled.rules[1], scanner=HangingScanner(hang)))
        return dataclasses.replace(compiled, rules=rules)

    return make


def loop():
    while True:
        pass


def filter_threads():
    return {thread for thread in threading.enumerate() if thread.name == "strongroom-filter"}


def test_a_detector_that_hangs_blocks_the_answer_and_is_named(hanging):
    stream = GuardedStream(hanging(loop), Direction.ANSWER, patience_s=PATIENCE_S)
    for step in (lambda: stream.feed("some text"), lambda: stream.feed("more"), stream.finish):
        with raises_saying(FilterFailure, "The rule bad failed"):
            step()


def test_a_detector_that_waits_for_ever_is_left_behind(hanging):
    release = threading.Event()
    stream = GuardedStream(hanging(release.wait), Direction.ANSWER, patience_s=PATIENCE_S)
    with raises_saying(FilterFailure, "The rule bad failed"):
        stream.feed("some text")
    release.set()


def test_a_hanging_detector_on_a_whole_text_is_named(hanging):
    with raises_saying(FilterFailure, "The rule bad failed"):
        filter_text(hanging(loop), Direction.PROMPT, "some text", patience_s=PATIENCE_S)


def test_a_guarded_stream_says_what_the_filter_says(built_in):
    text = "Write to joe@x.org, card 4111 1111 1111 1111."
    guarded, plain = GuardedStream(built_in, Direction.ANSWER), StreamFilter(built_in, Direction.ANSWER)
    for piece in (text[:12], text[12:30], text[30:]):
        assert guarded.feed(piece) == plain.feed(piece)
        assert guarded.held == plain.held
    assert guarded.finish() == plain.finish()


def test_no_thread_outlives_its_text(built_in):
    before = filter_threads()
    streams = [GuardedStream(built_in, Direction.ANSWER) for _ in range(3)]
    for one in streams:
        one.feed("some text")
    mine = filter_threads() - before
    assert len(mine) == 3
    del one
    streams.pop().finish()
    streams.clear()
    for thread in mine:
        thread.join(10)
        assert not thread.is_alive()


def test_an_error_of_the_caller_is_the_callers(built_in):
    stream = GuardedStream(built_in, Direction.ANSWER)
    stream.finish()
    with pytest.raises(ValueError, match="already finished"):
        stream.feed("more")

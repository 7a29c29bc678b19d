# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Bytes become text; how they were cut into tokens never shows."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from strongroom.engine.text_stream import TextStream


def run(pieces: list[bytes], stop: tuple[str, ...] = ()) -> list[str]:
    stream = TextStream(stop)
    released = [stream.feed(piece) for piece in pieces if not stream.is_stopped]
    return [*released, stream.finish()]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.text(), st.lists(st.integers(0, 1000), max_size=8))
def test_characters_that_span_tokens_come_out_whole(text, places):
    text = text.encode("utf-8", "replace").decode()
    assert "".join(run(cut(text.encode(), places))) == text


@given(st.binary(), st.lists(st.integers(0, 1000), max_size=8))
def test_bytes_that_are_no_text_become_replacement_characters(data, places):
    assert "".join(run(cut(data, places))) == data.decode("utf-8", "replace")


alphabet = st.text("ab|<é", max_size=30)


@given(
    alphabet, st.lists(st.text("ab|<é", min_size=1, max_size=5), min_size=1, max_size=3), st.lists(st.integers(0, 99))
)
def test_nothing_of_a_stop_text_ever_shows_however_the_text_is_cut(text, stop, places):
    visible = "".join(run(cut(text.encode(), places), tuple(stop)))
    assert text.startswith(visible)
    assert not any(one in visible for one in stop)
    if not any(one in text for one in stop):
        assert visible == text
    assert visible == "".join(run([text.encode()], tuple(stop)))


def test_a_partial_stop_text_is_held_back_until_it_is_decided():
    stream = TextStream(("<|im_end|>",))
    assert stream.feed(b"Good <|im_") == "Good "
    assert stream.feed(b"age") == "<|im_age"
    assert stream.feed(b" <|im_end") == " "
    assert stream.feed(b"|> and more") == ""
    assert stream.is_stopped
    assert stream.finish() == ""


def test_what_was_held_back_in_vain_comes_at_the_end():
    stream = TextStream(("STOP",))
    assert stream.feed(b"Do not STO") == "Do not "
    assert stream.finish() == "STO"


def test_a_character_that_was_cut_off_becomes_a_replacement_character():
    stream = TextStream()
    assert stream.feed(b"caf\xc3") == "caf"
    assert stream.finish() == "\ufffd"

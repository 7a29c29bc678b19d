# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Readings: what each says, which original characters it stands for, and that no cut changes it."""

import base64
import codecs
import random
from itertools import pairwise

import pytest

from strongroom.core.findings import Disguise, Scope
from strongroom.filter.readings import DISGUISES, Characters, FoldingReader, folded
from strongroom.filter.readings.confusables import FOLDING, SEPARATOR
from strongroom.filter.segments import Segments


def fold_in_pieces(pieces):
    reader = FoldingReader()
    return joined(reader.read(piece, is_last=number == len(pieces)) for number, piece in enumerate(pieces, start=1))


def read_in_pieces(disguise, pieces):
    reader = DISGUISES[disguise].reader()
    outputs, start = [], 0
    for number, piece in enumerate(pieces, start=1):
        end = start + len(piece)
        characters = Characters(piece, range(start, end), range(start + 1, end + 1))
        outputs.append(reader.read(characters, is_last=number == len(pieces)))
        start = end
    assert reader.settled is None
    return joined(outputs)


def joined(outputs):
    outputs = list(outputs)
    return (
        "".join(one.text for one in outputs),
        [start for one in outputs for start in one.starts],
        [end for one in outputs for end in one.ends],
    )


def cut(text, places):
    return [text[start:end] for start, end in pairwise([0, *sorted(places), len(text)])]


@pytest.mark.parametrize(
    "written",
    [
        "se\u200bcret", "s\u00adecret", "sec\u2060ret", "se\U000e0061cret", "se\ufe0fcret", "s\u0336e\u0336cret",
        "sécrèt", "ｓｅｃｒｅｔ", "𝐬𝐞𝐜𝐫𝐞𝐭", "ⓢⓔⓒⓡⓔⓣ", "ѕесrеt", "sеcret", "se**cr**et", "se`cr`et", "s<b>ec</b>ret",
        "se<!-- no -->cret", "s&#101;cret", "s&#x65;cret", "𝓼𝓮𝓬𝓻𝓮𝓽", "ꜱᴇᴄʀᴇᴛ",
    ],
)  # fmt: skip
def test_a_text_is_read_as_it_looks(written):
    assert folded(f"a {written} b") == "a secret b"


@pytest.mark.parametrize(
    "plain",
    [
        "**bold** and `code` and ~~gone~~", "a < b && c > d", "2*3*4", "x = a[1] & b", "50 % of it", "C:\\temp",
        "* a list\n* of two", "1 * 2", "a &nosuch; b", "naming_things_like_this", "<https://x.org>",
        "密码 한국어 हिन्दी عربى ไทย",
    ],
)  # fmt: skip
def test_ordinary_text_is_read_as_itself(plain):
    assert folded(plain) == plain


def test_each_folded_character_knows_its_original():
    text = "a&amp;ﬁ\u200b**b"
    read = FoldingReader().read(text, is_last=True)
    originals = [text[start:end] for start, end in zip(read.starts, read.ends, strict=True)]
    assert list(zip(read.text, originals, strict=True)) == [
        ("a", "a"), ("&", "&amp;"), ("f", "ﬁ"), ("i", "ﬁ"), ("b", "b"),
    ]  # fmt: skip


def test_a_text_full_of_nothing_is_not_held_back_for_long():
    reader = FoldingReader()
    read = reader.read("a" + "\u200b" * 10_000, is_last=False)
    assert not reader.keeps_back
    assert set(read.text) == {"a", SEPARATOR}


def test_vowels_that_are_written_as_marks_stay():
    for word in ("हिन्दी", "தமிழ்", "ไทยน้ำ", "עִבְרִית", "العَرَبِيَّة"):
        assert folded(word) == word
    assert FOLDING[0x0301] == ""


@pytest.mark.parametrize(
    ("disguise", "written"),
    [
        (Disguise.LEET, "s3cr3t"),
        (Disguise.LEET, "$3cre7"),
        (Disguise.SPACED, "s e c r e t"),
        (Disguise.SPACED, "s.e.c.r.e.t"),
        (Disguise.SPACED, "s-e-c-r-e-t"),
        (Disguise.REPEATED, "seeecreeettt"),
        (Disguise.BASE64, base64.b64encode(b"secret").decode()),
        (Disguise.BASE64, base64.b64encode(b"a secret.").decode()),
        (Disguise.HEX, b"secret".hex()),
        (Disguise.HEX, b"secret".hex(" ")),
        (Disguise.HEX, "".join(f"\\x{code:02x}" for code in b"secret")),
        (Disguise.ROT13, codecs.encode("secret", "rot13")),
        (Disguise.URL, "".join(f"%{code:02X}" for code in b"secret")),
        (Disguise.URL, "s%65cret"),
    ],
)
def test_what_is_disguised_is_read(disguise, written):
    text = f"the {written} word"
    read, starts, ends = read_in_pieces(disguise, [text])
    place = read.index("secret")
    original = text[starts[place] : ends[place + 5]]
    assert original in f"{written} "
    assert len(original) >= len(written) - 4


def test_no_cut_changes_a_reading():
    chance = random.Random(7)
    parts = [
        *"abs3 e-.*`~&<>#;/\\_@%0x41!$", "\u200b", "\u0301", "é", "ѕ", "&lt;", "&amp;", "&#101;", "<b>", "<!--", "-->",
        "%41", "%C3%A9", "%E2%82%AC", "\\x41", "c2Vj", "s e c", "aaa", "a" * 70, "4142", "\u200b" * 70, "**", "😀", "ﬁ",
    ]  # fmt: skip
    for _ in range(1_500):
        text = "".join(chance.choice(parts) for _ in range(chance.randrange(1, 14)))
        pieces = cut(text, [chance.randint(0, len(text)) for _ in range(chance.randrange(6))])
        assert fold_in_pieces(pieces) == fold_in_pieces([text]), pieces
        for disguise in DISGUISES:
            assert read_in_pieces(disguise, pieces) == read_in_pieces(disguise, [text]), (disguise, pieces)


# The parts of an answer.


def scopes(pieces):
    segments = Segments()
    for piece in pieces:
        segments.feed(piece)
    return [segments.scope(place) for place in range(sum(map(len, pieces)))]


def test_code_and_reasoning_are_parts_of_their_own():
    text = "<think>no</think>Yes:\n```sh\nrm\n```\nno ``` here\n~~~\nx\n~~~\nend"
    found = scopes([text])
    expected = {
        "no<": Scope.REASONING,
        "Yes": Scope.ANSWER,
        "rm": Scope.CODE,
        "no `": Scope.ANSWER,
        "x\n": Scope.CODE,
        "end": Scope.ANSWER,
    }
    assert {word: found[text.index(word)] for word in expected} == expected


def test_no_cut_changes_a_part():
    chance = random.Random(3)
    parts = [
        "`", "```", "~~~", "\n", " ", "   ", "<think>", "</think>", "<th", "ink>", "a", "<", "</reasoning>", "x\n```\n",
    ]  # fmt: skip
    for _ in range(1_500):
        text = "".join(chance.choice(parts) for _ in range(chance.randrange(1, 14)))
        pieces = cut(text, [chance.randint(0, len(text)) for _ in range(chance.randrange(6))])
        assert scopes(pieces) == scopes([text]), pieces

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The place of every key and value, in every form in which TOML can write them."""

import json
import tomllib

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from strongroom.policy.toml_locations import Position, locate

DOCUMENT = '''\
# a comment with = and [brackets]
title = "x"  # and "quotes"
a.b . "c d" = 1

[[rules]]
id = 'one'
list = [
    1, # first, "]"
    [2, 3],
    { k = "v", 'q' = [ ] },
]
text = """
a "quoted" line = 1
[not.a.table] \\""" still inside"""""
[rules.detector]
when = 1979-05-27 07:32:00
raw = \'\'\'it's '' one'\'\'\'\'
[[rules]]
id = "two"
[other.table]
last = true'''


def test_positions_of_a_hand_counted_document():
    locations = locate(DOCUMENT)
    expected = {
        ("title",): ((2, 1), (2, 9)),
        ("a",): ((3, 1), (3, 1)),
        ("a", "b"): ((3, 3), (3, 3)),
        ("a", "b", "c d"): ((3, 7), (3, 15)),
        ("rules",): ((5, 1), (5, 1)),
        ("rules", 0): ((5, 1), (5, 1)),
        ("rules", 0, "id"): ((6, 1), (6, 6)),
        ("rules", 0, "list"): ((7, 1), (7, 8)),
        ("rules", 0, "list", 0): ((8, 5), (8, 5)),
        ("rules", 0, "list", 1): ((9, 5), (9, 5)),
        ("rules", 0, "list", 1, 0): ((9, 6), (9, 6)),
        ("rules", 0, "list", 1, 1): ((9, 9), (9, 9)),
        ("rules", 0, "list", 2): ((10, 5), (10, 5)),
        ("rules", 0, "list", 2, "k"): ((10, 7), (10, 11)),
        ("rules", 0, "list", 2, "q"): ((10, 16), (10, 22)),
        ("rules", 0, "text"): ((12, 1), (12, 8)),
        ("rules", 0, "detector"): ((15, 1), (15, 1)),
        ("rules", 0, "detector", "when"): ((16, 1), (16, 8)),
        ("rules", 0, "detector", "raw"): ((17, 1), (17, 7)),
        ("rules", 1): ((18, 1), (18, 1)),
        ("rules", 1, "id"): ((19, 1), (19, 6)),
        ("other", "table"): ((20, 1), (20, 1)),
        ("other", "table", "last"): ((21, 1), (21, 8)),
    }
    assert locations.paths == expected.keys()
    for path, (key, value) in expected.items():
        assert locations.key(path) == Position(*key), path
        assert locations.value(path) == Position(*value), path


def test_an_unknown_path_has_the_place_of_its_nearest_ancestor():
    locations = locate("a = 1\n[t]\nx = {y = 2}\n")
    assert locations.key(("t", "x", "z")) == Position(3, 1)
    assert locations.value(("t", "x", "z")) == Position(3, 5)
    assert locations.key(("nowhere",)) == Position(1, 1)


def test_an_offset_moves_only_in_a_one_line_literal_string():
    locations = locate("a = 'b+'\nc = \"b+\"\nd = '''b+'''\n")
    assert locations.value(("a",)) == Position(1, 5)
    assert locations.value(("a",), 0) == Position(1, 6)
    assert locations.value(("a",), 1) == Position(1, 7)
    assert locations.value(("c",), 1) == Position(2, 5)
    assert locations.value(("d",), 1) == Position(3, 5)


def test_windows_line_ends_count_as_one():
    assert locate("a = 1\r\nb = 2\r\n").key(("b",)) == Position(2, 1)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a = 1\na = 2\n", Position(2, 1)),
        ("[t]\nb.c = 1\nb.c = 2\n", Position(3, 3)),
        ("x = { k = 1, k = 2 }", Position(1, 14)),
        ("a = 1\nb = 2\n", None),
    ],
)
def test_the_second_definition_of_a_key_is_found(text, position):
    assert locate(text).duplicate == position


@given(st.text(max_size=80))
def test_no_text_makes_the_scanner_fail_or_hang(text):
    assert locate(text).end().line == text.replace("\r\n", "\n").count("\n") + 1


# Documents are written piece by piece, so that the place of everything is known without a parser. One generator of
# numbers makes all choices of a document: one of hypothesis for each character would take most of the time.

KEY_CHARACTERS = "abzA09_-é .#=\"'[]\\"
# Everything that may stand in a string: ASCII with what TOML gives a meaning, and all planes.
RANGES = [
    (0x20, 0x7E),
    (0x20, 0x7E),
    (0xA0, 0x2FF),
    (0x2000, 0x206F),
    (0x4E00, 0x9FFF),
    (0xE000, 0xFFFD),
    (0x10000, 0x10FFFF),
]
GAPS = ["", " ", "\t "]
BREAKS = ["", " ", "\n", ' # it\'s, "x" ]\n\n  ']


def scalar(chance):
    text = "".join(chr(chance.randint(*chance.choice(RANGES))) for _ in range(chance.randint(0, 12)))
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return chance.choice(
        [
            str(chance.randint(-1000, 1000)),
            chance.choice(["true", "false", "1.5", "nan", "1979-05-27", "1979-05-27 07:32:00", "07:32:00"]),
            json.dumps(text, ensure_ascii=False),
            "'" + text.replace("'", "") + "'",
            '"""\n' + escaped + '\nx"""',
            "'''" + text.replace("'", "") + "\n # [x] ''a'''''",
        ]
    )


class Writer:
    def __init__(self, chance):
        self.chance = chance
        self.text = ""
        self.expected = {}

    def put(self, text):
        self.text += text

    def gap(self):
        self.put(self.chance.choice(GAPS))

    def line_break(self):
        self.put(self.chance.choice(BREAKS))

    def names(self, most, prefix=""):
        count = self.chance.randint(0, most)
        keys = ("".join(self.chance.choices(KEY_CHARACTERS, k=self.chance.randint(1, 5))) for _ in range(count))
        return list(dict.fromkeys(prefix + key for key in keys))

    def written(self, name):
        if name.isascii() and name.replace("_", "").replace("-", "").isalnum() and self.chance.random() < 0.5:
            return name
        return json.dumps(name, ensure_ascii=False)

    @property
    def place(self):
        return Position(self.text.count("\n") + 1, len(self.text) - self.text.rfind("\n"))

    def value(self, path, depth):
        kind = self.chance.choice(["scalar", "array", "table"] if depth < 2 else ["scalar"])
        if kind == "scalar":
            self.put(scalar(self.chance))
        elif kind == "array":
            self.put("[")
            for index in range(self.chance.randint(0, 3)):
                self.line_break()
                self.expected[*path, index] = (self.place, self.place)
                self.value((*path, index), depth + 1)
                self.line_break()
                self.put(",")
            self.line_break()
            self.put("]")
        else:
            self.put("{")
            for number, name in enumerate(self.names(3)):
                self.put("," if number else "")
                self.gap()
                self.pair(path, name, depth + 1)
            self.gap()
            self.put("}")

    def pair(self, path, name, depth):
        key = self.place
        parent = path
        if self.chance.random() < 1 / 6:
            parent = (*path, name)
            self.put(self.written(name))
            self.gap()
            self.put(".")
            self.gap()
            self.expected[parent] = (key, key)
            name, key = "leaf", self.place
        self.put(self.written(name))
        self.gap()
        self.put("=")
        self.gap()
        self.expected[*parent, name] = (key, self.place)
        self.value((*parent, name), depth)

    def table(self, path, names):
        for name in names:
            self.line_break()
            if not self.text.endswith("\n") and self.text:
                self.put("\n")
            self.gap()
            self.pair(path, name, 0)
            self.gap()
            self.put("\n")

    def document(self):
        self.table((), self.names(3, "k"))
        for name in self.names(3, "t"):
            count = self.chance.randint(0, 2)
            for index in range(count or 1):
                place = self.place
                key = self.written(name)
                self.put(f"[[ {key} ]] # x\n" if count else f"[{key}]\n")
                path = (name, index) if count else (name,)
                self.expected.setdefault((name,), (place, place))
                self.expected[path] = (place, place)
                self.table(path, self.names(3, "k"))
                if self.chance.random() < 0.5:
                    place = self.place
                    self.put(f"[{key}.sub.table]\n")
                    self.expected[*path, "sub", "table"] = (place, place)
                    self.table((*path, "sub", "table"), self.names(2))


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=True))
def test_every_key_and_value_of_a_random_document_is_found(chance):
    writer = Writer(chance)
    writer.document()
    note(writer.text)
    tomllib.loads(writer.text)
    locations = locate(writer.text)
    assert locations.paths == writer.expected.keys()
    for path, (key, value) in writer.expected.items():
        assert (locations.key(path), locations.value(path)) == (key, value), path

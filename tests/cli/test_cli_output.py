# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What reaches a terminal: no control character that came from a model, a file or a database."""

import dataclasses
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.cli import output
from strongroom.cli.transcript import styled, unloaded_line, why_lines
from strongroom.core.errors import UserFacingError
from strongroom.core.events import ModelsUnloaded, RoomReason
from strongroom.core.findings import Action, Direction, Mark, PolicyIdentity
from support.catalogs import shouting

POLICY = PolicyIdentity("Default", "1", "sha256:00", "built-in")
FORBIDDEN_CONTROLS = {chr(code) for code in [*range(0x20), *range(0x7F, 0xA0)]} - {"\n", "\t"}


def mark(start: int, end: int, action: Action = Action.MASK, message: str = "") -> Mark:
    return Mark(start, end, action, "pii.email", "pii", 1.0, Direction.ANSWER, POLICY, message)


@given(st.text())
def test_no_text_brings_a_control_character_to_the_terminal(text):
    shown = output.safe_text(text)
    assert not FORBIDDEN_CONTROLS & set(shown)
    assert not any(unicodedata.category(character) == "Cs" for character in shown)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("\x1b[2J", "␛[2J"),
        ("\x9b31m", "<U+009B>31m"),
        ("safe\rEVIL", "safe␍EVIL"),
        ("a\x08b\x7f", "a␈b␡"),
        ("user\u202egnp.exe", "user<U+202E>gnp.exe"),
        ("half \ud83d", "half \ufffd"),
        ("line\nand\ttab", "line\nand\ttab"),
        ("Grüße 你好 🙂", "Grüße 你好 🙂"),
    ],
)
def test_hostile_text_is_shown_and_not_obeyed(hostile, shown):
    assert output.safe_text(hostile) == shown


@given(st.text())
def test_json_is_exact_for_a_program_and_harmless_on_a_terminal(text):
    written = output.json_text({"text": text})
    assert json.loads(written)["text"] == text
    assert not FORBIDDEN_CONTROLS & set(written)
    assert written.encode("utf-8")


def test_an_error_says_what_why_and_what_to_do_on_standard_error(capsys):
    output.show_error(UserFacingError("storage.exists", path="a\x1b[31m.db"))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "Not overwritten: a␛[31m.db exists already.\nMove it away first.\n"


def test_an_error_as_json_is_one_line(capsys):
    output.show_error(UserFacingError("storage.exists", path="/x"), as_json=True)
    assert json.loads(capsys.readouterr().err) == {
        "error": {
            "code": "storage.exists",
            "title": "Not overwritten",
            "message": "/x exists already.",
            "next_step": "Move it away first.",
            "facts": {"path": "/x"},
        }
    }


def test_an_error_in_the_terminal_goes_through_translation(capsys):
    with shouting():
        output.show_error(UserFacingError("storage.exists", path="/x"))
    assert capsys.readouterr().err == "⟦Not overwritten⟧: ⟦/x exists already.⟧\n⟦Move it away first.⟧\n"


def test_brackets_in_a_text_are_no_markup(capsys):
    output.say("[bold]x[/bold] [link=http://example.org]y[/link]")
    assert capsys.readouterr().out == "[bold]x[/bold] [link=http://example.org]y[/link]\n"


def test_table_cells_are_safe_and_never_cut_off(capsys):
    output.say_table(("ID", "FILE"), [("a", "/x/" + "long" * 60), ("wide字", "new\nline\x1b[0m")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ID      FILE"
    assert lines[1] == "a       /x/" + "long" * 60
    assert lines[2] == "wide字  new line␛[0m"


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (999, "999 B"), (98_362_432, "98.4 MB"), (4_000_000_000_000, "4.0 TB")]
)
def test_sizes_are_for_people(size, shown):
    assert output.size_text(size) == shown


def test_marked_passages_are_set_off_across_pieces():
    whole = "Write to [email] now"
    first, second = styled(whole[:12], [mark(9, 16)]), styled(whole[12:], [mark(9, 16)], offset=12)
    assert first.plain + second.plain == whole
    assert [first.plain[span.start : span.end] for span in first.spans] == ["[em"]
    assert [second.plain[span.start : span.end] for span in second.spans] == ["ail]"]


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
    st.integers(0, 10),
)
def test_marks_never_change_the_text(text, spans, offset):
    marks = [mark(min(pair), max(pair)) for pair in spans]
    assert styled(text, marks, offset=offset).plain == output.safe_text(text)


def test_why_names_rule_policy_direction_and_the_administrators_sentence():
    lines = why_lines("Write to [email]", [mark(9, 16, message="No addresses\x1b here.")])
    assert lines == [
        "1. masked “[email]”: rule pii.email, category pii, answer, confidence 100%, severity medium",
        "   evidence: it has the form",
        "   policy Default 1 from built-in, sha256:00",
        "   No addresses␛ here.",
    ]


def test_what_was_unloaded_is_said_with_its_reason():
    event = ModelsUnloaded("Big", ("Small",), RoomReason.MEMORY, 10**9, 2 * 10**9, 4 * 10**9, is_enough=False)
    assert unloaded_line(event) == (
        "Unloaded Small to load Big: there is no memory for both."
        " Big needs about 4.0 GB, 2.0 GB are free; it is loaded all the same."
    )
    by_policy = dataclasses.replace(event, reason=RoomReason.MOST_LOADED, is_enough=True)
    assert unloaded_line(by_policy) == "Unloaded Small to load Big: the policy allows no more at the same time."

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How the parts of an error's words are put together."""

import pytest

from strongroom.words import ErrorText, one_after_the_other


@pytest.mark.parametrize(
    ("message", "next_step", "expected"),
    [
        ("It is full.", "Free some space.", "It is full. Free some space."),
        ("policy.toml, line 3: rules is missing", "Correct it.", "policy.toml, line 3: rules is missing. Correct it."),
        ("line 1: no name\nline 2: no rule", "Correct them.", "line 1: no name\nline 2: no rule\nCorrect them."),
        ("It is full.", "", "It is full."),
        ("", "Try again.", "Try again."),
    ],
)
def test_what_to_do_is_a_sentence_of_its_own(message, next_step, expected):
    assert one_after_the_other(message, next_step) == expected
    assert ErrorText("Title", message, next_step).sentence == f"Title. {expected}"

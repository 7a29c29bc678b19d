# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Why there is no window, in one sentence, without loading Qt."""

import sys

import pytest

from strongroom.cli.display import why_no_window

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks for a display as Linux has it")


def test_no_display_is_said():
    assert why_no_window({}) == "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."


def test_a_display_that_does_not_answer_is_said():
    assert why_no_window({"DISPLAY": ":4711"}) == "the display :4711 does not answer."
    assert why_no_window({"DISPLAY": "unix:4711"}) == "the display unix:4711 does not answer."


def test_a_display_over_a_network_is_named_as_what_it_is():
    for display in ("localhost:4711.0", "127.0.0.1:4711"):
        said = f"the display {display} is reached over a network, and the window has none."
        assert why_no_window({"DISPLAY": display}) == said


def test_a_stale_wayland_name_is_no_display(tmp_path):
    assert why_no_window({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)})


def test_a_platform_without_display_needs_none():
    assert why_no_window({"QT_QPA_PLATFORM": "offscreen"}) == ""

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where the window opens: where it was, and never larger than the screen."""

import json

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from strongroom.gui.window.place import WindowPlace, fitted, keep_place, load_place, restore_place

PLACE = {"x": 40, "y": 60, "width": 500, "height": 400, "is_maximized": False}
SCREEN = QRect(0, 0, 800, 500)


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_window_opens_where_it_was(window, tmp_path, qtbot):
    window.setGeometry(40, 60, 500, 400)
    keep_place(window, tmp_path / "window.json")
    another = QWidget()
    qtbot.addWidget(another)
    restore_place(another, tmp_path / "window.json")
    assert another.geometry() == QRect(40, 60, 500, 400)
    assert not another.isMaximized()


def test_a_maximized_window_is_maximized_again_and_knows_its_former_size(window, tmp_path, qtbot):
    path = tmp_path / "window.json"
    path.write_text(json.dumps(PLACE | {"is_maximized": True}), encoding="utf-8")
    restore_place(window, path)
    window.show()
    assert window.isMaximized()
    keep_place(window, path)
    kept = load_place(path)
    assert kept.is_maximized
    assert (kept.width, kept.height) == (500, 400)


def test_a_first_window_is_no_larger_than_its_screen(window, tmp_path):
    window.resize(5000, 5000)
    restore_place(window, tmp_path / "window.json")
    screen = window.screen().availableGeometry()
    assert window.width() < screen.width()
    assert window.height() < screen.height()


@pytest.mark.parametrize(
    "rect",
    [
        QRect(40, 60, 2360, 1560),
        QRect(-900, -900, 500, 400),
        QRect(700, 480, 500, 400),
        QRect(5000, 5000, 100, 100),
    ],
)
def test_a_window_is_wholly_on_its_screen(rect):
    place = fitted(rect, SCREEN)
    assert SCREEN.contains(place)
    assert place.width() == min(rect.width(), 784)
    assert place.height() == min(rect.height(), 452)


def test_a_window_that_fits_stays_where_it_was():
    rect = QRect(100, 60, 500, 400)
    assert fitted(rect, QRect(0, 0, 1600, 1000)) == rect


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[1, 2]",
        "[" * 100_000,
        "null",
        json.dumps({"x": 1}),
        json.dumps(PLACE | {"more": 1}),
        json.dumps(PLACE | {"width": 0}),
        json.dumps(PLACE | {"height": -1}),
        json.dumps(PLACE | {"width": 10**9}),
        json.dumps(PLACE | {"x": 1.5}),
        json.dumps(PLACE | {"x": True}),
        json.dumps(PLACE | {"y": "60"}),
        json.dumps(PLACE | {"is_maximized": 1}),
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_a_file_that_says_no_place_is_ignored(tmp_path, content):
    path = tmp_path / "window.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert load_place(path) is None


def test_a_place_that_cannot_be_kept_stops_nothing(window, tmp_path, caplog):
    keep_place(window, tmp_path / "missing" / "window.json")
    assert "the window's place is not kept" in caplog.text
    assert load_place(tmp_path / "window.json") is None


def test_what_is_kept_is_what_is_read(tmp_path):
    path = tmp_path / "window.json"
    path.write_text(json.dumps(PLACE), encoding="utf-8")
    assert load_place(path) == WindowPlace(40, 60, 500, 400, is_maximized=False)

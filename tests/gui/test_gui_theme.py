# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Colors: readable in both appearances, following the system, written down in one place."""

import re
from pathlib import Path

import pytest
import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

import strongroom.gui
from strongroom.gui.widgets.icons import Glyph, application_icon
from strongroom.gui.widgets.tokens import CONTROL_CONTRAST, DARK, LIGHT, TEXT_CONTRAST, contrast, with_accent


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(tokens):
    pairs = [
        (text, ground)
        for text in ("text", "muted", "accent", "warning", "danger", "good")
        for ground in ("background", "raised")
    ]
    pairs += [("text", ground) for ground in ("soft", "pill", "hover", "pressed", "selection", "caution", "alarm")]
    pairs += [("on_accent", "accent"), ("on_accent", "accent_hover"), ("muted", "pill"), ("muted", "hover")]
    weak = {
        (text, ground): round(contrast(getattr(tokens, text), getattr(tokens, ground)), 2)
        for text, ground in pairs
        if contrast(getattr(tokens, text), getattr(tokens, ground)) < TEXT_CONTRAST
    }
    assert weak == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_controls_can_be_seen(tokens):
    for ground in (tokens.background, tokens.raised):
        assert contrast(tokens.control, ground) >= CONTROL_CONTRAST
        assert contrast(tokens.accent, ground) >= CONTROL_CONTRAST


@pytest.mark.parametrize("accent", ["#FFFF00", "#000000", "#FFFFFF", "#FF00FF", "#3584E4"])
@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_any_accent_of_the_system_can_be_read(tokens, accent):
    shown = with_accent(tokens, QColor(accent)).accent
    assert contrast(shown, tokens.background) >= TEXT_CONTRAST
    assert contrast(shown, tokens.raised) >= TEXT_CONTRAST


def test_the_appearance_changes_while_running(theme, qtbot):
    with qtbot.waitSignal(theme.changed):
        theme.set_appearance("dark")
    palette = QApplication.palette()
    assert palette.color(QPalette.ColorRole.Window) == QColor(DARK.background)
    assert DARK.accent in QApplication.instance().styleSheet()
    theme.set_appearance("light")
    assert QApplication.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.background)


def test_it_follows_the_system(theme, monkeypatch):
    theme.set_appearance("system")
    hints = QGuiApplication.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.tokens.background == DARK.background
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: Qt.ColorScheme.Light)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.tokens.background == LIGHT.background


def test_a_set_appearance_does_not_follow_the_system(theme, monkeypatch):
    theme.set_appearance("light")
    hints = QGuiApplication.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.tokens.background == LIGHT.background


def test_sizes_are_those_of_the_look(theme):
    body = theme.body_font().pointSizeF()
    assert body >= 10.5
    assert theme.small_font().pointSizeF() / body == pytest.approx(9 / 10.5)
    assert theme.title_font().pointSizeF() / body == pytest.approx(14 / 10.5)
    assert theme.code_font().pointSizeF() / body == pytest.approx(10 / 10.5)


def test_colors_are_written_down_in_one_place():
    literal = re.compile(r"#[0-9A-Fa-f]{3,8}\b|QColor\(\s*\d|Qt\.GlobalColor")
    folder = Path(strongroom.gui.__file__).parent
    guilty = [
        path.name for path in folder.rglob("*.py") if path.name != "tokens.py" and literal.search(path.read_text())
    ]
    assert guilty == []


@pytest.mark.parametrize("glyph", list(Glyph))
def test_every_icon_can_be_drawn(qapp, glyph):
    assert not qtawesome.icon(glyph.value).pixmap(18, 18).isNull()


def test_the_apps_own_icon_can_be_drawn(qapp):
    assert not application_icon().pixmap(64, 64).isNull()

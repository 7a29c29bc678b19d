# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window and its features: a page is what a feature says it is, and the window needs to know no more."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout

from strongroom.core.errors import UserFacingError
from strongroom.gui.features import make_features
from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.controls import PlainLabel
from strongroom.gui.widgets.feature import Feature, Shortcut, StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.window.main_window import MainWindow
from strongroom.gui.window.shortcut_overview import ShortcutOverview


class DemoPage(PageView):
    def __init__(self, theme):
        super().__init__(PageHeader(theme, "Demo"))
        layout = QVBoxLayout(self)
        layout.addWidget(self.header)
        layout.addWidget(PlainLabel("Nothing here yet."))


class DemoFeature(Feature):
    """Says what it is told in the order in which it is told."""

    def __init__(self, theme, parent, name="demo", keys="Ctrl+7", place=9, shortcut="Ctrl+Y"):
        super().__init__(name, name.title(), Glyph.FILE, keys, place=place, page=DemoPage(theme), parent=parent)
        self.told = []
        self.shortcut = shortcut
        self.fact = StatusFact(name, Glyph.FILE, lambda: self.told.append("fact"), parent=self)
        self.fact.say(f"1 {name}")

    def shortcuts(self):
        return (Shortcut(self.shortcut, "Tell it", lambda: self.told.append("key")), Shortcut("Space", "Look"))

    def facts(self):
        return (self.fact,)

    def attach(self, workspace):
        self.told.append(f"attached {workspace.policy.latest.identity.name}")

    def close(self):
        self.told.append("closed")

    def refresh(self):
        self.told.append("shown")

    def answer_error(self, error):
        return isinstance(error, UserFacingError) and error.code == "demo.error"


@pytest.fixture
def open_window(desk, qtbot):
    """Opens a window of the app's features, and of these."""
    windows = []

    def open_it(*more, only=False):
        desk.prepare()
        desk.script(["Answer."])

        def make(shell, runner, theme, parent):
            known = () if only else make_features(shell, runner, theme, parent)
            return (*known, *(one(theme, parent) for one in more))

        window = MainWindow(desk.workspace, desk.theme, make)
        windows.append(window)
        with qtbot.waitSignal(window.workspace_opened):
            window.show()
        qtbot.waitUntil(lambda: not window.runner.pending)
        return window

    yield open_it
    for window in windows:
        window.close()
        window.shut_down()
        window.deleteLater()


def test_a_new_page_is_one_more_feature(open_window, qtbot):
    window = open_window(DemoFeature)
    demo = window.feature("demo")
    menu = window.frame.rail.make_menu(window)
    names = [action.text() for action in menu.actions() if action.text()]
    # The last before those at the foot.
    assert names[-2:] == ["Demo", "Settings"]
    menu.deleteLater()
    assert demo.told == ["attached Built-in default"]
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    assert window.page == "demo"
    assert demo.page.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert window.status_bar.text("demo") == "1 demo"
    window.status_bar.press("demo")
    assert demo.told[1:] == ["shown", "key", "fact"]


def test_a_window_needs_none_of_the_features_that_there_are(open_window, qtbot):
    window = open_window(DemoFeature, only=True)
    assert window.page == "demo"
    window.activateWindow()
    for key in (Qt.Key.Key_N, Qt.Key.Key_F, Qt.Key.Key_I):
        # Nothing to begin, to search or to inspect.
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert not window.inspector.isVisible()


def test_features_end_in_the_opposite_order(open_window):
    order = []

    def ending(name, keys, shortcut):
        class Ending(DemoFeature):
            def close(self):
                order.append(self.name)

        return lambda theme, parent: Ending(theme, parent, name, keys, shortcut=shortcut)

    window = open_window(ending("first", "Ctrl+1", "Ctrl+U"), ending("second", "Ctrl+2", "Ctrl+Y"), only=True)
    window.shut_down()
    assert order == ["second", "first"]


@pytest.mark.parametrize(
    ("keys", "shortcut", "name", "refusal"),
    [
        ("Ctrl+7", "Ctrl+U", "other", "two things want Ctrl+7"),
        ("Ctrl+8", "Ctrl+Y", "other", "two things want Ctrl+Y"),
        ("Ctrl+8", "Ctrl+Q", "other", "two things want Ctrl+Q"),
        ("Ctrl+8", "Ctrl+U", "demo", "two facts are called demo"),
    ],
)
def test_two_features_cannot_want_the_same(desk, keys, shortcut, name, refusal):
    def make(_shell, _runner, theme, parent):
        return DemoFeature(theme, parent), DemoFeature(theme, parent, name, keys, shortcut=shortcut)

    with pytest.raises(ValueError, match=refusal.replace("+", r"\+")):
        MainWindow(desk.workspace, desk.theme, make)
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow | DemoPage):
            widget.deleteLater()


def test_an_error_that_a_feature_answers_is_shown_nowhere_else(open_window):
    window = open_window(DemoFeature, only=True)
    window.show_error(UserFacingError("demo.error"))
    assert window.banners.notices == []
    window.show_error(UserFacingError("settings.invalid", path="settings.json", reason="no JSON"))
    assert [notice.key for notice in window.banners.notices] == ["settings.invalid"]


def test_a_button_of_a_card_does_what_the_card_says(open_window):
    window = open_window(DemoFeature, only=True)
    pressed = []
    window.inspect(Card("A thing", action=("Do it", lambda: pressed.append(1))))
    assert window.inspector.action_button.text() == "Do it"
    window.inspector.action_button.click()
    assert pressed == [1]
    window.inspect(Card("Another thing"))
    assert not window.inspector.action_button.isVisible()


def test_f1_shows_every_key_that_is_declared(open_window, qtbot):
    window = open_window(DemoFeature)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    overview = next(one for one in window.findChildren(ShortcutOverview) if one.isVisible())
    words = [label.text() for label in overview.findChildren(QLabel)]
    for group in window.shortcuts():
        assert group.title in words
        assert {one.text for one in group.shortcuts} <= set(words)
    assert {"Ctrl+7", "Tell it", "Space", "Look", "Quit", "F1", "Shift+Return"} <= set(words)
    overview.reject()


def test_the_rail_has_labels_where_the_window_is_high_enough(open_window):
    window = open_window(DemoFeature)
    buttons = window.frame.rail.buttons
    window.resize(1180, 640)
    QApplication.processEvents()
    assert {button.toolButtonStyle() for button in buttons} == {Qt.ToolButtonStyle.ToolButtonTextUnderIcon}
    window.resize(1180, 639)
    QApplication.processEvents()
    assert {button.toolButtonStyle() for button in buttons} == {Qt.ToolButtonStyle.ToolButtonIconOnly}
    assert all(button.toolTip() for button in buttons)
    assert window.frame.rail.width() == 72

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Every way from the window to the clipboard passes the policy in force and is recorded first."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from strongroom.chat import PolicyFilter
from strongroom.filter import FilterFailure

ANSWER = "Mail ann@example.org about the heron.\n\n```python\nheron = 1\n```"
OUT = "Mail [e-mail masked] about the [term masked]."

EMAIL = """
[[rules]]
id = "email"
category = "pii.email"
scope = ["answer"]
detector = { type = "email" }
action = "mask"
"""


def herons(action):
    return f"""
[[rules]]
id = "heron"
category = "term.project"
scope = ["export"]
detector = {{ type = "terms", terms = ["heron"] }}
action = "{action}"
"""


@pytest.fixture
def clipboard():
    """The clipboard, with something of somebody else in it."""
    clipboard = QGuiApplication.clipboard()
    data = QMimeData()
    data.setText("theirs")
    clipboard.setMimeData(data)
    return clipboard


@pytest.fixture
def window(desk, clipboard):
    window = desk.window([ANSWER], policy_file=desk.policy(EMAIL, herons("mask")))
    desk.send(window, "Where is the heron?")
    return window


def browser_of(window):
    return window.chat_page.transcript.browser


def exports(window):
    return [entry.record for entry in window.workspace.incidents.entries() if entry.record.direction == "export"]


def ask(window, href):
    answer = window.chat_page.answers()[-1]
    browser_of(window).anchorClicked.emit(QUrl(href.format(answer.message_id)))


def choose(widget, words):
    """Choose what the menu that was just opened calls so."""
    menu = next(menu for menu in widget.findChildren(QMenu) if menu.isVisible())
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()


def test_the_screen_may_show_more_than_the_clipboard_gets(window, desk, qtbot, clipboard):
    assert "about the heron" in browser_of(window).toPlainText()
    announced = []
    window.announcer.announced.connect(announced.append)
    ask(window, "copy:{}")
    desk.settle(window)
    assert clipboard.text() == ANSWER.replace("ann@example.org", "[e-mail masked]").replace("heron", "[term masked]")
    assert {(record.event.value, record.rule_id) for record in exports(window)} == {("filter.mask", "heron")}
    ask(window, "code:{}/1")
    desk.settle(window)
    assert clipboard.text() == "[term masked] = 1"
    transcript = window.chat_page.transcript
    transcript.browser.menu_wanted.emit(QPoint(10, 10), browser_of(window).document().find("Where is").position())
    choose(transcript, "Copy whole message")
    desk.settle(window)
    assert clipboard.text() == "Where is the [term masked]?"
    assert announced == ["Answer copied", "Code copied", "Message copied"]


def test_a_selection_is_filtered_by_key_and_by_menu(window, desk, qtbot, clipboard):
    browser = browser_of(window)
    cursor = browser.document().find("Mail")
    cursor.movePosition(cursor.MoveOperation.EndOfBlock, cursor.MoveMode.KeepAnchor)
    browser.setTextCursor(cursor)
    qtbot.keyClick(browser, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    desk.settle(window)
    assert clipboard.text() == OUT
    clipboard.setText("theirs")
    transcript = window.chat_page.transcript
    transcript.browser.menu_wanted.emit(QPoint(10, 10), cursor.position())
    choose(transcript, "Copy selected text")
    desk.settle(window)
    assert clipboard.text() == OUT


def test_a_whole_conversation_its_title_and_its_files_are_filtered(window, desk, qtbot, clipboard, tmp_path):
    conversations = window.chat_page.list
    conversations.view.customContextMenuRequested.emit(
        conversations.view.visualRect(conversations.model.index(0)).center()
    )
    choose(conversations, "Copy conversation")
    desk.settle(window)
    copied = clipboard.text()
    assert copied.startswith("# Where is the [term masked]?\n")
    assert OUT in copied
    assert "heron" not in copied
    conversations.view.setCurrentIndex(conversations.model.index(0))
    qtbot.keyClick(conversations.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    desk.settle(window)
    assert clipboard.text() == "Where is the [term masked]?"
    for name in ("out.md", "out.json"):
        window.conversations.export(window.chat_page.current, tmp_path / name)
        desk.settle(window)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "[term masked]" in text
        assert "heron" not in text.replace('"rule_id": "heron"', "")


def test_what_may_not_leave_is_told_and_what_comes_before_is_copied(desk, clipboard):
    window = desk.window([ANSWER], policy_file=desk.policy(EMAIL, herons("block")))
    desk.send(window, "Where?")
    ask(window, "copy:{}")
    desk.settle(window)
    assert clipboard.text() == "Mail [e-mail masked] about the "
    notice = window.chat_page.notices.notices[-1]
    assert notice.title == "Not all of it was copied"
    assert "rule heron" in notice.message
    clipboard.setText("theirs")
    ask(window, "code:{}/1")
    desk.settle(window)
    # Nothing comes before it, and the clipboard is not emptied for nothing.
    assert clipboard.text() == "theirs"
    assert [one.title for one in window.chat_page.notices.notices] == ["Not all of it was copied"]


def test_a_filter_that_fails_copies_and_exports_nothing_and_says_so(window, desk, clipboard, monkeypatch, tmp_path):
    def fail(_self, _visible, _direction):
        raise FilterFailure("heron", "KeyError")

    monkeypatch.setattr(PolicyFilter, "filter_again", fail)
    ask(window, "copy:{}")
    desk.settle(window)
    assert clipboard.text() == "theirs"
    assert window.banners.notices[-1].title == "Filter failed"
    window.conversations.export(window.chat_page.current, tmp_path / "out.md")
    desk.settle(window)
    assert not (tmp_path / "out.md").exists()

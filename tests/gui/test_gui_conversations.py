# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The list of conversations, over a real store."""

import json

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QToolButton

from strongroom.core.chat import Role
from strongroom.storage import StorageError


def titles(window):
    model = window.chat_page.list.model
    return [model.index(row).data() for row in range(model.rowCount())]


@pytest.fixture
def window(desk, qtbot):
    window = desk.window(["First answer."], ["Second answer about lighthouses."], ["Third."])
    desk.send(window, "Alpha question")
    window.chat_page.start_new()
    desk.send(window, "Beta question")
    qtbot.waitUntil(lambda: titles(window) == ["Beta question", "Alpha question"])
    return window


def test_a_first_message_makes_a_conversation_and_chooses_it(window):
    page = window.chat_page
    assert page.current is not None
    assert page.list.view.currentIndex().data() == "Beta question"
    assert [message.text for message in page.transcript.messages] == [
        "Beta question",
        "Second answer about lighthouses.",
    ]


def test_choosing_another_conversation_shows_its_messages(window, qtbot, desk):
    page = window.chat_page
    page.list.view.setCurrentIndex(page.list.model.index(1))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.text for one in page.transcript.messages] == ["Alpha question", "First answer."])


def test_rename_in_place(window, qtbot, desk):
    view = window.chat_page.list.view
    view.setFocus()
    view.setCurrentIndex(window.chat_page.list.model.index(0))
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = view.indexWidget(view.currentIndex()) or view.viewport().focusWidget()
    editor.setText("A better title")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "A better title" in titles(window))
    assert window.workspace.conversations.get(window.chat_page.current).title == "A better title"


def test_delete_and_undo(window, qtbot, desk):
    page = window.chat_page
    deleted = page.current
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles(window) == ["Alpha question"])
    assert page.current is None
    assert page.transcript.messages == []
    assert page.list.undo_bar.isVisible()
    page.list.undo_bar.findChild(QToolButton).click()
    qtbot.waitUntil(lambda: page.current == deleted)
    qtbot.waitUntil(lambda: "Beta question" in titles(window))
    assert not page.list.undo_bar.isVisible()


def test_a_deletion_that_is_not_taken_back_is_for_good(window, qtbot, desk):
    deleted = window.chat_page.current
    qtbot.keyClick(window.chat_page.list.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(window.chat_page.list.undo_bar.isVisible)
    window.chat_page.list.undo_bar.findChild(QTimer).timeout.emit()
    desk.settle(window)
    with pytest.raises(StorageError):
        window.workspace.conversations.restore(deleted)


def test_closing_the_window_makes_a_deletion_good(window, qtbot, desk):
    deleted = window.chat_page.current
    qtbot.keyClick(window.chat_page.list.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(window.chat_page.list.undo_bar.isVisible)
    desk.close()
    with desk.workspace() as workspace, pytest.raises(StorageError):
        workspace.conversations.restore(deleted)


def test_search_finds_text_and_leads_to_the_message(window, qtbot, desk):
    page = window.chat_page
    page.start_new()
    qtbot.keyClicks(page.list.search, "lighthouses")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    row = page.list.model.row(page.list.model.index(0))
    assert "lighthouses" in row.excerpt
    page.list.view.setCurrentIndex(page.list.model.index(0))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.current == row.conversation.conversation_id)


def test_search_without_a_hit_says_so(window, qtbot):
    page = window.chat_page
    qtbot.keyClicks(page.list.search, "nowhere")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 0)
    assert "Nothing found." in [label.text() for label in page.list.findChildren(QLabel) if label.isVisible()]


def test_an_export_holds_what_is_shown(window, qtbot, tmp_path):
    for name in ("out.md", "out.json"):
        with qtbot.waitSignal(window.conversations.exported):
            window.conversations.export(window.chat_page.current, tmp_path / name)
    assert "Second answer about lighthouses." in (tmp_path / "out.md").read_text(encoding="utf-8")
    messages = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["messages"]
    assert [message["text"] for message in messages] == ["Beta question", "Second answer about lighthouses."]
    assert window.toasts.notices[-1].title == "Exported"


def test_a_title_is_plain_text(window, qtbot, desk):
    conversation = window.chat_page.current
    window.conversations.rename(conversation, "<b>bold</b><img src='file:///etc/passwd'>")
    qtbot.waitUntil(lambda: "<b>bold</b><img src='file:///etc/passwd'>" in titles(window))
    window.chat_page.list.grab()


def test_earlier_messages_are_shown_on_demand(desk, qtbot):
    window = desk.window()
    store = window.workspace.conversations
    conversation = store.create("Long").conversation_id
    for number in range(205):
        store.add_message(conversation, Role.USER, f"Message {number}")
    window.chat_page.open(conversation)
    transcript = window.chat_page.transcript
    qtbot.waitUntil(lambda: len(transcript.messages) == 200)
    assert transcript.browser.toPlainText().startswith("Show earlier messages")
    transcript.earlier_wanted.emit()
    qtbot.waitUntil(lambda: len(transcript.messages) == 205)
    assert "Show earlier messages" not in transcript.browser.toPlainText()

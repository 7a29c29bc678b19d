# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is typed and not sent belongs to its own conversation, and Enter never does nothing in silence."""

import pytest
from PySide6.QtCore import Qt, QUrl

from strongroom.gui.chat.conversation_model import STATUS_ROLE
from strongroom.gui.chat.drafts import Drafts
from strongroom.gui.chat.open_chats import OpenChats
from strongroom.gui.chat.status import Status

BLOCK_PRICES = """
[[rules]]
id = "prices"
category = "secret.prices"
detector = { type = "terms", terms = ["Project Falcon"] }
action = "block"
message = "Unreleased products stay inside."
"""


def text_of(window):
    return window.chat_page.transcript.browser.toPlainText()


def draft_of(window):
    return window.chat_page.composer.field.toPlainText()


def status_of(window, title):
    model = window.chat_page.list.model
    rows = [model.index(row) for row in range(model.rowCount())]
    status = next(index.data(STATUS_ROLE) for index in rows if index.data() == title)
    return status.status if status else None


def open_row(window, qtbot, row):
    page = window.chat_page
    page.list.view.setCurrentIndex(page.list.model.index(row))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Return)


@pytest.fixture
def two(desk, qtbot):
    """A window with two kept conversations; the second is shown, above the first in the list."""
    window = desk.window(["About alpha."], ["About beta."], ["More."])
    desk.send(window, "Alpha question")
    window.chat_page.start_new()
    desk.send(window, "Beta question")
    qtbot.waitUntil(lambda: window.chat_page.list.model.rowCount() == 2)
    return window


def test_a_draft_stays_with_its_conversation(two, desk, qtbot):
    qtbot.keyClicks(two.chat_page.composer.field, "for beta")
    open_row(two, qtbot, 1)
    qtbot.waitUntil(lambda: "About alpha." in text_of(two))
    assert draft_of(two) == ""
    qtbot.keyClicks(two.chat_page.composer.field, "for alpha")
    open_row(two, qtbot, 0)
    qtbot.waitUntil(lambda: "About beta." in text_of(two))
    assert draft_of(two) == "for beta"
    assert status_of(two, "Alpha question") is Status.DRAFT
    assert status_of(two, "Beta question") is None
    open_row(two, qtbot, 1)
    qtbot.waitUntil(lambda: draft_of(two) == "for alpha")
    desk.settle(two)


def test_undo_does_not_lead_to_the_draft_of_another_conversation(two, qtbot):
    qtbot.keyClicks(two.chat_page.composer.field, "for beta")
    open_row(two, qtbot, 1)
    qtbot.waitUntil(lambda: "About alpha." in text_of(two))
    two.chat_page.composer.field.undo()
    assert draft_of(two) == ""


def test_a_draft_of_a_new_conversation_waits_in_the_list(two, desk, qtbot):
    page = two.chat_page
    page.start_new()
    new = page.chat
    qtbot.keyClicks(page.composer.field, "for a new one")
    assert page.list.model.rowCount() == 2
    open_row(two, qtbot, 0)
    qtbot.waitUntil(lambda: "About beta." in text_of(two))
    assert draft_of(two) == ""
    assert page.list.model.index(0).data() == "New conversation"
    assert page.list.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "New conversation, draft"
    page.start_new()
    assert draft_of(two) == ""
    open_row(two, qtbot, 0)
    assert page.chat is new
    assert draft_of(two) == "for a new one"
    desk.send(two, draft_of(two))
    assert page.list.model.rowCount() == 3
    assert "More." in text_of(two)


def test_a_new_conversation_without_a_word_leaves_no_row(two, qtbot):
    two.chat_page.start_new()
    open_row(two, qtbot, 0)
    qtbot.waitUntil(lambda: "About beta." in text_of(two))
    assert two.chat_page.list.model.rowCount() == 2
    assert two.chat_page.chats.new_chats == []


def test_new_in_a_new_conversation_keeps_what_is_typed(desk, qtbot):
    window = desk.window()
    qtbot.keyClicks(window.chat_page.composer.field, "not yet")
    window.chat_page.start_new()
    assert draft_of(window) == "not yet"


def test_a_refused_text_goes_back_to_its_own_conversation(desk, qtbot):
    window = desk.window(["About alpha."], policy_file=desk.policy(BLOCK_PRICES))
    desk.send(window, "Alpha question")
    page = window.chat_page
    alpha = page.current
    page.composer.field.setPlainText("Tell me about Project Falcon")
    page.composer.button.click()
    page.start_new()
    qtbot.keyClicks(page.composer.field, "something else")
    desk.settle(window)
    assert draft_of(window) == "something else"
    assert page.notices.notices == []
    assert status_of(window, "Alpha question") is Status.REFUSED
    page.open(alpha)
    qtbot.waitUntil(lambda: page.current == alpha)
    assert draft_of(window) == "Tell me about Project Falcon"
    assert [notice.message for notice in page.notices.notices] == ["Unreleased products stay inside."]
    page.start_new()
    assert page.notices.notices == []


def test_enter_in_an_empty_composer_says_why_nothing_happens(desk, qtbot):
    window = desk.window()
    announced = []
    window.announcer.announced.connect(announced.append)
    qtbot.keyClick(window.chat_page.composer.field, Qt.Key.Key_Return)
    assert window.chat_page.composer.phase.accessibleName() == "Nothing to send: write a message first."
    assert announced == ["Nothing to send: write a message first."]
    qtbot.keyClicks(window.chat_page.composer.field, "H")
    assert window.chat_page.composer.phase.accessibleName() == ""


def test_enter_during_an_answer_says_why_nothing_happens(desk, qtbot, tmp_path):
    go = tmp_path / "go"
    window = desk.window(["Begun, ", {"wait": str(go)}, "and finished."])
    page = window.chat_page
    page.composer.field.setPlainText("Question")
    page.composer.button.click()
    qtbot.waitUntil(lambda: "Begun" in text_of(window))
    page.composer.field.setPlainText("Next question")
    qtbot.keyClick(page.composer.field, Qt.Key.Key_Return)
    assert page.composer.phase.accessibleName().startswith("Not sent yet: this conversation is still being answered.")
    assert draft_of(window) == "Next question"
    go.touch()
    desk.settle(window)
    assert page.composer.phase.accessibleName() == ""


def test_a_message_that_is_not_sent_because_the_log_is_damaged_says_so(desk, qtbot):
    window = desk.window(["About alpha."])
    desk.send(window, "Alpha question")
    window.show_page("chat")
    desk.close()
    desk.paths.incident_anchor.unlink()
    again = desk.window()
    desk.send(again, "Nothing goes out")
    notice = again.chat_page.notices.notices[-1]
    assert notice.title == "Your message was not sent"
    assert notice.message.startswith("Incident log damaged.")
    assert draft_of(again) == "Nothing goes out"


def test_a_draft_that_comes_back_stands_before_what_was_typed_since(qapp):
    drafts, chats = Drafts(), OpenChats()
    one, other = chats.begin(), chats.begin()
    drafts.keep(one, "typed since")
    drafts.give_back(one, "sent before")
    drafts.give_back(other, "alone")
    assert drafts.text(one) == "sent before\ntyped since"
    assert drafts.text(other) == "alone"


def test_the_inspector_shows_nothing_of_another_conversation(desk, qtbot):
    window = desk.window(["Write to ann@example.org today."], ["Nothing to see."])
    desk.send(window, "First question")
    page = window.chat_page
    first = page.current
    answer = page.answers()[-1]
    page.transcript.browser.anchorClicked.emit(QUrl(f"mark:{answer.message_id}/0"))
    assert window.inspector.card.title == "Why was this masked?"
    page.list.view.setFocus()
    page.start_new()
    assert window.inspector.isHidden()
    assert window.inspector.card is None
    qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert window.inspector.card.title == "Context"
    assert window.inspector.card.sentence.endswith("It is empty.")
    page.open(first)
    qtbot.waitUntil(lambda: page.current == first)
    assert window.inspector.isHidden()
    page.composer.ring.click()
    assert dict(window.inspector.card.facts)["Used"].endswith("of 4,096 tokens")


def test_the_context_is_not_called_empty_during_a_first_answer(desk, qtbot, tmp_path):
    go = tmp_path / "go"
    window = desk.window(["Begun, ", {"wait": str(go)}, "and finished."])
    page = window.chat_page
    page.composer.field.setPlainText("Question")
    page.composer.button.click()
    qtbot.waitUntil(lambda: "Begun" in text_of(window))
    assert page.composer.ring.accessibleName().startswith("Context used: ")
    used = int(page.composer.ring.accessibleName().split()[2])
    assert used >= 7
    go.touch()
    desk.settle(window)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One conversation in the window, over the real gate: sending, masks, blocks, stops, crashes."""

import signal
import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from strongroom.core.chat import MessageState, Role
from strongroom.gui.rendering.browser import TranscriptBrowser
from strongroom.gui.widgets.banner import BannerKind

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


def test_an_answer_streams_in_and_ends_with_its_numbers(desk):
    window = desk.window(["Lighthouses ", "guide ", "ships."])
    desk.send(window, "What do lighthouses do?")
    assert "What do lighthouses do?" in text_of(window)
    assert "Lighthouses guide ships." in text_of(window)
    assert "tokens/s · first after" in text_of(window)
    assert window.chat_page.composer.phase.text() == ""
    assert window.chat_page.composer.ring.accessibleName() == "Context used: 10 of 4,096 tokens"


def test_an_address_in_an_answer_is_a_pill_that_says_why(desk, qtbot):
    window = desk.window(["Write to ann@", "example.org today."])
    desk.send(window, "Whom do I ask?")
    page = window.chat_page
    assert "ann@example.org" not in text_of(window)
    assert "masked" in text_of(window)
    browser = page.transcript.browser
    browser.setFocus()
    qtbot.keyClick(browser, Qt.Key.Key_Tab)
    qtbot.keyClick(browser, Qt.Key.Key_Return)
    assert window.inspector.isVisible()
    facts = dict(window.inspector.card.facts)
    assert window.inspector.card.title == "Why was this masked?"
    assert facts["Rule"] == "email-in-answers"
    assert facts["What was found"] == "E-mail address"
    assert facts["Direction"] == "Answer"
    assert facts["Policy"].startswith("Built-in default ")
    assert facts["Policy digest"].startswith("sha256:")
    qtbot.keyClick(window.inspector.facts, Qt.Key.Key_Escape)
    assert window.inspector.isHidden()


def test_a_refused_prompt_comes_back_and_says_why(desk, qtbot):
    window = desk.window(["never"], policy_file=desk.policy(BLOCK_PRICES))
    desk.send(window, "Tell me about Project Falcon")
    page = window.chat_page
    assert page.composer.field.toPlainText() == "Tell me about Project Falcon"
    assert page.transcript.messages == []
    notice = page.notices.notices[-1]
    assert (notice.kind, notice.message) == (BannerKind.WARNING, "Unreleased products stay inside.")
    banner = page.notices.banner(notice.key)
    why = next(button for button in banner.findChildren(QPushButton) if button.text() == "Why?")
    why.click()
    assert dict(window.inspector.card.facts)["Rule"] == "prices"


def test_a_blocked_answer_is_a_card_and_is_announced_once(desk, qtbot):
    window = desk.window(["The name is ", "Project Falcon", " and more."], policy_file=desk.policy(BLOCK_PRICES))
    announced = []
    window.announcer.announced.connect(announced.append)
    desk.send(window, "What is the name?")
    assert window.chat_page.answers()[-1].state is MessageState.BLOCKED
    assert "Falcon" not in text_of(window)
    assert "Blocked. Unreleased products stay inside." in text_of(window)
    assert announced == ["Answer blocked by the policy"]


def test_a_finished_answer_is_announced_once(desk):
    window = desk.window(["One ", "two ", "three."])
    announced = []
    window.announcer.announced.connect(announced.append)
    desk.send(window, "Count")
    assert announced == ["Answer finished"]


def test_stop_keeps_what_was_shown(desk, qtbot, tmp_path):
    window = desk.window(["Shown before the stop. ", {"wait": str(tmp_path / "never")}, "Never shown."])
    page = window.chat_page
    page.composer.field.setPlainText("Go on for ever")
    page.composer.button.click()
    qtbot.waitUntil(lambda: "Shown before" in text_of(window))
    assert page.composer.button.accessibleName() == "Stop"
    # What the worker waits for never comes: that the turn ends at all is the work of the key.
    qtbot.keyClick(page.composer.field, Qt.Key.Key_Escape)
    desk.settle(window)
    assert page.answers()[-1].state is MessageState.STOPPED
    assert "Shown before the stop." in text_of(window)
    assert "Stopped" in text_of(window)
    assert page.composer.button.accessibleName() == "Send"


def test_a_killed_worker_leaves_the_answer_and_the_next_message_works(desk):
    window = desk.window(["Half of an answer", {"signal": int(signal.SIGKILL)}])
    desk.send(window, "First")
    assert window.chat_page.answers()[-1].state is MessageState.INTERRUPTED
    assert "Half of an answer" in text_of(window)
    assert "Interrupted." in text_of(window)
    assert window.models.loaded is None
    desk.script(["A whole answer."])
    desk.send(window, "Second")
    assert "A whole answer." in text_of(window)
    assert window.models.loaded is not None


def test_a_message_sent_before_the_model_is_ready_goes_out_then(desk, qtbot):
    window = desk.window(["Here I am."], ready=False)
    page = window.chat_page
    page.composer.field.setPlainText("Are you there?")
    page.composer.button.click()
    assert window.turns.turn(window.chat_page.chat).is_held
    assert "when the model is ready" in page.composer.phase.text()
    qtbot.waitUntil(lambda: "Here I am." in text_of(window))
    desk.settle(window)


def test_a_waiting_message_can_be_taken_back(desk, qtbot):
    window = desk.window([], ready=False)
    page = window.chat_page
    page.composer.field.setPlainText("Never mind")
    page.composer.button.click()
    qtbot.keyClick(page.composer.field, Qt.Key.Key_Escape)
    assert not window.turns.is_busy
    assert page.composer.field.toPlainText() == "Never mind"


def test_an_answer_goes_on_while_another_conversation_is_open(desk, qtbot, tmp_path):
    go = tmp_path / "go"
    window = desk.window(["Old answer."], ["Begun, ", {"wait": str(go)}, "and finished."])
    desk.send(window, "Old question")
    page = window.chat_page
    old = page.current
    page.start_new()
    page.composer.field.setPlainText("New question")
    page.composer.button.click()
    qtbot.waitUntil(lambda: "Begun" in text_of(window))
    new = page.current
    page.open(old)
    qtbot.waitUntil(lambda: "Old answer." in text_of(window))
    assert "Begun" not in text_of(window)
    page.open(new)
    qtbot.waitUntil(lambda: "Begun" in text_of(window))
    go.touch()
    desk.settle(window)
    assert "Begun, and finished." in text_of(window)
    assert [message.role for message in page.transcript.messages] == [Role.USER, Role.ASSISTANT]


def test_a_new_conversation_is_not_hijacked_by_an_answer_to_the_former_one(desk, qtbot, tmp_path):
    go = tmp_path / "go"
    window = desk.window(["Begun, ", {"wait": str(go)}, "and finished."])
    page = window.chat_page
    page.composer.field.setPlainText("Question")
    page.composer.button.click()
    turn = window.turns.turn(page.chat)
    page.start_new()
    qtbot.waitUntil(lambda: turn.answer is not None and bool(turn.answer.text))
    assert page.current is None
    assert page.transcript.messages == []
    go.touch()
    desk.settle(window)
    assert page.transcript.messages == []
    assert page.list.model.rowCount() == 1


def test_deleting_the_conversation_that_is_being_answered_stops_it(desk, qtbot, tmp_path):
    window = desk.window(["Begun, ", {"wait": str(tmp_path / "never")}])
    page = window.chat_page
    page.composer.field.setPlainText("Question")
    page.composer.button.click()
    qtbot.waitUntil(lambda: "Begun" in text_of(window) and page.list.view.currentIndex().isValid())
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    desk.settle(window)
    assert page.current is None


def test_a_long_stream_paints_some_thirty_times_a_second_at_most(desk, qtbot, monkeypatch):
    window = desk.window([f"word{number} " for number in range(1000)])
    painted = []
    browser = window.chat_page.transcript.browser
    grow = browser.text_grew
    monkeypatch.setattr(browser, "text_grew", lambda: (painted.append(time.monotonic()), grow())[1])
    desk.send(window, "Say a lot")
    assert "word999" in text_of(window)
    # However long a busy machine takes for it. The first and the last state are shown at once.
    assert len(painted) <= (painted[-1] - painted[0]) / 0.030 + 3


def test_closing_in_mid_answer_keeps_what_was_shown(desk, qtbot, tmp_path):
    window = desk.window(["This was shown. ", {"wait": str(tmp_path / "never")}])
    page = window.chat_page
    page.composer.field.setPlainText("Question")
    page.composer.button.click()
    qtbot.waitUntil(lambda: "This was shown." in text_of(window))
    conversation = page.current
    desk.close()
    with desk.workspace() as workspace:
        kept = workspace.conversations.messages(conversation)
    assert [message.text.strip() for message in kept] == ["Question", "This was shown."]
    assert kept[-1].state is MessageState.STOPPED


def test_a_model_stays_while_it_answers(desk, qtbot, tmp_path):
    go = tmp_path / "go"
    window = desk.window(["Begun, ", {"wait": str(go)}, "and finished."])
    page = window.chat_page
    page.composer.field.setPlainText("Question")
    page.composer.button.click()
    qtbot.waitUntil(lambda: "Begun" in text_of(window))
    page.picker.menu.aboutToShow.emit()
    choices = [action for action in page.picker.menu.actions() if action.data()]
    assert choices
    assert not any(action.isEnabled() for action in choices)
    assert not window.settings_page.reload_button.isEnabled()
    window.models.load(window.models.wanted)
    go.touch()
    desk.settle(window)
    assert "Begun, and finished." in text_of(window)
    assert window.settings_page.reload_button.isEnabled()


def test_one_view_shows_all_messages(desk):
    window = desk.window(*[["Answer."]] * 3)
    for number in range(3):
        desk.send(window, f"Question {number}")
    assert len(window.chat_page.findChildren(TranscriptBrowser)) == 1
    assert len(window.chat_page.transcript.messages) == 6

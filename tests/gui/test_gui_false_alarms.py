# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""“This is wrong”: from the marked passage to the list of reports, and from there into the policy."""

import tomllib

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from strongroom.core.incident import IncidentEvent
from strongroom.gui.dialogs import Question
from strongroom.gui.false_alarm_dialog import FalseAlarmDialog
from strongroom.gui.false_alarm_model import AlarmColumn
from strongroom.gui.rail import Page

TERMS = """
[[rules]]
id = "birds"
category = "term.project"
detector = { type = "terms", terms = ["heron"] }
action = "warn"

[[rules]]
id = "prices"
category = "secret.prices"
scope = ["answer"]
detector = { type = "terms", terms = ["falcon"] }
action = "block"
"""
PASSAGE = "press@example.org"


def open_card(window, index=0):
    answer = window.chat_page.answers()[-1]
    window.chat_page.transcript.browser.anchorClicked.emit(QUrl(f"mark:{answer.message_id}/{index}"))


def dialog_of(window, qtbot, kind):
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(kind)))
    return next(one for one in window.findChildren(kind) if one.isVisible())


def words_of(dialog):
    return [label.text() for label in dialog.findChildren(QLabel)]


def report(window, qtbot, desk, passage=None, comment=""):
    window.inspector.report_button.click()
    dialog = dialog_of(window, qtbot, FalseAlarmDialog)
    if passage is not None:
        dialog.passage.setText(passage)
    dialog.comment.setText(comment)
    dialog.yes_button.click()
    desk.settle(window)


def rows(window):
    model = window.incidents_page.alarms.model
    return [[model.index(row, column).data() for column in AlarmColumn] for row in range(model.rowCount())]


@pytest.fixture
def window(desk):
    window = desk.window([f"Write to {PASSAGE}."])
    desk.send(window, "Whom?")
    open_card(window)
    return window


def test_the_dialog_shows_everything_that_is_kept(window, qtbot):
    window.inspector.report_button.click()
    dialog = dialog_of(window, qtbot, FalseAlarmDialog)
    words = words_of(dialog)
    assert {"email-in-answers", "E-mail address", "95 %", "It has the form of one"} <= set(words)
    assert any(word.startswith("Built-in default") for word in words)
    assert any("never sent anywhere" in word for word in words)
    # The app did not keep what it masked.
    assert dialog.passage.text() == ""
    dialog.no_button.click()
    assert window.workspace.conversations.false_alarms.list() == []


def test_a_report_is_kept_listed_and_recorded_without_the_passage(window, qtbot, desk):
    report(window, qtbot, desk, PASSAGE, "the press office")
    assert window.banners.notices[-1].title == "Thank you"
    (kept,) = window.workspace.conversations.false_alarms.list()
    assert (kept.passage, kept.comment, kept.rule_id) == (PASSAGE, "the press office", "email-in-answers")
    (entry,) = window.workspace.incidents.entries(event=IncidentEvent.FALSE_ALARM_REPORTED)
    assert entry.record.conversation_id == window.chat_page.current
    assert PASSAGE not in repr(entry)
    window.show_page(Page.INCIDENTS)
    window.incidents_page.switch.choose(1)
    desk.settle(window)
    (row,) = rows(window)
    assert row[1:] == ["E-mail address", "email-in-answers", "95 %", PASSAGE, "the press office"]
    assert not window.incidents_page.verify_button.isVisible()


def test_a_report_becomes_an_entry_of_the_allow_list_and_is_deleted(window, qtbot, desk):
    report(window, qtbot, desk, PASSAGE)
    window.show_page(Page.INCIDENTS)
    page = window.incidents_page
    page.switch.choose(1)
    desk.settle(window)
    page.alarms.table.choose(0)
    qtbot.keyClick(page.alarms.table, Qt.Key.Key_Return)
    facts = dict(window.inspector.card.facts)
    assert (facts["What stood there"], facts["Category"]) == (PASSAGE, "pii.email")
    assert not window.inspector.report_button.isVisible()
    page.alarms.copy_button.click()
    entry = tomllib.loads(QGuiApplication.clipboard().text())
    assert entry == {"adjust": [{"category": "pii.email", "allow": {"terms": [PASSAGE]}}]}
    qtbot.keyClick(page.alarms.table, Qt.Key.Key_Delete)
    dialog_of(window, qtbot, Question).yes_button.click()
    desk.settle(window)
    assert rows(window) == []
    assert page.alarms.empty.isVisible()
    assert not page.alarms.copy_button.isVisible()
    assert window.workspace.conversations.false_alarms.list() == []


def test_a_passage_that_is_only_pointed_out_is_filled_in(desk, qtbot):
    window = desk.window(["A heron stands here."], policy_file=desk.policy(TERMS))
    desk.send(window, "What?")
    open_card(window)
    report(window, qtbot, desk, comment="a bird, not the project")
    (kept,) = window.workspace.conversations.false_alarms.list()
    assert (kept.passage, kept.comment) == ("heron", "a bird, not the project")


def test_a_blocked_answer_and_a_refused_message_can_be_called_wrong(desk, qtbot):
    window = desk.window(["The falcon is it."], policy_file=desk.policy(TERMS))
    desk.send(window, "What?")
    answer = window.chat_page.answers()[-1]
    window.chat_page.transcript.browser.anchorClicked.emit(QUrl(f"wrong:{answer.message_id}/0"))
    dialog = dialog_of(window, qtbot, FalseAlarmDialog)
    dialog.yes_button.click()
    desk.settle(window)
    (kept,) = window.workspace.conversations.false_alarms.list()
    assert (kept.rule_id, kept.action.value, kept.passage) == ("prices", "block", "")


def test_a_report_that_cannot_be_recorded_is_told_and_not_kept(window, qtbot, desk):
    def refuse(_record):
        raise OSError("disk gone")

    window.workspace.incidents.append = refuse
    report(window, qtbot, desk, PASSAGE)
    assert window.banners.notices[-1].title == "Incident log not writable"
    assert window.workspace.conversations.false_alarms.list() == []


def test_the_list_holds_up_and_the_page_begins_with_the_log(window, qtbot, desk, qtmodeltester):
    report(window, qtbot, desk, PASSAGE)
    window.show_page(Page.INCIDENTS)
    desk.settle(window)
    assert window.incidents_page.switch.current == 0
    assert window.incidents_page.verify_button.isVisible()
    qtmodeltester.check(window.incidents_page.alarms.model)

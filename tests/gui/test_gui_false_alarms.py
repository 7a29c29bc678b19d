# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""“This is wrong”: from the marked passage to the list of reports, and from there into the policy."""

import tomllib

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from strongroom.core.incident import IncidentEvent
from strongroom.gui.incidents.false_alarm_dialog import FalseAlarmDialog
from strongroom.gui.incidents.false_alarms_view import AlarmColumn
from strongroom.gui.widgets.question import Question

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
    window.inspector.action_button.click()
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


def test_the_dialog_shows_everything_that_is_kept_and_nothing_is_kept_unrecorded(window, qtbot, desk):
    window.inspector.action_button.click()
    dialog = dialog_of(window, qtbot, FalseAlarmDialog)
    words = words_of(dialog)
    assert {"email-in-answers", "E-mail address", "95 %", "It has the form of one"} <= set(words)
    assert any(word.startswith("Built-in default") for word in words)
    assert any("never sent anywhere" in word for word in words)
    # The app did not keep what it masked.
    assert dialog.passage.text() == ""
    dialog.no_button.click()
    assert window.workspace.conversations.false_alarms.list() == []

    def refuse(_record):
        raise OSError("disk gone")

    window.workspace.incidents.append = refuse
    report(window, qtbot, desk, PASSAGE)
    # What cannot be recorded is not kept either.
    assert window.banners.notices[-1].title == "Incident log not writable"
    assert window.workspace.conversations.false_alarms.list() == []


def test_a_report_is_recorded_without_the_passage_listed_and_turned_into_an_entry(window, qtbot, desk, qtmodeltester):
    report(window, qtbot, desk, PASSAGE, "the press office")
    assert window.toasts.notices[-1].title == "Thank you"
    (kept,) = window.workspace.conversations.false_alarms.list()
    assert (kept.passage, kept.comment, kept.rule_id) == (PASSAGE, "the press office", "email-in-answers")
    (entry,) = window.workspace.incidents.entries(event=IncidentEvent.FALSE_ALARM_REPORTED)
    assert entry.record.conversation_id == window.chat_page.current
    assert PASSAGE not in repr(entry)
    window.show_page("incidents")
    desk.settle(window)
    assert window.incidents_page.switch.current == 0
    assert window.incidents_page.verify_button.isVisible()
    window.incidents_page.switch.choose(1)
    (row,) = rows(window)
    assert row[1:] == ["E-mail address", "email-in-answers", "95 %", PASSAGE, "the press office"]
    assert not window.incidents_page.verify_button.isVisible()
    qtmodeltester.check(window.incidents_page.alarms.model)

    page = window.incidents_page
    page.alarms.table.choose(0)
    qtbot.keyClick(page.alarms.table, Qt.Key.Key_Return)
    facts = dict(window.inspector.card.facts)
    assert (facts["What stood there"], facts["Category"]) == (PASSAGE, "pii.email")
    assert not window.inspector.action_button.isVisible()
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


def test_a_passage_that_is_pointed_out_is_filled_in_and_a_blocked_answer_can_be_called_wrong(desk, qtbot):
    window = desk.window(["A heron stands here. The falcon is it."], policy_file=desk.policy(TERMS))
    desk.send(window, "What?")
    open_card(window)
    report(window, qtbot, desk, comment="a bird, not the project")
    answer = window.chat_page.answers()[-1]
    window.chat_page.transcript.browser.anchorClicked.emit(QUrl(f"wrong:{answer.message_id}/1"))
    dialog_of(window, qtbot, FalseAlarmDialog).yes_button.click()
    desk.settle(window)
    blocked, warned = window.workspace.conversations.false_alarms.list()
    assert (warned.passage, warned.comment) == ("heron", "a bird, not the project")
    assert (blocked.rule_id, blocked.action.value, blocked.passage) == ("prices", "block", "")

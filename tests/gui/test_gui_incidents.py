# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The incident page over a real log."""

import json
from datetime import datetime
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QDate, Qt

from strongroom.core.incident import IncidentEvent
from strongroom.gui.incidents import desk as incident_desk
from strongroom.gui.incidents import log_view
from strongroom.gui.incidents.log_view import Column, Period


@pytest.fixture
def window(desk, qtbot):
    window = desk.window(["Write to ann@example.org or pay with 4111 1111 1111 1111."])
    desk.send(window, "How?")
    window.show_page("incidents")
    desk.settle(window)
    return window


def rows(window):
    model = window.incidents_page.log.model
    return [[model.index(row, column).data() for column in Column] for row in range(model.rowCount())]


def choose(combo, value):
    combo.setCurrentIndex(combo.findData(value))


def test_the_table_shows_the_log_newest_first(window):
    shown = rows(window)
    assert len(shown) == window.workspace.incidents.count()
    masked = next(row for row in shown if row[Column.CATEGORY] == "E-mail address")
    assert masked[Column.EVENT] == "Passage masked"
    assert masked[Column.RULE] == "email-in-answers"
    assert masked[Column.ACTION] == "Masked"
    assert masked[Column.DIRECTION] == "Answer"
    assert masked[Column.MODEL] == "Small-Q4_0"
    numbers = [window.incidents_page.log.model.row(row).sequence for row in range(len(shown))]
    assert numbers == sorted(numbers, reverse=True)
    assert "ann@example.org" not in str(shown)


def test_filter_by_category(window, desk):
    page = window.incidents_page
    choose(page.log.category, "pii.payment_card")
    desk.settle(window)
    assert {row[Column.CATEGORY] for row in rows(window)} == {"Payment card number"}
    assert page.log.category.findData("pii.email") > 0
    choose(page.log.category, "")
    desk.settle(window)
    assert len(rows(window)) == window.workspace.incidents.count()


def day_of(entry):
    recorded_at = datetime.fromisoformat(entry.recorded_at).astimezone()
    return QDate(recorded_at.year, recorded_at.month, recorded_at.day)


def test_filter_by_date(window, desk, monkeypatch):
    page = window.incidents_page
    # Midnight may pass between a record and the look at it.
    days = [day_of(entry) for entry in window.workspace.incidents.entries()]
    first, last = min(days), max(days)
    monkeypatch.setattr(log_view, "QDate", SimpleNamespace(currentDate=lambda: first))
    everything = len(rows(window))
    choose(page.log.period, Period.TODAY)
    desk.settle(window)
    assert len(rows(window)) == everything
    choose(page.log.period, Period.BETWEEN)
    assert page.log.first_day.isVisible()
    page.log.first_day.setDate(first.addDays(-9))
    page.log.last_day.setDate(first.addDays(-8))
    desk.settle(window)
    assert rows(window) == []
    assert page.log.empty.text() == "No record is of this category and from these days."
    page.log.last_day.setDate(last)
    desk.settle(window)
    assert len(rows(window)) == everything


def test_details_by_keyboard(window, qtbot):
    page = window.incidents_page
    page.log.table.choose(0)
    qtbot.keyClick(page.log.table, Qt.Key.Key_Return)
    facts = dict(window.inspector.card.facts)
    assert facts["Chain"].startswith("sha256:")
    assert facts["Keyed hash of the passage"].startswith("hmac-sha256:")


def test_verify_says_that_the_log_is_intact(window, qtbot):
    page = window.incidents_page
    with qtbot.waitSignal(window.incidents.verified):
        page.verify_button.click()
    count = window.workspace.incidents.count()
    assert page.log.verification.outcome.text().startswith(f"Intact: all {count} records checked")
    assert page.verify_button.isEnabled()


def test_verify_names_what_is_wrong(window, desk, qtbot):
    page = window.incidents_page
    desk.paths.incident_anchor.unlink()
    with qtbot.waitSignal(window.incidents.verified):
        page.verify_button.click()
    assert page.log.verification.outcome.text().startswith("Not intact.")
    assert "incidents.anchor" in page.log.verification.outcome.text()
    assert page.log.verification.outcome.property("role") == "danger"


def test_a_damaged_log_is_told_at_the_start(window, desk, qtbot):
    desk.close()
    desk.paths.incident_anchor.unlink()
    again = desk.window()
    assert again.banners.notices[0].title == "Incident log damaged"
    desk.send(again, "Nothing goes out")
    assert again.chat_page.composer.field.toPlainText() == "Nothing goes out"


def test_export_writes_what_is_shown_and_is_an_incident(window, desk, qtbot, tmp_path):
    page = window.incidents_page
    choose(page.log.category, "pii.email")
    desk.settle(window)
    shown = len(rows(window))
    target = tmp_path / "out.jsonl"
    with qtbot.waitSignal(window.incidents.exported):
        window.log.export(target)
    desk.settle(window)
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == shown
    exported = window.workspace.incidents.entries(event=IncidentEvent.EXPORTED)
    assert exported[0].record.details["to"] == "out.jsonl"


def test_export_as_csv(window, desk, qtbot, tmp_path):
    target = tmp_path / "out.csv"
    with qtbot.waitSignal(window.incidents.exported):
        window.log.export(target)
    desk.settle(window)
    assert target.read_text(encoding="utf-8").startswith('"sequence"')


def test_a_failed_export_is_told(window, desk, qtbot, tmp_path):
    with qtbot.waitSignal(window.incidents.failed):
        window.log.export(tmp_path / "no" / "such" / "folder.jsonl")
    desk.settle(window)
    assert window.incidents_page.export_button.isEnabled()


def test_older_records_come_on_demand(desk, qtbot, monkeypatch):
    monkeypatch.setattr(incident_desk, "PAGE_SIZE", 3)
    window = desk.window(*[[f"Write to a{number}@example.org."] for number in range(5)])
    for number in range(5):
        desk.send(window, f"Question {number}")
    window.show_page("incidents")
    desk.settle(window)
    page = window.incidents_page
    assert page.log.model.rowCount() == 3
    assert page.log.more_button.isVisible()
    while page.log.more_button.isVisible():
        page.log.more_button.click()
        desk.settle(window)
    assert page.log.model.rowCount() == window.workspace.incidents.count()


def test_the_model_holds_up(window, qtmodeltester):
    qtmodeltester.check(window.incidents_page.log.model)
    qtmodeltester.check(window.models_page.shelf_view.model)
    qtmodeltester.check(window.models_page.find_view.repository.model)
    qtmodeltester.check(window.chat_page.list.model)

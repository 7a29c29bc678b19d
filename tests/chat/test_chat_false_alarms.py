# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reports of false alarms: kept beside the chats, recorded without the text, turned into entries of the allow-list."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core.errors import UserFacingError
from strongroom.core.false_alarm import FalseAlarm
from strongroom.core.findings import Action, Direction, Disguise, Evidence, Severity
from strongroom.core.incident import IncidentEvent
from strongroom.policy import default_policy
from strongroom.workspace import allow_list_entries, report_false_alarm

PASSAGE = "press@example.org"
POLICY = default_policy()


def alarm(number=1, rule="email-in-answers", category="pii.email", passage=PASSAGE, comment=""):
    return FalseAlarm(
        number, "2026-11-24T10:00:00.000Z", rule, category, Action.MASK, Direction.ANSWER, 0.95, Severity.MEDIUM,
        Evidence.FORMAT, Disguise.NONE, "Built-in default", "1", "sha256:00", passage, comment,
    )  # fmt: skip


def test_a_report_is_kept_and_its_incident_has_the_rule_and_no_text(scripted):
    with scripted.open(["Write to anna@example.org."]) as workspace:
        session = workspace.session()
        mark = session.send("Whom?", on_event=scripted.listen).message.marks[0]
        kept = report_false_alarm(
            workspace, mark, passage=f" {PASSAGE} ", comment="ours", conversation_id=session.conversation_id
        )
        assert workspace.conversations.false_alarms.list() == [kept]
        (entry,) = workspace.incidents.entries(event=IncidentEvent.FALSE_ALARM_REPORTED)
    assert (kept.passage, kept.comment, kept.rule_id) == (PASSAGE, "ours", mark.rule_id)
    assert (entry.record.rule_id, entry.record.category) == (mark.rule_id, mark.category)
    assert entry.record.conversation_id == session.conversation_id
    assert PASSAGE not in repr(entry)
    assert entry.record.text_hmac == ""


def test_a_report_is_not_kept_where_it_cannot_be_recorded(scripted, monkeypatch):
    with scripted.open(["Write to anna@example.org."]) as workspace:
        mark = workspace.session().send("Whom?", on_event=scripted.listen).message.marks[0]

        def fail(_record):
            raise OSError("disk gone")

        monkeypatch.setattr(workspace.incidents, "append", fail)
        with pytest.raises(UserFacingError) as refusal:
            report_false_alarm(workspace, mark, passage=PASSAGE)
        assert refusal.value.code == "incidents.not_writable"
        assert workspace.conversations.false_alarms.list() == []


def test_reports_of_one_category_become_one_table():
    entries = allow_list_entries(
        [alarm(2, passage="Press@Example.org"), alarm(1), alarm(3, passage="shop@example.org")], POLICY
    )
    assert tomllib.loads(entries) == {
        "adjust": [{"category": "pii.email", "allow": {"terms": [PASSAGE, "shop@example.org"]}}]
    }
    assert "3 reports about email-in-answers" in entries


def test_the_kind_that_a_detector_added_is_not_part_of_the_rules_category():
    known = next(rule for rule in POLICY.rules if rule.category == "pii.iban")
    entries = allow_list_entries(
        [alarm(1, rule=known.id, category="pii.iban.de"), alarm(2, rule="gone", category="pii.national_id.us_ssn")],
        POLICY,
    )
    assert [table["category"] for table in tomllib.loads(entries)["adjust"]] == ["pii.iban", "pii.national_id"]


def test_what_no_term_can_hold_is_a_comment():
    entries = allow_list_entries([alarm(1, passage=""), alarm(2, passage="x" * 300), alarm(3, passage="a\nb")], POLICY)
    assert tomllib.loads(entries) == {}
    for number in (1, 2, 3):
        assert f"# report {number}: " in entries


@given(passage=st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80))
def test_no_passage_breaks_out_of_its_entry(passage):
    found = tomllib.loads(allow_list_entries([alarm(passage=passage.strip())], POLICY))
    assert set(found) <= {"adjust"}
    for table in found.get("adjust", []):
        assert table == {"category": "pii.email", "allow": {"terms": [passage.strip()]}}

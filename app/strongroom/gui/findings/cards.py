# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the inspector says about a finding: in the text, in the incident log, and in a report of a false alarm."""

from collections.abc import Callable
from dataclasses import dataclass

from strongroom.core.false_alarm import FalseAlarm
from strongroom.core.findings import Action, Mark, PolicyIdentity
from strongroom.core.incident import IncidentEntry
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import Card
from strongroom.words import translate


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """Something that the policy marked, and where: what a report of a false alarm is about."""

    mark: Mark
    passage: str = ""
    """What stands there, where it can still be seen; the app does not keep what it takes away."""
    conversation_id: int | None = None


def mark_card(marked: MarkedPassage, report: Callable[[MarkedPassage], object] | None = None) -> Card:
    """Return why a passage was masked, replaced, pointed out, blocked or taken back.

    Args:
        marked: The passage.
        report: Called when the user calls the finding wrong; without it the card offers no such button.
    """
    mark = marked.mark
    removed = finding_wording.sentences(mark.removed_sentences) if mark.removed_sentences else ""
    return Card(
        finding_wording.mark_title(mark),
        _sentence(mark),
        (
            (translate("Cards", "What was found"), finding_wording.category(mark.category)),
            (translate("Cards", "What speaks for it"), finding_wording.evidence(mark.evidence)),
            (translate("Cards", "How it was disguised"), finding_wording.disguise(mark.disguise)),
            (translate("Cards", "Confidence"), finding_wording.confidence(mark.confidence)),
            (translate("Cards", "Severity"), finding_wording.severity(mark.severity)),
            (translate("Cards", "Rule"), mark.rule_id),
            (translate("Cards", "Action"), finding_wording.action(mark.action)),
            (translate("Cards", "Taken back"), removed),
            (translate("Cards", "Direction"), finding_wording.direction(mark.direction)),
            *policy_facts(mark.policy),
        ),
        action=(translate("Cards", "This is wrong…"), lambda: report(marked)) if report is not None else None,
    )


def alarm_card(alarm: FalseAlarm) -> Card:
    """Return everything that a report of a false alarm says."""
    return Card(
        translate("Cards", "Report of a false alarm"),
        translate("Cards", "A user takes this finding for wrong. The report is kept on this machine only."),
        (
            (translate("Cards", "What stood there"), alarm.passage),
            (translate("Cards", "Comment"), alarm.comment),
            (translate("Cards", "Reported"), wording.exact_moment(alarm.reported_at)),
            (translate("Cards", "What was found"), finding_wording.category(alarm.category)),
            (translate("Cards", "What speaks for it"), finding_wording.evidence(alarm.evidence)),
            (translate("Cards", "How it was disguised"), finding_wording.disguise(alarm.disguise)),
            (translate("Cards", "Confidence"), finding_wording.confidence(alarm.confidence)),
            (translate("Cards", "Severity"), finding_wording.severity(alarm.severity)),
            (translate("Cards", "Rule"), alarm.rule_id),
            (translate("Cards", "Category"), alarm.category),
            (translate("Cards", "Action"), finding_wording.action(alarm.action)),
            (translate("Cards", "Direction"), finding_wording.direction(alarm.direction)),
            (translate("Cards", "Policy"), f"{alarm.policy_name} {alarm.policy_version}".strip()),
            (translate("Cards", "Policy digest"), alarm.policy_digest),
        ),
    )


def incident_card(entry: IncidentEntry) -> Card:
    """Return everything that one record of the incident log says."""
    record = entry.record
    percent = record.confidence_percent
    confidence = "" if percent is None else finding_wording.confidence(percent / 100)
    length = "" if record.text_length is None else wording.number(record.text_length)
    details = tuple(_detail(name, value) for name, value in record.details.items())
    return Card(
        finding_wording.event(record.event),
        translate("Cards", "Record {number}").format(number=wording.number(entry.sequence)),
        (
            (translate("Cards", "Time"), wording.exact_moment(entry.recorded_at)),
            (translate("Cards", "What was found"), finding_wording.category(record.category)),
            (translate("Cards", "Rule"), record.rule_id),
            (translate("Cards", "Action"), finding_wording.action(record.action)),
            (translate("Cards", "Direction"), finding_wording.direction(record.direction)),
            (translate("Cards", "Confidence"), confidence),
            (translate("Cards", "Characters"), length),
            *details,
            (translate("Cards", "Policy"), f"{record.policy_name} {record.policy_version}".strip()),
            (translate("Cards", "Policy digest"), record.policy_digest),
            (translate("Cards", "Model digest"), record.model_digest),
            (translate("Cards", "Keyed hash of the passage"), record.text_hmac),
            (translate("Cards", "Chain"), entry.chain),
        ),
    )


def policy_card(policy: PolicyIdentity, text: str) -> Card:
    """Return which policy is in force."""
    return Card(
        translate("Cards", "Policy in force"),
        translate("Cards", "Every message and every answer passes it."),
        policy_facts(policy),
        text,
    )


def policy_facts(policy: PolicyIdentity) -> tuple[tuple[str, str], ...]:
    """Return which policy, from where, and which text of it exactly."""
    return (
        (translate("Cards", "Policy"), f"{policy.name} {policy.version}".strip()),
        (translate("Cards", "Policy source"), policy.source),
        (translate("Cards", "Policy digest"), policy.digest),
    )


def _sentence(mark: Mark) -> str:
    """Return the administrator's sentence, or what was done; that something is gone is always said."""
    if mark.removed_sentences:
        taken_back = translate(
            "Cards",
            "The check of the whole answer found it at the end. What had been shown was taken back and is not kept.",
        )
        return f"{mark.message} {taken_back}".strip()
    words = {
        Action.MASK: translate("Cards", "The policy took this passage away before it was shown or kept."),
        Action.REPLACE: translate("Cards", "The policy put another text in place of this passage."),
        Action.WARN: translate("Cards", "The policy points out this passage; it was not changed."),
        Action.BLOCK: translate("Cards", "The policy let nothing through from here on."),
    }
    return mark.message or words.get(mark.action, "")


def _detail(name: str, value: str | int | bool) -> tuple[str, str]:
    """Return a detail of an incident with its name; those that every finding has are put in words."""
    if name == "severity":
        return translate("Cards", "Severity"), finding_wording.severity(str(value))
    if name == "evidence":
        return translate("Cards", "What speaks for it"), finding_wording.evidence(str(value))
    if name == "disguise":
        return translate("Cards", "How it was disguised"), finding_wording.disguise(str(value))
    return name.replace("_", " ").capitalize(), str(value)

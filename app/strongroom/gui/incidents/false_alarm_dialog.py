# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The dialog in which a user says that a rule was wrong. It shows everything that will be kept."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from strongroom.core.false_alarm import LONGEST_COMMENT, LONGEST_PASSAGE
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.findings.cards import MarkedPassage
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import PlainLabel
from strongroom.gui.widgets.question import Question
from strongroom.words import translate


class FalseAlarmDialog(Question):
    """Asks what stood there, and for a comment; both may stay empty."""

    def __init__(self, marked: MarkedPassage, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("FalseAlarmDialog", "Report a false alarm"),
            [
                translate(
                    "FalseAlarmDialog",
                    "The report stays on this machine, encrypted like your conversations, until whoever looks after "
                    "the policy here reads it. It is never sent anywhere.",
                )
            ],
            translate("FalseAlarmDialog", "Keep the report"),
            translate("FalseAlarmDialog", "Cancel"),
            parent,
        )
        self.passage = self._field(marked.passage, LONGEST_PASSAGE, translate("FalseAlarmDialog", "What stood there?"))
        self.comment = self._field("", LONGEST_COMMENT, translate("FalseAlarmDialog", "Comment"))
        if not marked.passage:
            self.passage.setPlaceholderText(translate("FalseAlarmDialog", "Optional: the app did not keep it"))
        self.comment.setPlaceholderText(translate("FalseAlarmDialog", "Optional"))
        for field in (self.passage, self.comment):
            self.body.addWidget(PlainLabel(field.accessibleName(), role="small"))
            self.body.addWidget(field)
        self.body.addWidget(PlainLabel(translate("FalseAlarmDialog", "Kept with it"), role="strong"))
        self.body.addLayout(_facts(marked))
        # Nothing is lost or let through by a report, and Enter in a field is meant so.
        self.yes_button.setDefault(True)
        self.passage.setFocus()

    def _field(self, text: str, longest: int, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setMaxLength(longest)
        field.setText(text)
        field.setAccessibleName(name)
        return field


def _facts(marked: MarkedPassage) -> QGridLayout:
    mark = marked.mark
    facts = QGridLayout()
    facts.setHorizontalSpacing(16)
    facts.setVerticalSpacing(4)
    facts.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(
        (
            (translate("FalseAlarmDialog", "Rule"), mark.rule_id),
            (translate("FalseAlarmDialog", "What was found"), finding_wording.category(mark.category)),
            (translate("FalseAlarmDialog", "What speaks for it"), finding_wording.evidence(mark.evidence)),
            (translate("FalseAlarmDialog", "Confidence"), finding_wording.confidence(mark.confidence)),
            (translate("FalseAlarmDialog", "Severity"), finding_wording.severity(mark.severity)),
            (translate("FalseAlarmDialog", "Action"), finding_wording.action(mark.action)),
            (translate("FalseAlarmDialog", "Direction"), finding_wording.direction(mark.direction)),
            (translate("FalseAlarmDialog", "Policy"), f"{mark.policy.name} {mark.policy.version}".strip()),
            (translate("FalseAlarmDialog", "Policy digest"), wording.short_digest(mark.policy.digest)),
            (translate("FalseAlarmDialog", "Time"), translate("FalseAlarmDialog", "Now")),
        )
    ):
        facts.addWidget(PlainLabel(name, role="small"), row, 0, Qt.AlignmentFlag.AlignTop)
        facts.addWidget(PlainLabel(value, wraps=True), row, 1)
    return facts

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Incidents: the log of what the policy did, and the reports of what it did wrongly."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from strongroom.core.false_alarm import FalseAlarm
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.findings.cards import MarkedPassage, policy_card
from strongroom.gui.incidents.desk import IncidentDesk
from strongroom.gui.incidents.false_alarm_desk import FalseAlarmDesk
from strongroom.gui.incidents.false_alarm_dialog import FalseAlarmDialog
from strongroom.gui.incidents.page import IncidentsPage
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.feature import Feature, StatusFact
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.question import Question, save_dialog
from strongroom.gui.widgets.shell import Shell, inform
from strongroom.gui.widgets.theme import Theme
from strongroom.incidents import IncidentFormat
from strongroom.words import explain, translate
from strongroom.workspace import Workspace


class IncidentsFeature(Feature):
    """The page of incidents, and the policy in force in the status bar."""

    page: IncidentsPage

    def __init__(self, shell: Shell, runner: TaskRunner, theme: Theme, *, models: ModelDesk, parent: QObject) -> None:
        self.incidents = IncidentDesk(runner)
        self.false_alarms = FalseAlarmDesk(runner)
        super().__init__(
            "incidents",
            translate("IncidentsFeature", "Incidents"),
            Glyph.INCIDENTS,
            "Ctrl+3",
            place=3,
            page=IncidentsPage(self.incidents, self.false_alarms, models, theme),
            parent=parent,
        )
        for desk in (self.incidents, self.false_alarms):
            desk.setParent(self)
        self._shell = shell
        self._workspace: Workspace | None = None
        self._policy_fact = StatusFact(
            "policy", Glyph.POLICY, self._on_policy_chosen, place=3, gives_way=2, parent=self
        )
        self._policy_fact.say(translate("StatusBar", "No policy yet"))
        self._connect()

    def facts(self) -> Sequence[StatusFact]:
        """Return which policy is in force."""
        return (self._policy_fact,)

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace
        self.show_policy()
        self.incidents.attach(workspace)
        self.false_alarms.attach(workspace)
        if workspace.incidents.damage is not None:
            self._shell.show_error(workspace.incidents.damage)

    def show_policy(self) -> None:
        """Say which policy is in force, or that none is."""
        if self._workspace is None:
            return
        policy = self._workspace.policy
        if policy.refusal is not None:
            nothing = translate("StatusBar", "No policy in force")
            self._policy_fact.say(nothing, explain(policy.refusal).message, look=(Glyph.POLICY, "danger"))
            return
        identity = policy.latest.identity
        name = f"{identity.name} {identity.version}".strip()
        self._policy_fact.say(name, identity.digest, look=(Glyph.POLICY, "muted"))

    def refresh(self) -> None:
        """Read the log and the reports anew."""
        self.page.refresh()

    def report(self, marked: MarkedPassage) -> None:
        """Ask what the user has to say about a finding that they take for wrong, and keep it."""
        dialog = FalseAlarmDialog(marked)
        dialog.accepted.connect(lambda: self.false_alarms.report(marked, dialog.passage.text(), dialog.comment.text()))
        self._shell.ask(dialog)

    def export(self, path: Path) -> None:
        """Write the records that are shown to a file; the name decides the format."""
        self.incidents.export(path, IncidentFormat.of_file(path))

    def _connect(self) -> None:
        page, shell = self.page, self._shell
        for source in (self.incidents, self.false_alarms):
            source.failed.connect(shell.show_error)
        page.card_wanted.connect(shell.inspect)
        page.export_wanted.connect(self._on_export_wanted)
        page.alarms.removal_wanted.connect(self._on_removal_wanted)
        page.alarms.copied.connect(shell.announce)
        self.incidents.exported.connect(self._on_exported)
        self.false_alarms.reported.connect(self._on_reported)

    def _on_policy_chosen(self) -> None:
        if self._workspace is not None:
            policy = self._workspace.policy.latest
            self._shell.inspect(policy_card(policy.identity, policy.policy.source_text))

    def _on_export_wanted(self) -> None:
        filters = translate("IncidentsFeature", "JSON lines, with the proof (*.jsonl);;Spreadsheet (*.csv)")
        title = translate("IncidentsFeature", "Export incidents")
        self._shell.ask(save_dialog(title, "incidents.jsonl", filters, self.export))

    def _on_exported(self, count: int, path: Path) -> None:
        sentence = translate("IncidentsFeature", "{count} records were written to {path}.")
        inform(
            self._shell,
            "exported",
            translate("IncidentsFeature", "Exported"),
            sentence.format(count=wording.number(count), path=path),
        )
        self.page.refresh()

    def _on_reported(self) -> None:
        inform(
            self._shell,
            "reported",
            translate("IncidentsFeature", "Thank you"),
            translate("IncidentsFeature", "The report is kept on this machine, under Incidents, False alarms."),
        )

    def _on_removal_wanted(self, alarm: FalseAlarm) -> None:
        sentence = translate("IncidentsFeature", "What was reported about the rule {rule} is removed for good.")
        question = Question(
            translate("IncidentsFeature", "Delete this report?"),
            [sentence.format(rule=alarm.rule_id)],
            translate("IncidentsFeature", "Delete"),
            translate("IncidentsFeature", "Keep it"),
        )
        question.accepted.connect(lambda: self.false_alarms.remove(alarm.alarm_id))
        self._shell.ask(question)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The settings, made from the rows of :mod:`strongroom.core.settings`: one field, one sentence each."""

from dataclasses import Field, fields
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.core.settings import Settings
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.settings.fields import ChoiceField, SettingField, make_field
from strongroom.gui.widgets.controls import PlainLabel, push_button
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.theme import Theme
from strongroom.words import explain, translate, translate_marked
from strongroom.workspace import Workspace

_WIDTH = 640
_HUB_SETTINGS = ("offline", "hub_endpoint", "certificate_file")
"""What a policy that allows no hub decides."""


class SettingsPage(PageView):
    """Every setting; a change is saved as soon as its field is left.

    Signals:
        changed: The :class:`Settings` that are in force now.
        token_wanted: The access token is to be set or removed.
        failed: An exception that is not about a value.
    """

    changed = Signal(object)
    token_wanted = Signal()
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, models: ModelDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(PageHeader(theme, translate("SettingsPage", "Settings")), parent)
        self._runner = runner
        self._models = models
        self._workspace: Workspace | None = None
        self._fields: dict[str, SettingField] = {}
        self._problems: dict[str, PlainLabel] = {}
        self._notes: dict[str, PlainLabel] = {}
        """Who decided a setting in the user's stead."""
        column = QVBoxLayout()
        column.setContentsMargins(16, 16, 16, 24)
        column.setSpacing(20)
        for row in fields(Settings):
            column.addLayout(self._make_row(row))
            if row.name == "hub_endpoint":
                column.addLayout(self._make_token())
        column.addLayout(self._make_reload())
        column.addStretch(1)
        self._lay_out(column)
        self.setEnabled(False)
        models.listed.connect(self._offer_models)
        models.activity_changed.connect(self._on_activity_changed)
        models.loaded_changed.connect(self._on_activity_changed)
        self._on_activity_changed()

    def attach(self, workspace: Workspace) -> None:
        """Begin: show what is set."""
        self._workspace = workspace
        self._show(workspace.settings)
        self.show_policy()
        self.setEnabled(True)

    def show_policy(self) -> None:
        """Lock what the policy has decided, and say so; let go of what it leaves open."""
        if self._workspace is None:
            return
        policy = self._workspace.policy.latest
        table = policy.policy.hub
        locked = []
        if not table.is_allowed:
            locked = list(_HUB_SETTINGS)
        elif table.endpoint:
            locked = ["hub_endpoint"]
        sentence = translate("SettingsPage", "Decided by the policy in force, {name}.")
        for setting in _HUB_SETTINGS:
            is_locked = setting in locked
            self._fields[setting].widget.setEnabled(not is_locked)
            self._notes[setting].setText(sentence.format(name=policy.identity.name) if is_locked else "")
            self._notes[setting].setVisible(is_locked)
        self.token_button.setEnabled(table.is_allowed)

    def show_settings(self, settings: Settings) -> None:
        """Show settings that were changed elsewhere."""
        self._show(settings)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return next(iter(self._fields.values())).widget

    def field(self, name: str) -> SettingField:
        """Return the field of a setting."""
        return self._fields[name]

    def problem(self, name: str) -> str:
        """Return why the last value of a setting was not accepted; empty when it was."""
        return self._problems[name].text()

    def note(self, name: str) -> str:
        """Return who decided a setting in the user's stead; empty when nobody did."""
        return self._notes[name].text()

    def _make_row(self, row: "Field[Any]") -> QVBoxLayout:
        choices = {"": translate("Settings", "Starter model")} if row.name == "model" else None
        field = make_field(row, self, choices)
        name = translate_marked(row.metadata["label"])
        description = translate_marked(row.metadata["description"])
        field.widget.setAccessibleName(name)
        field.widget.setAccessibleDescription(description)
        field.edited.connect(lambda: self._on_edited(row.name))
        problem = PlainLabel(role="danger", wraps=True)
        problem.hide()
        note = PlainLabel(role="muted", wraps=True)
        note.hide()
        label = PlainLabel(name, role="strong")
        label.setBuddy(field.widget)
        layout = QVBoxLayout()
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addWidget(PlainLabel(description, role="small", wraps=True))
        is_text = isinstance(field.widget, QLineEdit | QPlainTextEdit)
        layout.addWidget(field.widget, 0, Qt.AlignmentFlag(0) if is_text else Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(problem)
        layout.addWidget(note)
        self._notes[row.name] = note
        self._fields[row.name] = field
        self._problems[row.name] = problem
        return layout

    def _make_token(self) -> QVBoxLayout:
        self.token_button = push_button(translate("SettingsPage", "Set or remove…"))
        self.token_button.setAccessibleName(translate("SettingsPage", "Set or remove the access token"))
        self.token_button.clicked.connect(self.token_wanted)
        sentence = translate(
            "SettingsPage", "For gated and private models on the hub; kept in the system's keyring only."
        )
        layout = QVBoxLayout()
        layout.setSpacing(4)
        layout.addWidget(PlainLabel(translate("SettingsPage", "Access token"), role="strong"))
        layout.addWidget(PlainLabel(sentence, role="small", wraps=True))
        layout.addWidget(self.token_button, 0, Qt.AlignmentFlag.AlignLeft)
        return layout

    def _make_reload(self) -> QHBoxLayout:
        self.reload_button = push_button(translate("SettingsPage", "Load the model again"))
        self.reload_button.clicked.connect(self._on_reload)
        sentence = translate(
            "SettingsPage", "Context length, threads and GPU offload layers count from the next load of a model."
        )
        layout = QHBoxLayout()
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(sentence, role="muted", wraps=True), 1)
        layout.addWidget(self.reload_button)
        return layout

    def _lay_out(self, column: QVBoxLayout) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        inner.setMaximumWidth(_WIDTH)
        inner.setLayout(column)
        outer = QWidget()
        outer.setObjectName("scrolled")
        row = QHBoxLayout(outer)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inner, 1)
        row.addStretch(0)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(outer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(area, 1)

    def _show(self, settings: Settings) -> None:
        for name, field in self._fields.items():
            field.show_value(getattr(settings, name))

    def _offer_models(self) -> None:
        field = self._fields["model"]
        if isinstance(field, ChoiceField):
            # The starter model is always the first of the list, and the empty value stands for it.
            others = {entry.model_id: entry.name for entry in self._models.chat_models[1:]}
            field.set_choices({"": translate("Settings", "Starter model")} | others)

    def _on_edited(self, name: str) -> None:
        workspace, value = self._workspace, self._fields[name].value()
        if workspace is None or value == getattr(workspace.settings, name):
            self._say(name, "")
            return
        self._runner.store(
            lambda: workspace.change_settings(**{name: value}),
            lambda settings: self._on_saved(name, settings),
            lambda error: self._on_not_saved(name, error),
        )

    def _on_saved(self, name: str, settings: Settings) -> None:
        self._say(name, "")
        self.changed.emit(settings)

    def _on_not_saved(self, name: str, error: BaseException) -> None:
        if self._workspace is not None:
            self._fields[name].show_value(getattr(self._workspace.settings, name))
        if isinstance(error, UserFacingError):
            self._say(name, explain(error).message)
        else:
            self.failed.emit(error)

    def _say(self, name: str, problem: str) -> None:
        self._problems[name].setText(problem)
        self._problems[name].setVisible(bool(problem))

    def _on_reload(self) -> None:
        if self._models.loaded is not None:
            self._models.load(self._models.loaded.model_id)

    def _on_activity_changed(self) -> None:
        loaded = self._models.loaded
        self.reload_button.setEnabled(loaded is not None and not self._models.is_answering(loaded.model_id))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Settings: what can be set, and what the policy in force has set."""

from PySide6.QtCore import QObject

from strongroom.core.settings import Settings
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.models.feature import ModelsFeature
from strongroom.gui.settings.page import SettingsPage
from strongroom.gui.widgets.feature import Feature
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.shell import Shell
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate
from strongroom.workspace import Workspace


class SettingsFeature(Feature):
    """The page of settings.

    Args:
        shell: The window.
        runner: Runs what takes time.
        theme: The theme, which follows the setting of the appearance.
        models: Offers the models that can be chosen, and asks for the access token.
        parent: The window.
    """

    page: SettingsPage

    def __init__(
        self, shell: Shell, runner: TaskRunner, theme: Theme, *, models: ModelsFeature, parent: QObject
    ) -> None:
        super().__init__(
            "settings",
            translate("SettingsFeature", "Settings"),
            Glyph.SETTINGS,
            "Ctrl+,",
            place=1,
            is_at_foot=True,
            page=SettingsPage(runner, models.models, theme),
            parent=parent,
        )
        self._theme = theme
        self._models = models
        self.page.failed.connect(shell.show_error)
        self.page.token_wanted.connect(models.ask_token)
        self.page.changed.connect(self._on_changed)
        models.settings_changed.connect(self.page.show_settings)

    def attach(self, workspace: Workspace) -> None:
        """Begin: show what is set."""
        self._theme.set_appearance(workspace.settings.appearance)
        self.page.attach(workspace)

    def show_policy(self) -> None:
        """Lock what the policy has decided."""
        self.page.show_policy()

    def _on_changed(self, settings: Settings) -> None:
        self._theme.set_appearance(settings.appearance)
        self._models.network.look()

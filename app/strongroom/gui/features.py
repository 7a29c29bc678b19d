# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The features of the window, one line each: a new page is one folder and one line here."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.chat.feature import ChatFeature
from strongroom.gui.incidents.feature import IncidentsFeature
from strongroom.gui.models.feature import ModelsFeature
from strongroom.gui.security.feature import SecurityFeature
from strongroom.gui.settings.feature import SettingsFeature
from strongroom.gui.widgets.feature import Feature
from strongroom.gui.widgets.shell import Shell
from strongroom.gui.widgets.theme import Theme


def make_features(shell: Shell, runner: TaskRunner, theme: Theme, parent: QObject) -> Sequence[Feature]:
    """Return every feature, each after those that it is given.

    What one feature needs of another is handed over here, and nowhere else.

    Args:
        shell: The window, as the features see it.
        runner: Runs what takes time.
        theme: The theme.
        parent: The window, which owns them.
    """
    return (
        models := ModelsFeature(shell, runner, theme, parent),
        incidents := IncidentsFeature(shell, runner, theme, models=models.models, parent=parent),
        ChatFeature(shell, runner, theme, models=models, report=incidents.report, parent=parent),
        SecurityFeature(shell, runner, theme, models=models.models, network=models.network, parent=parent),
        SettingsFeature(shell, runner, theme, models=models, parent=parent),
    )

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The jobs in the window: the ring in the status bar, and the list above it."""

from collections.abc import Sequence

from strongroom.gui.background.task_runner import TaskRunner
from strongroom.gui.widgets.feature import Feature
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.window.frame import WindowFrame
from strongroom.gui.window.jobs_desk import JobsDesk
from strongroom.gui.window.jobs_model import JobsModel
from strongroom.gui.window.jobs_popover import JobsPopover
from strongroom.gui.window.jobs_ring import JobsRing


class JobsView:
    """Shows every job of the workspace, and the toasts of this run.

    Args:
        features: Say how their jobs are called.
        runner: Runs what takes time.
        theme: The theme.
        frame: Where it is shown.
    """

    def __init__(self, features: Sequence[Feature], runner: TaskRunner, theme: Theme, frame: WindowFrame) -> None:
        names = {kind: words for feature in features for kind, words in feature.job_names().items()}
        self._frame = frame
        self.desk = JobsDesk(runner, frame)
        self.model = JobsModel(names, frame)
        self.popover = JobsPopover(self.desk, self.model, theme, frame.status_bar)
        self.ring = JobsRing(theme, frame.status_bar)
        self.ring.clicked.connect(self.popover.toggle)
        frame.status_bar.add(self.ring)
        self.desk.changed.connect(self._show)
        frame.toasts.past_changed.connect(self._show)

    def _show(self) -> None:
        self.model.set_contents(self.desk.jobs, self._frame.toasts.past)
        self.ring.set_jobs(self.desk.jobs)
        self._frame.status_bar.fit()

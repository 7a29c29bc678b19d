# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How far long work is, in the terminal."""

import sys

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from strongroom.cli.output import safe_text, stderr


class JobBar:
    """A bar with speed and time left on standard error; nothing where that is not a terminal."""

    def __init__(self) -> None:
        console = stderr()
        self._progress: Progress | None = None
        if console.is_terminal and sys.stderr.isatty():
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=console,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._task = self._progress.add_task("")
            self._progress.start()

    def show(self, text: str, done: int, total: int) -> None:
        """Draw how far it is."""
        if self._progress is not None:
            self._progress.update(self._task, description=safe_text(text), total=total, completed=done)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Bringing the models of other programs, seen from the window: where they are, which there are, taking them."""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from strongroom.core.errors import Cancelled
from strongroom.gui.background.task_runner import Task, TaskRunner
from strongroom.models import Candidate
from strongroom.workspace import Workspace

_LOOK_MS = 100


class Keeper(Enum):
    """A program that keeps models."""

    OLLAMA = auto()
    LM_STUDIO = auto()
    HUGGING_FACE = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of models that is there."""

    keeper: Keeper
    folder: Path


class ImportDesk(QObject):
    """Looks for model files and puts the chosen ones on the shelf, where they are.

    Signals:
        busy_changed: A search of a folder, or an import, began or ended (:attr:`is_busy`).
        progressed: How many files have been looked at.
        found: The list of :class:`~strongroom.models.Candidate` of a folder, and the folder.
        imported: A list of new :class:`~strongroom.core.verification.ModelEntry`.
        failed: An exception.
    """

    busy_changed = Signal()
    progressed = Signal(int)
    found = Signal(object, object)
    imported = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._workspace: Workspace | None = None
        self._task: Task | None = None
        self._places: Sequence[Place] = ()
        self._looked_at = 0
        self.folder: Path | None = None
        """The folder that is being searched."""
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(lambda: self.progressed.emit(self._looked_at))

    @property
    def is_busy(self) -> bool:
        """Whether a folder is being searched, or models are being taken."""
        return self._task is not None

    @property
    def places(self) -> Sequence[Place]:
        """The folders of other programs that are there."""
        return self._places

    def attach(self, workspace: Workspace) -> None:
        """Begin."""
        self._workspace = workspace
        self.look_for_places()

    def close(self) -> None:
        """Stop what is under way."""
        self._timer.stop()
        self._workspace = None
        self.cancel()

    def look_for_places(self) -> None:
        """Look again which programs' folders are there."""
        # A home on a network may be slow to answer.
        self._runner.store(lambda: find_places(Path.home()), self._on_places, self.failed.emit)

    def discover(self, folder: Path) -> None:
        """Search a folder, of any depth, for models."""
        if self._workspace is None or self.is_busy:
            return
        workspace = self._workspace

        def look(looked_at: int, _found: int) -> None:
            # A number, written by one thread and read by another: a timer tells it.
            self._looked_at = looked_at

        def operation(cancel: threading.Event) -> Sequence[Candidate]:
            return workspace.shelf.discover(folder, on_progress=look, cancel=cancel)

        self._looked_at = 0
        self.folder = folder
        self._timer.start()
        self._task = self._runner.run(operation, lambda candidates: self._on_found(candidates, folder), self._on_failed)
        self.busy_changed.emit()

    def take(self, candidates: Sequence[Candidate]) -> None:
        """Put these on the shelf, without copying them."""
        if self._workspace is None or self.is_busy:
            return
        workspace = self._workspace
        self._task = self._runner.run(
            lambda _cancel: workspace.shelf.import_candidates(candidates), self._on_imported, self._on_failed
        )
        self.busy_changed.emit()

    def cancel(self) -> None:
        """Stop what is under way."""
        if self._task is not None:
            self._task.cancel()

    def _on_places(self, places: Sequence[Place]) -> None:
        self._places = places

    def _end(self) -> None:
        self._timer.stop()
        self._task = None
        self.folder = None
        self.busy_changed.emit()

    def _on_found(self, candidates: Sequence[Candidate], folder: Path) -> None:
        self._end()
        self.found.emit(candidates, folder)

    def _on_imported(self, entries: object) -> None:
        self._end()
        self.imported.emit(entries)

    def _on_failed(self, error: BaseException) -> None:
        self._end()
        if not isinstance(error, Cancelled):
            self.failed.emit(error)


def find_places(home: Path, environment: Mapping[str, str] = os.environ) -> tuple[Place, ...]:
    """Return the first existing folder of each program.

    Args:
        home: The user's home folder.
        environment: Where a program's own variables say that its models are elsewhere.
    """
    places = []
    for keeper, folders in _candidates(home, environment).items():
        found = next((folder for folder in folders if os.path.isdir(folder)), None)
        if found is not None:
            places.append(Place(keeper, found))
    return tuple(places)


def _candidates(home: Path, environment: Mapping[str, str]) -> dict[Keeper, tuple[Path, ...]]:
    def named(variable: str, *inside: str) -> tuple[Path, ...]:
        value = environment.get(variable, "")
        return (Path(value, *inside).expanduser(),) if value else ()

    cache = home / ".cache"
    return {
        Keeper.OLLAMA: (
            *named("OLLAMA_MODELS"),
            home / ".ollama" / "models",
            Path("/usr/share/ollama/.ollama/models"),
        ),
        Keeper.LM_STUDIO: (home / ".lmstudio" / "models", cache / "lm-studio" / "models"),
        Keeper.HUGGING_FACE: (
            *named("HF_HUB_CACHE"),
            *named("HF_HOME", "hub"),
            *named("XDG_CACHE_HOME", "huggingface", "hub"),
            cache / "huggingface" / "hub",
        ),
    }

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Finding the models in a folder of any depth, whoever keeps it: the user, Hugging Face's cache, LM Studio or Ollama.

Only names and first bytes are looked at. Links to files are followed, links to folders are not: so there is no loop and
nothing outside is searched. The folder that was chosen may itself be a link.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.verification import ModelPart
from strongroom.models.importing import Candidate, examine, kind_of, split_name
from strongroom.models.ollama import OLLAMA_FOLDERS, is_ollama_folder, read_manifest
from strongroom.models.refusal import ModelRefused, RefusalReason

MOST_NAMES = 1_000_000
"""Files and folders looked at before giving up: a whole home folder passes, a whole file server does not."""

_LOG = logging.getLogger(__name__)
_PROGRESS_STEP = 500

FoundSoFar = Callable[[int, int], None]
"""Called with the files and folders looked at, and the models found."""


def discover(
    folder: Path, *, on_progress: FoundSoFar | None = None, cancel: threading.Event | None = None
) -> list[Candidate]:
    """Return the models in ``folder`` and all folders below it, by path; each file once, a split model as one.

    A model that cannot be imported as it is, because a part of it is missing or a file cannot be read, is returned with
    its :attr:`Candidate.problem`. What is no GGUF file, and folders that may not be read, are passed over.

    Args:
        folder: For example ``~/.cache/huggingface/hub``, ``~/.lmstudio/models`` or ``~/.ollama``.
        on_progress: Told the names looked at and the models found, at the end and now and then before.
        cancel: Once set, no further folder is looked at.

    Raises:
        UserFacingError: It is no folder or cannot be read (``model.folder_unreadable``), or there is too much in it
            (``model.folder_too_large``).
        Cancelled: ``cancel`` was set.
    """
    search = _Search(on_progress, cancel)
    root = Path(os.path.realpath(folder.expanduser()))
    try:
        names = search.names_in(root)
    except OSError as error:
        raise UserFacingError("model.folder_unreadable", folder=root, reason=error.strerror or str(error)) from error
    waiting = [(root, names)]
    while waiting:
        current, entries = waiting.pop()
        folders = _look_into(current, entries, search)
        if is_ollama_folder(current):
            _look_into_ollama(current, search)
            folders = [path for path in folders if path.name not in OLLAMA_FOLDERS]
        waiting.extend((path, search.readable_in(path)) for path in folders)
    search.report()
    return sorted(search.found.values(), key=lambda candidate: (str(candidate.path), candidate.name))


@dataclass(slots=True)
class _Search:
    on_progress: FoundSoFar | None
    cancel: threading.Event | None
    found: dict[tuple[str, ...], Candidate] = field(default_factory=dict)
    """By the paths of the parts: a file that several links lead to is one model."""
    _looked_at: int = 0
    _reported: int = 0

    def names_in(self, folder: Path) -> list[os.DirEntry[str]]:
        """Return what is in ``folder``, by name."""
        entries = []
        with os.scandir(folder) as listing:
            for entry in listing:
                entries.append(entry)
                self._count(folder)
        return sorted(entries, key=lambda entry: entry.name)

    def readable_in(self, folder: Path) -> list[os.DirEntry[str]]:
        """Return what is in ``folder``, by name; nothing when it may not be read."""
        try:
            return self.names_in(folder)
        except OSError as error:
            _LOG.info("passed over %s: %s", folder, error)
            return []

    def add(self, candidate: Candidate) -> None:
        """Keep the candidate, unless its files are there already."""
        self.found.setdefault(tuple(part.path for part in candidate.parts), candidate)

    def report(self) -> None:
        """Tell how far it is."""
        self._reported = self._looked_at
        if self.on_progress:
            self.on_progress(self._looked_at, len(self.found))

    def require_wanted(self) -> None:
        """Return only while the search has not been cancelled."""
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled

    def _count(self, folder: Path) -> None:
        self.require_wanted()
        self._looked_at += 1
        if self._looked_at > MOST_NAMES:
            raise UserFacingError("model.folder_too_large", most=MOST_NAMES, folder=folder)
        if self._looked_at - self._reported >= _PROGRESS_STEP:
            self.report()


def _look_into(folder: Path, entries: list[os.DirEntry[str]], search: _Search) -> list[Path]:
    """Add the models that lie in ``folder`` itself, and return the folders in it."""
    folders = []
    splits: set[tuple[str, int]] = set()
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            folders.append(path)
        elif path.suffix.lower() == ".gguf" and not path.is_dir():
            split = split_name(entry.name)
            if split is not None:
                if (split.stem, split.count) in splits:
                    continue
                splits.add((split.stem, split.count))
            search.require_wanted()
            if candidate := _examine(path):
                search.add(candidate)
    return folders


def _examine(path: Path) -> Candidate | None:
    try:
        return examine(path)
    except ModelRefused as refusal:
        if refusal.reason in (RefusalReason.NOT_GGUF, RefusalReason.NOT_A_FILE):
            return None
        split = split_name(path.name)
        name = split.stem if split else path.stem
        return Candidate(name, (ModelPart(str(path), 0, None),), kind=kind_of(name), problem=refusal.statement)


def _look_into_ollama(folder: Path, search: _Search) -> None:
    for manifest in _files_below(folder / "manifests", 4, search):
        for candidate in read_manifest(manifest, folder):
            search.add(candidate)


def _files_below(folder: Path, depth: int, search: _Search) -> Iterator[Path]:
    for entry in search.readable_in(folder):
        path = folder / entry.name
        if depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from _files_below(path, depth - 1, search)
        elif depth == 1 and entry.is_file(follow_symlinks=False):
            yield path

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models on a hub, judged by what this machine can hold and by what is on the shelf already."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from strongroom.core.hub import Download, Fit, RemoteModel, Repository, RepositorySummary, SearchQuery
from strongroom.core.settings import Settings
from strongroom.hub import Hub
from strongroom.models import ModelLibrary


@dataclass(frozen=True, slots=True)
class TableRow:
    """One model of a repository, and what it means here."""

    model: RemoteModel
    bits_per_weight: float
    """0 when unknown."""
    memory: int
    """Bytes that it needs at the table's context length; 0 when unknown."""
    fit: Fit | None
    """None when unknown, and for a file that is no model by itself."""
    is_recommended: bool
    model_id: str
    """The model of the shelf that has these very bytes; empty when there is none."""


@dataclass(frozen=True, slots=True)
class QuantizationTable:
    """A repository's models, each with what it means here."""

    repository: Repository
    context_length: int
    rows: tuple[TableRow, ...]
    free_memory: int
    """Bytes that a model could have now, what the loaded one gives back included."""
    note: str = ""
    """Why nothing is said about what fits; empty when something is."""


class Catalog:
    """Searches a hub, and says of each model what it means on this machine. Safe to use from several threads.

    Args:
        hub: The hub.
        library: The shelf.
        settings: Returns the settings in force.
    """

    def __init__(self, hub: Hub, library: ModelLibrary, settings: Callable[[], Settings]) -> None:
        self._hub = hub
        self._library = library
        self._settings = settings

    def search(self, query: SearchQuery, *, cancel: threading.Event) -> tuple[RepositorySummary, ...]:
        """Return repositories with GGUF models.

        Raises:
            HubFault: The hub could not be asked.
            Cancelled: ``cancel`` was set.
        """
        return self._hub.search(query, cancel=cancel)

    def table(
        self, name: str, *, revision: str = "", context_length: int = 0, cancel: threading.Event
    ) -> QuantizationTable:
        """Return a repository's models with what each means here.

        Args:
            name: ``author/name``.
            revision: A branch, a tag or a commit; empty for the main branch.
            context_length: Tokens that memory is estimated for; 0 for the settings'.
            cancel: Ends the requests.

        Raises:
            HubFault: The hub could not be asked, or has no such repository.
            Cancelled: ``cancel`` was set.
        """
        repository = self._hub.repository(name, revision=revision, cancel=cancel)
        rows = tuple(self._row(model) for model in repository.models)
        return QuantizationTable(repository, context_length or self._settings().context_length, rows, 0)

    def download(self, repository: Repository, model: RemoteModel) -> Download:
        """Begin to download a model.

        Raises:
            HubFault: The hub may not be asked, or gives no digest.
            UserFacingError: Another process works on it.
        """
        return self._hub.start(repository, model)

    def _row(self, model: RemoteModel) -> TableRow:
        return TableRow(model, 0.0, 0, None, is_recommended=False, model_id=self._shelved(model))

    def _shelved(self, model: RemoteModel) -> str:
        entry = self._library.with_digests([file.sha256 for file in model.files]) if model.has_digests else None
        return entry.model_id if entry else ""

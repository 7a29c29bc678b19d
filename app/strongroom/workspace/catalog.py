# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models on a hub, judged by what this machine can hold and by what is on the shelf already."""

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import Download, FileKind, Fit, RemoteModel, Repository, RepositorySummary, SearchQuery
from strongroom.core.settings import Settings
from strongroom.core.statement import Statement
from strongroom.hub import Hub, HubOptions
from strongroom.models import (
    Choice,
    GgufInvalid,
    MemoryNow,
    ModelLibrary,
    ModelShape,
    NeedMoreBytes,
    estimate_gpu_memory,
    estimate_memory,
    fit_of,
    parse_header,
    recommended,
    shape_of,
)
from strongroom.policy import Policy
from strongroom.storage import hub_token


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
    note: Statement | None = None
    """Why nothing is said about what fits; empty when something is."""


class Catalog:
    """Searches a hub, and says of each model what it means on this machine. Safe to use from several threads.

    Args:
        hub: The hub.
        library: The shelf.
        settings: Returns the settings in force.
        look_at_memory: Returns what memory there is now.
        policy: Returns the policy in force: whether models run from sealed copies, which take memory of their own.
    """

    def __init__(
        self,
        hub: Hub,
        library: ModelLibrary,
        settings: Callable[[], Settings],
        look_at_memory: Callable[[], MemoryNow],
        policy: Callable[[], Policy],
    ) -> None:
        self._hub = hub
        self._library = library
        self._settings = settings
        self._look_at_memory = look_at_memory
        self._policy = policy

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

        What fits is estimated from the header of the smallest model: quantizations of one model differ in the size of
        their weights, and in nothing else that takes memory.

        Args:
            name: ``author/name``.
            revision: A branch, a tag or a commit; empty for the main branch.
            context_length: Tokens that memory is estimated for; 0 for the settings'.
            cancel: Ends the requests.

        Raises:
            HubFault: The hub could not be asked, or has no such repository.
            Cancelled: ``cancel`` was set.
            UserFacingError: No policy is in force.
        """
        repository = self._hub.repository(name, revision=revision, cancel=cancel)
        length = context_length or self._settings().context_length
        shape, note = self._shape(repository, cancel)
        memory = self._look_at_memory()
        is_sealed = self._policy().models.sealed_copy
        rows = [self._row(model, repository, shape, length, memory, is_sealed=is_sealed) for model in repository.models]
        best = recommended([_choice(row) for row in rows], memory) if shape else None
        if best is not None:
            rows[best] = dataclasses.replace(rows[best], is_recommended=True)
        return QuantizationTable(repository, length, tuple(rows), memory.available, note)

    def download(self, repository: Repository, model: RemoteModel) -> Download:
        """Begin to download a model.

        Raises:
            HubFault: The hub may not be asked, or gives no digest.
            UserFacingError: Another process works on it.
        """
        return self._hub.start(repository, model)

    def _shape(self, repository: Repository, cancel: threading.Event) -> tuple[ModelShape | None, Statement | None]:
        """Return what the repository's models are like, or why that is not known."""
        models = [model for model in repository.models if model.kind is FileKind.MODEL]
        if not models:
            return None, None
        try:
            header = self._hub.header(repository, min(models, key=lambda model: model.size), cancel=cancel)
            return shape_of([parse_header(header)]), None
        except UserFacingError as error:
            # A gated repository shows its list to everybody, and its files to those who may have them.
            return None, Statement("catalog.fit_unknown", reason=error.statement)
        except (GgufInvalid, NeedMoreBytes):
            return None, Statement("catalog.header_unknown")

    def _row(
        self,
        model: RemoteModel,
        repository: Repository,
        shape: ModelShape | None,
        length: int,
        memory: MemoryNow,
        *,
        is_sealed: bool,
    ) -> TableRow:
        model_id = self._shelved(model)
        if shape is None or model.kind is not FileKind.MODEL:
            return TableRow(model, 0.0, 0, None, is_recommended=False, model_id=model_id)
        estimate = estimate_memory(
            shape, length, file_size=model.size, quantization=model.quantization, is_sealed=is_sealed
        )
        on_gpu = estimate_gpu_memory(shape, length, file_size=model.size) if memory.free_gpu else 0
        weights = repository.parameters or shape.parameters
        return TableRow(
            model,
            8 * model.size / weights if weights else 0.0,
            estimate.needed,
            fit_of(estimate, memory, gpu_size=on_gpu),
            is_recommended=False,
            model_id=model_id,
        )

    def _shelved(self, model: RemoteModel) -> str:
        entry = self._library.with_digests([file.sha256 for file in model.files]) if model.has_digests else None
        return entry.model_id if entry else ""


def hub_options(settings: Settings, policy: Policy | None) -> HubOptions:
    """Return how the hub may be reached: as the settings say, unless the policy says something else.

    Without a policy in force (None) it may not be.
    """
    return HubOptions(
        endpoint=(policy.hub.endpoint if policy is not None else "") or settings.hub_endpoint,
        is_offline=settings.offline,
        is_allowed=policy is not None and policy.hub.is_allowed,
        token=hub_token,
        ca_file=settings.certificate_file,
    )


def _choice(row: TableRow) -> Choice:
    # What could not be verified cannot be downloaded, so it is nothing to recommend.
    fit = row.fit if row.model.has_digests else None
    return Choice(row.model.kind, row.model.quantization, row.model.size, row.memory, fit)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Looking at the shelf: which models there are, and what is known about their bytes. Nothing here changes anything."""

from collections.abc import Sequence
from pathlib import Path

from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelEntry
from strongroom.models.manifest import Shelf, ShelfRecord
from strongroom.models.shelf_entries import entry_of
from strongroom.models.shelf_records import starter_record
from strongroom.models.shelf_refusals import unknown_model
from strongroom.models.starter import StarterModel


class KnownModels:
    """The starter model and the list in ``folder``, read anew at each question."""

    def __init__(self, folder: Path, starter: StarterModel) -> None:
        self._shelf = Shelf(folder)
        self._starter = starter

    @property
    def starter_id(self) -> str:
        """The id of the model that comes with the app."""
        return self._starter.model_id

    def entries(self) -> list[ModelEntry]:
        """Return every model, the starter first, with its state as far as a look from outside tells it.

        Raises:
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
        """
        return [entry_of(record) for record in self._records().values()]

    def get(self, model_id: str) -> ModelEntry:
        """Return one model.

        Raises:
            ModelRefused: UNKNOWN_MODEL.
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
        """
        return entry_of(self._record(model_id))

    def chat_models(self) -> list[ModelEntry]:
        """Return the entries that can be chatted with: no projectors and no adapters.

        Raises:
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
        """
        return [entry for entry in self.entries() if entry.kind is FileKind.MODEL]

    def with_digests(self, digests: Sequence[str]) -> ModelEntry | None:
        """Return a model that is expected to have these very bytes, given its parts' hex SHA-256 in order.

        Raises:
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
        """
        wanted = tuple(digests)
        return next((entry_of(record) for record in self._records().values() if record.digests == wanted), None)

    def _records(self) -> dict[str, ShelfRecord]:
        kept = self._shelf.records()
        starter = starter_record(self._starter, kept.pop(self.starter_id, None))
        return {starter.model_id: starter} | kept

    def _record(self, model_id: str) -> ShelfRecord:
        records = self._records()
        if model_id not in records:
            raise unknown_model(model_id, records)
        return records[model_id]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models that one data folder knows: which they are, what is known about their bytes, and the way to open one."""

import dataclasses
import logging
import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path

from strongroom import __version__
from strongroom.core.clock import utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.hub import FileKind
from strongroom.core.paths import DataPaths
from strongroom.core.verification import ModelEntry, ModelPart, joint_digest
from strongroom.models.digest import Progress
from strongroom.models.importing import copy_into, examine
from strongroom.models.manifest import MismatchNote, Shelf, ShelfRecord, VerifiedNote
from strongroom.models.quarantine import quarantine
from strongroom.models.refusal import Measured, ModelRefused, RefusalReason
from strongroom.models.removal import delete_own_files
from strongroom.models.shelf_entries import entry_of
from strongroom.models.shelf_records import shelve
from strongroom.models.starter import StarterModel, find_starter, load_starter
from strongroom.models.verified import USER_SOURCE, Expectation
from strongroom.models.verified_model import VerifiedModel, open_verified_model

_LOG = logging.getLogger(__name__)
_PROGRAM = f"strongroom {__version__}"
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


class ModelLibrary:
    """The starter model and every model that was imported or downloaded.

    Safe to use from several threads and processes.
    """

    def __init__(self, paths: DataPaths, *, starter: StarterModel | None = None) -> None:
        self._paths = paths
        self._shelf = Shelf(paths.models)
        self._starter = starter or load_starter()
        self._measured: dict[str, tuple[Measured, ...]] = {}

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

    def import_file(
        self,
        path: Path,
        *,
        copy: bool = False,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> ModelEntry:
        """Put a GGUF file on the shelf: where it is, or as a copy in the data folder. Links are followed first.

        A file of a model that the shelf misses, by path or by name, takes that model's place: what was expected of it
        is expected of the new one. Any other file is UNKNOWN until it is pinned.

        Raises:
            ModelRefused: MISSING, NOT_A_FILE, UNREADABLE, NOT_GGUF or SPLIT_FILE.
            UserFacingError: It cannot be copied (``model.copy_failed``), or the list cannot be understood
                (``models.shelf_invalid``).
            Cancelled: ``cancel`` was set while copying.
        """
        candidate = examine(path)
        if candidate.path == find_starter(self._starter):
            return self.get(self.starter_id)
        self._shelf.records()  # refuses a list that cannot be understood before gigabytes are copied
        if copy:
            candidate = copy_into(self._paths.models, candidate, on_progress=on_progress, cancel=cancel)

        record = self._shelf.change(lambda records: shelve(records, candidate, starter_id=self.starter_id))
        self._measured.pop(record.model_id, None)
        return entry_of(record)

    def open_verified(
        self, model_id: str, *, on_progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> VerifiedModel:
        """Open every file of a model, hash it, and return them only if all are what somebody vouched for.

        The caller closes the model. A part that does not match is moved to quarantine before this raises, the other
        parts stay; the refusal names it and says where it is now. For a model that nobody vouches for, the refusal
        carries the digest that :meth:`pin` takes.

        Args:
            model_id: A model, a projector or an adapter of the shelf.
            on_progress: Told the bytes done and in total, over all parts.
            cancel: Once set, no further block is read.

        Raises:
            ModelRefused: UNKNOWN_MODEL, MISSING, QUARANTINED, NOT_A_FILE, UNREADABLE, IN_USE_BY_WRITER, CHANGED,
                UNKNOWN_DIGEST or MISMATCH.
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
            Cancelled: ``cancel`` was set.
        """
        record = self._record(model_id)
        self._require_present(record)
        parts = [(Path(part.path), Expectation(part.sha256, record.source, part.size)) for part in record.parts]
        try:
            verified = open_verified_model(parts, on_progress=on_progress, cancel=cancel)
        except ModelRefused as refusal:
            if refusal.reason is RefusalReason.MISMATCH:
                raise self._quarantined(record, refusal) from refusal
            if refusal.reason is RefusalReason.UNKNOWN_DIGEST:
                self._measured[model_id] = refusal.measured
            raise
        self._remember(record, verified=VerifiedNote(utc_now(), _PROGRAM, verified.fingerprints), mismatch=None)
        return verified

    def pin(self, model_id: str, digest: str) -> ModelEntry:
        """Take responsibility for a file of unknown digest: from now on only these bytes are loaded.

        Args:
            model_id: A model in the state UNKNOWN.
            digest: The hex SHA-256 that a refused :meth:`open_verified` of this very object has just shown; of a model
                in several parts, their joint one.

        Raises:
            ModelRefused: UNKNOWN_MODEL; UNKNOWN_DIGEST when ``digest`` is not what was just computed, or nothing was.
            UserFacingError: A digest is known already (``model.digest_known``).
        """
        record = self._record(model_id)
        _require_unknown(record)
        stated = _DIGEST.fullmatch(digest.strip().lower())
        measured = self._measured.get(model_id)
        computed = joint_digest([part.digest for part in measured]) if measured else None
        if measured is None or stated is None or stated.group(1) != computed:
            raise _not_the_digest(record, computed)
        return self._pinned(record, measured, USER_SOURCE)

    def remove(self, model_id: str, *, delete_files: bool = False) -> tuple[Path, ...]:
        """Take a model off the list.

        Args:
            model_id: Any but the starter model.
            delete_files: Also delete its files: those in the app's own models folder that no other model of the list
                uses. A file anywhere else, and what is in quarantine, is never deleted.

        Returns:
            The files that were deleted.

        Raises:
            ModelRefused: UNKNOWN_MODEL.
            UserFacingError: It is the starter model (``model.is_starter``), or a file cannot be deleted
                (``model.delete_failed``): then it stays on the list.
        """
        self._record(model_id)
        if model_id == self.starter_id:
            raise UserFacingError(
                "Model stays", "The starter model belongs to the app and stays on the list.", code="model.is_starter"
            )

        def change(records: dict[str, ShelfRecord]) -> tuple[Path, ...]:
            # Within the turn, so that no other process puts a file on its list that is about to go.
            removed = records.pop(model_id, None)
            return delete_own_files(removed, records.values(), self._paths.models) if removed and delete_files else ()

        deleted = self._shelf.change(change)
        self._measured.pop(model_id, None)
        return deleted

    def _records(self) -> dict[str, ShelfRecord]:
        kept = self._shelf.records()
        starter = self._starter_record(kept.pop(self.starter_id, None))
        return {starter.model_id: starter} | kept

    def _record(self, model_id: str) -> ShelfRecord:
        records = self._records()
        if model_id not in records:
            raise ModelRefused(
                RefusalReason.UNKNOWN_MODEL,
                f"There is no model called {model_id!r}.",
                f"Known models: {', '.join(records)}.",
            )
        return records[model_id]

    def _starter_record(self, kept: ShelfRecord | None) -> ShelfRecord:
        """Return the app's own facts with what the shelf remembers; the shelf cannot change what is expected."""
        starter = self._starter
        path = str(find_starter(starter) or (kept.path if kept and kept.mismatch else ""))
        return ShelfRecord(
            model_id=starter.model_id,
            name=starter.name,
            parts=(ModelPart(path, starter.size, starter.sha256),),
            kind=FileKind.MODEL,
            repository="",
            commit="",
            source=starter.source,
            license=starter.license,
            quantization=starter.quantization,
            added_at=kept.added_at if kept else utc_now(),
            verified=kept.verified if kept else None,
            mismatch=kept.mismatch if kept else None,
        )

    def _require_present(self, record: ShelfRecord) -> None:
        absent = next((part for part in record.parts if not part.path or not os.path.lexists(part.path)), None)
        if absent is None:
            return
        path = Path(absent.path) if absent.path else None
        next_step = (
            self._starter.next_step if record.model_id == self.starter_id else "Put it back, or import it again."
        )
        if record.mismatch and record.parts[record.mismatch.part] is absent:
            what = record.name if len(record.parts) == 1 else f"{absent.path}, a part of {record.name},"
            place = record.mismatch.moved_to or f"the folder {self._paths.quarantine}"
            raise ModelRefused(
                RefusalReason.QUARANTINED,
                f"{what} did not match its digest and was moved to {place}.",
                "Get the file again from its publisher. " + next_step,
                path=path,
                expected_digest=absent.sha256,
                actual_digest=record.mismatch.actual,
            )
        raise ModelRefused(
            RefusalReason.MISSING,
            f"{'The file' if len(record.parts) == 1 else 'A part'} of {record.name} is not there"
            f"{': ' + absent.path if absent.path else ''}.",
            next_step,
            path=path,
            expected_digest=absent.sha256,
        )

    def _pinned(self, record: ShelfRecord, measured: Sequence[Measured], source: str) -> ModelEntry:
        parts = tuple(
            dataclasses.replace(part, sha256=found.digest, size=found.fingerprint.size)
            for part, found in zip(record.parts, measured, strict=True)
        )
        note = VerifiedNote(utc_now(), _PROGRAM, tuple(found.fingerprint for found in measured))
        pinned = dataclasses.replace(record, parts=parts, source=source, verified=note, mismatch=None)
        self._shelf.put(pinned)
        self._measured.pop(record.model_id, None)
        return entry_of(pinned)

    def _quarantined(self, record: ShelfRecord, refusal: ModelRefused) -> ModelRefused:
        """Move the file away and return the refusal that says so."""
        path, fingerprint = refusal.path, refusal.fingerprint
        if path is None or fingerprint is None:
            return refusal
        part = record.paths.index(str(path))
        note = MismatchNote(utc_now(), part, refusal.actual_digest, None, fingerprint)
        self._remember(record, verified=None, mismatch=note)  # first, so that a power cut leaves no riddle
        moved_to = quarantine(path, fingerprint, self._paths.quarantine)
        if moved_to is not None:
            self._remember(record, verified=None, mismatch=dataclasses.replace(note, moved_to=str(moved_to)))
        place = f"It was moved to {moved_to}." if moved_to else "It could not be moved and is still in its place."
        return ModelRefused(
            refusal.reason,
            f"{refusal.message} {place}",
            self._starter.next_step if record.model_id == self.starter_id else refusal.next_step,
            path=path,
            expected_digest=refusal.expected_digest,
            actual_digest=refusal.actual_digest,
            quarantined_as=moved_to,
            fingerprint=fingerprint,
        )

    def _remember(self, record: ShelfRecord, *, verified: VerifiedNote | None, mismatch: MismatchNote | None) -> None:
        """Write down what is only shown. A list that cannot be written stops neither a load nor a refusal."""

        def change(records: dict[str, ShelfRecord]) -> None:
            # Another process may have pinned the model, given it another file or taken it off the list meanwhile.
            current = record if record.model_id == self.starter_id else records.get(record.model_id)
            if current is not None and current.paths == record.paths:
                records[record.model_id] = dataclasses.replace(current, verified=verified, mismatch=mismatch)

        try:
            self._shelf.change(change)
        except (OSError, UserFacingError):
            _LOG.warning("the list of models could not be updated for %s", record.model_id, exc_info=True)


def _require_unknown(record: ShelfRecord) -> None:
    if record.digest is not None:
        raise UserFacingError(
            "Digest is known",
            f"{record.name} is already expected to have SHA-256 {record.digest}, from: {record.source}.",
            "To use other bytes, import them from a file of another name: they become a model of their own.",
            code="model.digest_known",
        )


def _not_the_digest(record: ShelfRecord, computed: str | None) -> ModelRefused:
    fact = f"Its SHA-256 is {computed}." if computed else "Its bytes have not been hashed yet."
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        f"That is not a digest to pin {record.name} with. {fact}",
        "Verify the model, compare the digest shown with its publisher's, and pin that one.",
        path=Path(record.path),
        actual_digest=computed,
    )

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models that one data folder knows: which they are, what is known about their bytes, and the way to open one."""

import dataclasses
import logging
import os
import re
import threading
from collections.abc import Container
from pathlib import Path

from strongroom import __version__
from strongroom.core.clock import utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.paths import DataPaths
from strongroom.core.verification import ModelEntry, VerificationState
from strongroom.models.digest import Progress
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.importing import Candidate, copy_into, examine
from strongroom.models.manifest import MismatchNote, Shelf, ShelfRecord, VerifiedNote
from strongroom.models.quarantine import quarantine
from strongroom.models.refusal import ModelRefused, RefusalReason
from strongroom.models.starter import StarterModel, find_starter, load_starter
from strongroom.models.verified import USER_SOURCE, Expectation, VerifiedFile, open_verified

_LOG = logging.getLogger(__name__)
_PROGRAM = f"strongroom {__version__}"
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


class ModelLibrary:
    """The starter model and every model that was imported. Safe to use from several threads and processes."""

    def __init__(self, paths: DataPaths, *, starter: StarterModel | None = None) -> None:
        self._paths = paths
        self._shelf = Shelf(paths.models)
        self._starter = starter or load_starter()
        self._measured: dict[str, tuple[str, Fingerprint]] = {}

    @property
    def starter_id(self) -> str:
        """The id of the model that comes with the app."""
        return self._starter.model_id

    def entries(self) -> list[ModelEntry]:
        """Return every model, the starter first, with its state as far as a look from outside tells it.

        Raises:
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
        """
        return [_entry(record) for record in self._records().values()]

    def get(self, model_id: str) -> ModelEntry:
        """Return one model.

        Raises:
            ModelRefused: UNKNOWN_MODEL.
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
        """
        return _entry(self._record(model_id))

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

        def shelve(records: dict[str, ShelfRecord]) -> ShelfRecord:
            former = _former(records, candidate, self.starter_id)
            record = _renewed(former, candidate) if former else self._new(candidate, records)
            records[record.model_id] = record
            return record

        record = self._shelf.change(shelve)
        self._measured.pop(record.model_id, None)
        return _entry(record)

    def open_verified(
        self, model_id: str, *, on_progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> VerifiedFile:
        """Open a model's file, hash it, and return it only if it is what somebody vouched for. The caller closes it.

        A mismatch moves the file to quarantine before this raises; the refusal says where it is now. For a file that
        nobody vouches for, the refusal carries the digest that :meth:`pin` takes.

        Raises:
            ModelRefused: UNKNOWN_MODEL, MISSING, QUARANTINED, NOT_A_FILE, UNREADABLE, IN_USE_BY_WRITER, CHANGED,
                UNKNOWN_DIGEST or MISMATCH.
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
            Cancelled: ``cancel`` was set.
        """
        record = self._record(model_id)
        path = self._require_present(record)
        expected = Expectation(record.sha256, record.source, record.size)
        try:
            verified = open_verified(path, expected, on_progress=on_progress, cancel=cancel)
        except ModelRefused as refusal:
            if refusal.reason is RefusalReason.MISMATCH:
                raise self._quarantined(record, refusal) from refusal
            if refusal.reason is RefusalReason.UNKNOWN_DIGEST and refusal.actual_digest and refusal.fingerprint:
                self._measured[model_id] = (refusal.actual_digest, refusal.fingerprint)
            raise
        self._remember(record, verified=VerifiedNote(utc_now(), _PROGRAM, verified.fingerprint), mismatch=None)
        return verified

    def pin(self, model_id: str, digest: str) -> ModelEntry:
        """Take responsibility for a file of unknown digest: from now on only these bytes are loaded.

        Args:
            model_id: A model in the state UNKNOWN.
            digest: The hex SHA-256 that a refused :meth:`open_verified` of this very object has just shown.

        Raises:
            ModelRefused: UNKNOWN_MODEL; UNKNOWN_DIGEST when ``digest`` is not what was just computed, or nothing was.
            UserFacingError: A digest is known already (``model.digest_known``).
        """
        record = self._record(model_id)
        if record.sha256 is not None:
            raise UserFacingError(
                "Digest is known",
                f"{record.name} is already expected to have SHA-256 {record.sha256}, from: {record.source}.",
                "To use other bytes, import them from a file of another name: they become a model of their own.",
                code="model.digest_known",
            )
        stated = _DIGEST.fullmatch(digest.strip().lower())
        measured = self._measured.get(model_id)
        if measured is None or stated is None or stated.group(1) != measured[0]:
            raise _not_the_digest(record, measured[0] if measured else None)
        computed, fingerprint = measured
        note = VerifiedNote(utc_now(), _PROGRAM, fingerprint)
        pinned = dataclasses.replace(
            record, sha256=computed, source=USER_SOURCE, size=fingerprint.size, verified=note, mismatch=None
        )
        self._shelf.put(pinned)
        self._measured.pop(model_id, None)
        return _entry(pinned)

    def forget(self, model_id: str) -> None:
        """Take a model off the list. No file is touched.

        Raises:
            ModelRefused: UNKNOWN_MODEL.
            UserFacingError: It is the starter model (``model.is_starter``).
        """
        self._record(model_id)
        if model_id == self.starter_id:
            raise UserFacingError(
                "Model stays", "The starter model belongs to the app and stays on the list.", code="model.is_starter"
            )
        self._shelf.change(lambda records: records.pop(model_id, None))

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
        return ShelfRecord(
            model_id=starter.model_id,
            name=starter.name,
            path=str(find_starter(starter) or (kept.path if kept and kept.mismatch else "")),
            size=starter.size,
            sha256=starter.sha256,
            source=starter.source,
            license=starter.license,
            quantization=starter.quantization,
            added_at=kept.added_at if kept else utc_now(),
            verified=kept.verified if kept else None,
            mismatch=kept.mismatch if kept else None,
        )

    def _new(self, candidate: Candidate, taken: Container[str]) -> ShelfRecord:
        return ShelfRecord(
            model_id=_unused_id(candidate.name, taken, self.starter_id),
            name=candidate.name,
            path=str(candidate.path),
            size=candidate.size,
            sha256=None,
            source="",
            license="",
            quantization=candidate.quantization,
            added_at=utc_now(),
        )

    def _require_present(self, record: ShelfRecord) -> Path:
        if record.path and os.path.lexists(record.path):
            return Path(record.path)
        next_step = (
            self._starter.next_step if record.model_id == self.starter_id else "Put it back, or import it again."
        )
        if record.mismatch:
            place = record.mismatch.moved_to or f"the folder {self._paths.quarantine}"
            raise ModelRefused(
                RefusalReason.QUARANTINED,
                f"{record.name} did not match its digest and was moved to {place}.",
                "Get the file again from its publisher. " + next_step,
                path=Path(record.path),
                expected_digest=record.sha256,
                actual_digest=record.mismatch.actual,
            )
        raise ModelRefused(
            RefusalReason.MISSING,
            f"The file of {record.name} is not there{': ' + record.path if record.path else ''}.",
            next_step,
            path=Path(record.path) if record.path else None,
            expected_digest=record.sha256,
        )

    def _quarantined(self, record: ShelfRecord, refusal: ModelRefused) -> ModelRefused:
        """Move the file away and return the refusal that says so."""
        path, fingerprint = refusal.path, refusal.fingerprint
        if path is None or fingerprint is None:
            return refusal
        note = MismatchNote(utc_now(), refusal.actual_digest, None, fingerprint)
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
            if current is not None and current.path == record.path:
                records[record.model_id] = dataclasses.replace(current, verified=verified, mismatch=mismatch)

        try:
            self._shelf.change(change)
        except (OSError, UserFacingError):
            _LOG.warning("the list of models could not be updated for %s", record.model_id, exc_info=True)


def _entry(record: ShelfRecord) -> ModelEntry:
    status = _status(record.path)
    return ModelEntry(
        model_id=record.model_id,
        name=record.name,
        path=record.path,
        size=status.st_size if status else record.size,
        expected_digest=record.sha256,
        source=record.source,
        license=record.license,
        state=_state(record, status),
        verified_at=record.verified.at if record.verified else None,
        quantization=record.quantization,
    )


def _state(record: ShelfRecord, status: os.stat_result | None) -> VerificationState:
    seen = Fingerprint.of(status) if status else None
    if record.mismatch and (seen is None or seen == record.mismatch.fingerprint):
        return VerificationState.MISMATCH
    if seen is None:
        return VerificationState.MISSING
    if record.sha256 is None:
        return VerificationState.UNKNOWN
    if seen.size != record.size:
        return VerificationState.MISMATCH
    if record.verified is None or record.verified.fingerprint != seen:
        return VerificationState.UNCHECKED
    return VerificationState.PINNED if record.source == USER_SOURCE else VerificationState.VERIFIED


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path) if path else None
    except OSError:
        return None


def _former(records: dict[str, ShelfRecord], candidate: Candidate, starter_id: str) -> ShelfRecord | None:
    """Return the record whose file this is, or whose file is gone and had this name."""
    imported = [record for record in records.values() if record.model_id != starter_id]
    for record in imported:
        if record.path == str(candidate.path):
            return record
    for record in imported:
        if Path(record.path).name == candidate.path.name and not os.path.lexists(record.path):
            return record
    return None


def _renewed(former: ShelfRecord, candidate: Candidate) -> ShelfRecord:
    size = candidate.size if former.sha256 is None else former.size
    return dataclasses.replace(former, path=str(candidate.path), size=size, verified=None, mismatch=None)


def _unused_id(name: str, taken: Container[str], starter_id: str) -> str:
    wanted = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "model"
    model_id, number = wanted, 1
    while model_id in taken or model_id == starter_id:
        number += 1
        model_id = f"{wanted}-{number}"
    return model_id


def _not_the_digest(record: ShelfRecord, computed: str | None) -> ModelRefused:
    fact = f"Its SHA-256 is {computed}." if computed else "Its bytes have not been hashed yet."
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        f"That is not a digest to pin {record.name} with. {fact}",
        "Verify the model, compare the digest shown with its publisher's, and pin that one.",
        path=Path(record.path),
        actual_digest=computed,
    )

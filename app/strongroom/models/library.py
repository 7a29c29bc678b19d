# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models that one data folder knows: how one comes to the shelf, the way to open it, and how it goes."""

import dataclasses
import os
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import Download, RemoteModel, Repository
from strongroom.core.paths import DataPaths
from strongroom.core.statement import Statement
from strongroom.core.verification import ModelEntry, joint_digest
from strongroom.models.checksum_file import read_checksums
from strongroom.models.copying import copy_all
from strongroom.models.digest import Progress
from strongroom.models.downloaded import downloaded
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.importing import Candidate, examine
from strongroom.models.known_models import KnownModels
from strongroom.models.manifest import ShelfRecord
from strongroom.models.refusal import Measured, ModelRefused, RefusalReason
from strongroom.models.removal import delete_own_files
from strongroom.models.shelf_entries import entry_of
from strongroom.models.shelf_notes import ShelfNotes, verified_now
from strongroom.models.shelf_records import shelve, shelve_download
from strongroom.models.shelf_refusals import (
    not_in_repository,
    not_the_digest,
    require_present,
    require_unknown,
    unknown_model,
)
from strongroom.models.starter import StarterModel, find_starter, load_starter
from strongroom.models.verified import USER_SOURCE, Expectation
from strongroom.models.verified_model import VerifiedModel, open_verified_model

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


class ModelLibrary(KnownModels):
    """The starter model and every model that was imported or downloaded: what there is, what comes, what goes.

    Safe to use from several threads and processes.
    """

    def __init__(self, paths: DataPaths, *, starter: StarterModel | None = None) -> None:
        super().__init__(paths.models, starter or load_starter())
        self._paths = paths
        self._notes = ShelfNotes(self._shelf, paths.quarantine, starter_id=self._starter.model_id)
        self._measured: dict[str, tuple[Measured, ...]] = {}

    def import_file(
        self,
        path: Path,
        *,
        copy: bool = False,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> ModelEntry:
        """Put a GGUF file on the shelf: where it is, or as a copy in the data folder. Links are followed first.

        Any part of a split model brings the others, which lie in its folder. A file of a model that the shelf misses,
        by path or by name, takes that model's place: what was expected of it is expected of the new one. Any other file
        is UNKNOWN until it is pinned, unless the folder that it lies in states its digest.

        Raises:
            ModelRefused: MISSING (a part of a split model is named), NOT_A_FILE, UNREADABLE or NOT_GGUF.
            UserFacingError: It cannot be copied (``model.copy_failed``), or the list cannot be understood
                (``models.shelf_invalid``).
            Cancelled: ``cancel`` was set while copying.
        """
        return self.import_candidates([examine(path)], copy=copy, on_progress=on_progress, cancel=cancel)[0]

    def import_candidates(
        self,
        candidates: Sequence[Candidate],
        *,
        copy: bool = False,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> list[ModelEntry]:
        """Put what :func:`~strongroom.models.discovery.discover` found on the shelf, as :meth:`import_file` does.

        Args:
            candidates: Found models. All come to the shelf, or, when this raises, none.
            copy: Copy them into the data folder first. Copies stay there when a later one fails.
            on_progress: Told the bytes copied and in total, over all of them.
            cancel: Once set, no further block is copied.

        Raises:
            ModelRefused: As :meth:`import_file`; also for a candidate with a problem.
            UserFacingError: As :meth:`import_file`.
            Cancelled: ``cancel`` was set while copying.
        """
        found = [examine(candidate.path) if candidate.problem else candidate for candidate in candidates]
        starter = find_starter(self._starter)
        self._shelf.records()  # refuses a list that cannot be understood before gigabytes are copied
        if copy:
            found = copy_all(self._paths.models, found, but_not=starter, on_progress=on_progress, cancel=cancel)

        def change(records: dict[str, ShelfRecord]) -> list[str]:
            return [
                self.starter_id
                if candidate.path == starter
                else shelve(records, candidate, starter_id=self.starter_id).model_id
                for candidate in found
            ]

        model_ids = self._shelf.change(change)
        for model_id in model_ids:
            self._measured.pop(model_id, None)
        records = self._records()
        return [entry_of(records[model_id]) for model_id in model_ids if model_id in records]

    def add_downloaded(
        self, repository: Repository | Download, model: RemoteModel, paths: Sequence[Path], *, is_verified: bool = False
    ) -> ModelEntry:
        """Put a finished download on the shelf, expected from now on to be what the hub said at that commit.

        The same repository, commit and digests are the same model, and its files are these from now on. A different
        commit or digest is a different model, whatever the names say: what is on the shelf never changes silently.

        Args:
            repository: What was downloaded from, at its commit.
            model: One of its models, with the hub's digests.
            paths: Its parts in order, where they stay.
            is_verified: The caller has just hashed these files, and all matched. It is only shown; loading hashes anew.

        Raises:
            ModelRefused: UNKNOWN_DIGEST, when the hub gave no digest; MISMATCH, when a size tells; MISSING, NOT_A_FILE,
                UNREADABLE or NOT_GGUF. Nothing is moved or changed.
            UserFacingError: The list cannot be understood (``models.shelf_invalid``).
        """
        candidate = downloaded(repository, model, paths)
        looks = tuple(Fingerprint.of(os.lstat(part.path)) for part in candidate.parts)
        note = verified_now(looks) if is_verified else None

        def change(records: dict[str, ShelfRecord]) -> ShelfRecord:
            record = shelve_download(records, candidate, starter_id=self.starter_id)
            records[record.model_id] = dataclasses.replace(record, verified=note)
            return records[record.model_id]

        return entry_of(self._shelf.change(change))

    def open_verified(
        self,
        model_id: str,
        *,
        on_held: Callable[[tuple[int, ...]], None] | None = None,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> VerifiedModel:
        """Open every file of a model, hash it, and return them only if all are what somebody vouched for.

        The caller closes the model. A part that does not match is moved to quarantine before this raises, the other
        parts stay; the refusal names it and says where it is now. For a model that nobody vouches for, the refusal
        carries the digest that :meth:`pin` takes.

        Args:
            model_id: A model, a projector or an adapter of the shelf.
            on_held: Told every descriptor before the first is hashed: whoever is to use them may get ready meanwhile,
                but reads nothing before this has returned.
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
            verified = open_verified_model(parts, on_held=on_held, on_progress=on_progress, cancel=cancel)
        except ModelRefused as refusal:
            if refusal.reason is RefusalReason.MISMATCH:
                next_step = self._starter.next_step if model_id == self.starter_id else None
                raise self._notes.put_in_quarantine(record, refusal, next_step) from refusal
            if refusal.reason is RefusalReason.UNKNOWN_DIGEST:
                self._measured[model_id] = refusal.measured
            raise
        self._notes.remember(record, verified=verified_now(verified.fingerprints), mismatch=None)
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
        require_unknown(record)
        stated = _DIGEST.fullmatch(digest.strip().lower())
        measured = self._measured.get(model_id)
        computed = joint_digest([part.digest for part in measured]) if measured else None
        if measured is None or stated is None or stated.group(1) != computed:
            raise not_the_digest(record, computed)
        return self._pinned(record, measured, USER_SOURCE)

    def pin_from_checksum_file(
        self,
        model_id: str,
        path: Path,
        *,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> ModelEntry:
        """Let a checksum file vouch for a model of unknown digest, after hashing it: ``SHA256SUMS`` or ``NAME.sha256``.

        When the bytes are not the ones that it names, the model stays unknown and its files stay where they are:
        perhaps it is the checksum file of another one.

        Args:
            model_id: A model in the state UNKNOWN.
            path: A file as sha256sum writes it, with a line for every part.
            on_progress: Told the bytes done and in total, over all parts.
            cancel: Once set, no further block is read.

        Raises:
            ModelRefused: As :meth:`open_verified`; MISMATCH without quarantine.
            UserFacingError: A digest is known already (``model.digest_known``), or the file does not name the model's
                files (``model.checksum_file``).
            Cancelled: ``cancel`` was set.
        """
        record = self._record(model_id)
        require_unknown(record)
        self._require_present(record)
        source = f"checksum file {path.name}"
        files = [Path(part.path) for part in record.parts]
        stated = read_checksums(path, [file.name for file in files])
        parts = [(file, Expectation(digest, source)) for file, digest in zip(files, stated, strict=True)]
        with open_verified_model(parts, on_progress=on_progress, cancel=cancel) as verified:
            return self._pinned(
                record, [Measured(file.result.digest, file.fingerprint) for file in verified.files], source
            )

    def pin_from_repository(
        self,
        model_id: str,
        repository: Repository,
        *,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> ModelEntry:
        """Let a hub vouch for a model of unknown digest, after hashing it: it has to be one of a repository's models.

        When it is none of them, the model stays unknown and its files stay where they are.

        Args:
            model_id: A model in the state UNKNOWN.
            repository: As the hub describes it at one commit.
            on_progress: Told the bytes done and in total, over all parts.
            cancel: Once set, no further block is read.

        Raises:
            ModelRefused: As :meth:`open_verified`; UNKNOWN_DIGEST when the repository has no such model.
            UserFacingError: A digest is known already (``model.digest_known``).
            Cancelled: ``cancel`` was set.
        """
        record = self._record(model_id)
        require_unknown(record)
        try:
            self.open_verified(model_id, on_progress=on_progress, cancel=cancel).close()
        except ModelRefused as refusal:
            if refusal.reason is not RefusalReason.UNKNOWN_DIGEST or not refusal.measured:
                raise
            measured = refusal.measured
        else:
            raise not_the_digest(record, None)  # another process has pinned it meanwhile
        digests = [part.digest for part in measured]
        model = next((one for one in repository.models if [file.sha256 for file in one.files] == digests), None)
        if model is None:
            raise not_in_repository(record, repository, joint_digest(digests))
        known = dataclasses.replace(
            record,
            repository=repository.repository,
            commit=repository.commit,
            kind=model.kind,
            license=record.license or repository.license,
        )
        return self._pinned(known, measured, f"{repository.repository}@{repository.commit[:12]}")

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
            raise UserFacingError("model.is_starter")

        def change(records: dict[str, ShelfRecord]) -> tuple[Path, ...]:
            # Within the turn, so that no other process puts a file on its list that is about to go.
            removed = records.pop(model_id, None)
            return delete_own_files(removed, records.values(), self._paths.models) if removed and delete_files else ()

        deleted = self._shelf.change(change)
        self._measured.pop(model_id, None)
        return deleted

    def _require_present(self, record: ShelfRecord) -> None:
        is_starter = record.model_id == self.starter_id
        require_present(
            record,
            quarantine_folder=self._paths.quarantine,
            next_step=self._starter.next_step if is_starter else Statement("model.put_back"),
        )

    def _pinned(self, record: ShelfRecord, measured: Sequence[Measured], source: str) -> ModelEntry:
        parts = tuple(
            dataclasses.replace(part, sha256=found.digest, size=found.fingerprint.size)
            for part, found in zip(record.parts, measured, strict=True)
        )
        note = verified_now(tuple(found.fingerprint for found in measured))
        pinned = dataclasses.replace(record, parts=parts, source=source, verified=note, mismatch=None)

        def change(records: dict[str, ShelfRecord]) -> None:
            # Hashing takes long: another process may have pinned it, given it other files or taken it off meanwhile.
            current = records.get(record.model_id)
            if current is None:
                raise unknown_model(record.model_id, records)
            require_unknown(current)
            if current.paths != record.paths:
                raise not_the_digest(current, None)
            records[record.model_id] = pinned

        self._shelf.change(change)
        self._measured.pop(record.model_id, None)
        return entry_of(pinned)

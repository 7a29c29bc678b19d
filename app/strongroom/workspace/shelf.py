# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The models of a workspace as a door handles them: found, put on the shelf, vouched for, verified, taken off.

What happens to a model's digest is recorded. Loading is not done here: see :mod:`strongroom.hosting.model_pool`.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from strongroom.core.errors import UserFacingError
from strongroom.core.events import Listener, Phase, PhaseProgressed
from strongroom.core.hub import Download, DownloadState
from strongroom.core.incident import IncidentEvent
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.hosting import ModelPool, open_recorded
from strongroom.hub import Hub
from strongroom.incidents import IncidentRecorder
from strongroom.jobs import Job, JobQueue
from strongroom.models import Candidate, FoundSoFar, ModelLibrary, discover
from strongroom.workspace.verification import Verification

_LOG = logging.getLogger(__name__)


class Shelf:
    """The known models. Safe to use from several threads.

    Args:
        library: Where they are written down.
        hub: Asked about a model's digest.
        models: Has those that are loaded.
        recorder: Takes incidents.
        jobs: Where verifying is a job among others.
    """

    def __init__(
        self, library: ModelLibrary, hub: Hub, models: ModelPool, recorder: IncidentRecorder, jobs: JobQueue
    ) -> None:
        self._library = library
        self._hub = hub
        self._models = models
        self._recorder = recorder
        self._verification = Verification(jobs, self._verify)

    @property
    def starter_id(self) -> str:
        """The model that comes with the app."""
        return self._library.starter_id

    def entries(self) -> list[ModelEntry]:
        """Return every known model, the starter model first."""
        return self._library.entries()

    def import_file(self, path: Path, *, copy: bool = False) -> ModelEntry:
        """Put a file on the shelf, in place or as a copy. It is not loaded until its digest is pinned.

        Raises:
            UserFacingError: The file is not a model file or cannot be read.
        """
        return self._library.import_file(path, copy=copy)

    def discover(
        self, folder: Path, *, on_progress: FoundSoFar | None = None, cancel: threading.Event | None = None
    ) -> list[Candidate]:
        """Return the models in a folder of any depth: the user's, or another program's. Nothing is changed.

        Raises:
            UserFacingError: The folder cannot be read, or there is too much in it.
            Cancelled: ``cancel`` was set.
        """
        return discover(folder, on_progress=on_progress, cancel=cancel)

    def import_candidates(self, candidates: Sequence[Candidate]) -> list[ModelEntry]:
        """Put found models on the shelf where they are, all or none.

        Raises:
            UserFacingError: One of them cannot be used.
        """
        return self._library.import_candidates(candidates)

    def remove(self, model_id: str, *, delete_files: bool = False) -> tuple[Path, ...]:
        """Take a model off the shelf; return the files that were deleted, which only those of the data folder can be.

        Raises:
            UserFacingError: There is no such model, it is the starter model, it is in use, or a file cannot be deleted.
        """
        loaded = self._models.loaded
        is_chosen = loaded is not None and loaded.model_id == model_id
        if is_chosen or not self._models.release(model_id):
            raise UserFacingError("model.in_use", model=self._library.get(model_id).name)
        return self._library.remove(model_id, delete_files=delete_files)

    def verify(self, model_id: str, *, on_event: Listener, cancel: threading.Event) -> VerificationResult:
        """Hash a model's file now and compare.

        Raises:
            ModelRefused: It is not what was expected, or nobody vouches for it (its digest is in the refusal).
            Cancelled: ``cancel`` was set.
        """
        return self._verify(model_id, _verifying(on_event), cancel)

    def start_verifying(self, model_id: str) -> Job:
        """Begin to hash a model's file as a job, or go on with what was begun and is not done.

        Raises:
            UserFacingError: There is no such model, the job cannot be written down, or another process works on it.
        """
        return self._verification.start(self._library.get(model_id))

    def verify_as_job(self, model_id: str, *, on_event: Listener, cancel: threading.Event) -> VerificationResult:
        """Hash a model's file now and compare, as a job that can be paused, and wait for its end.

        Raises:
            ModelRefused: It is not what was expected, or nobody vouches for it (its digest is in the refusal).
            UserFacingError: What :meth:`start_verifying` raises.
            Cancelled: ``cancel`` was set, or the job was paused or cancelled elsewhere.
        """
        return self._verification.finish(self._library.get(model_id), on_event=on_event, cancel=cancel)

    def pin(self, model_id: str, digest: str) -> ModelEntry:
        """Take responsibility for the bytes with ``digest``; this is recorded.

        Raises:
            UserFacingError: There is no such model, or its publisher's digest is known and differs.
        """
        return self._recorded(self._library.pin(model_id, digest))

    def pin_from_checksum_file(
        self, model_id: str, file: Path, *, on_event: Listener, cancel: threading.Event
    ) -> ModelEntry:
        """Let a checksum file vouch for a model of unknown digest, after hashing it; this is recorded.

        Raises:
            ModelRefused: Its bytes are not the ones that the file names.
            UserFacingError: The file does not name them, or a digest is known already.
            Cancelled: ``cancel`` was set.
        """
        on_progress = _verifying(on_event)
        return self._recorded(
            self._library.pin_from_checksum_file(model_id, file, on_progress=on_progress, cancel=cancel)
        )

    def pin_from_hub(
        self, model_id: str, repository: str, *, revision: str = "", on_event: Listener, cancel: threading.Event
    ) -> ModelEntry:
        """Look a model of unknown digest up in a hub's repository, after hashing it; a match is recorded.

        Raises:
            HubFault: The hub could not be asked, or has no such repository.
            ModelRefused: The repository has no file with these bytes.
            UserFacingError: A digest is known already.
            Cancelled: ``cancel`` was set.
        """
        described = self._hub.repository(repository, revision=revision, cancel=cancel)
        on_progress = _verifying(on_event)
        return self._recorded(
            self._library.pin_from_repository(model_id, described, on_progress=on_progress, cancel=cancel)
        )

    def record_mismatch(self, download: Download) -> None:
        """Make a download that did not match an incident, and no other; called on a thread of the hub."""
        if download.state is not DownloadState.MISMATCH:
            return
        try:
            self._recorder.record_event(
                IncidentEvent.VERIFY_MISMATCH,
                model=download.model.name,
                repository=download.repository,
                commit=download.commit,
                quarantined=True,
            )
        except UserFacingError:
            # Nothing of the download can be used either way, and its own state says so.
            _LOG.exception("a download that did not match could not be recorded")

    def _verify(
        self, model_id: str, on_progress: Callable[[int, int], None], cancel: threading.Event
    ) -> VerificationResult:
        entry = self._library.get(model_id)
        with open_recorded(self._library, entry, self._recorder, on_progress, cancel) as file:
            return file.result

    def _recorded(self, pinned: ModelEntry) -> ModelEntry:
        """Record who vouches for a model now, then return it."""
        self._recorder.record_event(
            IncidentEvent.VERIFY_PINNED,
            model_digest=pinned.expected_digest or "",
            model=pinned.model_id,
            source=pinned.source,
        )
        return pinned


def _verifying(on_event: Listener) -> Callable[[int, int], None]:
    """Return what tells a listener how far the hashing has come."""
    return lambda done, total: on_event(PhaseProgressed(Phase.VERIFYING, done, total))

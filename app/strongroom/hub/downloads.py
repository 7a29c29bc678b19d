# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's downloads: jobs of one kind, each with all the parts of its model.

A download is verified when each of its parts had the digest that the hub gave, in this run, and the shelf has taken
it; nothing of it is called ready before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import Download, DownloadState, RemoteModel, Repository
from strongroom.core.paths import DataPaths
from strongroom.hub.download_records import (
    KIND,
    DownloadPayload,
    DownloadResult,
    adopt_former_records,
    name_of,
)
from strongroom.hub.download_work import VERIFYING, DownloadWork, FetchFile
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.jobs import Job, JobQueue, JobState

Listener = Callable[[Download], None]
OnVerified = Callable[[Download, tuple[Path, ...]], str]
"""Takes a download whose parts have all been verified, and where they are; returns the id of the model on the shelf."""


def no_shelf(download: Download, paths: tuple[Path, ...]) -> str:  # noqa: ARG001
    """Leave a verified download where it is."""
    return ""


class Downloads:
    """All downloads of one data folder, as jobs of a queue. Thread-safe.

    Those that were under way when the app ended are there again, paused.

    Args:
        paths: The data folder.
        jobs: The queue; the kind of job that a download is is declared to it.
        fetch: Brings one file into its place, verified.
        on_verified: Puts a download on the shelf.
    """

    def __init__(self, paths: DataPaths, jobs: JobQueue, fetch: FetchFile, on_verified: OnVerified = no_shelf) -> None:
        self._jobs = jobs
        self._on_verified = on_verified
        self._kind = DownloadWork(paths, fetch, self._shelve).kind()
        notes = adopt_former_records(paths.downloads, jobs)
        jobs.declare(self._kind)
        self.notes = (*notes, *jobs.notes)
        """A note on each record that could not be read and was set aside."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Let ``listener`` know of every change, on the thread that made it; it must not wait for another thread.

        Returns:
            A function that ends the subscription.
        """

        def hear(job: Job) -> None:
            if job.kind == KIND and not job.is_discarded:
                listener(_download_of(job))

        return self._jobs.subscribe(hear)

    def all(self) -> tuple[Download, ...]:
        """Return all downloads as they are now, the oldest first."""
        return tuple(_download_of(job) for job in self._jobs.all(KIND))

    def start(self, repository: Repository, model: RemoteModel) -> Download:
        """Begin to download a model, or go on with the download of the same files at the same commit.

        Raises:
            HubFault: The hub gives no digest for a file, or the download cannot be written down.
            UserFacingError: Another process works on it (``hub.busy``).
        """
        if missing := [file.path for file in model.files if not file.sha256]:
            raise HubFault(FaultKind.NO_DIGEST, missing[0])
        payload = DownloadPayload(repository.repository, repository.commit, repository.license, model)
        with _said_of_downloads():
            for job in self._jobs.all(KIND):
                if job.state is not JobState.DONE and _is_of_same_files(job, payload):
                    return _download_of(self._jobs.resume(job.job_id))
            return _download_of(self._jobs.start(self._kind, payload, name=name_of(model)))

    def pause(self, download_id: str) -> Download:
        """Stop a download; what has arrived is kept. One that is not active stays as it is.

        Raises:
            UserFacingError: There is no such download (``hub.no_download``).
        """
        with _said_of_downloads():
            return _download_of(self._jobs.pause(download_id))

    def pause_all(self) -> None:
        """Stop all downloads that are active, as before going offline."""
        self._jobs.pause_all(KIND)

    def resume(self, download_id: str) -> Download:
        """Go on with a download that is paused or has failed; begin one again that did not match.

        Raises:
            UserFacingError: There is no such download (``hub.no_download``), or another process works on it
                (``hub.busy``).
            HubFault: The data folder cannot be written.
        """
        with _said_of_downloads():
            return _download_of(self._jobs.resume(download_id))

    def discard(self, download_id: str) -> None:
        """Forget a download and delete its unfinished parts; a verified file is never deleted.

        Raises:
            UserFacingError: There is no such download (``hub.no_download``), or another process works on it
                (``hub.busy``).
            HubFault: It cannot be deleted.
        """
        with _said_of_downloads():
            self._jobs.discard(download_id)

    def _shelve(self, job_id: str, payload: DownloadPayload, paths: tuple[Path, ...]) -> str:  # noqa: ARG002
        return self._on_verified(_download_of(self._jobs.get(job_id)), paths)


def _is_of_same_files(job: Job, payload: DownloadPayload) -> bool:
    known = job.payload
    return (
        isinstance(known, DownloadPayload)
        and (known.repository, known.commit) == (payload.repository, payload.commit)
        and known.model.files == payload.model.files
    )


def _download_of(job: Job) -> Download:
    """Return a job of this kind as a download."""
    payload, result = job.payload, job.result
    assert isinstance(payload, DownloadPayload)  # noqa: S101  # the queue lets no other payload be of this kind
    state = _state_of(job)
    return Download(
        download_id=job.job_id,
        repository=payload.repository,
        commit=payload.commit,
        model=payload.model,
        license=payload.license,
        state=state,
        done=job.progress.done,
        total=payload.model.size,
        bytes_per_second=job.rate if state is DownloadState.DOWNLOADING else 0.0,
        problem=job.problem,
        model_id=result.model_id if isinstance(result, DownloadResult) else "",
    )


_STATES = {
    JobState.WAITING: DownloadState.QUEUED,
    JobState.RUNNING: DownloadState.DOWNLOADING,
    JobState.PAUSED: DownloadState.PAUSED,
    JobState.INTERRUPTED: DownloadState.PAUSED,
    JobState.DONE: DownloadState.VERIFIED,
    JobState.FAILED: DownloadState.FAILED,
    JobState.CANCELLED: DownloadState.CANCELLED,
}


def _state_of(job: Job) -> DownloadState:
    if job.state is JobState.RUNNING and job.note == VERIFYING:
        return DownloadState.VERIFYING
    if job.state is JobState.FAILED and job.problem is not None and job.problem.code == f"hub.{FaultKind.MISMATCH}":
        return DownloadState.MISMATCH
    return _STATES[job.state]


@contextmanager
def _said_of_downloads() -> Iterator[None]:
    """Let what the queue refuses be said of downloads."""
    try:
        yield
    except UserFacingError as error:
        refusal = _REFUSALS.get(error.code)
        if refusal is None:
            raise
        raise refusal(error) from error


_REFUSALS: dict[str, Callable[[UserFacingError], UserFacingError]] = {
    "jobs.busy": lambda _: UserFacingError("hub.busy"),
    "jobs.unknown": lambda error: UserFacingError("hub.no_download", download_id=error.facts["job"]),
    "jobs.disk_full": lambda _: HubFault(FaultKind.DISK_FULL),
    "jobs.not_written": lambda error: HubFault(FaultKind.NOT_WRITTEN, str(error.facts["reason"])),
}

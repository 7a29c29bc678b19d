# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The work of a download: every part of a model fetched, verified, and put on the shelf."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import RemoteFile
from strongroom.core.paths import DataPaths
from strongroom.hub.download_records import KIND, DownloadPayload, DownloadResult
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.space import require_space
from strongroom.jobs import JobContext, JobKind, JobPostponed, Progress

OnStep = Callable[[int, bool], None]
"""Told how many bytes of the file have arrived or, with True, have been hashed."""

VERIFYING = "verifying"
"""What a download says while nothing arrives, since what is there is being hashed."""

MOST_AT_ONCE = 2
_MOST_HELPERS = 3
"""Helpers that one download may outlive before it gives up."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """One file to fetch, and its places on the disk."""

    repository: str
    commit: str
    file: RemoteFile
    part_file: Path
    folder: Path
    quarantine: Path
    lock_file: Path

    @property
    def target(self) -> Path:
        """Where the verified file lies."""
        return self.folder / self.file.path.rpartition("/")[2]


FetchFile = Callable[[FileJob, OnStep, threading.Event], None]
"""Brings a file into its place, verified, and returns.

Raises:
    HubFault: It failed.
    Cancelled: The event was set.
"""
Shelve = Callable[[str, DownloadPayload, tuple[Path, ...]], str]
"""Takes the id of a download whose parts have all been verified, what it is of, and where they are; returns the id of
the model on the shelf."""


class DownloadWork:
    """Does the downloads of one data folder; declares their kind.

    Args:
        paths: The data folder.
        fetch: Brings one file into its place, verified.
        shelve: Puts a download on the shelf.
    """

    def __init__(self, paths: DataPaths, fetch: FetchFile, shelve: Shelve) -> None:
        self._paths = paths
        self._fetch = fetch
        self._shelve = shelve

    def kind(self) -> JobKind[DownloadPayload, DownloadResult]:
        """Return the kind of job that a download is."""
        return JobKind(
            name=KIND,
            payload=DownloadPayload,
            result=DownloadResult,
            run=self._run,
            most_at_once=MOST_AT_ONCE,
            progress=self._progress,
            discard=self._discard,
        )

    def _run(self, context: JobContext[DownloadPayload]) -> DownloadResult:
        """Fetch every part; verified when each had the digest that the hub gave, in this run, and the shelf has it."""
        stop = context.cancelled
        files = self._files(context.job_id, context.payload)
        helpers = 1
        while True:
            before = _bytes_of(files)
            try:
                paths = self._fetch_all(context, files)
                context.say(VERIFYING)
                return DownloadResult(self._shelve(context.job_id, context.payload, paths))
            except UserFacingError as error:
                kind = error.kind if isinstance(error, HubFault) else None
                if stop.is_set() and kind is not FaultKind.MISMATCH:
                    # What fails because it was stopped is no failure; what is in quarantine is told all the same.
                    raise Cancelled from error
                if kind is FaultKind.OFFLINE:
                    raise JobPostponed(error) from error
                if kind is not FaultKind.HELPER_GONE or helpers >= _MOST_HELPERS:
                    raise
                helpers = helpers + 1 if _bytes_of(files) <= before else 1
            except OSError as error:
                if stop.is_set():
                    raise Cancelled from error
                raise HubFault(FaultKind.NOT_WRITTEN, error.strerror or "") from error

    def _fetch_all(self, context: JobContext[DownloadPayload], files: tuple[FileJob, ...]) -> tuple[Path, ...]:
        """Fetch every file, if all of them fit on the disk; return where they lie, each verified in this call."""
        (self._paths.downloads / context.job_id).mkdir(parents=True, exist_ok=True, mode=0o700)
        require_space(self._paths.downloads, sum(job.file.size - _bytes_there(job) for job in files))
        total = context.payload.model.size
        before = 0
        for job in files:
            start, size = before, job.file.size

            def on_step(done: int, is_verifying: bool, start: int = start, size: int = size) -> None:
                context.say(VERIFYING if is_verifying else "")
                context.report(start + min(done, size), total)

            self._fetch(job, on_step, context.cancelled)
            if context.cancelled.is_set():
                raise Cancelled
            before += size
        context.report(before, total)
        return tuple(job.target for job in files)

    def _files(self, job_id: str, payload: DownloadPayload) -> tuple[FileJob, ...]:
        paths = self._paths
        return tuple(
            FileJob(
                repository=payload.repository,
                commit=payload.commit,
                file=file,
                part_file=paths.downloads / job_id / f"{place:03}.part",
                folder=paths.downloaded_models / file.sha256,
                quarantine=paths.quarantine,
                # Whoever writes the file with this digest holds it.
                lock_file=paths.downloads / f"{file.sha256}.lock",
            )
            for place, file in enumerate(payload.model.files)
        )

    def _progress(self, job_id: str, payload: DownloadPayload) -> Progress:
        return Progress(_bytes_of(self._files(job_id, payload)), payload.model.size)

    def _discard(self, job_id: str, payload: DownloadPayload) -> None:  # noqa: ARG002
        """Delete the unfinished parts; a verified file is never deleted."""
        parts = self._paths.downloads / job_id
        for file in parts.glob("*.part"):
            file.unlink(missing_ok=True)
        # What else is left could not be moved to quarantine: it stays.
        with contextlib.suppress(OSError):
            parts.rmdir()


def _bytes_of(files: tuple[FileJob, ...]) -> int:
    return sum(map(_bytes_there, files))


def _bytes_there(job: FileJob) -> int:
    """Return how much of a file is on the disk, as far as names and sizes tell."""
    try:
        return min(job.part_file.stat().st_size, job.file.size)
    except OSError:
        pass
    try:
        return job.file.size if job.target.stat().st_size == job.file.size else 0
    except OSError:
        return 0

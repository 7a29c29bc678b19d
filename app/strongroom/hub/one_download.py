# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One download as the app keeps it while it runs: where it stands, and where its files are and go."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import Download, DownloadState, RemoteFile, RemoteModel, Repository
from strongroom.core.paths import DataPaths
from strongroom.hub.download_records import MOST_SENTENCE, DownloadRecord, DownloadRecords
from strongroom.hub.space import require_space
from strongroom.hub.speed import SpeedMeter

OnStep = Callable[[int, bool], None]
"""Told how many bytes of the file have arrived or, with True, have been hashed."""


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
Stage = tuple[DownloadState, UserFacingError | None, str]
"""How a run has ended: the state, why it is not verified, and the model's id on the shelf."""

_ACTIVE = (DownloadState.QUEUED, DownloadState.DOWNLOADING, DownloadState.VERIFYING)


class OneDownload:
    """Changed under the lock of its owner only, except where it says otherwise.

    Args:
        record: What is on disk of it.
        records: Where that is.
        paths: The data folder.
    """

    def __init__(self, record: DownloadRecord, records: DownloadRecords, paths: DataPaths) -> None:
        self._record = record
        self._records = records
        self._disk = paths.downloads
        self._jobs = tuple(
            FileJob(
                repository=record.repository,
                commit=record.commit,
                file=file,
                part_file=records.part_file(record.download_id, place),
                folder=paths.downloaded_models / file.sha256,
                quarantine=paths.quarantine,
                lock_file=records.lock_file(file.sha256),
            )
            for place, file in enumerate(record.model.files)
        )
        self._speed = SpeedMeter()
        self._claim: int | None = None
        self.state = record.state
        self.done = 0
        self.count()
        self.stop = threading.Event()
        """Ends the run that it was made for."""
        self.is_discarded = False
        self.told: Download | None = None
        self.saved = record

    @property
    def download_id(self) -> str:
        """Its id."""
        return self._record.download_id

    @property
    def is_active(self) -> bool:
        """Whether something is being done or about to be done."""
        return self.state in _ACTIVE

    def is_of(self, repository: Repository, model: RemoteModel) -> bool:
        """Whether this is a download of the very same files."""
        record = self._record
        return (record.repository, record.commit) == (repository.repository, repository.commit) and (
            record.model.files == model.files
        )

    def snapshot(self) -> Download:
        """Return how it stands."""
        record = self._record
        is_arriving = self.state is DownloadState.DOWNLOADING
        return Download(
            download_id=record.download_id,
            repository=record.repository,
            commit=record.commit,
            model=record.model,
            license=record.license,
            state=self.state,
            done=self.done,
            total=record.model.size,
            bytes_per_second=self._speed.value(time.monotonic()) if is_arriving else 0.0,
            reason=record.reason,
            next_step=record.next_step,
            code=record.code,
            model_id=record.model_id,
        )

    def record(self) -> DownloadRecord:
        """Return what is to be on disk: an active download is one that will be paused when the app has ended."""
        return replace(self._record, state=DownloadState.PAUSED if self.is_active else self.state)

    def queue(self) -> None:
        """Let it wait for its turn, with a clean sheet."""
        self.rest(DownloadState.QUEUED)
        self.count()

    def begin(self) -> threading.Event:
        """Let its turn begin; return the event that ends it."""
        self.state = DownloadState.DOWNLOADING
        self.stop = threading.Event()
        return self.stop

    def rest(self, state: DownloadState, problem: UserFacingError | None = None, model_id: str = "") -> None:
        """Put it into a state in which nothing arrives."""
        self.state = state
        self._speed.forget()
        self._record = replace(
            self._record,
            reason=_writable(problem.message) if problem is not None else "",
            next_step=_writable(problem.next_step) if problem is not None else "",
            code=problem.code if problem is not None else "",
            model_id=model_id,
        )

    def count(self) -> None:
        """Take note of what is on the disk, once nobody writes any more."""
        is_complete = self.state is DownloadState.VERIFIED
        self.done = self._record.model.size if is_complete else sum(map(_bytes_there, self._jobs))

    def claim(self) -> bool:
        """Make sure that no other process works on it; say whether that worked.

        Raises:
            OSError: The claim cannot be written down.
        """
        if self._claim is None:
            self._claim = self._records.claim(self.download_id)
        return self._claim is not None

    def release(self) -> None:
        """Let other processes work on it."""
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    def fetch_all(self, fetch: FetchFile, stop: threading.Event, on_step: OnStep) -> tuple[Path, ...]:
        """Fetch every file, if all of them fit on the disk; return where they lie, each verified in this call.

        Needs no lock.

        Args:
            fetch: Fetches one.
            stop: Ends it.
            on_step: Told the bytes of the whole download.

        Raises:
            HubFault: A file could not be fetched.
            Cancelled: ``stop`` was set.
        """
        require_space(self._disk, sum(job.file.size - _bytes_there(job) for job in self._jobs))
        before = 0
        for job in self._jobs:
            start, size = before, job.file.size
            fetch(job, lambda done, is_verifying: on_step(start + min(done, size), is_verifying), stop)  # noqa: B023
            if stop.is_set():
                raise Cancelled
            before += size
        on_step(before, True)
        return tuple(job.target for job in self._jobs)

    def advance(self, done: int, *, is_verifying: bool) -> None:
        """Take note of progress."""
        self.done = done
        if is_verifying:
            self._speed.forget()
        else:
            self._speed.note(time.monotonic(), done)
        self.state = DownloadState.VERIFYING if is_verifying else DownloadState.DOWNLOADING


def _writable(text: str) -> str:
    """Return a sentence as a record can hold it: a file's name in it may be no whole Unicode text."""
    return text.encode("utf-8", "replace").decode()[:MOST_SENTENCE]


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

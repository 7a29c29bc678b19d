# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's downloads: a queue, at most two at once, each with all the parts of its model.

A download is verified when each of its parts had the digest that the hub gave, in this run, and the shelf has taken
it; nothing of it is called ready before. Every state is on the disk before anybody is told of it.
"""

import contextlib
import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path

from strongroom.core.clock import utc_now
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import Download, DownloadState, RemoteModel, Repository
from strongroom.core.paths import DataPaths
from strongroom.hub.download_records import RECORD_VERSION, DownloadRecord, DownloadRecords, new_id
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.one_download import FetchFile, OneDownload, Stage

Listener = Callable[[Download], None]
OnVerified = Callable[[Download, tuple[Path, ...]], str]
"""Takes a download whose parts have all been verified, and where they are; returns the id of the model on the shelf."""

MOST_AT_ONCE = 2
_MOST_HELPERS = 3
"""Helpers that one download may outlive before it gives up."""
_BEAT_S = 1.0
_END_LIMIT_S = 3.0


def no_shelf(download: Download, paths: tuple[Path, ...]) -> str:  # noqa: ARG001
    """Leave a verified download where it is."""
    return ""


class Downloads:
    """All downloads of one data folder. Thread-safe.

    Those that were under way when the app ended are there again, paused.

    Args:
        paths: The data folder.
        fetch: Brings one file into its place, verified.
        on_verified: Puts a download on the shelf.
    """

    def __init__(self, paths: DataPaths, fetch: FetchFile, on_verified: OnVerified = no_shelf) -> None:
        self._paths = paths
        self._fetch = fetch
        self._on_verified = on_verified
        self._records = DownloadRecords(paths.downloads)
        self._lock = threading.Condition()
        """Guards everything below; never held while somebody is told something."""
        self._telling = threading.RLock()
        """Held from looking at a download until all were told, so that nobody hears an older state last."""
        self._listeners: list[Listener] = []
        self._queue: list[OneDownload] = []
        self._threads: dict[OneDownload, threading.Thread] = {}
        self._beat: threading.Thread | None = None
        self._is_closed = False
        records, self._notes = self._records.read()
        self._all = {record.download_id: OneDownload(record, self._records, paths) for record in records}

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each record that could not be read and was set aside."""
        return self._notes

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Let ``listener`` know of every change, on the thread that made it; it must not wait for another thread.

        Returns:
            A function that ends the subscription.
        """
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def all(self) -> tuple[Download, ...]:
        """Return all downloads as they are now, the oldest first."""
        with self._lock:
            return tuple(one.snapshot() for one in self._all.values())

    def start(self, repository: Repository, model: RemoteModel) -> Download:
        """Begin to download a model, or go on with the download of the same files at the same commit.

        Raises:
            HubFault: The hub gives no digest for a file, or the download cannot be written down.
            UserFacingError: Another process works on it (``hub.busy``).
        """
        if missing := [file.path for file in model.files if not file.sha256]:
            raise HubFault(FaultKind.NO_DIGEST, missing[0])
        with self._lock:
            for one in self._all.values():
                if one.is_of(repository, model) and one.state is not DownloadState.VERIFIED:
                    download_id = one.download_id
                    break
            else:
                download_id = self._add(repository, model)
        return self.resume(download_id)

    def pause(self, download_id: str) -> Download:
        """Stop a download; what has arrived is kept. One that is not active stays as it is.

        Raises:
            UserFacingError: There is no such download (``hub.no_download``).
        """
        with self._lock:
            one = self._one(download_id)
            if one.is_active:
                one.stop.set()
                one.rest(DownloadState.PAUSED)
                if one in self._queue:
                    self._queue.remove(one)
                if one not in self._threads:
                    one.release()
        return self._tell(one)

    def pause_all(self) -> None:
        """Stop all downloads that are active, as before going offline."""
        with self._lock:
            active = [one.download_id for one in self._all.values() if one.is_active]
        for download_id in active:
            with contextlib.suppress(UserFacingError):
                self.pause(download_id)

    def resume(self, download_id: str) -> Download:
        """Go on with a download that is paused or has failed; begin one again that did not match.

        Raises:
            UserFacingError: There is no such download (``hub.no_download``), or another process works on it
                (``hub.busy``).
            HubFault: The data folder cannot be written.
        """
        with self._lock:
            one = self._one(download_id)
            if not one.is_active and one.state is not DownloadState.VERIFIED:
                try:
                    is_ours = one.claim()
                except OSError as error:
                    raise HubFault(FaultKind.NOT_WRITTEN, error.strerror or "") from error
                if not is_ours:
                    raise _busy()
                one.queue()
                self._queue.append(one)
        download = self._tell(one)
        self._start_next()
        return download

    def discard(self, download_id: str) -> None:
        """Forget a download and delete its unfinished parts; a verified file is never deleted.

        Raises:
            UserFacingError: There is no such download (``hub.no_download``), or another process works on it
                (``hub.busy``).
            HubFault: It cannot be deleted.
        """
        with self._lock:
            one = self._one(download_id)
            try:
                if not one.claim():
                    raise _busy()
                one.stop.set()
                if one not in self._threads:
                    self._records.remove(download_id)
                    one.release()
            except OSError as error:
                raise HubFault(FaultKind.NOT_WRITTEN, error.strerror or "") from error
            # The run that still goes on removes it at its end.
            one.is_discarded = True
            if one in self._queue:
                self._queue.remove(one)
            del self._all[download_id]

    def close(self) -> None:
        """Stop everything. Downloads under way are paused when the data folder is opened again."""
        with self._lock:
            self._is_closed = True
            self._queue.clear()
            for one in self._all.values():
                one.stop.set()
            threads = [*self._threads.values(), *([self._beat] if self._beat is not None else [])]
            self._lock.notify_all()
        deadline = time.monotonic() + _END_LIMIT_S
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            for one in self._all.values():
                if one not in self._threads:
                    one.release()

    def _add(self, repository: Repository, model: RemoteModel) -> str:
        record = DownloadRecord(
            version=RECORD_VERSION,
            download_id=new_id(),
            created_at=utc_now(),
            repository=repository.repository,
            commit=repository.commit,
            license=repository.license,
            model=model,
        )
        try:
            self._records.put(record)
        except OSError as error:
            kind = FaultKind.DISK_FULL if error.errno == errno.ENOSPC else FaultKind.NOT_WRITTEN
            raise HubFault(kind, error.strerror or "") from error
        self._all[record.download_id] = OneDownload(record, self._records, self._paths)
        return record.download_id

    def _one(self, download_id: str) -> OneDownload:
        try:
            return self._all[download_id]
        except KeyError:
            raise UserFacingError(
                "No such download",
                f"There is no download {download_id!r}.",
                "Look at the list of downloads.",
                code="hub.no_download",
            ) from None

    def _start_next(self) -> None:
        with self._lock:
            # One that was paused and resumed waits until its former run has ended.
            for one in [one for one in self._queue if one not in self._threads]:
                if len(self._threads) >= MOST_AT_ONCE or self._is_closed:
                    return
                self._queue.remove(one)
                thread = threading.Thread(
                    target=self._run, args=(one, one.begin()), name=f"download-{one.download_id}", daemon=True
                )
                self._threads[one] = thread
                if self._beat is None:
                    self._beat = threading.Thread(target=self._keep_telling, name="download-beat", daemon=True)
                    self._beat.start()
                thread.start()

    def _run(self, one: OneDownload, stop: threading.Event) -> None:
        try:
            self._tell(one)
            outcome = self._outcome(one, stop)
            with self._lock:
                # Who paused it has told how it stands. What the shelf has, or quarantine, is told all the same.
                if not stop.is_set() or outcome[0] in (DownloadState.VERIFIED, DownloadState.MISMATCH):
                    one.rest(*outcome)
                    one.count()
                    if one in self._queue:
                        self._queue.remove(one)
        finally:
            self._end(one)
            self._start_next()
            self._tell(one)

    def _end(self, one: OneDownload) -> None:
        with self._lock:
            del self._threads[one]
            if one in self._queue:
                return
            if one.is_discarded:
                with contextlib.suppress(OSError):
                    self._records.remove(one.download_id)
            elif one.is_active:
                # The app ends, or the thread does by a defect, which it reports.
                one.rest(DownloadState.PAUSED)
            one.count()
            one.release()

    def _outcome(self, one: OneDownload, stop: threading.Event) -> Stage:
        def on_step(done: int, is_verifying: bool) -> None:
            with self._lock:
                if stop.is_set():
                    return
                one.advance(done, is_verifying=is_verifying)
            self._tell(one)

        helpers = 1
        while True:
            before = one.done
            try:
                paths = one.fetch_all(self._fetch, stop, on_step)
                return DownloadState.VERIFIED, None, self._on_verified(one.snapshot(), paths)
            except Cancelled:
                return DownloadState.PAUSED, None, ""
            except HubFault as fault:
                if fault.kind is FaultKind.HELPER_GONE and helpers < _MOST_HELPERS and not stop.is_set():
                    helpers = helpers + 1 if one.done <= before else 1
                    continue
                return _STATES.get(fault.kind, DownloadState.FAILED), fault, ""
            except UserFacingError as error:
                return DownloadState.FAILED, error, ""
            except OSError as error:
                return DownloadState.FAILED, HubFault(FaultKind.NOT_WRITTEN, error.strerror or ""), ""

    def _keep_telling(self) -> None:
        """Tell how slow a download has become of which nothing is heard."""
        while True:
            with self._lock:
                if self._lock.wait_for(lambda: self._is_closed, _BEAT_S):
                    return
                running = list(self._threads)
            for one in running:
                self._tell(one)

    def _tell(self, one: OneDownload) -> Download:
        """Write down and tell how a download stands, if that is news; return it."""
        with self._telling:
            with self._lock:
                download = one.snapshot()
                if one.is_discarded:
                    return download
                is_news = one.told != download
                one.told = download
                record = one.record()
                listeners = list(self._listeners)
            if record != one.saved:
                one.saved = record
                # A disk that is full is no reason to hide why the download has ended; the next run finds it paused.
                with contextlib.suppress(OSError):
                    self._records.put(record)
            if is_news:
                for listener in listeners:
                    listener(download)
            return download


_STATES = {FaultKind.MISMATCH: DownloadState.MISMATCH, FaultKind.OFFLINE: DownloadState.PAUSED}


def _busy() -> UserFacingError:
    return UserFacingError(
        "Download in use",
        "Another window or terminal of the app works on this download.",
        "Go on there, or close it and try again.",
        code="hub.busy",
    )

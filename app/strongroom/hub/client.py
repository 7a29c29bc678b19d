# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The hub room's door: search, look at a repository, read a file's header, download."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from strongroom.confinement.spawning import Spawner
from strongroom.core.egress import EgressEntry
from strongroom.core.hub import Download, RemoteModel, Repository, RepositorySummary, SearchQuery
from strongroom.core.isolation import Attempt, Confinement
from strongroom.core.line_messages import Message, ProtocolBreach, Refused
from strongroom.core.paths import DataPaths
from strongroom.core.statement import Statement
from strongroom.hub.downloads import Downloads, Listener, OnVerified, no_shelf
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.fetching import Fetcher
from strongroom.hub.helper_link import HelperLink
from strongroom.hub.ledger import RequestLedger
from strongroom.hub.options import HubOptions
from strongroom.hub.pending_request import header_bytes
from strongroom.hub.protocol import (
    MOST_RESULTS,
    Answer,
    Found,
    HeaderPart,
    Open,
    Opened,
    Question,
    ReadHeader,
    Search,
)
from strongroom.hub.remote_values import check_repository, check_revision
from strongroom.jobs import JobQueue
from strongroom.processes.messages import Probe, Probed

_MOST_TEXT = 300
_MOST_NAME = 100


class Hub:
    """What the app asks of a hub, through the helper process. Thread-safe; one per workspace.

    The helper starts when something is asked for the first time, and again when it has ended. While offline there is
    none.

    Args:
        paths: The data folder.
        options: How the hub is to be reached.
        command: Another command line than the app's own helper.
        jobs: Where downloads are jobs among others; without it, they are jobs of a queue of their own.
        on_verified: Puts a download on the shelf, before it is called verified.
        ledger: Keeps each HTTP request before it is made; without one, they are remembered in memory only.
        spawner: Starts the helper; without one, the system's own for helpers does.
        admit: Called with what holds around a helper before anything is asked of it. A UserFacingError that it raises
            is the answer to what was to be asked.
    """

    def __init__(
        self,
        paths: DataPaths,
        options: HubOptions,
        *,
        command: Sequence[str] | None = None,
        jobs: JobQueue | None = None,
        on_verified: OnVerified = no_shelf,
        ledger: RequestLedger | None = None,
        spawner: Spawner | None = None,
        admit: Callable[[Confinement], None] = lambda _: None,
    ) -> None:
        self._link = HelperLink(
            options,
            paths.root / "hub",
            command=command,
            ledger=ledger,
            spawner=spawner,
            folders=(paths.downloaded_models, paths.downloads, paths.quarantine),
            admit=admit,
        )
        self._jobs = jobs if jobs is not None else JobQueue(paths.jobs)
        self._is_jobs_own = jobs is None
        self._downloads = Downloads(paths, self._jobs, Fetcher(self._link), on_verified)

    @property
    def is_offline(self) -> bool:
        """Whether nothing is asked of a hub."""
        return self._link.is_offline

    @property
    def requests(self) -> int:
        """How many HTTP requests the helper has made or begun, since the start."""
        return self._link.requests

    @property
    def remembered_requests(self) -> tuple[EgressEntry, ...]:
        """The last HTTP requests with their reasons, the oldest first."""
        return self._link.remembered_requests

    @property
    def process_id(self) -> int | None:
        """The helper's process number; None while none runs."""
        return self._link.process_id

    @property
    def confinement(self) -> Confinement | None:
        """What holds around the running helper; None while none runs, or before it has said so."""
        return self._link.confinement

    def probe(self, private: Sequence[Path], *, cancel: threading.Event) -> tuple[Attempt, ...]:
        """Let the helper try, now, what it should not be able to do; it is started for that if none runs.

        Args:
            private: Files of the app that it must not be able to read.
            cancel: Ends the waiting.

        Raises:
            HubFault: Nothing may be asked of a hub, or the helper is gone.
            Cancelled: ``cancel`` was set.
        """
        answer = self._ask(lambda request, _token: Probe.of(request, private), cancel)
        assert isinstance(answer, Probed)  # noqa: S101  # the reader lets nothing else through
        return answer.untrusted_attempts

    def search(self, query: SearchQuery, *, cancel: threading.Event) -> tuple[RepositorySummary, ...]:
        """Return repositories with GGUF models, in the query's order.

        Raises:
            HubFault: The hub could not be asked.
            Cancelled: ``cancel`` was set.
        """
        answer = self._ask(
            lambda request, token: Search(
                request=request,
                text=_plain(query.text, _MOST_TEXT),
                author=_plain(query.author, _MOST_NAME),
                license=_plain(query.license, _MOST_NAME),
                most_parameters=query.most_parameters,
                sort=query.sort,
                limit=min(max(query.limit, 1), MOST_RESULTS),
                token=token,
            ),
            cancel,
        )
        assert isinstance(answer, Found)  # noqa: S101  # the reader lets nothing else through
        return answer.results

    def repository(self, name: str, *, revision: str = "", cancel: threading.Event) -> Repository:
        """Return a repository at the commit that ``revision`` names now.

        Args:
            name: ``author/name``.
            revision: A branch, a tag or a commit; empty for the main branch.
            cancel: Ends the request.

        Raises:
            HubFault: The hub could not be asked, or has no such repository.
            Cancelled: ``cancel`` was set.
        """
        try:
            check_repository(name)
            check_revision(revision)
        except Refused as refusal:
            raise HubFault(FaultKind.NOT_FOUND, Statement("hub.detail.not_entered", wanted=str(refusal))) from None
        answer = self._ask(lambda request, token: Open(request, name, revision, token), cancel)
        assert isinstance(answer, Opened)  # noqa: S101  # the reader lets nothing else through
        if answer.repository.repository != name:
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.other_repository"))
        return answer.repository

    def header(self, repository: Repository, model: RemoteModel, *, cancel: threading.Event) -> bytes:
        """Return the first bytes of a model's first file, as many as its GGUF header has.

        Raises:
            HubFault: The hub could not be asked, or the file has no GGUF header of a size that the app reads.
            Cancelled: ``cancel`` was set.
        """
        first = model.files[0]
        header = bytearray()

        def gather(step: Message) -> None:
            if isinstance(step, HeaderPart):
                header.extend(header_bytes(step))

        self._ask(
            lambda request, token: ReadHeader(
                request, repository.repository, repository.commit, first.path, first.size, token
            ),
            cancel,
            gather,
        )
        return bytes(header)

    def start(self, repository: Repository, model: RemoteModel) -> Download:
        """Begin to download a model, or go on with the download of the same files at the same commit.

        Raises:
            HubFault: The app is offline, the hub gives no digest for a file, or the disk cannot be written.
            UserFacingError: Another process works on it (``hub.busy``).
        """
        self._link.require_online()
        return self._downloads.start(repository, model)

    def downloads(self) -> tuple[Download, ...]:
        """Return all downloads, the oldest first; those that an earlier run left unfinished are paused."""
        return self._downloads.all()

    @property
    def download_notes(self) -> tuple[Statement, ...]:
        """A note on each record of a download that could not be read and was set aside."""
        return self._downloads.notes

    def pause(self, download_id: str) -> Download:
        """Stop a download; what has arrived is kept.

        Raises:
            UserFacingError: There is no such download (``hub.no_download``).
        """
        return self._downloads.pause(download_id)

    def resume(self, download_id: str) -> Download:
        """Go on with a download that is paused or has failed; begin one again that did not match.

        Raises:
            HubFault: The app is offline, or the disk cannot be written.
            UserFacingError: There is no such download (``hub.no_download``), or another process works on it
                (``hub.busy``).
        """
        self._link.require_online()
        return self._downloads.resume(download_id)

    def discard(self, download_id: str) -> None:
        """Forget a download and delete its unfinished parts; a verified file is never deleted.

        Raises:
            HubFault: The disk cannot be written.
            UserFacingError: There is no such download (``hub.no_download``), or another process works on it
                (``hub.busy``).
        """
        self._downloads.discard(download_id)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Let ``listener`` know of each change of a download, on the thread that made it; it must not wait.

        Returns:
            A function that ends the subscription.
        """
        return self._downloads.subscribe(listener)

    def use(self, options: HubOptions) -> None:
        """Reach the hub in another way from now on; going offline pauses downloads and ends what is under way."""
        self._link.use(options)
        if options.is_offline or not options.is_allowed:
            self._downloads.pause_all()

    def close(self) -> None:
        """End the helper, and the downloads unless they are jobs of another's queue. May be called twice."""
        if self._is_jobs_own:
            self._jobs.close()
        self._link.close()

    def _ask(
        self,
        build: Callable[[int, str], Question],
        cancel: threading.Event,
        on_step: Callable[[Message], None] | None = None,
    ) -> Answer:
        try:
            pending = self._link.ask(build, cancel=cancel)
        except ProtocolBreach as breach:
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.not_askable", reason=breach.detail)) from None
        return pending.finish(cancel, on_step)


def _plain(text: str, most: int) -> str:
    """Return what was entered as it can be sent; half of a surrogate pair can come out of a clipboard."""
    return text.strip()[:most].encode("utf-8", "replace").decode()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The hub, seen from the window: searching, looking at a repository, downloading, being offline.

A new search takes the place of the one under way, and so does a new look at a repository: the former is cancelled, and
its answer is not shown. Nothing is asked of a hub unless somebody asked for it here.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from strongroom.core.errors import Cancelled
from strongroom.core.hub import Download, DownloadState, Repository, RepositorySummary, SearchQuery
from strongroom.core.settings import Settings
from strongroom.gui.background.latest_request import LatestRequest
from strongroom.gui.background.newest_feed import NewestFeed
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.storage import forget_hub_token, hub_token, keep_hub_token
from strongroom.workspace import QuantizationTable, TableRow, Workspace

T = TypeVar("T")

FLUSH_MS = 100


class HubDesk(QObject):
    """Asks the hub off the GUI thread, and follows the downloads.

    Signals:
        searching_changed: A search began or ended (:attr:`is_searching`).
        found: A tuple of :class:`~strongroom.core.hub.RepositorySummary`.
        search_failed: The exception that says why nothing was found; ``Cancelled`` when the user cancelled it.
        opening_changed: A look at a repository began or ended (:attr:`is_opening`).
        opened: The :class:`~strongroom.chat.QuantizationTable` of a repository.
        opening_failed: The exception that says why it is not shown; ``Cancelled`` when the user cancelled it.
        downloads_changed: Downloads began, moved on or went (:attr:`downloads`).
        ended: A :class:`~strongroom.core.hub.Download` that is verified, does not match or failed, once.
        network_changed: :attr:`is_offline` or :attr:`requests` changed.
        settings_changed: The :class:`~strongroom.core.settings.Settings` that are in force now.
        token_checked: Whether an access token is kept; None when the keyring did not say.
        token_kept: Where the new access token is kept.
        token_forgotten: Whether there was an access token.
        token_failed: The exception that says why the keyring did not do it.
        failed: Any other exception.
    """

    searching_changed = Signal()
    found = Signal(object)
    search_failed = Signal(object)
    opening_changed = Signal()
    opened = Signal(object)
    opening_failed = Signal(object)
    downloads_changed = Signal()
    ended = Signal(object)
    network_changed = Signal()
    settings_changed = Signal(object)
    token_checked = Signal(object)
    token_kept = Signal(str)
    token_forgotten = Signal(bool)
    token_failed = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._workspace: Workspace | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._search = LatestRequest(runner, self.searching_changed.emit)
        self._opening = LatestRequest(runner, self.opening_changed.emit)
        self._feed: NewestFeed[Download] = NewestFeed(lambda download: download.download_id)
        self._downloads: dict[str, Download] = {}
        self._discarded: set[str] = set()
        """What a thread of the hub may still say a last word about."""
        self._commands = 0
        self._timer = QTimer(self)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._on_tick)
        self.is_offline = False
        self.requests = 0
        self._network = (self.is_offline, self.requests, self.is_allowed)

    @property
    def downloads(self) -> Sequence[Download]:
        """Every download that is not done with, in the order in which they were begun."""
        done_with = (DownloadState.VERIFIED, DownloadState.CANCELLED)
        return [one for one in self._downloads.values() if one.state not in done_with]

    @property
    def is_searching(self) -> bool:
        """Whether a search is under way."""
        return self._search.is_running

    @property
    def is_opening(self) -> bool:
        """Whether a repository is being looked at."""
        return self._opening.is_running

    @property
    def is_allowed(self) -> bool:
        """Whether the policy in force lets the hub be asked at all; before it is known that is assumed."""
        if self._workspace is None:
            return True
        policy = self._workspace.policy
        return policy.refusal is None and policy.latest.policy.hub.is_allowed

    def attach(self, workspace: Workspace) -> None:
        """Begin: take note of the downloads that an earlier run left."""
        self._workspace = workspace
        self.network_changed.emit()
        self._unsubscribe = workspace.hub.subscribe(self._feed.post)
        self._command(workspace.hub.downloads, self._on_known)

    def close(self) -> None:
        """Stop asking, and hear nothing more. Downloads end with the workspace, and can be resumed."""
        self._timer.stop()
        self._search.cancel()
        self._opening.cancel()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._workspace = None

    def search(self, query: SearchQuery) -> None:
        """Search, in the place of a search that is under way."""
        if self._workspace is None:
            return
        catalog = self._workspace.catalog

        def operation(cancel: threading.Event) -> tuple[RepositorySummary, ...]:
            return catalog.search(query, cancel=cancel)

        self._search.start(operation, self.found.emit, self.search_failed.emit)
        self._keep_watching()

    def cancel_search(self) -> None:
        """Stop the search that is under way."""
        if self._search.cancel():
            self.search_failed.emit(Cancelled())

    def open(self, name: str) -> None:
        """Look at a repository, in the place of one that is being looked at."""
        if self._workspace is None:
            return
        catalog = self._workspace.catalog

        def operation(cancel: threading.Event) -> QuantizationTable:
            return catalog.table(name, cancel=cancel)

        self._opening.start(operation, self.opened.emit, self.opening_failed.emit)
        self._keep_watching()

    def cancel_opening(self) -> None:
        """Stop the look that is under way."""
        if self._opening.cancel():
            self.opening_failed.emit(Cancelled())

    def download(self, repository: Repository, row: TableRow) -> None:
        """Begin to download a row of a table."""
        if self._workspace is not None:
            catalog = self._workspace.catalog
            self._command(lambda: catalog.download(repository, row.model), self._on_begun)

    def pause(self, download_id: str) -> None:
        """Pause a download; what has arrived is kept."""
        if self._workspace is not None:
            hub = self._workspace.hub
            self._command(lambda: hub.pause(download_id), lambda _: None)

    def resume(self, download_id: str) -> None:
        """Go on with a download that was paused or failed."""
        if self._workspace is not None:
            hub = self._workspace.hub
            self._command(lambda: hub.resume(download_id), lambda _: None)

    def discard(self, download_id: str) -> None:
        """Drop a download and what has arrived of it; a verified model stays on the shelf."""
        if self._workspace is not None:
            hub = self._workspace.hub
            self._command(lambda: hub.discard(download_id), lambda _: self._on_discarded(download_id))

    def set_offline(self, *, is_offline: bool) -> None:
        """Fetch nothing from now on, or allow it again."""
        if self._workspace is None:
            return
        workspace = self._workspace

        def on_saved(settings: Settings) -> None:
            self.look_at_network()
            self.settings_changed.emit(settings)

        self._runner.store(lambda: workspace.change_settings(offline=is_offline), on_saved, self.failed.emit)
        self._keep_watching()

    def look_at_network(self) -> None:
        """Take note of how the hub is used now."""
        if self._workspace is None:
            return
        hub = self._workspace.hub
        state = (hub.is_offline, hub.requests, self.is_allowed)
        if state != self._network:
            self._network = state
            self.is_offline, self.requests, _ = state
            self.network_changed.emit()

    def check_token(self) -> None:
        """Find out whether an access token is kept."""
        self._runner.store(
            lambda: hub_token() is not None, self.token_checked.emit, lambda _: self.token_checked.emit(None)
        )

    def keep_token(self, token: str) -> None:
        """Keep an access token in the keyring."""
        self._runner.store(lambda: keep_hub_token(token), self.token_kept.emit, self.token_failed.emit)

    def forget_token(self) -> None:
        """Take the access token out of the keyring."""
        self._runner.store(forget_hub_token, self.token_forgotten.emit, self.token_failed.emit)

    def _command(self, operation: Callable[[], T], on_success: Callable[[T], None]) -> None:
        """Do something with downloads, off the GUI thread and in the order in which it was asked for."""
        self._commands += 1
        self._timer.start()

        def succeed(result: T) -> None:
            self._commands -= 1
            on_success(result)

        def fail(error: BaseException) -> None:
            self._commands -= 1
            self.failed.emit(error)

        self._runner.store(operation, succeed, fail)

    def _on_known(self, downloads: Sequence[Download]) -> None:
        for download in downloads:
            # What was heard meanwhile is newer.
            self._downloads.setdefault(download.download_id, download)
        self.downloads_changed.emit()

    def _on_begun(self, download: Download) -> None:
        self._on_known([download])

    def _on_discarded(self, download_id: str) -> None:
        self._discarded.add(download_id)
        if self._downloads.pop(download_id, None) is not None:
            self.downloads_changed.emit()

    def _keep_watching(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_tick(self) -> None:
        # Before the feed is read: what was posted before a command's end is seen by this very reading.
        is_idle = not (self._commands or self.is_searching or self.is_opening)
        self._take_changes()
        self.look_at_network()
        if is_idle and not any(one.is_active for one in self._downloads.values()):
            self._timer.stop()

    def _take_changes(self) -> None:
        changed = [one for one in self._feed.take() if one.download_id not in self._discarded]
        if not changed:
            return
        endings = (DownloadState.VERIFIED, DownloadState.MISMATCH, DownloadState.FAILED)
        ended = []
        for download in changed:
            former = self._downloads.get(download.download_id)
            self._downloads[download.download_id] = download
            if download.state in endings and (former is None or former.state is not download.state):
                ended.append(download)
        self.downloads_changed.emit()
        for download in ended:
            self.ended.emit(download)

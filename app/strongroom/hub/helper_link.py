# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's way to the helper: starts it on the first need and again when it has ended, never while Offline."""

import contextlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from strongroom.confinement.choosing import spawner_for
from strongroom.confinement.spawning import Spawner
from strongroom.core.egress import EgressEntry
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.isolation import Confinement, ProcessRole
from strongroom.core.statement import Statement
from strongroom.hub.addresses import require_endpoint
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.launch import ENDPOINT_VARIABLE, helper_command, helper_environment
from strongroom.hub.ledger import RememberedRequests, RequestLedger, ledger_fault
from strongroom.hub.options import HubOptions
from strongroom.hub.pending_request import PendingRequest
from strongroom.hub.process import HelperProcess, NobodyThere
from strongroom.hub.protocol import Configure, Question

_MOST_TOKEN_CHARACTERS = 1_024


class HelperLink:
    """Sends requests to the helper. Thread-safe.

    Args:
        options: How the hub is to be reached.
        folder: Where the library in the helper may believe its cache to be; nothing is kept there.
        command: Another command line than the app's own helper.
        ledger: Keeps each HTTP request before it is made; without one, they are remembered in memory only.
        spawner: Starts the helper; without one, the system's own for helpers does.
        folders: All that the helper may write to; made before it starts.
        admit: Called with what holds around a helper before anything is asked of it; what it raises is the answer.
    """

    def __init__(
        self,
        options: HubOptions,
        folder: Path,
        *,
        command: Sequence[str] | None = None,
        ledger: RequestLedger | None = None,
        spawner: Spawner | None = None,
        folders: Sequence[Path] = (),
        admit: Callable[[Confinement], None] = lambda _: None,
    ) -> None:
        self._options = options
        self._folder = folder
        self._command = list(command) if command is not None else helper_command()
        self._spawner = spawner
        self._folders = tuple(folders)
        self._granted: tuple[tuple[int, int], ...] = ()
        """Which folders on the disk the running helper may write to."""
        self._admit = admit
        self._admitted: HelperProcess | None = None
        self._is_closed = False
        self._process: HelperProcess | None = None
        self._lock = threading.Lock()
        self._requests = RememberedRequests(ledger)

    @property
    def is_offline(self) -> bool:
        """Whether nothing is asked of a hub."""
        return self._options.is_offline

    @property
    def requests(self) -> int:
        """How many HTTP requests the helper has made or begun, over all its lives."""
        return self._requests.count

    @property
    def remembered_requests(self) -> tuple[EgressEntry, ...]:
        """The last HTTP requests, the oldest first."""
        return self._requests.latest

    @property
    def process_id(self) -> int | None:
        """The running helper's number."""
        process = self._process
        return process.process_id if process is not None and process.is_alive else None

    @property
    def confinement(self) -> Confinement | None:
        """What holds around the running helper; None while none runs, or before it has said so."""
        process = self._process
        return process.confinement if process is not None and process.is_alive else None

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """The last lines of the last helper's standard error, made printable."""
        process = self._process
        return process.diagnostics if process is not None else ()

    def ask(self, build: Callable[[int, str], Question], *, cancel: threading.Event) -> PendingRequest:
        """Send a request, with a helper that is started now if there is none.

        Args:
            build: Makes the request with its number and the access token.
            cancel: Ends the waiting for room for one more request.

        Raises:
            HubFault: The app is offline or the helper cannot be used.
            Cancelled: ``cancel`` was set.
        """
        try:
            return self._ask_once(build, cancel)
        except NobodyThere:
            # It was killed, or ran out of memory, while nobody asked it for anything. Another one can be asked.
            pass
        try:
            return self._ask_once(build, cancel)
        except NobodyThere:
            raise HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.ends_at_once")) from None

    def use(self, options: HubOptions) -> None:
        """Reach the hub in another way from the next request on; what is under way ends where it would not be allowed.

        A helper that was started with other addresses or certificates ends.
        """
        with self._lock:
            former, self._options = self._options, options
            process = self._process
            is_elsewhere = (former.endpoint, former.ca_file) != (options.endpoint, options.ca_file)
            if is_elsewhere:
                # Not handed out any more: a token of these options is not for that hub.
                self._process = None
        if process is None:
            return
        if not options.is_allowed:
            process.end(HubFault(FaultKind.NOT_ALLOWED))
        elif options.is_offline:
            process.end(HubFault(FaultKind.OFFLINE))
        elif is_elsewhere:
            process.end(HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.settings_changed")))

    def close(self) -> None:
        """End the helper for good. May be called twice."""
        with self._lock:
            self._is_closed = True
            process = self._process
        if process is not None:
            process.end(HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.closing")))

    def require_online(self) -> None:
        """Return only while something may be asked of a hub.

        Raises:
            HubFault: The policy does not allow it, the app is offline or closing, or requests cannot be recorded.
        """
        if not self._options.is_allowed:
            raise HubFault(FaultKind.NOT_ALLOWED)
        if self._options.is_offline:
            raise HubFault(FaultKind.OFFLINE)
        if self._is_closed:
            raise HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.closing"))
        try:
            self._requests.require_sound()
        except UserFacingError as error:
            raise ledger_fault(error) from error

    def _ask_once(self, build: Callable[[int, str], Question], cancel: threading.Event) -> PendingRequest:
        process = None
        while process is None:
            self.require_online()
            options = self._options
            # Outside the lock: it may come from a keyring that asks the user.
            token = _checked_token(options)
            process = self._running_process(options)
        try:
            self._require_admitted(process, cancel)
            pending = process.ask(lambda number: build(number, token), cancel)
        except NobodyThere:
            self._forget(process)
            raise
        if pending is None:
            raise Cancelled
        return pending

    def _require_admitted(self, process: HelperProcess, cancel: threading.Event) -> None:
        """Return only when what holds around a helper is enough."""
        if process is self._admitted:
            return
        confinement = process.await_confinement(cancel)
        if confinement is None:
            raise Cancelled
        try:
            self._admit(confinement)
        except UserFacingError as error:
            fault = HubFault(FaultKind.NOT_ISOLATED, error.statement)
            process.end(fault)
            raise fault from error
        self._admitted = process

    def _forget(self, process: HelperProcess) -> None:
        with self._lock:
            if self._process is process:
                self._process = None

    def _running_process(self, options: HubOptions) -> HelperProcess | None:
        """Return a helper that was started with ``options``; None when these are no longer in use."""
        displaced = None
        with self._lock:
            # Again, now that nobody can go offline or close in between.
            self.require_online()
            if options is not self._options:
                return None
            if self._process is not None and self._granted != _identities(self._folders):
                displaced, self._process = self._process, None
            if self._process is None or not self._process.is_alive:
                chosen = options.endpoint or os.environ.get(ENDPOINT_VARIABLE, "")
                endpoint = require_endpoint(chosen) if chosen else ""
                environment = helper_environment(endpoint, self._folder)
                self._process = HelperProcess(
                    self._command,
                    environment,
                    self._configure(options),
                    self._requests,
                    self._spawner or self._spawner_here(options),
                )
            process = self._process
        if displaced is not None:
            # Somebody deleted or moved a folder: what has its name now is not the one that was granted.
            displaced.end(HubFault(FaultKind.HELPER_GONE, Statement("hub.detail.folder_replaced")))
        return process

    def _spawner_here(self, options: HubOptions) -> Spawner:
        readable = [Path(options.ca_file)] if options.ca_file else []
        return spawner_for(ProcessRole.HELPER, shelf=self._folders, readable=readable)

    def _configure(self, options: HubOptions) -> Configure:
        for folder in self._folders:
            # A helper can still search where nothing can be written.
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._granted = _identities(self._folders)
        return _configure(options, self._folders)


def _configure(options: HubOptions, folders: Sequence[Path]) -> Configure:
    patience = options.patience
    return Configure(
        ca_file=options.ca_file,
        connect_s=patience.connect_s,
        read_s=patience.read_s,
        first_wait_s=patience.first_wait_s,
        longest_wait_s=patience.longest_wait_s,
        idle_s=patience.idle_s,
        folders=tuple(map(str, folders)),
    )


def _identities(folders: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    found = []
    for folder in folders:
        with contextlib.suppress(OSError):
            status = folder.stat()
            found.append((status.st_dev, status.st_ino))
    return tuple(found)


def _checked_token(options: HubOptions) -> str:
    token = options.token() or ""
    if not (token.isascii() and token.isprintable()) or " " in token or len(token) > _MOST_TOKEN_CHARACTERS:
        raise HubFault(FaultKind.UNAUTHORIZED, Statement("hub.detail.odd_token"))
    return token

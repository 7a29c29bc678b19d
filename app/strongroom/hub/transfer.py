# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Downloads one file of a repository, in the helper: into a part file first, verified, then renamed into its folder.

What an earlier run left is hashed again before anything is added to it. Bytes that turned out not to be those of the
file are moved to quarantine, and never added to.
"""

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.durable import sync_folder
from strongroom.core.locking import open_lock_file, try_lock
from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.helper_request import HelperRequest
from strongroom.hub.http_rules import FileAnswer, HubClient
from strongroom.hub.options import Patience
from strongroom.hub.part_file import PartFile
from strongroom.hub.protocol import Fetch, FetchStep
from strongroom.hub.space import SPACE_RESERVE, require_space
from strongroom.models.digest import hash_descriptor
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.quarantine import quarantine

OpenFile = Callable[[int], AbstractContextManager[FileAnswer]]
"""Opens the file on the hub from this byte on."""
OnStep = Callable[[int, bool], None]
"""Told how many bytes have arrived or, with True, have been hashed."""

_STEP_INTERVAL_S = 0.1
_LOOK_S = 0.05
_MOST_FAILURES = 5
"""Attempts after an interruption that may bring nothing, one after another."""
_LEAST_PIECE = 64 * 1024
"""Bytes that an answer must bring, if it ends before the file does: no server is asked for a file byte by byte."""
_PASSING = (FaultKind.UNREACHABLE, FaultKind.STALLED, FaultKind.SERVER)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be downloaded, and where everything of it goes."""

    name: str
    """Of the file; the last step of its path in the repository."""
    size: int
    sha256: str
    part_file: Path
    folder: Path
    """For the verified file; on the part file's disk."""
    quarantine: Path
    """For bytes that are not those of the file."""
    lock_file: Path
    """Held while the file is written, so that each file has one writer among all processes."""

    @property
    def file(self) -> Path:
        """Where the verified file goes."""
        return self.folder / self.name


class Transfer:
    """One download of one file, for the request of the calling thread.

    Args:
        target: What and where.
        open_file: Where the bytes come from.
        on_step: Told the progress, at most ten times a second.
        patience: How long to wait between attempts.
        reserve: Bytes that must stay free on the disk.
    """

    def __init__(
        self,
        target: Target,
        open_file: OpenFile,
        on_step: OnStep,
        *,
        patience: Patience | None = None,
        reserve: int = SPACE_RESERVE,
    ) -> None:
        self._target = target
        self._open_file = open_file
        self._on_step = on_step
        self._patience = patience or Patience()
        self._reserve = reserve
        self._helper_request = HelperRequest.current()
        self._told_at = 0.0
        self._has_answered = False
        self._knows_ranges = True

    def run(self) -> Path:
        """Download the file, or what is missing of it, and return where it lies, verified and on the disk for good.

        Raises:
            HubFault: It failed. With ``mismatch`` the bytes are in quarantine; else what can be used again is kept.
            Cancelled: The request was stopped; what has arrived is kept.
        """
        try:
            self._target.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._target.part_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._turn():
                if self._is_there():
                    self._target.part_file.unlink(missing_ok=True)
                    return self._target.file
                with PartFile(self._target.part_file) as part:
                    self._complete(part)
                    self._verify(part)
                    self._publish(part)
                return self._target.file
        except OSError as error:
            raise _disk_fault(error) from error

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        descriptor = open_lock_file(self._target.lock_file)
        try:
            while not try_lock(descriptor):
                # Another process downloads the same file; when it is done, the file is there.
                self._helper_request.wait(_LOOK_S)
            yield
        finally:
            os.close(descriptor)

    def _is_there(self) -> bool:
        """Whether the verified file is in its place already; a file that is not it is moved to quarantine."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self._target.file, flags)
        except OSError:
            return False  # also a link: the verified file will replace it
        try:
            status = os.fstat(descriptor)
            if status.st_size == self._target.size and self._hash(descriptor) == self._target.sha256:
                return True
        finally:
            os.close(descriptor)
        quarantine(self._target.file, Fingerprint.of(status), self._target.quarantine)
        return False

    def _hash(self, descriptor: int) -> str:
        def on_progress(done: int, total: int) -> None:
            self._step(min(done, total), is_verifying=True)

        return hash_descriptor(descriptor, on_progress=on_progress, guard=self._helper_request.require_wanted)

    def _complete(self, part: PartFile) -> None:
        """Bring the part file to its full length."""
        if part.size_on_disk > self._target.size:
            raise self._mismatch(part, Statement("hub.detail.part_too_long"))
        part.rehash(self._on_rehashed)
        require_space(self._target.part_file.parent, self._target.size - part.length, self._reserve)
        failures = 0
        while part.length < self._target.size:
            before = part.length
            try:
                self._receive(part)
            except HubFault as fault:
                failures = 1 if part.length > before else failures + 1
                # What cannot be reached at all should be said at once; what has been reached may come back.
                if fault.kind not in _PASSING or not self._has_answered or failures > _MOST_FAILURES:
                    raise
                wait = self._patience.first_wait_s * 2 ** (failures - 1)
                self._helper_request.wait(min(wait, self._patience.longest_wait_s))

    def _on_rehashed(self, done: int) -> None:
        self._helper_request.require_wanted()
        self._step(min(done, self._target.size), is_verifying=True)

    def _receive(self, part: PartFile) -> None:
        """Take what one answer brings."""
        before = part.length
        with self._open_file(part.length if self._knows_ranges else 0) as answer:
            self._has_answered = True
            if answer.is_out_of_range:
                if not self._knows_ranges:
                    raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.out_of_range"))
                # The hub described bytes that it does not give; the whole file will show who is right.
                self._knows_ranges = False
                return
            if answer.total is not None and answer.total != self._target.size:
                detail = Statement("hub.detail.other_size", size=answer.total, expected=self._target.size)
                raise HubFault(FaultKind.BAD_ANSWER, detail)
            # A server that knows no ranges sends again what is there.
            to_skip = part.length - answer.start
            for chunk in answer.chunks:
                self._helper_request.require_wanted()
                new = chunk[to_skip:]
                to_skip -= len(chunk) - len(new)
                room = self._target.size - part.length
                part.append(new[:room])
                if len(new) > room:
                    raise self._mismatch(part, Statement("hub.detail.more_arrived"))
                self._step(part.length)
        if part.length < min(self._target.size, before + _LEAST_PIECE):
            raise HubFault(
                FaultKind.BAD_ANSWER, Statement("hub.detail.ends_early", length=part.length, size=self._target.size)
            )

    def _verify(self, part: PartFile) -> None:
        self._told_at = 0.0
        self._step(part.length, is_verifying=True)
        if part.hexdigest() != self._target.sha256:
            raise self._mismatch(part, Statement("hub.detail.digest_differs"))

    def _publish(self, part: PartFile) -> None:
        """Move the verified part file into its place."""
        part.sync()
        fingerprint = part.fingerprint
        # Windows does not rename an open file.
        part.close()
        if self._target.part_file.lstat().st_ino != fingerprint.inode:
            raise HubFault(FaultKind.MISMATCH, Statement("hub.detail.exchanged"))
        self._target.part_file.replace(self._target.file)
        for folder in (self._target.folder, self._target.folder.parent, self._target.part_file.parent):
            sync_folder(folder)

    def _mismatch(self, part: PartFile, detail: Statement) -> HubFault:
        fingerprint = part.fingerprint
        part.close()
        # Under the name of the file, so that it can be recognized among others.
        named = self._target.part_file.with_name(self._target.name)
        if os.path.lexists(named):
            named = self._target.part_file
        else:
            self._target.part_file.rename(named)
        if quarantine(named, fingerprint, self._target.quarantine) is None:
            detail = Statement("hub.detail.not_moved", detail=detail)
        return HubFault(FaultKind.MISMATCH, detail)

    def _step(self, done: int, *, is_verifying: bool = False) -> None:
        now = time.monotonic()
        if now - self._told_at >= _STEP_INTERVAL_S:
            self._told_at = now
            self._on_step(done, is_verifying)


def fetch(client: HubClient, request: Fetch, *, patience: Patience | None = None) -> Path:
    """Do what a :class:`Fetch` asks for, within the request of the calling thread; see :meth:`Transfer.run`."""
    helper_request = HelperRequest.current()
    target = Target(
        name=request.path.rpartition("/")[2],
        size=request.size,
        sha256=request.sha256,
        part_file=Path(request.part_file),
        folder=Path(request.folder),
        quarantine=Path(request.quarantine),
        lock_file=Path(request.lock_file),
    )

    def open_file(start: int) -> AbstractContextManager[FileAnswer]:
        return client.file(request.repository, request.commit, request.path, start=start)

    def on_step(done: int, is_verifying: bool) -> None:
        helper_request.say(FetchStep(request.request, done, is_verifying))

    return Transfer(target, open_file, on_step, patience=patience).run()


def _disk_fault(error: OSError) -> HubFault:
    if error.errno in _FULL:
        return HubFault(FaultKind.DISK_FULL, Statement("hub.detail.disk_full"))
    return HubFault(FaultKind.NOT_WRITTEN, error.strerror or "")

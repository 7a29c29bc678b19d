# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From a path to a descriptor whose bytes were hashed and that nobody is writing to.

The file is opened once. The lease comes first, then the hash of that very descriptor, then the comparison; what is
handed out is that descriptor. What the path means by then no longer matters.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from strongroom.core.clock import utc_now
from strongroom.core.statement import Statement
from strongroom.core.verification import VerificationResult, VerificationState
from strongroom.models.digest import FileGrew, Progress, hash_descriptor
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.lease import ReadLease
from strongroom.models.opening import open_with_lease, refused_for_writer
from strongroom.models.refusal import Measured, ModelRefused, RefusalReason

USER_SOURCE = "user"
"""Who vouches for a digest that the user pinned."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a file should be."""

    digest: str | None
    """Hex SHA-256; None when nobody has vouched for the file."""
    source: str
    """Who vouches: a catalogue's name, :data:`USER_SOURCE`, or empty."""
    size: int | None = None
    """Bytes; None when only the digest is known."""


class VerifiedFile:
    """An open model file whose bytes are known, for as long as :attr:`is_intact` says so.

    Hand :attr:`descriptor` to the worker and end the worker before :meth:`close`; closing lets writers go on.
    """

    def __init__(self, descriptor: int, lease: ReadLease, path: Path, result: VerificationResult) -> None:
        self.descriptor = descriptor
        self.path = path
        self.result = result
        self.fingerprint = Fingerprint.of(os.fstat(descriptor))
        self._lease = lease
        self._closing = threading.Lock()
        self._is_closed = False

    @property
    def is_intact(self) -> bool:
        """Whether the file is still open here and no writer has appeared. Asks the operating system."""
        return self._lease.is_held()

    def require_intact(self) -> None:
        """Return only while the bytes are still the ones that were verified.

        Raises:
            ModelRefused: IN_USE_BY_WRITER, when a writer appeared or the file was closed.
        """
        if not self.is_intact:
            raise refused_for_writer(self.path)

    def on_broken(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once when a writer appears, from another thread; at once if one already has.

        The writer waits until every callback has returned (on Linux at most 45 seconds), so kill the worker in it.
        """
        self._lease.on_broken(callback)

    def close(self) -> None:
        """Let writers go on and close the descriptor. May be called again, and from a callback."""
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
        self._lease.release()
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class HeldFile:
    """An open file that writers are kept away from, of the expected size, and not hashed yet."""

    def __init__(self, path: Path, expected: Expectation) -> None:
        """Open ``path`` under a lease.

        Raises:
            ModelRefused: MISSING, NOT_A_FILE, UNREADABLE, IN_USE_BY_WRITER, or MISMATCH when the size tells. Nothing
                is left open.
        """
        self.path = path
        self._expected = expected
        self._descriptor, self._lease = open_with_lease(path)
        try:
            self._before = os.fstat(self._descriptor)
            if expected.digest and expected.size is not None and self._before.st_size != expected.size:
                raise _wrong_size(path, expected, self._before)
        except BaseException:
            self.close()
            raise

    @property
    def descriptor(self) -> int:
        """Whose bytes nobody knows yet."""
        return self._descriptor

    @property
    def size(self) -> int:
        """Bytes, as they were when it was opened."""
        return self._before.st_size

    def require_held(self) -> None:
        """Return only while no writer has appeared.

        Raises:
            ModelRefused: IN_USE_BY_WRITER.
        """
        if not self._lease.is_held():
            raise refused_for_writer(self.path)

    def verify(
        self,
        *,
        on_progress: Progress | None = None,
        cancel: threading.Event | None = None,
        guard: Callable[[], None] | None = None,
    ) -> VerifiedFile:
        """Hash the file and return it if its bytes are the expected ones; whoever holds this closes it otherwise.

        Args:
            on_progress: Told the bytes done and in total.
            cancel: Once set, no further block is read.
            guard: Called before each block, in place of looking at this file's own lease only.

        Raises:
            ModelRefused: UNREADABLE, IN_USE_BY_WRITER, CHANGED, UNKNOWN_DIGEST (after hashing, so that the digest can
                be shown) or MISMATCH.
            Cancelled: ``cancel`` was set.
        """
        result = self._hash_and_compare(on_progress, cancel, guard or self.require_held)
        return VerifiedFile(self._descriptor, self._lease, self.path, result)

    def close(self) -> None:
        """Let writers go on and close the descriptor. Not to be called once :meth:`verify` has returned."""
        self._lease.release()
        os.close(self._descriptor)

    def _hash_and_compare(
        self, on_progress: Progress | None, cancel: threading.Event | None, guard: Callable[[], None]
    ) -> VerificationResult:
        path, expected, started = self.path, self._expected, time.monotonic()
        try:
            digest = hash_descriptor(self._descriptor, on_progress=on_progress, cancel=cancel, guard=guard)
        except FileGrew as error:
            raise _changed(path) from error
        except OSError as error:
            raise ModelRefused(
                RefusalReason.UNREADABLE,
                case="to_its_end",
                path=path,
                cause=error.strerror or str(error),
            ) from error
        self.require_held()
        after = os.fstat(self._descriptor)
        if (self._before.st_size, self._before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise _changed(path)
        if expected.digest is None:
            raise _unknown(path, digest, after)
        if digest != expected.digest:
            raise _mismatch(path, expected, digest, after)
        return VerificationResult(
            state=VerificationState.PINNED if expected.source == USER_SOURCE else VerificationState.VERIFIED,
            digest=digest,
            expected_digest=expected.digest,
            size=after.st_size,
            verified_at=utc_now(),
            source=expected.source,
            seconds=time.monotonic() - started,
            is_leased=self._lease.is_leased,
            lease_note=self._lease.note,
        )


def open_verified(
    path: Path,
    expected: Expectation,
    *,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> VerifiedFile:
    """Open ``path`` and return it only if its bytes are the expected ones.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE, UNREADABLE, IN_USE_BY_WRITER, CHANGED, UNKNOWN_DIGEST (after hashing, so that
            the digest can be shown) or MISMATCH (before hashing when the size tells). Nothing is left open.
        Cancelled: ``cancel`` was set.
    """
    held = HeldFile(path, expected)
    try:
        return held.verify(on_progress=on_progress, cancel=cancel)
    except BaseException:
        held.close()
        raise


def _unknown(path: Path, digest: str, status: os.stat_result) -> ModelRefused:
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        path=path,
        actual_digest=digest,
        fingerprint=Fingerprint.of(status),
        measured=(Measured(digest, Fingerprint.of(status)),),
    )


def _mismatch(path: Path, expected: Expectation, digest: str, status: os.stat_result) -> ModelRefused:
    return ModelRefused(
        RefusalReason.MISMATCH,
        vouching=_vouching(expected.source),
        path=path,
        expected_digest=expected.digest,
        actual_digest=digest,
        fingerprint=Fingerprint.of(status),
    )


def _wrong_size(path: Path, expected: Expectation, status: os.stat_result) -> ModelRefused:
    return ModelRefused(
        RefusalReason.MISMATCH,
        case="size",
        vouching=_vouching(expected.source),
        size=status.st_size,
        expected_size=expected.size,
        path=path,
        expected_digest=expected.digest,
        fingerprint=Fingerprint.of(status),
    )


def _vouching(source: str) -> Statement:
    if source == USER_SOURCE:
        return Statement("model.pinned_by_you")
    return Statement("model.vouched_for", source=source) if source else Statement("model.listed")


def _changed(path: Path) -> ModelRefused:
    return ModelRefused(RefusalReason.CHANGED, path=path)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model in sealed memory: a copy that nobody can change any more, whatever rights they have on the file.

The copy is sealed first and hashed then. Whoever got at the copy before the seal, and whatever the file became while it
was read, shows in that digest; after it, there is nothing left to be watched.
"""

import dataclasses
import errno
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.statement import Statement
from strongroom.core.verification import VerificationResult
from strongroom.models.digest import BLOCK_SIZE, Progress, ProgressOfAll, hash_descriptor, read_at
from strongroom.models.refusal import ModelRefused, RefusalReason
from strongroom.models.verified_model import VerifiedModel

if sys.platform == "linux":
    from strongroom.models.sealed_linux import available_memory, create, seal
else:

    def create() -> int:
        """Refuse."""
        raise OSError(errno.ENOTSUP, "This operating system has no memory that can be sealed; Linux has")

    def seal(_descriptor: int) -> int:
        """Refuse; there is nothing that could be sealed."""
        raise OSError(errno.ENOTSUP, "This operating system has no memory that can be sealed")

    def available_memory() -> int | None:
        """Tell nothing."""
        return None


_RESERVE = 256 * 1024 * 1024
"""Bytes of memory that a copy must leave for everything else, the model's context among it."""


class SealRefused(UserFacingError):
    """There is no sealed copy, and the model is not used without one.

    ``code`` is ``model.seal_unavailable`` or ``model.seal_memory``.
    """


class SealedModel:
    """Sealed copies of all parts of a verified model; used in its place, and closed by whoever uses it.

    The files may change, move and disappear meanwhile.
    """

    def __init__(self, descriptors: Sequence[int], path: Path, result: VerificationResult) -> None:
        self.descriptors = tuple(descriptors)
        self.path = path
        """Where the first part was copied from."""
        self.result = dataclasses.replace(result, is_leased=False, lease_note=Statement("lease.sealed_copy"))
        self._closing = threading.Lock()
        self._is_closed = False

    @property
    def is_intact(self) -> bool:
        """Whether the copies are still there; nothing can change them."""
        return not self._is_closed

    def on_broken(self, callback: Callable[[], None]) -> None:
        """Never call ``callback``: no writer can appear."""

    def close(self) -> None:
        """Give the memory back. May be called again."""
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
        for descriptor in self.descriptors:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def seal_model(
    model: VerifiedModel, *, on_progress: Progress | None = None, cancel: threading.Event | None = None
) -> SealedModel:
    """Copy every part of a model into sealed memory. The caller closes ``model``, as soon as this has returned.

    Args:
        model: The verified model.
        on_progress: Told the bytes done and in total, as in :func:`seal_copy`, over all parts.
        cancel: Once set, no further block is read.

    Raises:
        SealRefused: This system has no sealed memory, or not enough of it.
        ModelRefused: MISMATCH: a copy is not what was verified; or UNREADABLE. No copy is left.
        Cancelled: ``cancel`` was set.
    """
    total = sum(file.result.size for file in model.files)
    _require_memory(total)
    progress = ProgressOfAll(on_progress, 2 * total) if on_progress else None
    with ExitStack() as undo:
        copies: list[int] = []
        for file in model.files:
            copy = seal_copy(file.descriptor, file.result.digest, path=file.path, on_progress=progress, cancel=cancel)
            undo.callback(os.close, copy)
            copies.append(copy)
            if progress:
                progress.finish(2 * file.result.size)
        undo.pop_all()  # from here on the sealed model closes them
    return SealedModel(copies, model.files[0].path, model.result)


def seal_copy(
    descriptor: int,
    digest: str,
    *,
    path: Path | None = None,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> int:
    """Return a descriptor, open for reading, of a sealed copy in memory of the file that is open behind ``descriptor``.

    Args:
        descriptor: A verified file. Its offset is neither used nor moved on POSIX; it may be closed afterwards.
        digest: The hex SHA-256 that the verification found.
        path: Where the file was found, for the refusal.
        on_progress: Told the bytes done and in total; each byte counts twice, once when copied and once when hashed.
        cancel: Once set, no further block is read.

    Raises:
        SealRefused: This system has no sealed memory, or not enough of it.
        ModelRefused: MISMATCH: the copy is not what was verified; or UNREADABLE. The copy is gone again.
        Cancelled: ``cancel`` was set.
    """
    size = os.fstat(descriptor).st_size
    _require_memory(size)
    progress = ProgressOfAll(on_progress, 2 * size) if on_progress else None
    try:
        sealed = _copy_and_seal(descriptor, size, progress, cancel)
    except OSError as error:
        raise ModelRefused(
            RefusalReason.UNREADABLE,
            case="to_its_end" if path else "copy_to_its_end",
            path=path,
            cause=error.strerror or str(error),
        ) from error
    try:
        if progress:
            progress.finish(size)
        found = hash_descriptor(sealed, on_progress=progress, cancel=cancel)
        if found != digest:
            raise ModelRefused(
                RefusalReason.MISMATCH,
                case="sealed_copy",
                place=path or Statement("model.the_model"),
                path=path,
                expected_digest=digest,
                actual_digest=found,
            )
    except BaseException:
        os.close(sealed)
        raise
    return sealed


def _require_memory(size: int) -> None:
    available = available_memory()
    if available is not None and size + _RESERVE > available:
        raise _no_memory(size, Statement("model.memory_available", available=available))


def _copy_and_seal(descriptor: int, size: int, on_progress: Progress | None, cancel: threading.Event | None) -> int:
    try:
        copy = create()
    except OSError as error:
        raise _unavailable(error.strerror or str(error)) from error
    try:
        _copy(descriptor, copy, size, on_progress, cancel)
        return _seal(copy)
    except _CopyFailed as error:
        raise _no_memory(size, Statement("model.memory_not_given", reason=str(error))) from error
    finally:
        os.close(copy)


def _seal(copy: int) -> int:
    try:
        return seal(copy)
    except OSError as error:
        raise _unavailable(Statement("model.not_sealed", reason=error.strerror or str(error))) from error


class _CopyFailed(Exception):
    """The kernel did not take all bytes."""


def _copy(descriptor: int, copy: int, size: int, on_progress: Progress | None, cancel: threading.Event | None) -> None:
    view = memoryview(bytearray(BLOCK_SIZE))
    done = 0
    while done < size:
        if cancel is not None and cancel.is_set():
            raise Cancelled
        count = read_at(descriptor, view[: size - done], done)
        if count == 0:
            return  # it became shorter; the digest will say so
        _write(copy, view[:count])
        done += count
        if on_progress:
            on_progress(done, size)


def _write(copy: int, rest: memoryview) -> None:
    while rest:
        try:
            rest = rest[os.write(copy, rest) :]
        except OSError as error:
            raise _CopyFailed(error.strerror) from error


def _unavailable(reason: str | Statement) -> SealRefused:
    return SealRefused("model.seal_unavailable", reason=reason)


def _no_memory(size: int, limit: Statement) -> SealRefused:
    return SealRefused("model.seal_memory", size=size, limit=limit)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model in sealed memory: a copy that nobody can change any more, whatever rights they have on the file.

The copy is sealed first and hashed then. Whoever got at the copy before the seal, and whatever the file became while it
was read, shows in that digest; after it, there is nothing left to be watched.
"""

import errno
import os
import sys
import threading
from collections.abc import Callable

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.models.digest import BLOCK_SIZE, Progress, hash_descriptor, read_at
from strongroom.models.refusal import ModelRefused, RefusalReason

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
_FILE_INSTEAD = "ask your administrator to switch the policy's sealed_copy off: the model then runs from its file."


class SealRefused(UserFacingError):
    """There is no sealed copy, and the model is not used without one.

    ``code`` is ``model.seal_unavailable`` or ``model.seal_memory``.
    """


def seal_copy(
    descriptor: int,
    digest: str,
    *,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> int:
    """Return a descriptor, open for reading, of a sealed copy in memory of the file that is open behind ``descriptor``.

    Args:
        descriptor: A verified file. Its offset is neither used nor moved on POSIX; it may be closed afterwards.
        digest: The hex SHA-256 that the verification found.
        on_progress: Told the bytes done and in total; each byte counts twice, once when copied and once when hashed.
        cancel: Once set, no further block is read.

    Raises:
        SealRefused: This system has no sealed memory, or not enough of it.
        ModelRefused: MISMATCH: the copy is not what was verified. It is gone again.
        OSError: The file cannot be read.
        Cancelled: ``cancel`` was set.
    """
    size = os.fstat(descriptor).st_size
    _require_memory(size)
    sealed = _copy_and_seal(descriptor, size, on_progress, cancel)
    try:
        found = hash_descriptor(sealed, on_progress=_second_half(on_progress), cancel=cancel)
        if found != digest:
            raise ModelRefused(
                RefusalReason.MISMATCH,
                f"The copy in memory is not what was verified a moment ago: SHA-256 is {found} and should be {digest}.",
                "Find out which program changes the model's file. Then try again: the file is verified anew.",
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
        raise _no_memory(size, f"and {available / 1e9:,.1f} GB are available")


def _copy_and_seal(descriptor: int, size: int, on_progress: Progress | None, cancel: threading.Event | None) -> int:
    try:
        copy = create()
    except OSError as error:
        raise _unavailable(f"{error.strerror}.") from error
    try:
        _copy(descriptor, copy, size, on_progress, cancel)
        return _seal(copy)
    except _CopyFailed as error:
        raise _no_memory(size, f"and the system gave less ({error})") from error
    finally:
        os.close(copy)


def _seal(copy: int) -> int:
    try:
        return seal(copy)
    except OSError as error:
        raise _unavailable(f"The copy could not be sealed: {error.strerror}.") from error


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
            on_progress(done, 2 * size)


def _write(copy: int, rest: memoryview) -> None:
    while rest:
        try:
            rest = rest[os.write(copy, rest) :]
        except OSError as error:
            raise _CopyFailed(error.strerror) from error


def _second_half(on_progress: Progress | None) -> Callable[[int, int], None] | None:
    return on_progress and (lambda done, total: on_progress(total + done, 2 * total))


def _unavailable(reason: str) -> SealRefused:
    return SealRefused(
        "Model not loaded",
        f"The policy asks for a sealed copy of the model in memory. {reason}",
        f"Try again; if that does not help, {_FILE_INSTEAD}",
        code="model.seal_unavailable",
    )


def _no_memory(size: int, fact: str) -> SealRefused:
    return SealRefused(
        "Not enough memory",
        f"The policy asks for a sealed copy of the model in memory. It needs {size / 1e9:,.1f} GB, {fact}.",
        f"Close other programs, or choose a smaller model, or {_FILE_INSTEAD}",
        code="model.seal_memory",
    )

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A whole model, open and verified: one file for most, every part of a split one.

All parts are opened under their own leases before the first is hashed, and all leases are looked at while any part is
read: what is handed out is one model as it was at one time.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from strongroom.core.verification import VerificationResult, joint_digest
from strongroom.models.digest import Progress, ProgressOfAll
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.refusal import Measured, ModelRefused, RefusalReason
from strongroom.models.verified import Expectation, HeldFile, VerifiedFile


class VerifiedModel:
    """The open files of one model, whose bytes are known for as long as :attr:`is_intact` says so.

    Hand :attr:`descriptors` to the worker and end the worker before :meth:`close`; closing lets writers go on.
    """

    def __init__(self, files: Sequence[VerifiedFile]) -> None:
        self.files = tuple(files)
        self.result = _joined(self.files)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """Every part's descriptor, in order."""
        return tuple(file.descriptor for file in self.files)

    @property
    def path(self) -> Path:
        """The first part that a writer has appeared at; the first one of all while the model is intact."""
        return next((file.path for file in self.files if not file.is_intact), self.files[0].path)

    @property
    def fingerprints(self) -> tuple[Fingerprint, ...]:
        """What each part looked like when it was verified."""
        return tuple(file.fingerprint for file in self.files)

    @property
    def is_intact(self) -> bool:
        """Whether every part is still open here and no writer has appeared. Asks the operating system."""
        return all(file.is_intact for file in self.files)

    def require_intact(self) -> None:
        """Return only while the bytes of every part are still the ones that were verified.

        Raises:
            ModelRefused: IN_USE_BY_WRITER, when a writer appeared at any part or the model was closed.
        """
        for file in self.files:
            file.require_intact()

    def on_broken(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once when a writer appears at any part, from another thread; at once if one already has.

        Every writer waits until it has returned (on Linux at most 45 seconds), so kill the worker in it.
        """
        once = _Once(callback)
        for file in self.files:
            file.on_broken(once)

    def close(self) -> None:
        """Let writers go on and close every descriptor. May be called again, and from a callback."""
        with ExitStack() as stack:
            for file in self.files:
                stack.callback(file.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_verified_model(
    parts: Sequence[tuple[Path, Expectation]],
    *,
    on_held: Callable[[tuple[int, ...]], None] | None = None,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> VerifiedModel:
    """Open every part and return the model only if the bytes of all of them are the expected ones.

    Args:
        parts: At least one, in the order in which the model has them.
        on_held: Told every descriptor, in order, once all are open and held and before the first is hashed: whoever is
            to use them may get ready meanwhile, but reads nothing before this has returned.
        on_progress: Told the bytes done and in total, over all parts.
        cancel: Once set, no further block is read.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE, UNREADABLE, IN_USE_BY_WRITER, CHANGED or MISMATCH, of the first part that is
            not as it should be; UNKNOWN_DIGEST (after hashing all, with what was measured) when nobody vouches for
            even one. Nothing is left open.
        Cancelled: ``cancel`` was set.
    """
    with ExitStack() as undo:
        held: list[HeldFile] = []
        for path, expected in parts:
            file = HeldFile(path, expected)
            undo.callback(file.close)
            held.append(file)

        if on_held:
            on_held(tuple(file.descriptor for file in held))

        def require_all_held() -> None:
            for file in held:
                file.require_held()

        progress = ProgressOfAll(on_progress, sum(file.size for file in held)) if on_progress else None
        files: list[VerifiedFile] = []
        measured: list[Measured] = []
        for file in held:
            try:
                verified = file.verify(on_progress=progress, cancel=cancel, guard=require_all_held)
                files.append(verified)
                measured.append(Measured(verified.result.digest, verified.fingerprint))
            except ModelRefused as refusal:
                if refusal.reason is not RefusalReason.UNKNOWN_DIGEST:
                    raise
                measured.extend(refusal.measured)
            if progress:
                progress.finish(file.size)
        require_all_held()
        if len(files) < len(held):
            raise _nobody_vouches([file.path for file in held], measured)
        model = VerifiedModel(files)
        undo.pop_all()  # from here on the model closes them
        return model


class _Once:
    """Calls a callback for the first of several callers; the others wait until it has returned."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback: Callable[[], None] | None = callback
        self._turn = threading.Lock()

    def __call__(self) -> None:
        with self._turn:
            callback, self._callback = self._callback, None
            if callback is not None:
                callback()


def _joined(files: Sequence[VerifiedFile]) -> VerificationResult:
    results = [file.result for file in files]
    first = results[0]
    if len(results) == 1:
        return first
    digest = joint_digest([result.digest for result in results])
    return VerificationResult(
        state=first.state,  # one record has one source, so all parts have one state
        digest=digest,
        expected_digest=digest,  # no part is here whose digest is not the expected one
        size=sum(result.size for result in results),
        verified_at=results[-1].verified_at,
        source=first.source,
        seconds=sum(result.seconds for result in results),
        is_leased=all(result.is_leased for result in results),
        lease_note=next((result.lease_note for result in results if result.lease_note), None),
        part_digests=tuple(result.digest for result in results),
    )


def _nobody_vouches(paths: Sequence[Path], measured: Sequence[Measured]) -> ModelRefused:
    digest = joint_digest([part.digest for part in measured])
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        case="parts" if len(paths) > 1 else None,
        parts=len(paths),
        path=paths[0],
        actual_digest=digest,
        fingerprint=measured[0].fingerprint,
        measured=tuple(measured),
    )

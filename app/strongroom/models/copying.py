# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Copying a model that is to go on the shelf into the app's own folder; an existing file is never replaced."""

import dataclasses
import os
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from strongroom.core.durable import sync_folder
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.models.digest import BLOCK_SIZE, Progress, ProgressOfAll
from strongroom.models.gguf_glance import measure
from strongroom.models.importing import Candidate, split_name
from strongroom.models.opening import open_regular


def copy_into(
    folder: Path, candidate: Candidate, *, on_progress: Progress | None = None, cancel: threading.Event | None = None
) -> Candidate:
    """Copy the candidate into ``folder``: one file under its own name, or one like it; several into a folder of theirs.

    What is stated about the digests is stated about the copies.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE, UNREADABLE or NOT_GGUF; a file may have been exchanged meanwhile.
        UserFacingError: It cannot be written (``model.copy_failed``); nothing is left behind.
        Cancelled: ``cancel`` was set; nothing is left behind.
    """
    paths = [Path(part.path) for part in candidate.parts]
    done_before = 0

    def report(done: int) -> None:
        if on_progress:
            on_progress(done_before + done, candidate.size)

    with ExitStack() as undo:
        targets: list[Path] = []
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if len(paths) > 1:
                folder = _unused(folder / _plain(candidate.name))
                folder.mkdir(mode=0o700)
                undo.callback(_remove, folder.rmdir)
            for path in paths:
                target = _unused(folder / _own_name(path, candidate))
                _copy_file(path, target, report, cancel)
                undo.callback(_remove, target.unlink)
                targets.append(target)
                done_before += path.stat().st_size
            sync_folder(folder)
            sync_folder(folder.parent)
        except OSError as error:
            raise UserFacingError(
                "model.copy_failed", path=candidate.path, folder=folder, reason=error.strerror or str(error)
            ) from error
        parts = tuple(
            dataclasses.replace(part, path=os.path.realpath(target), size=measure(target))
            for part, target in zip(candidate.parts, targets, strict=True)
        )
        undo.pop_all()
    return dataclasses.replace(candidate, parts=parts)


def copy_all(
    folder: Path,
    candidates: Sequence[Candidate],
    *,
    but_not: Path | None,
    on_progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> list[Candidate]:
    """Copy each candidate as :func:`copy_into` does, but leave the one whose file is ``but_not`` where it is.

    Raises:
        ModelRefused: As :func:`copy_into`; the copies of those before it stay.
        UserFacingError: As :func:`copy_into`.
        Cancelled: ``cancel`` was set.
    """
    progress = ProgressOfAll(on_progress, sum(candidate.size for candidate in candidates)) if on_progress else None
    copies = []
    for candidate in candidates:
        is_kept = candidate.path == but_not
        copies.append(candidate if is_kept else copy_into(folder, candidate, on_progress=progress, cancel=cancel))
        if progress:
            progress.finish(candidate.size)
    return copies


_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def _copy_file(path: Path, target: Path, report: Callable[[int], None], cancel: threading.Event | None) -> None:
    draft = target.with_name(f"{target.name}.part")
    source = open_regular(path)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb") as sink:
            try:
                _copy(source, sink.fileno(), report, cancel)
                os.fsync(sink.fileno())
                draft.rename(target)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
    finally:
        os.close(source)


def _copy(source: int, sink: int, report: Callable[[int], None], cancel: threading.Event | None) -> None:
    done = 0
    while block := os.read(source, BLOCK_SIZE):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(sink, rest) :]
        done += len(block)
        report(done)


def _own_name(path: Path, candidate: Candidate) -> str:
    # A cache's file is called by its digest; the copy is called as the model is.
    is_named = path.suffix.lower() == ".gguf" or split_name(path.name)
    return path.name if is_named else f"{_plain(candidate.name)}.gguf"


def _plain(name: str) -> str:
    return re.sub(r"[^\w.+-]", "-", name).lstrip(".") or "model"


def _unused(path: Path) -> Path:
    wanted, number = path, 1
    while os.path.lexists(wanted) or os.path.lexists(f"{wanted}.part"):
        number += 1
        wanted = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return wanted


def _remove(delete: Callable[[], None]) -> None:
    try:
        delete()
    except OSError:
        return  # what is told is why the copy failed

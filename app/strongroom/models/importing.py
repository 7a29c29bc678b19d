# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Looking at a file that is to go on the shelf, and copying it there. Nothing here judges its bytes."""

import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.durable import sync_folder
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelPart
from strongroom.models.digest import BLOCK_SIZE, Progress
from strongroom.models.opening import open_regular
from strongroom.models.refusal import ModelRefused, RefusalReason

GGUF_MAGIC = b"GGUF"

_SPLIT_NAME = re.compile(r"-\d{5}-of-\d{5}$")
_QUANTIZATION = re.compile(
    r"(?<![A-Za-z0-9])(I?Q\d_(?:K(?:_[A-Z]{1,2})?|[0-9]|[A-Z]{1,3})|BF16|F16|F32|MXFP4)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may go on the shelf."""

    name: str
    parts: tuple[ModelPart, ...]
    """Never empty. A digest in it is what :attr:`source` states, and nothing has been hashed for it."""
    source: str = ""
    """Who vouches for the digests; empty when there are none."""
    kind: FileKind = FileKind.MODEL
    repository: str = ""
    commit: str = ""
    license: str = ""
    origin: str = ""
    """Whose folder it was found in, for example ``Ollama``; empty for a plain file."""

    @property
    def path(self) -> Path:
        """The first part: absolute, with every link followed."""
        return Path(self.parts[0].path)

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)

    @property
    def digests(self) -> tuple[str, ...]:
        """Every part's digest, in order; empty when nobody states them all."""
        known = tuple(part.sha256 for part in self.parts if part.sha256 is not None)
        return known if len(known) == len(self.parts) else ()

    @property
    def quantization(self) -> str:
        """The quantization that the name gives; empty when it gives none."""
        found = _QUANTIZATION.search(self.name)
        return found.group(1).upper() if found else ""


def examine(path: Path) -> Candidate:
    """Return what the shelf needs to know about ``path``.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE, UNREADABLE, NOT_GGUF or SPLIT_FILE.
    """
    resolved = Path(os.path.realpath(path.expanduser()))
    descriptor = open_regular(resolved)
    try:
        size = os.fstat(descriptor).st_size
        magic = os.read(descriptor, len(GGUF_MAGIC))
    except OSError as error:
        raise ModelRefused(
            RefusalReason.UNREADABLE, f"{resolved} cannot be read: {error.strerror}.", "Check the disk.", path=resolved
        ) from error
    finally:
        os.close(descriptor)
    if magic != GGUF_MAGIC:
        raise ModelRefused(
            RefusalReason.NOT_GGUF,
            f"{resolved} does not begin as a GGUF file does.",
            "Choose a model in the GGUF format; other formats have to be converted first.",
            path=resolved,
        )
    if _SPLIT_NAME.search(resolved.stem):
        raise ModelRefused(
            RefusalReason.SPLIT_FILE,
            f"{resolved.name} is one of several parts of a model, and each part would have to be verified.",
            "Choose a model that is one file, or join the parts with llama.cpp's llama-gguf-split first.",
            path=resolved,
        )
    return Candidate(resolved.stem, (ModelPart(str(resolved), size, None),))


def copy_into(
    folder: Path, candidate: Candidate, *, on_progress: Progress | None = None, cancel: threading.Event | None = None
) -> Candidate:
    """Copy the candidate into ``folder`` under its own name, or one like it; an existing file is never replaced.

    Raises:
        ModelRefused: As :func:`examine`; the file may have been exchanged meanwhile.
        UserFacingError: It cannot be written (``model.copy_failed``); nothing is left behind.
        Cancelled: ``cancel`` was set; nothing is left behind.
    """
    target = _unused(folder, candidate.path)
    draft = target.with_name(f"{target.name}.part")
    source = open_regular(candidate.path)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb") as sink:
            try:
                _copy(source, sink.fileno(), on_progress, cancel)
                os.fsync(sink.fileno())
                draft.rename(target)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
        sync_folder(folder)
    except OSError as error:
        raise UserFacingError(
            "Model not copied",
            f"{candidate.path} cannot be copied to {folder}: {error.strerror}.",
            "Make room or check permissions, or import it without copying.",
            code="model.copy_failed",
        ) from error
    finally:
        os.close(source)
    return examine(target)


_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def _copy(source: int, sink: int, on_progress: Progress | None, cancel: threading.Event | None) -> None:
    total, done = os.fstat(source).st_size, 0
    while block := os.read(source, BLOCK_SIZE):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(sink, rest) :]
        done += len(block)
        if on_progress:
            on_progress(done, total)


def _unused(folder: Path, path: Path) -> Path:
    wanted, number = folder / path.name, 1
    while os.path.lexists(wanted) or os.path.lexists(f"{wanted}.part"):
        number += 1
        wanted = folder / f"{path.stem}-{number}{path.suffix}"
    return wanted

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Files that say what other files' SHA-256 is: ``SHA256SUMS`` as sha256sum writes it, and ``model.gguf.sha256``."""

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from strongroom.core.errors import UserFacingError
from strongroom.models.opening import open_regular

_MOST_BYTES = 1024 * 1024
_GNU = re.compile(r"(?P<escaped>\\?)(?P<digest>[0-9A-Fa-f]{64}) [ *](?P<name>.+)")
_BSD = re.compile(r"(?P<escaped>\\?)SHA256 \((?P<name>.+)\) = (?P<digest>[0-9A-Fa-f]{64})")
_BARE = re.compile(r"(?P<digest>[0-9A-Fa-f]{64})")
_ESCAPES = {r"\n": "\n", r"\r": "\r", r"\\": "\\"}


def read_checksums(file: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Return the hex SHA-256 that ``file`` states for each of ``names``, in their order. Folders are not compared.

    A file that holds one digest and nothing else speaks of the file that it is named after: ``NAME.sha256``.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE or UNREADABLE: it cannot be opened.
        UserFacingError: It is no list of SHA-256 digests, says nothing about one of the names, or says two things
            (``model.checksum_file``).
    """
    text = _read(file)
    stated: dict[str, set[str]] = {}
    for line in text.replace("\r\n", "\n").split("\n"):  # a name may hold what splitlines() takes for a line's end
        if bare := _BARE.fullmatch(line.strip()):
            stated.setdefault(file.stem, set()).add(bare["digest"].lower())
            continue
        found = _GNU.fullmatch(line) or _BSD.fullmatch(line)
        if found is None:
            continue  # a comment, a signature's frame, or the digest of another algorithm
        name = found["name"]
        if found["escaped"]:
            name = re.sub(r"\\[nr\\]", lambda escape: _ESCAPES[escape.group()], name)
        stated.setdefault(_last_step(name), set()).add(found["digest"].lower())
    if not stated:
        raise UserFacingError("model.checksum_file", case="no_digest", file=file)
    return tuple(_only(stated.get(name, set()), name, file) for name in names)


def _last_step(name: str) -> str:
    return PureWindowsPath(name).name if os.name == "nt" else PurePosixPath(name).name


def _only(digests: set[str], name: str, file: Path) -> str:
    if not digests:
        raise UserFacingError("model.checksum_file", case="not_listed", file=file, name=name)
    if len(digests) > 1:
        raise UserFacingError("model.checksum_file", case="contradictory", file=file, name=name, count=len(digests))
    return next(iter(digests))


def _read(file: Path) -> str:
    descriptor = open_regular(Path(os.path.realpath(file.expanduser())))
    try:
        with os.fdopen(descriptor, "rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UserFacingError(
            "model.checksum_file", case="unreadable", file=file, reason=error.strerror or str(error)
        ) from error
    if len(content) > _MOST_BYTES:
        raise UserFacingError("model.checksum_file", case="too_large", file=file)
    return content.decode("utf-8", errors="surrogateescape")

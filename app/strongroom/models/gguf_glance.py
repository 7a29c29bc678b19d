# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A first look into a file that is to go on the shelf: whether it is GGUF at all, and what its header says it is.

A header can say anything, so nothing here is a reason to trust a file; it only keeps a projector from being offered as
a model, and a lone part from being taken for a whole one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.hub import FileKind
from strongroom.models.gguf_file import GgufInvalid, read_header
from strongroom.models.model_shape import shape_of
from strongroom.models.opening import open_regular
from strongroom.models.refusal import ModelRefused, RefusalReason

GGUF_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class Glance:
    """What a look into one file showed."""

    size: int
    kind: FileKind | None = None
    """None when the header cannot be read; such a file may be of a version that is newer than this app."""
    quantization: str = ""
    license: str = ""
    split_count: int = 0
    """The parts that the model has; 1 for a whole one, 0 when the header cannot be read."""


def measure(path: Path) -> int:
    """Return the size of the GGUF file ``path``; only its first bytes are looked at.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE, UNREADABLE or NOT_GGUF.
    """
    descriptor = open_regular(path)
    try:
        return _measure(descriptor, path)
    finally:
        os.close(descriptor)


def glance(path: Path) -> Glance:
    """Return what the GGUF file ``path`` says about itself.

    Raises:
        ModelRefused: MISSING, NOT_A_FILE, UNREADABLE or NOT_GGUF.
    """
    descriptor = open_regular(path)
    try:
        size = _measure(descriptor, path)
        try:
            shape = shape_of([read_header(descriptor)])
        except GgufInvalid:
            return Glance(size)
        return Glance(size, shape.kind, shape.quantization, shape.license, shape.split_count)
    finally:
        os.close(descriptor)


def _measure(descriptor: int, path: Path) -> int:
    try:
        size = os.fstat(descriptor).st_size
        magic = os.read(descriptor, len(GGUF_MAGIC))
    except OSError as error:
        raise ModelRefused(
            RefusalReason.UNREADABLE, case="while_reading", path=path, cause=error.strerror or str(error)
        ) from error
    if magic != GGUF_MAGIC:
        raise ModelRefused(
            RefusalReason.NOT_GGUF,
            path=path,
        )
    return size

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is known about a model file's bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from strongroom.core.hub import FileKind
from strongroom.core.statement import Statement


class VerificationState(StrEnum):
    """The state shown in the model picker."""

    VERIFIED = "verified"
    """The bytes had the expected digest when they were last hashed."""
    PINNED = "pinned"
    """No publisher's digest is known; the user took responsibility for this one, and it matched."""
    UNCHECKED = "unchecked"
    """A digest is known, but these bytes have not been hashed on this machine yet."""
    UNKNOWN = "unknown"
    """No digest is known. Never loaded until the user pins one."""
    MISMATCH = "mismatch"
    """The bytes differ from the expected ones. Refused and quarantined."""
    MISSING = "missing"
    """The file is gone."""


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The outcome of hashing a model's open descriptors: one for most models, one for each part of a split one."""

    state: VerificationState
    digest: str
    """Hex SHA-256 of the bytes that were read; for several parts, what :func:`joint_digest` makes of theirs."""
    expected_digest: str | None
    size: int
    verified_at: str
    source: str
    """Who vouches for the expected digest: a catalogue's name, ``user``, or empty."""
    seconds: float
    is_leased: bool
    """Whether the operating system will report a writer while the file is in use."""
    lease_note: Statement | None = None
    """Why there is no lease, when there is none."""
    part_digests: tuple[str, ...] = ()
    """Hex SHA-256 of each part, in order; empty when there is one part only, whose digest is :attr:`digest`."""


@dataclass(frozen=True, slots=True)
class ModelPart:
    """One file of a model."""

    path: str
    """Absolute, with every link followed when it was imported."""
    size: int
    sha256: str | None
    """The hex digest that it should have; None when nobody has vouched for it."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the shelf, as the picker shows it."""

    model_id: str
    """Short and stable: what ``--model`` takes."""
    name: str
    path: str
    size: int
    expected_digest: str | None
    source: str
    license: str
    state: VerificationState
    verified_at: str | None = None
    quantization: str = ""
    kind: FileKind = FileKind.MODEL
    """Only a MODEL can be chatted with; the other kinds go with one."""
    parts: tuple[ModelPart, ...] = ()
    """Every file, in order: one for most models. :attr:`path` is the first one's, :attr:`size` is of all."""
    repository: str = ""
    """``author/name`` on the hub, as far as it is known; empty when not from a hub."""
    commit: str = ""
    """40 hexadecimal digits; empty when not known."""


def joint_digest(digests: Sequence[str]) -> str:
    """Return one hex digest for a model: the digest of its only part, or what the digests of its parts come to.

    For several parts it is the SHA-256 over their hex digests in order, each followed by a line feed: what
    ``sha256sum PARTS | cut -c 1-64 | sha256sum`` prints. It is no digest of any file.
    """
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode("ascii")).hexdigest()

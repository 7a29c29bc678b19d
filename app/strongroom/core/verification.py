# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is known about a model file's bytes."""

from dataclasses import dataclass
from enum import StrEnum


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
    """The outcome of hashing one open descriptor."""

    state: VerificationState
    digest: str
    """Hex SHA-256 of the bytes that were read."""
    expected_digest: str | None
    size: int
    verified_at: str
    source: str
    """Who vouches for the expected digest: a catalogue's name, ``user``, or empty."""
    seconds: float
    is_leased: bool
    """Whether the operating system will report a writer while the file is in use."""
    lease_note: str = ""
    """Why there is no lease, when there is none."""


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

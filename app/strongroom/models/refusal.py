# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Why a model file was not opened: one class, one reason each, with the facts that an incident needs."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import GivenFact, Statement
from strongroom.models.fingerprint import Fingerprint


class RefusalReason(StrEnum):
    """Why a model was refused. ``ModelRefused.code`` is ``model.`` and this value."""

    UNKNOWN_MODEL = "unknown_model"
    """The shelf has no model of that name."""
    UNKNOWN_DIGEST = "unknown_digest"
    """Nobody has vouched for the file: no digest is known, or the one to pin is not the file's."""
    MISMATCH = "mismatch"
    """The bytes differ from the expected ones."""
    MISSING = "missing"
    """The file is gone."""
    IN_USE_BY_WRITER = "in_use_by_writer"
    """Another program has the file open for writing, or opened it while it was in use here."""
    CHANGED = "changed"
    """The file changed while it was being read."""
    QUARANTINED = "quarantined"
    """The file did not match before and was moved away."""
    NOT_A_FILE = "not_a_file"
    """A folder, a link, a pipe, a device."""
    NOT_GGUF = "not_gguf"
    """The file does not begin as a GGUF file does."""
    UNREADABLE = "unreadable"
    """The operating system would not let the file be opened or read."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one file was when it was hashed."""

    digest: str
    """Hex SHA-256."""
    fingerprint: Fingerprint


class ModelRefused(UserFacingError):
    """A model file that is not loaded, and why.

    Args:
        reason: The kind, for callers that act on it.
        path: The file, where it was found.
        expected_digest: The hex SHA-256 that it should have had, when one is known.
        actual_digest: The hex SHA-256 that it has, when it was hashed. Of an unknown model in several parts, what
            ``core.verification.joint_digest`` makes of theirs.
        quarantined_as: Where a file that did not match is now; None when it was not moved.
        fingerprint: What the file looked like when it was judged.
        measured: Of an unknown model, what every part was, in order.
        facts: What else its words name, and their case.
    """

    def __init__(
        self,
        reason: RefusalReason,
        *,
        path: Path | None = None,
        expected_digest: str | None = None,
        actual_digest: str | None = None,
        quarantined_as: Path | None = None,
        fingerprint: Fingerprint | None = None,
        measured: tuple[Measured, ...] = (),
        **facts: GivenFact,
    ) -> None:
        known = {"path": path, "expected_digest": expected_digest, "actual_digest": actual_digest}
        super().__init__(
            f"model.{reason.value}", **{name: fact for name, fact in known.items() if fact is not None}, **facts
        )
        self.reason = reason
        self.path = path
        self.expected_digest = expected_digest
        self.actual_digest = actual_digest
        self.quarantined_as = quarantined_as
        self.fingerprint = fingerprint
        self.measured = measured

    def after_move(
        self, quarantined_as: Path | None, *, also: Statement, next_step: Statement | None
    ) -> "ModelRefused":
        """Return this refusal once more, with what became of the file.

        Args:
            quarantined_as: Where the file is now; None when it was not moved.
            also: What is said about that.
            next_step: What takes the place of the usual next step; None to keep it.
        """
        named = ("path", "expected_digest", "actual_digest")
        others: dict[str, Any] = {name: fact for name, fact in self.facts.items() if name not in named}
        return ModelRefused(
            self.reason,
            path=self.path,
            expected_digest=self.expected_digest,
            actual_digest=self.actual_digest,
            quarantined_as=quarantined_as,
            fingerprint=self.fingerprint,
            **{**others, "also": also, "next_step": next_step},
        )

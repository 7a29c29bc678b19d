# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the shelf says no to before any file is opened."""

import os
from collections.abc import Iterable
from pathlib import Path

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import Repository
from strongroom.models.manifest import ShelfRecord
from strongroom.models.refusal import ModelRefused, RefusalReason


def require_present(record: ShelfRecord, *, quarantine_folder: Path, next_step: str) -> None:
    """Return only when every part is in its place.

    Raises:
        ModelRefused: QUARANTINED or MISSING, of the first part that is not.
    """
    absent = next((part for part in record.parts if not part.path or not os.path.lexists(part.path)), None)
    if absent is None:
        return
    is_whole = len(record.parts) == 1
    path = Path(absent.path) if absent.path else None
    if record.mismatch and record.parts[record.mismatch.part] is absent:
        what = record.name if is_whole else f"{absent.path}, a part of {record.name},"
        raise ModelRefused(
            RefusalReason.QUARANTINED,
            f"{what} did not match its digest and was moved to "
            f"{record.mismatch.moved_to or f'the folder {quarantine_folder}'}.",
            "Get the file again from its publisher. " + next_step,
            path=path,
            expected_digest=absent.sha256,
            actual_digest=record.mismatch.actual,
        )
    raise ModelRefused(
        RefusalReason.MISSING,
        f"{'The file' if is_whole else 'A part'} of {record.name} is not there"
        f"{': ' + absent.path if absent.path else ''}.",
        next_step,
        path=path,
        expected_digest=absent.sha256,
    )


def require_unknown(record: ShelfRecord) -> None:
    """Return only when nobody has vouched for the model yet.

    Raises:
        UserFacingError: A digest is known (``model.digest_known``).
    """
    if record.digest is not None:
        raise UserFacingError(
            "Digest is known",
            f"{record.name} is already expected to have SHA-256 {record.digest}, from: {record.source}.",
            "To use other bytes, import them from a file of another name: they become a model of their own.",
            code="model.digest_known",
        )


def unknown_model(model_id: str, known: Iterable[str]) -> ModelRefused:
    """Return the refusal of an id that no model has."""
    return ModelRefused(
        RefusalReason.UNKNOWN_MODEL,
        f"There is no model called {model_id!r}.",
        f"Known models: {', '.join(known)}.",
    )


def not_the_digest(record: ShelfRecord, computed: str | None) -> ModelRefused:
    """Return the refusal to pin a digest that is not ``computed``, the one that was measured a moment ago."""
    fact = f"Its SHA-256 is {computed}." if computed else "Its bytes have not been hashed yet."
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        f"That is not a digest to pin {record.name} with. {fact}",
        "Verify the model, compare the digest shown with its publisher's, and pin that one.",
        path=Path(record.path),
        actual_digest=computed,
    )


def not_in_repository(record: ShelfRecord, repository: Repository, computed: str) -> ModelRefused:
    """Return the refusal of a model that a hub's repository does not have."""
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        f"{record.name} is none of the files of {repository.repository} at commit {repository.commit[:12]}: "
        f"none of them has its SHA-256, {computed}.",
        "It may come from another repository or an earlier commit, or it was changed.",
        path=Path(record.path),
    )

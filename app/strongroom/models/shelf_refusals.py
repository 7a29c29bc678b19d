# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the shelf says no to before any file is opened."""

import os
from collections.abc import Iterable
from pathlib import Path

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import Repository
from strongroom.core.statement import Statement
from strongroom.models.manifest import ShelfRecord
from strongroom.models.refusal import ModelRefused, RefusalReason


def require_present(record: ShelfRecord, *, quarantine_folder: Path, next_step: Statement) -> None:
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
        moved_to = record.mismatch.moved_to
        raise ModelRefused(
            RefusalReason.QUARANTINED,
            what=record.name if is_whole else Statement("model.part_of", path=absent.path, model=record.name),
            place=moved_to or Statement("model.in_folder", folder=quarantine_folder),
            remedy=next_step,
            path=path,
            expected_digest=absent.sha256,
            actual_digest=record.mismatch.actual,
        )
    raise ModelRefused(
        RefusalReason.MISSING,
        case="on_shelf",
        what=Statement("model.its_file") if is_whole else Statement("model.its_part"),
        model=record.name,
        place=Statement("model.at", path=absent.path) if absent.path else "",
        next_step=next_step,
        path=path,
        expected_digest=absent.sha256,
    )


def require_unknown(record: ShelfRecord) -> None:
    """Return only when nobody has vouched for the model yet.

    Raises:
        UserFacingError: A digest is known (``model.digest_known``).
    """
    if record.digest is not None:
        raise UserFacingError("model.digest_known", model=record.name, digest=record.digest, source=record.source)


def unknown_model(model_id: str, known: Iterable[str]) -> ModelRefused:
    """Return the refusal of an id that no model has."""
    return ModelRefused(RefusalReason.UNKNOWN_MODEL, model_id=model_id, known=tuple(known))


def not_the_digest(record: ShelfRecord, computed: str | None) -> ModelRefused:
    """Return the refusal to pin a digest that is not ``computed``, the one that was measured a moment ago."""
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        case="not_to_pin",
        model=record.name,
        measured_as=Statement("model.measured_as", digest=computed) if computed else Statement("model.not_measured"),
        path=Path(record.path),
        actual_digest=computed,
    )


def not_in_repository(record: ShelfRecord, repository: Repository, computed: str) -> ModelRefused:
    """Return the refusal of a model that a hub's repository does not have."""
    return ModelRefused(
        RefusalReason.UNKNOWN_DIGEST,
        case="not_in_repository",
        model=record.name,
        repository=repository.repository,
        commit=repository.commit[:12],
        digest=computed,
        path=Path(record.path),
    )

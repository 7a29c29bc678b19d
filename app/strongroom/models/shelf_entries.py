# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From what the shelf remembers of a model to what the picker shows: a look from outside, nothing is read."""

import os

from strongroom.core.verification import ModelEntry, VerificationState
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.manifest import ShelfRecord
from strongroom.models.verified import USER_SOURCE


def entry_of(record: ShelfRecord) -> ModelEntry:
    """Return what there is to show about ``record`` now."""
    seen = [_look(path) for path in record.paths]
    return ModelEntry(
        model_id=record.model_id,
        name=record.name,
        path=record.path,
        size=sum(look.size if look else part.size for look, part in zip(seen, record.parts, strict=True)),
        expected_digest=record.digest,
        source=record.source,
        license=record.license,
        state=_state(record, seen),
        verified_at=record.verified.at if record.verified else None,
        quantization=record.quantization,
        kind=record.kind,
        parts=record.parts,
        repository=record.repository,
        commit=record.commit,
    )


def _state(record: ShelfRecord, seen: list[Fingerprint | None]) -> VerificationState:
    known = [look for look in seen if look is not None]
    if record.mismatch and seen[record.mismatch.part] in (None, record.mismatch.fingerprint):
        return VerificationState.MISMATCH
    if len(known) < len(seen):
        return VerificationState.MISSING
    if not record.digests:
        return VerificationState.UNKNOWN
    if [look.size for look in known] != [part.size for part in record.parts]:
        return VerificationState.MISMATCH
    if record.verified is None or record.verified.fingerprints != tuple(known):
        return VerificationState.UNCHECKED
    return VerificationState.PINNED if record.source == USER_SOURCE else VerificationState.VERIFIED


def _look(path: str) -> Fingerprint | None:
    try:
        return Fingerprint.of(os.lstat(path)) if path else None
    except OSError:
        return None

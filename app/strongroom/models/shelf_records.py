# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which model of the shelf a file that comes to it is: one that is there already, one that is missed, or a new one."""

import dataclasses
import os
import re
from collections.abc import Container, Iterable
from pathlib import PurePath

from strongroom.core.clock import utc_now
from strongroom.models.importing import Candidate
from strongroom.models.manifest import ShelfRecord


def shelve(records: dict[str, ShelfRecord], candidate: Candidate, *, starter_id: str) -> ShelfRecord:
    """Put ``candidate`` among ``records``, in place of the model whose files it has, or as a new one.

    What was expected of the former one is expected of the new files: an import never changes a digest that is known.
    """
    imported = [record for record in records.values() if record.model_id != starter_id]
    former = _same_paths(imported, candidate) or _missed(imported, candidate)
    record = _renewed(former, candidate) if former else new_record(candidate, records, starter_id=starter_id)
    records[record.model_id] = record
    return record


def new_record(candidate: Candidate, taken: Container[str], *, starter_id: str) -> ShelfRecord:
    """Return a record of its own for ``candidate``, under an id that nobody has."""
    return ShelfRecord(
        model_id=_unused_id(candidate.name, taken, starter_id),
        name=candidate.name,
        parts=candidate.parts,
        kind=candidate.kind,
        repository=candidate.repository,
        commit=candidate.commit,
        source=candidate.source,
        license=candidate.license,
        quantization=candidate.quantization,
        added_at=utc_now(),
    )


def _same_paths(imported: Iterable[ShelfRecord], candidate: Candidate) -> ShelfRecord | None:
    paths = tuple(part.path for part in candidate.parts)
    return next((record for record in imported if record.paths == paths), None)


def _missed(imported: Iterable[ShelfRecord], candidate: Candidate) -> ShelfRecord | None:
    """Return the record whose file names these are and one of whose files is gone."""
    names = [PurePath(part.path).name for part in candidate.parts]
    for record in imported:
        if [PurePath(path).name for path in record.paths] != names:
            continue
        if all(map(os.path.lexists, record.paths)):
            continue
        if candidate.digests and record.digests and candidate.digests != record.digests:
            continue  # whoever vouches for the file says that it is another one
        return record
    return None


def _renewed(former: ShelfRecord, candidate: Candidate) -> ShelfRecord:
    if not former.digests:
        return dataclasses.replace(former, parts=candidate.parts, source=candidate.source, verified=None, mismatch=None)
    parts = tuple(
        dataclasses.replace(known, path=found.path) for known, found in zip(former.parts, candidate.parts, strict=True)
    )
    return dataclasses.replace(former, parts=parts, verified=None, mismatch=None)


def _unused_id(name: str, taken: Container[str], starter_id: str) -> str:
    wanted = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "model"
    model_id, number = wanted, 1
    while model_id in taken or model_id == starter_id:
        number += 1
        model_id = f"{wanted}-{number}"
    return model_id

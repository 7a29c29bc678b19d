# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which model of the shelf a file that comes to it is: one that is there already, one that is missed, or a new one."""

import dataclasses
import os
import re
from collections.abc import Container, Iterable
from pathlib import PurePath

from strongroom.core.clock import utc_now
from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelPart
from strongroom.models.importing import Candidate
from strongroom.models.manifest import ShelfRecord
from strongroom.models.starter import StarterModel, find_starter


def shelve(records: dict[str, ShelfRecord], candidate: Candidate, *, starter_id: str) -> ShelfRecord:
    """Put ``candidate`` among ``records``, in place of the model whose files it has, or as a new one.

    What was expected of the former one is expected of the new files: an import never changes a digest that is known.
    """
    imported = [record for record in records.values() if record.model_id != starter_id]
    former = _same_paths(imported, candidate) or _missed(imported, candidate)
    record = _renewed(former, candidate) if former else new_record(candidate, records, starter_id=starter_id)
    records[record.model_id] = record
    return record


def shelve_download(records: dict[str, ShelfRecord], candidate: Candidate, *, starter_id: str) -> ShelfRecord:
    """Put a download among ``records``: the model of that repository, commit and digests, or else a new one.

    Another commit or another digest is another model, whatever the names say; the former one stays as it is.
    """
    identity = (candidate.repository, candidate.commit, candidate.digests)
    former = next(
        (record for record in records.values() if (record.repository, record.commit, record.digests) == identity), None
    )
    record = _renewed(former, candidate) if former else new_record(candidate, records, starter_id=starter_id)
    records[record.model_id] = record
    return record


def starter_record(starter: StarterModel, kept: ShelfRecord | None) -> ShelfRecord:
    """Return the app's own facts with what the shelf remembers; the shelf cannot change what is expected."""
    path = str(find_starter(starter) or (kept.path if kept and kept.mismatch else ""))
    return ShelfRecord(
        model_id=starter.model_id,
        name=starter.name,
        parts=(ModelPart(path, starter.size, starter.sha256),),
        kind=FileKind.MODEL,
        repository="",
        commit="",
        source=starter.source,
        license=starter.license,
        quantization=starter.quantization,
        added_at=kept.added_at if kept else utc_now(),
        verified=kept.verified if kept else None,
        # A record that names other parts is not one that this app wrote about its starter.
        mismatch=kept.mismatch if kept and len(kept.parts) == 1 else None,
    )


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
        return dataclasses.replace(
            former,
            parts=candidate.parts,
            source=candidate.source,
            repository=candidate.repository or former.repository,
            commit=candidate.commit or former.commit,
            verified=None,
            mismatch=None,
        )
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

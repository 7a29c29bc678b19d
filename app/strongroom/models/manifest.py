# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The shelf's list on disk: ``shelf.json``, one record for each model that this data folder knows.

A field that no record declares, a value of the wrong type or a key given twice is refused by name, and the file stays
as it was. Version 1, which knew one file for each model, is read too and becomes version 2 with the next change.
Writing replaces the file whole; several processes take turns on ``shelf.lock``.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from strongroom.core.durable import replace_durably
from strongroom.core.errors import UserFacingError
from strongroom.core.hub import FileKind
from strongroom.core.locking import file_lock
from strongroom.core.statement import Statement
from strongroom.core.verification import ModelPart, joint_digest
from strongroom.models.fingerprint import Fingerprint
from strongroom.models.strict_json import Unexpected, build, object_without_repeats, require_keys

SHELF_VERSION = 2

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class VerifiedNote:
    """When these bytes last had the expected digest. For display; no load is spared its hash because of it."""

    at: str
    by: str
    """The program and version that hashed them."""
    fingerprints: tuple[Fingerprint, ...]
    """Of every part, in order."""


@dataclass(frozen=True, slots=True)
class MismatchNote:
    """A part that did not match, and where it is now."""

    at: str
    part: int
    """Which one, counted from 0."""
    actual: str | None
    """Hex SHA-256; None when the size alone told."""
    moved_to: str | None
    """None when it could not be moved and is still in its place."""
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class ShelfRecord:
    """One model of the shelf. For the starter model only the notes are used; its facts come from the app."""

    model_id: str
    name: str
    parts: tuple[ModelPart, ...]
    """Never empty."""
    kind: FileKind
    repository: str
    """``author/name``; empty when not from a hub."""
    commit: str
    source: str
    """Who vouches for the digests."""
    license: str
    quantization: str
    added_at: str
    verified: VerifiedNote | None = None
    mismatch: MismatchNote | None = None

    @property
    def path(self) -> str:
        """The first part's path."""
        return self.parts[0].path

    @property
    def paths(self) -> tuple[str, ...]:
        """Every part's path, in order."""
        return tuple(part.path for part in self.parts)

    @property
    def digests(self) -> tuple[str, ...]:
        """Every part's expected digest, in order; empty when even one is unknown."""
        known = tuple(part.sha256 for part in self.parts if part.sha256 is not None)
        return known if len(known) == len(self.parts) else ()

    @property
    def digest(self) -> str | None:
        """What the whole model's digest should be; None when nobody has vouched for it."""
        return joint_digest(self.digests) if self.digests else None


class Shelf:
    """The list in ``folder``; nothing is made before the first change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "shelf.json"
        self._threads = threading.Lock()

    def records(self) -> dict[str, ShelfRecord]:
        """Return the records by model id, in the order in which they were added.

        Raises:
            UserFacingError: The file cannot be read or understood (``models.shelf_invalid``).
        """
        try:
            text = self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise _invalid(self._file, Statement("models.shelf_unreadable", reason=str(error))) from error
        return parse_shelf(text, self._file)

    def put(self, record: ShelfRecord) -> None:
        """Add ``record``, or replace the one with its id.

        Raises:
            UserFacingError: The file as it stands cannot be understood; it is left alone (``models.shelf_invalid``).
            OSError: It cannot be written; the former list is untouched.
        """

        def change(records: dict[str, ShelfRecord]) -> None:
            records[record.model_id] = record

        self.change(change)

    def change(self, change: Callable[[dict[str, ShelfRecord]], _Result]) -> _Result:
        """Let ``change`` alter the records while nobody else can, then write them.

        Raises:
            UserFacingError: The file as it stands cannot be understood; it is left alone (``models.shelf_invalid``).
            OSError: It cannot be written; the former list is untouched.
        """
        with self._turn():
            records = self.records()
            result = change(records)
            self._write(records)
            return result

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._threads, file_lock(self._folder / "shelf.lock"):
            yield

    def _write(self, records: Mapping[str, ShelfRecord]) -> None:
        replace_durably(self._file, format_shelf(records).encode("ascii"))


def format_shelf(records: Mapping[str, ShelfRecord]) -> str:
    """Return the records as the text of ``shelf.json``."""
    content = {"version": SHELF_VERSION, "models": [asdict(record) for record in records.values()]}
    # Escaped to ASCII, so that a file name that is not valid Unicode comes back as it was.
    return json.dumps(content, indent=2) + "\n"


def parse_shelf(text: str, file: Path) -> dict[str, ShelfRecord]:
    """Return the records that ``text`` holds; ``file`` is named in the refusal.

    Raises:
        UserFacingError: The text is not a list of models that this version understands (``models.shelf_invalid``).
    """
    try:
        content = json.loads(text, object_pairs_hook=object_without_repeats)
        require_keys(content, {"version", "models"}, "the list")
        read = _READERS.get(content["version"]) if type(content["version"]) is int else None
        if read is None:
            raise Unexpected(f"version {content['version']!r} is not one that this program reads")
        if not isinstance(content["models"], list):
            raise Unexpected("models is not a list")
        records: dict[str, ShelfRecord] = {}
        for place, item in enumerate(content["models"], start=1):
            record = read(item, f"model {place}")
            if record.model_id in records:
                raise Unexpected(f"model {place} repeats the id {record.model_id!r}")
            records[record.model_id] = record
    except (ValueError, RecursionError) as error:
        raise _invalid(file, str(error)) from error
    return records


@dataclass(frozen=True, slots=True)
class _FirstVerifiedNote:
    at: str
    by: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class _FirstMismatchNote:
    at: str
    actual: str | None
    moved_to: str | None
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class _FirstRecord:
    """A record of version 1."""

    model_id: str
    name: str
    path: str
    size: int
    sha256: str | None
    source: str
    license: str
    quantization: str
    added_at: str
    verified: _FirstVerifiedNote | None
    mismatch: _FirstMismatchNote | None


def _read_first(item: Any, where: str) -> ShelfRecord:
    former = build(_FirstRecord, item, where)
    verified, mismatch = former.verified, former.mismatch
    return ShelfRecord(
        model_id=former.model_id,
        name=former.name,
        parts=(ModelPart(former.path, former.size, former.sha256),),
        kind=FileKind.MODEL,
        repository="",
        commit="",
        source=former.source,
        license=former.license,
        quantization=former.quantization,
        added_at=former.added_at,
        verified=VerifiedNote(verified.at, verified.by, (verified.fingerprint,)) if verified else None,
        mismatch=(
            MismatchNote(mismatch.at, 0, mismatch.actual, mismatch.moved_to, mismatch.fingerprint) if mismatch else None
        ),
    )


def _read_second(item: Any, where: str) -> ShelfRecord:
    record = build(ShelfRecord, item, where)
    if not record.parts:
        raise Unexpected(f"{where} has no parts")
    if record.mismatch and not 0 <= record.mismatch.part < len(record.parts):
        raise Unexpected(f"mismatch of {where} is about part {record.mismatch.part}, which there is not")
    return record


_READERS: dict[int, Callable[[Any, str], ShelfRecord]] = {1: _read_first, 2: _read_second}


def _invalid(file: Path, problem: str | Statement) -> UserFacingError:
    return UserFacingError("models.shelf_invalid", file=file, problem=problem)

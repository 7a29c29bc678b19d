# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Choosing records to show, also from a log of which only parts can be read."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.incident import IncidentEntry, IncidentEvent
from strongroom.incidents.header import decode_header
from strongroom.incidents.reading import RecordReader, Row
from strongroom.storage import Database, Schema, StorageError, open_to_read

_SELECT = """
    SELECT header, chain FROM incidents WHERE (?1 IS NULL OR category = ?1) AND (?2 IS NULL OR event = ?2)
    AND (?3 IS NULL OR recorded_at >= ?3) AND (?4 IS NULL OR recorded_at < ?4) AND (?5 IS NULL OR sequence < ?5)
    AND (?6 IS NULL OR sequence > ?6) ORDER BY sequence DESC LIMIT ?7
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records are wanted; None wants all."""

    category: str | None = None
    event: IncidentEvent | None = None
    since: str | None = None
    until: str | None = None
    before: int | None = None
    after: int | None = None

    def takes(self, entry: IncidentEntry) -> bool:
        """Say whether a record is among them."""
        return (
            (self.category is None or entry.record.category == self.category)
            and (self.event is None or entry.record.event is self.event)
            and (self.since is None or entry.recorded_at >= self.since)
            and (self.until is None or entry.recorded_at < self.until)
            and (self.before is None or entry.sequence < self.before)
            and (self.after is None or entry.sequence > self.after)
        )


def newest_first(database: Database, selection: Selection, limit: int) -> list[IncidentEntry]:
    """Return at most ``limit`` chosen records.

    Raises:
        StorageError: A page is damaged, or the log cannot be read.
    """
    event = selection.event and selection.event.value
    wanted = (
        *(selection.category, event, selection.since, selection.until, selection.before, selection.after),
        limit,
    )
    found = (_decoded(*row) for row in database.rows(_SELECT, wanted))
    return [entry for entry in found if entry is not None]


def salvage(path: Path, key: bytes, schema: Schema, selection: Selection, limit: int | None) -> list[IncidentEntry]:
    """Return at most ``limit`` chosen records of a damaged log, newest first, leaving out what cannot be read.

    Raises:
        StorageError: The log is in use, or the system does not let it be read.
    """
    newest: deque[IncidentEntry] = deque(maxlen=limit)
    newest.extend(entry for entry in _readable(path, key, schema) if selection.takes(entry))
    return list(reversed(newest))


def _readable(path: Path, key: bytes, schema: Schema) -> Iterator[IncidentEntry]:
    if not path.exists():
        return
    try:
        for item in RecordReader(lambda: open_to_read(path, key, schema), last_known=0).rows():
            if isinstance(item, Row) and (entry := _decoded(item.header, item.chain)) is not None:
                yield entry
    except StorageError as error:
        if not error.problem.is_about_content:
            raise


def _decoded(header: bytes, chain: str) -> IncidentEntry | None:
    """Return a record, or None for bytes that are not one: naming those is the verification's part."""
    try:
        return decode_header(header, chain)
    except (ValueError, RecursionError):
        return None

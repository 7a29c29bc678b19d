# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The incident log, seen from the window: reading, verifying and exporting off the GUI thread."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from strongroom.core.incident import IncidentEntry, IncidentEvent
from strongroom.gui.background.log_desk import LogDesk
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.incidents import IncidentFormat, IncidentLog, export
from strongroom.workspace import Workspace

PAGE_SIZE = 500
_EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class IncidentQuery:
    """Which records are wanted; times are UTC in the house format."""

    category: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentListing:
    """Records that were read, newest first."""

    query: IncidentQuery
    entries: tuple[IncidentEntry, ...]
    has_more: bool
    is_continued: bool
    """Whether they follow those that were read before."""
    total: int
    """Records of the whole log."""
    categories: tuple[str, ...]
    """Every category of the newest records of the log."""


class IncidentDesk(LogDesk):
    """Reads, verifies and exports the incident log; what it lists is an :class:`IncidentListing`."""

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(runner, parent)
        self._query = IncidentQuery()

    def read(self, query: IncidentQuery) -> None:
        """Read the newest records that ``query`` asks for."""
        self._query = query
        self._list(query, None)

    def read_more(self, before: int) -> None:
        """Read the records before one that is shown."""
        self._list(self._query, before)

    def verify(self) -> None:
        """Check the whole chain."""
        self._verify(lambda workspace: workspace.incidents.verify())

    def export(self, path: Path, form: IncidentFormat) -> None:
        """Write the records of the last query to a file; that is an incident of its own, recorded first."""
        query = self._query

        def write(workspace: Workspace) -> int:
            workspace.recorder.record_event(IncidentEvent.EXPORTED, format=form.value, to=path.name)
            entries = workspace.incidents.entries(
                category=query.category, since=query.since, until=query.until, limit=_EVERYTHING
            )
            text = io.StringIO(newline="")
            count = export(entries, text, form.value)
            path.write_text(text.getvalue(), encoding="utf-8", newline="")
            return count

        self._write(write, path)

    def _list(self, query: IncidentQuery, before: int | None) -> None:
        self._read(lambda workspace: _listing(workspace.incidents, query, before), self._on_read)

    def _on_read(self, listing: IncidentListing) -> None:
        # An answer to an older question would show the wrong records under the new filter.
        if listing.query == self._query:
            self.listed.emit(listing)


def _listing(log: IncidentLog, query: IncidentQuery, before: int | None) -> IncidentListing:
    entries = log.entries(
        category=query.category, since=query.since, until=query.until, limit=PAGE_SIZE + 1, before=before
    )
    known = log.entries(limit=PAGE_SIZE) if query.category or before else entries
    return IncidentListing(
        query,
        tuple(entries[:PAGE_SIZE]),
        has_more=len(entries) > PAGE_SIZE,
        is_continued=before is not None,
        total=log.count(),
        categories=_categories(known, query.category),
    )


def _categories(entries: Sequence[IncidentEntry], chosen: str | None) -> tuple[str, ...]:
    names = {entry.record.category for entry in entries if entry.record.category}
    return tuple(sorted(names | ({chosen} if chosen else set())))

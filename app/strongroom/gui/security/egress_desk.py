# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The egress ledger, seen from the window: reading, verifying and exporting off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from strongroom.core.egress import EgressEntry
from strongroom.core.errors import UserFacingError
from strongroom.gui.background.log_desk import LogDesk
from strongroom.gui.background.task_runner import TaskRunner
from strongroom.incidents import EgressLedger, IncidentFormat

PAGE_SIZE = 500


class LedgerSource(Protocol):
    """What has the ledger; the workspace does."""

    @property
    def egress(self) -> EgressLedger:
        """The ledger."""


@dataclass(frozen=True, slots=True)
class EgressListing:
    """Requests that were read, newest first."""

    entries: tuple[EgressEntry, ...]
    has_more: bool
    is_continued: bool
    """Whether they follow those that were read before."""
    since_start: int
    total: int
    damage: UserFacingError | None = None


class EgressDesk(LogDesk):
    """Reads, verifies and exports the ledger.

    Signals:
        listed: An :class:`EgressListing`.
    """

    listed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(runner, parent)
        self._source: LedgerSource | None = None

    def attach(self, source: LedgerSource) -> None:
        """Begin."""
        self._source = source

    def read(self) -> None:
        """Read the newest requests."""
        self._read(None)

    def read_more(self, before: int) -> None:
        """Read the requests before one that is shown."""
        self._read(before)

    def verify(self) -> None:
        """Check the whole chain."""
        if self._source is not None:
            source = self._source
            self._verify(source.egress.verify)

    def export(self, path: Path, form: IncidentFormat) -> None:
        """Write the whole ledger to a file."""
        if self._source is not None:
            source = self._source
            self._write(lambda: source.egress.export(path, form), path)

    def _read(self, before: int | None) -> None:
        if self._source is not None:
            source = self._source
            self._runner.store(lambda: _listing(source.egress, before), self.listed.emit, self.failed.emit)


def _listing(ledger: EgressLedger, before: int | None) -> EgressListing:
    entries = ledger.entries(PAGE_SIZE + 1, before)
    return EgressListing(
        tuple(entries[:PAGE_SIZE]),
        has_more=len(entries) > PAGE_SIZE,
        is_continued=before is not None,
        since_start=ledger.count_since_start,
        total=ledger.count_requests(),
        damage=ledger.damage,
    )

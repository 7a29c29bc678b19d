# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The egress ledger, seen from the window: reading, verifying and exporting off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from strongroom.chat import EgressLedger
from strongroom.core.egress import EgressEntry
from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentVerification
from strongroom.gui.task_runner import TaskRunner
from strongroom.incidents import IncidentFormat

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


class EgressDesk(QObject):
    """Reads, verifies and exports the ledger.

    Signals:
        listed: An :class:`EgressListing`.
        verified: The :class:`~strongroom.core.incident.IncidentVerification`.
        exported: How many records or requests, as the format has it, and the file they were written to.
        busy_changed: Whether a verification or an export is under way.
        failed: An exception.
    """

    listed = Signal(object)
    verified = Signal(object)
    exported = Signal(int, object)
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
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
            self.busy_changed.emit(True)
            self._runner.run(lambda _cancel: source.egress.verify(), self._on_verified, self._on_failed)

    def export(self, path: Path, form: IncidentFormat) -> None:
        """Write the whole ledger to a file."""
        if self._source is not None:
            source = self._source
            self.busy_changed.emit(True)
            self._runner.store(
                lambda: source.egress.export(path, form), lambda count: self._on_exported(count, path), self._on_failed
            )

    def _read(self, before: int | None) -> None:
        if self._source is not None:
            source = self._source
            self._runner.store(lambda: _listing(source.egress, before), self.listed.emit, self.failed.emit)

    def _on_verified(self, verification: IncidentVerification) -> None:
        self.busy_changed.emit(False)
        self.verified.emit(verification)

    def _on_exported(self, count: int, path: Path) -> None:
        self.busy_changed.emit(False)
        self.exported.emit(count, path)

    def _on_failed(self, error: BaseException) -> None:
        self.busy_changed.emit(False)
        self.failed.emit(error)


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

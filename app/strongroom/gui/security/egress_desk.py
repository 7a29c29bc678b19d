# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The egress ledger, seen from the window: reading, verifying and exporting off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path

from strongroom.core.egress import EgressEntry
from strongroom.core.errors import UserFacingError
from strongroom.gui.background.log_desk import LogDesk
from strongroom.incidents import EgressLedger, IncidentFormat

PAGE_SIZE = 500


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
    """Reads, verifies and exports the ledger of requests; what it lists is an :class:`EgressListing`."""

    def read(self) -> None:
        """Read the newest requests."""
        self._list(None)

    def read_more(self, before: int) -> None:
        """Read the requests before one that is shown."""
        self._list(before)

    def verify(self) -> None:
        """Check the whole chain."""
        self._verify(lambda workspace: workspace.egress.verify())

    def export(self, path: Path, form: IncidentFormat) -> None:
        """Write the whole ledger to a file."""
        self._write(lambda workspace: workspace.egress.export(path, form), path)

    def _list(self, before: int | None) -> None:
        self._read(lambda workspace: _listing(workspace.egress, before), self.listed.emit)


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

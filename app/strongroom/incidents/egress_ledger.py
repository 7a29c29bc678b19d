# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The egress ledger: each HTTP request that the hub helper makes, recorded before it is made, and how it ended.

It is a log of the incident log's kind: encrypted, chained, anchored, durable. A request is two records, because the
first one has to be there before anything leaves; a record is never changed.
"""

import csv
import io
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self, TextIO

from strongroom.core.egress import EgressEntry, EgressRequest, Purpose
from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentEntry, IncidentEvent, IncidentRecord, IncidentVerification
from strongroom.core.paths import DataPaths
from strongroom.incidents.anchor import egress_key
from strongroom.incidents.export import IncidentFormat, export, neutralized
from strongroom.incidents.kinds import EGRESS_LEDGER
from strongroom.incidents.log import IncidentLog
from strongroom.incidents.refusals import IncidentLogDamaged

CSV_COLUMNS = ("sequence", "began_at", "method", "host", "path", "why", "status", "received")
_EVERYTHING = 2**31 - 1


def _unrecorded(format: str, to: str) -> None:
    """Take no note of an export."""


class EgressLedger:
    """An open ledger. Thread-safe. Use :meth:`open`.

    Args:
        log: Keeps the records.
    """

    def __init__(self, log: IncidentLog) -> None:
        self._log = log
        self._opened = [log]
        self._lock = threading.Lock()
        """Held while a record is written, so that none is left behind when the ledger moves to the disk."""
        self._count = 0
        self.record_export: Callable[[str, str], None] = _unrecorded
        """Called before an export with its format and where it goes; what it raises refuses the export."""

    @classmethod
    def open(cls, paths: DataPaths, log_key: bytes | None) -> Self:
        """Open the ledger of a data folder, made if missing; one that is damaged is opened all the same.

        Args:
            paths: The data folder.
            log_key: The key of the incident log, from which the ledger's is derived; None keeps it in memory.

        Raises:
            StorageError: It is in use, was made by a newer version, or the folder does not let it be written.
        """
        return cls(_open_log(paths, log_key))

    @property
    def count_since_start(self) -> int:
        """How many requests have been begun since this ledger was opened."""
        return self._count

    @property
    def damage(self) -> IncidentLogDamaged | None:
        """Why nothing can be recorded, and so nothing asked of a hub; None for a sound ledger."""
        return self._log.damage

    def require_sound(self) -> None:
        """Return only while requests can be recorded at all.

        Raises:
            IncidentLogDamaged: The ledger is not what was written.
        """
        self._log.require_sound()

    def begun(self, request: EgressRequest) -> int:
        """Record a request that is about to go out; return the record's number. It is on the disk when this returns.

        Raises:
            UserFacingError: It cannot be recorded; the request must not go out.
        """
        details: dict[str, str | int | bool] = {
            "method": request.method,
            "host": request.host,
            "path": request.path,
            "why": request.why.value,
        }
        sequence = self._append(IncidentRecord(IncidentEvent.EGRESS_BEGUN, details=details))
        with self._lock:
            self._count += 1
        return sequence

    def made(self, sequence: int, *, status: int, received: int) -> None:
        """Record the end of the request whose beginning is record ``sequence``.

        Args:
            sequence: What :meth:`begun` returned.
            status: Of the answer; 0 when none came.
            received: Bytes of the answer's body.

        Raises:
            UserFacingError: It cannot be recorded; no other request must go out.
        """
        details: dict[str, str | int | bool] = {"begun": sequence, "status": status, "received": received}
        self._append(IncidentRecord(IncidentEvent.EGRESS_MADE, details=details))

    def entries(self, limit: int = 500, before_sequence: int | None = None) -> list[EgressEntry]:
        """Return requests, the newest first; of a damaged ledger, those that can be read.

        Args:
            limit: The most to return.
            before_sequence: Only requests whose first record has a smaller number, to page backwards.

        Raises:
            StorageError: The ledger is in use or cannot be opened.
        """
        log = self._log
        begun = log.entries(event=IncidentEvent.EGRESS_BEGUN, limit=limit, before=before_sequence)
        if not begun:
            return []
        made = log.entries(event=IncidentEvent.EGRESS_MADE, limit=_EVERYTHING, after=begun[-1].sequence)
        return merge(begun, made)

    def count_requests(self) -> int:
        """Return how many requests are kept; of a damaged ledger, of those that can be read.

        Raises:
            StorageError: The ledger is in use or cannot be opened.
        """
        return self._log.count(IncidentEvent.EGRESS_BEGUN)

    def verify(self) -> IncidentVerification:
        """Check every record, the chain, the file's pages and the anchor. Recording may go on meanwhile.

        A ledger that is found damaged takes no further records.

        Raises:
            StorageError: The ledger is in use or cannot be opened.
        """
        return self._log.verify()

    def export(self, target: Path | TextIO, format: str, *, to: str = "") -> int:
        """Write the whole ledger; return how many records or rows. This is an incident, recorded before.

        Args:
            target: A file, which is overwritten; or a stream, opened with ``newline=""`` and UTF-8.
            format: ``jsonl``: every record, oldest first, with the bytes that the chain covers and its chain value.
                ``csv``: a row for each request, newest first, for a spreadsheet.
            to: What the incident calls the target; else the file's name.

        Raises:
            UserFacingError: The ledger cannot be read, or the export not be recorded.
            OSError: The file cannot be written.
            ValueError: There is no such format.
        """
        chosen = IncidentFormat(format)
        self.record_export(chosen.value, to or (target.name if isinstance(target, Path) else "a stream"))
        text = io.StringIO(newline="")
        if chosen is IncidentFormat.JSONL:
            count = export(reversed(self._log.entries(limit=_EVERYTHING)), text, chosen)
        else:
            count = _write_table(self.entries(limit=_EVERYTHING), text)
        if isinstance(target, Path):
            target.write_text(text.getvalue(), encoding="utf-8", newline="")
        else:
            target.write(text.getvalue())
        return count

    def keep_in(self, paths: DataPaths, log_key: bytes) -> None:
        """Move what was held in memory into a data folder, and keep everything there from now on.

        Raises:
            StorageError: There is a ledger already, or it cannot be written; it goes on in memory.
        """
        with self._lock:
            self._log.copy_to(paths.egress, paths.egress_anchor, egress_key(log_key))
            # The one in memory stays open until the end: another thread may be reading a list from it.
            self._log = _open_log(paths, log_key)
            self._opened.append(self._log)

    def close(self) -> None:
        """Close the ledger. May be called twice."""
        for log in self._opened:
            log.close()

    def _append(self, record: IncidentRecord) -> int:
        with self._lock:
            try:
                return self._log.append(record).sequence
            except UserFacingError:
                raise
            except Exception as error:
                # Whatever the reason, a request that is not on the disk must not leave.
                raise UserFacingError("egress.not_writable", reason=str(error)) from error


def merge(begun: Iterable[IncidentEntry], made: Iterable[IncidentEntry]) -> list[EgressEntry]:
    """Return a request for each record of a beginning, in their order, with the ends that are among ``made``.

    A record that does not hold what this app writes is left out: naming it is the verification's part.
    """
    ends = {entry.record.details.get("begun"): entry.record.details for entry in made}
    found = (_request(entry, ends.get(entry.sequence, {})) for entry in begun)
    return [request for request in found if request is not None]


def _request(begun: IncidentEntry, end: Mapping[str, str | int | bool]) -> EgressEntry | None:
    details = begun.record.details
    try:
        return EgressEntry(
            sequence=begun.sequence,
            began_at=begun.recorded_at,
            method=str(details["method"]),
            host=str(details["host"]),
            path=str(details["path"]),
            why=Purpose(str(details["why"])),
            status=int(end["status"]) if end else None,
            received=int(end["received"]) if end else None,
        )
    except (KeyError, ValueError):
        return None


def _open_log(paths: DataPaths, log_key: bytes | None) -> IncidentLog:
    if log_key is None:
        return IncidentLog.open(None, None, None, EGRESS_LEDGER)
    return IncidentLog.open(paths.egress, paths.egress_anchor, egress_key(log_key), EGRESS_LEDGER)


def _write_table(entries: Iterable[EgressEntry], stream: TextIO) -> int:
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(CSV_COLUMNS)
    count = 0
    for entry in entries:
        writer.writerow([neutralized(_cell(getattr(entry, column))) for column in CSV_COLUMNS])
        count += 1
    return count


def _cell(value: Any) -> str:
    return "" if value is None else str(value)

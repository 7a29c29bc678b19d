# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Records as a file: JSON lines, which lose nothing and carry their proof, or CSV for a spreadsheet.

An export is an incident of its own; whoever asks for one records it.
"""

import csv
import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TextIO

import rfc8785

from strongroom.core.incident import IncidentEntry
from strongroom.incidents.header import encode_header


class IncidentFormat(StrEnum):
    """The formats of an export."""

    JSONL = "jsonl"
    CSV = "csv"

    @classmethod
    def of_file(cls, path: Path) -> "IncidentFormat":
        """Return the format that a file's name asks for: a spreadsheet for ``.csv``, else lines with the proof."""
        return cls.CSV if path.suffix.lower() == ".csv" else cls.JSONL


CSV_COLUMNS = (
    "sequence", "recorded_at", "event", "category", "rule_id", "action", "direction", "confidence_percent",
    "policy_name", "policy_version", "policy_digest", "model_digest", "conversation_id", "text_length", "text_hmac",
    "details", "chain",
)  # fmt: skip

_SPREADSHEET_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def export(entries: Iterable[IncidentEntry], stream: TextIO, format: str) -> int:
    """Write records to ``stream`` in the order given; return how many.

    Args:
        entries: The records.
        stream: Opened with ``newline=""`` and UTF-8.
        format: ``jsonl``: one object a line, ``header`` with exactly the bytes that the chain covers and ``chain``.
            ``csv``: a line of names first; a cell that a spreadsheet might run as a formula gets an apostrophe in
            front, and so does one that begins with an apostrophe, so that taking one away restores every cell.

    Raises:
        ValueError: There is no such format.
    """
    chosen = IncidentFormat(format)
    return _write_lines(entries, stream) if chosen is IncidentFormat.JSONL else _write_table(entries, stream)


def neutralized(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell.startswith(_SPREADSHEET_TRIGGERS) else cell


def _write_lines(entries: Iterable[IncidentEntry], stream: TextIO) -> int:
    count = 0
    for entry in entries:
        # The header goes in as the very bytes that were hashed, so that a reader needs no canonical JSON of its own.
        header = encode_header(entry.sequence, entry.recorded_at, entry.record).decode("utf-8")
        stream.write(f'{{"chain":{json.dumps(entry.chain)},"header":{header}}}\n')
        count += 1
    return count


def _write_table(entries: Iterable[IncidentEntry], stream: TextIO) -> int:
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(CSV_COLUMNS)
    count = 0
    for entry in entries:
        writer.writerow([neutralized(_cell(entry, column)) for column in CSV_COLUMNS])
        count += 1
    return count


def _cell(entry: IncidentEntry, column: str) -> str:
    if column in ("sequence", "recorded_at", "chain"):
        return str(getattr(entry, column))
    value = getattr(entry.record, column)
    if column == "details":
        return rfc8785.dumps(dict(value)).decode("utf-8")
    return "" if value is None else str(value)

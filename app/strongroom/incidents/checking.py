# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Finding out what was done to a log: edited, removed, reordered, cut off, or unreadable, and which record."""

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from strongroom.core.incident import IncidentProblem, IncidentVerification, ProblemKind
from strongroom.core.statement import Fact, Statement
from strongroom.incidents.anchor import Anchor, AnchorFile, AnchorRefused
from strongroom.incidents.header import GENESIS, chain_value, decode_header
from strongroom.incidents.kinds import INCIDENT_LOG, LogKind
from strongroom.incidents.reading import RecordReader, Row, Unreadable, rows_after
from strongroom.storage import Database, StorageError, open_to_read


class ChainCheck:
    """Takes the records of a log in order and collects what is wrong with them.

    Args:
        after: The record before the first one that will be taken; 0 to begin at the beginning.
        previous: The chain value of that record.
    """

    def __init__(self, after: int = 0, previous: str = GENESIS) -> None:
        self.problems: list[IncidentProblem] = []
        self.entries = 0
        self.last = after
        self.head = previous
        self._expected = after + 1
        # What the next record may be chained to. More than one value where a record's own chain value is in doubt, so
        # that one change names one record; None where it is unknown.
        self._links: frozenset[str] | None = frozenset((previous,))
        self._anchor = Anchor()
        self._at_anchor: str | None = None

    def take_all(self, items: Iterable[Row | Unreadable], anchor: Anchor | None) -> None:
        """Take every record; remember the one that the anchor names."""
        self._anchor = anchor or Anchor()
        for item in items:
            if isinstance(item, Unreadable):
                self._take_unreadable(item)
            else:
                self._take(item)
        if anchor is not None:
            self._compare_with_anchor(anchor)

    def _take_unreadable(self, stretch: Unreadable) -> None:
        self._note_gap(stretch.first)
        self._add(
            ProblemKind.UNREADABLE,
            stretch.first,
            Statement(
                "log.stretch_unreadable",
                case="one" if stretch.first == stretch.last else None,
                first=stretch.first,
                last=stretch.last,
            ),
        )
        self._expected = stretch.last + 1
        self.last = stretch.last
        self._links = None

    def _take(self, row: Row) -> None:
        self.entries += 1
        self._note_gap(row.sequence)
        trouble = self._trouble(row)
        if trouble is not None:
            self._add(trouble[0], row.sequence, trouble[1])
        if row.sequence == self._anchor.sequence:
            self._at_anchor = row.chain
        if row.sequence < self._expected:
            return  # It stands before the first record; the chain does not go through it.
        self._expected = row.sequence + 1
        self.last, self.head = row.sequence, row.chain
        if trouble is None:
            self._links = frozenset((row.chain,))
        elif trouble[0] is ProblemKind.REORDERED or self._links is None:
            self._links = None
        else:
            self._links = frozenset((row.chain, *(chain_value(link, row.header) for link in self._links)))

    def _trouble(self, row: Row) -> tuple[ProblemKind, Statement] | None:
        """Return what is wrong with one record itself."""
        try:
            entry = decode_header(row.header, row.chain)
        except (ValueError, RecursionError) as error:
            return ProblemKind.EDITED, Statement("log.record_edited", record=row.sequence, detail=str(error))
        if entry.sequence != row.sequence:
            return ProblemKind.REORDERED, Statement("log.record_displaced", record=entry.sequence, place=row.sequence)
        if row.sequence < self._expected:
            return ProblemKind.REORDERED, Statement("log.record_before_beginning", record=row.sequence)
        if self._links is not None and row.chain not in {chain_value(link, row.header) for link in self._links}:
            return ProblemKind.EDITED, Statement("log.record_unchained", record=row.sequence)
        kept = (entry.recorded_at, entry.record.event.value, entry.record.category)
        if kept != (row.recorded_at, row.event, row.category):
            return ProblemKind.EDITED, Statement("log.record_columns_differ", record=row.sequence)
        return None

    def _note_gap(self, sequence: int) -> None:
        if sequence > self._expected:
            first, last = self._expected, sequence - 1
            found = Statement("log.stretch_gone", case="one" if first == last else None, first=first, last=last)
            self._add(ProblemKind.MISSING, first, found)
            self._links = None

    def _compare_with_anchor(self, anchor: Anchor) -> None:
        if anchor.sequence > self.last:
            self._add(
                ProblemKind.TRUNCATED,
                self.last + 1,
                Statement("log.truncated", last=self.last, known=anchor.sequence),
            )
        elif self._at_anchor is not None and self._at_anchor != anchor.head:
            self._add(
                ProblemKind.ANCHOR_MISMATCH,
                anchor.sequence,
                Statement("log.rewritten", record=anchor.sequence),
            )

    def _add(self, kind: ProblemKind, sequence: int | None, found: Statement) -> None:
        self.problems.append(IncidentProblem(kind, sequence, found))


def verify_log(path: Path, anchor_path: Path, key: bytes, kind: LogKind = INCIDENT_LOG) -> IncidentVerification:
    """Check every record of a log file, its chain, its pages and its anchor. Changes nothing, and may run at any time.

    Raises:
        StorageError: The file cannot be opened for a reason that says nothing about its content (in use, no permission,
            made by a newer version).
    """
    anchor, anchor_problem = read_anchor(AnchorFile(anchor_path, key))
    if not path.exists():
        return _without_file(path, anchor, anchor_problem)
    check = ChainCheck()
    reader = RecordReader(lambda: open_to_read(path, key, kind.schema), anchor.sequence if anchor else 0)
    try:
        check.take_all(reader.rows(), anchor)
    except StorageError as error:
        if not error.problem.is_about_content:
            raise
        check.problems.append(
            IncidentProblem(ProblemKind.UNREADABLE, 1, Statement("log.unreadable", reason=error.statement))
        )
    check.problems += anchor_problem
    if not any(problem.kind is ProblemKind.UNREADABLE for problem in check.problems):
        # The records are read; what is left are pages that hold none.
        check.problems += _page_problems(lambda: open_to_read(path, key, kind.schema))
    return IncidentVerification(check.entries, check.head, tuple(check.problems))


def verify_recent(database: Database, anchor: Anchor, most: int) -> tuple[Anchor, tuple[IncidentProblem, ...]]:
    """Check the last ``most`` records, and all after the anchor's.

    Returns:
        The last record, and what is wrong.

    Raises:
        StorageError: A page is damaged, or the file cannot be read.
    """
    ((last,),) = database.rows("SELECT coalesce(max(sequence), 0) FROM incidents")
    begin = max(0, min(anchor.sequence - 1, last - most))
    before = database.rows("SELECT chain FROM incidents WHERE sequence = ?", (begin,))
    check = ChainCheck(begin, before[0][0] if before else GENESIS)
    check.take_all(rows_after(database, begin), anchor)
    return Anchor(check.last, check.head), tuple(check.problems)


def read_anchor(file: AnchorFile) -> tuple[Anchor | None, list[IncidentProblem]]:
    """Return the anchor, or what is wrong with it."""
    try:
        anchor = file.read()
    except AnchorRefused as refusal:
        return None, [IncidentProblem(ProblemKind.ANCHOR_MISMATCH, None, refusal.found)]
    if anchor is None:
        found = Statement("log.anchor_gone", file=file.path.name)
        return None, [IncidentProblem(ProblemKind.ANCHOR_MISSING, None, found)]
    return anchor, []


def log_gone(path: Path, anchor: Anchor) -> IncidentProblem:
    """Return what is said of a log whose anchor is all that is left."""
    return IncidentProblem(ProblemKind.MISSING, 1, Statement("log.file_gone", file=path.name, known=anchor.sequence))


def _without_file(path: Path, anchor: Anchor | None, problems: list[IncidentProblem]) -> IncidentVerification:
    """Judge a log whose file is not there: never begun, or taken away."""
    if anchor is not None:
        problems = [log_gone(path, anchor)] if anchor.sequence else []
    elif problems[0].kind is ProblemKind.ANCHOR_MISSING:
        problems = []
    return IncidentVerification(0, GENESIS, tuple(problems))


def _page_problems(open_log: Callable[[], Database]) -> list[IncidentProblem]:
    try:
        with closing(open_log()) as database:
            found: list[Fact] = [str(row[0]) for row in database.rows("PRAGMA integrity_check(10)")]
    except StorageError as error:
        if not error.problem.is_about_content:
            raise
        found = [error.statement]
    if found == ["ok"]:
        return []
    return [IncidentProblem(ProblemKind.UNREADABLE, None, Statement("log.pages_damaged", pages=tuple(found)))]

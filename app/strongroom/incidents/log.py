# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The incident log and its like: grows by one durable record at a time, and knows when it is not what was written.

Several threads and several processes may append; each takes the log's lock, looks at the head, and chains to it.
"""

import hmac
import os
import secrets
import threading
from contextlib import closing
from pathlib import Path
from typing import Self

from strongroom.core.clock import utc_now
from strongroom.core.errors import UserFacingError
from strongroom.core.incident import (
    IncidentEntry,
    IncidentEvent,
    IncidentProblem,
    IncidentRecord,
    IncidentVerification,
    ProblemKind,
)
from strongroom.core.statement import Statement
from strongroom.incidents.anchor import Anchor, AnchorFile, AnchorRefused, derived_key
from strongroom.incidents.checking import ChainCheck, log_gone, read_anchor, verify_log, verify_recent
from strongroom.incidents.header import GENESIS, chain_value, decode_header, encode_header
from strongroom.incidents.kinds import INCIDENT_LOG, LogKind
from strongroom.incidents.listing import Selection, newest_first, salvage
from strongroom.incidents.reading import rows_after
from strongroom.incidents.refusals import IncidentLogDamaged, exclusive
from strongroom.storage import (
    Database,
    StorageError,
    StorageProblem,
    copy_database,
    open_database,
    open_to_read,
)

CHECKED_AT_OPEN = 5_000
"""Records whose chain is checked when the log is opened: about 0.15 s. :meth:`IncidentLog.verify` checks them all."""

Entries = list[IncidentEntry]


class IncidentLog:
    """An open log. Use :meth:`open`."""

    def __init__(
        self,
        kind: LogKind,
        database: Database | None,
        path: Path | None,
        key: bytes,
        anchor_file: AnchorFile | None,
    ) -> None:
        self.kind = kind
        self._database = database
        self._path = path
        self._key = key
        self._anchor_file = anchor_file
        self._text_key = derived_key(key, "text")
        self._lock = threading.Lock()
        self._file_identity = _identity(path)
        self.damage: IncidentLogDamaged | None = None
        """Why nothing can be appended; None for a sound log."""

    @classmethod
    def open(cls, path: Path | None, anchor_path: Path | None, key: bytes | None, kind: LogKind = INCIDENT_LOG) -> Self:
        """Open a log, made if there is neither a file nor an anchor; without a path, one that lives in memory.

        A log that is damaged, cut short or gone is opened all the same, so that it can be verified and what is left be
        listed; :attr:`damage` says so, and appending to it raises.

        Raises:
            StorageError: It is in use, was made by a newer version, or the folder does not let it be written.
        """
        if path is None:
            database = open_database(None, None, kind.schema, is_durable=True)
            return cls(kind, database, None, secrets.token_bytes(32), None)
        if anchor_path is None or key is None:
            raise ValueError("a log file needs an anchor and a key")
        anchor_file = AnchorFile(anchor_path, key)
        with exclusive(anchor_file, kind):
            return cls._open_file(kind, path, key, anchor_file)

    @classmethod
    def _open_file(cls, kind: LogKind, path: Path, key: bytes, anchor_file: AnchorFile) -> Self:
        anchor, anchor_problems = read_anchor(anchor_file)
        if anchor_problems and (path.exists() or anchor_problems[0].kind is not ProblemKind.ANCHOR_MISSING):
            return cls._damaged(kind, path, key, anchor_file, anchor_problems[0])
        if anchor is None:
            # Before the log: from its first moment on, a log without an anchor is one whose anchor was taken.
            anchor = Anchor()
            anchor_file.write(anchor)
        if anchor.sequence and not path.exists():
            return cls._damaged(kind, path, key, anchor_file, log_gone(path, anchor))
        try:
            head = Anchor()
            if path.exists():
                # Read-only first: a connection that may write would tidy up what a damaged file still tells.
                with closing(open_to_read(path, key, kind.schema)) as reader:
                    head, problems = verify_recent(reader, anchor, CHECKED_AT_OPEN)
                if problems:
                    return cls._damaged(kind, path, key, anchor_file, problems[0])
            database = open_database(path, key, kind.schema, is_durable=True)
        except StorageError as error:
            if not error.problem.is_about_content:
                raise
            problem = IncidentProblem(ProblemKind.UNREADABLE, None, error.statement)
            return cls._damaged(kind, path, key, anchor_file, problem)
        if head.sequence > anchor.sequence:
            # The app was killed between a commit and its anchor; the chain from the anchor to the head is sound.
            anchor_file.write(head)
        return cls(kind, database, path, key, anchor_file)

    @classmethod
    def _damaged(cls, kind: LogKind, path: Path, key: bytes, anchor_file: AnchorFile, problem: IncidentProblem) -> Self:
        log = cls(kind, None, path, key, anchor_file)
        log._note_damage(problem)
        return log

    def require_sound(self) -> None:
        """Return only while records can be added, as far as that can be told without adding one.

        Raises:
            IncidentLogDamaged: The log is not what was written.
        """
        with self._lock:
            self._sound_anchor()

    def append(self, record: IncidentRecord) -> IncidentEntry:
        """Add a record. When this returns, it is on the disk, and so is the anchor that names it.

        Raises:
            IncidentLogDamaged: The log is not what was written.
            StorageError: It could not be written: no space, in use, no permission.
            ValueError: The record holds a detail of another type than text, integer or boolean.
        """
        with self._lock, exclusive(self._anchor_file, self.kind):
            anchor = self._sound_anchor()
            with self._require_database().transaction() as statements:
                statements.execute("SELECT sequence, chain FROM incidents ORDER BY sequence DESC LIMIT 1")
                sequence, previous = statements.fetchone() or (0, GENESIS)
                self._require_agreement(anchor, sequence, previous)
                recorded_at = utc_now()
                header = encode_header(sequence + 1, recorded_at, record)
                chain = chain_value(previous, header)
                statements.execute(
                    "INSERT INTO incidents (sequence, recorded_at, event, category, header, chain)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (sequence + 1, recorded_at, record.event.value, record.category, header, chain),
                )
            if self._anchor_file is not None:
                self._anchor_file.write(Anchor(sequence + 1, chain))
        return decode_header(header, chain)

    def entries(
        self,
        *,
        category: str | None = None,
        event: IncidentEvent | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 500,
        before: int | None = None,
        after: int | None = None,
    ) -> Entries:
        """Return records, the newest first; of a damaged log, those that can be read.

        Args:
            category: Only this category.
            event: Only this event.
            since: Only records of this time (house format, or its beginning) or later.
            until: Only records from before this time.
            limit: The most to return.
            before: Only records with a smaller sequence number, to page backwards.
            after: Only records with a larger sequence number.

        Raises:
            StorageError: The log is in use or cannot be opened.
        """
        selection = Selection(category, event, since, until, before, after)
        try:
            return newest_first(self._require_database(), selection, limit)
        except (IncidentLogDamaged, StorageError) as error:
            return self._salvaged(error, selection, limit)

    def count(self, event: IncidentEvent | None = None) -> int:
        """Return the number of records, or of those of one event; of a damaged log, of those that can be read.

        Raises:
            StorageError: The log is in use or cannot be opened.
        """
        try:
            wanted = (event and event.value,)
            rows = self._require_database().rows(
                "SELECT count(*) FROM incidents WHERE ?1 IS NULL OR event = ?1", wanted
            )
            return int(rows[0][0])
        except (IncidentLogDamaged, StorageError) as error:
            return len(self._salvaged(error, Selection(event=event), None))

    def verify(self) -> IncidentVerification:
        """Check every record, the chain, the file's pages and the anchor. Appending may go on meanwhile.

        A log that is found damaged takes no further records.

        Raises:
            StorageError: The log is in use or cannot be opened.
        """
        if self._path is None or self._anchor_file is None:
            check = ChainCheck()
            check.take_all(rows_after(self._require_database(), 0), None)
            verification = IncidentVerification(check.entries, check.head, tuple(check.problems))
        else:
            verification = verify_log(self._path, self._anchor_file.path, self._key, self.kind)
        if verification.problems and self.damage is None:
            self._note_damage(verification.problems[0])
        return verification

    def text_hmac(self, text: str) -> str:
        """Return a keyed hash of ``text``: repeats can be counted, but nobody without the key can try out guesses."""
        return "hmac-sha256:" + hmac.digest(self._text_key, text.encode("utf-8", "surrogatepass"), "sha256").hex()

    def copy_to(self, path: Path, anchor_path: Path, key: bytes) -> None:
        """Write the whole log, and an anchor for it, into new files: what a session held in memory, once it has a key.

        Keyed hashes in the copy stay those of the former key, so texts recorded later do not compare with them.

        Raises:
            StorageError: One of the files exists already, or cannot be written.
        """
        anchor_file = AnchorFile(anchor_path, key)
        with self._lock, exclusive(anchor_file, self.kind):
            if anchor_path.exists():
                raise StorageError(StorageProblem.EXISTS, path=anchor_path)
            database = self._require_database()
            rows = database.rows("SELECT sequence, chain FROM incidents ORDER BY sequence DESC LIMIT 1")
            copy_database(database, path, key)
            anchor_file.write(Anchor(*rows[0]) if rows else Anchor())

    def close(self) -> None:
        """Close the log. May be called twice."""
        if self._database is not None:
            self._database.close()

    def _require_database(self) -> Database:
        if self._database is None:
            raise self.damage or RuntimeError("a log without a database is a damaged one")
        return self._database

    def _sound_anchor(self) -> Anchor | None:
        """Return the anchor of a log that may be appended to; None for a log in memory."""
        if self.damage is not None:
            raise self.damage
        if self._anchor_file is None or self._path is None:
            return None
        try:
            anchor = self._anchor_file.read()
        except AnchorRefused as refusal:
            raise self._found(ProblemKind.ANCHOR_MISMATCH, refusal.found) from refusal
        if anchor is None:
            raise self._found(
                ProblemKind.ANCHOR_MISSING, Statement("log.anchor_removed", file=self._anchor_file.path.name)
            )
        if _identity(self._path) != self._file_identity:
            # The connection would go on writing into a file that has no name any more.
            raise self._found(ProblemKind.MISSING, Statement("log.file_removed", file=self._path.name))
        return anchor

    def _require_agreement(self, anchor: Anchor | None, sequence: int, chain: str) -> None:
        """Refuse a head that the anchor contradicts. An anchor that is behind is one whose writing a crash cut off."""
        if anchor is None:
            return
        if anchor.sequence > sequence:
            found = Statement("log.truncated", last=sequence, known=anchor.sequence)
            raise self._found(ProblemKind.TRUNCATED, found, sequence + 1)
        if anchor.sequence == sequence and anchor.head != chain:
            raise self._found(ProblemKind.ANCHOR_MISMATCH, Statement("log.head_unknown", record=sequence), sequence)

    def _found(self, kind: ProblemKind, found: Statement, sequence: int | None = None) -> IncidentLogDamaged:
        return self._note_damage(IncidentProblem(kind, sequence, found))

    def _note_damage(self, problem: IncidentProblem) -> IncidentLogDamaged:
        anchor = self._anchor_file.path if self._anchor_file is not None else None
        self.damage = IncidentLogDamaged(problem, self.kind, [path.name for path in (self._path, anchor) if path])
        return self.damage

    def _salvaged(self, error: UserFacingError, selection: Selection, limit: int | None) -> Entries:
        """Return what can be read around the damage, if it is damage that ``error`` tells of."""
        if isinstance(error, StorageError) and not error.problem.is_about_content:
            raise error
        if self._path is None:
            raise error
        return salvage(self._path, self._key, self.kind.schema, selection, limit)


def _identity(path: Path | None) -> tuple[int, int] | None:
    try:
        facts = None if path is None else os.stat(path)
    except OSError:
        return None
    return None if facts is None else (facts.st_dev, facts.st_ino)

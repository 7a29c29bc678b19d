# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One open SQLCipher database, shared by the threads of a process. The only importer of the driver.

The file's format is SQLCipher 4 (AES-256-CBC per page, HMAC-SHA512 per page) with a raw 256-bit key, so there is no key
derivation to wait for and no passphrase to guess.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import sqlcipher3.dbapi2 as sqlcipher

from strongroom.core.statement import Statement
from strongroom.storage.refusals import BUSY_LIMIT_S, explain


class Statements(Protocol):
    """What runs SQL inside a transaction."""

    @property
    def rowcount(self) -> int:
        """Rows that the last statement changed."""

    @property
    def lastrowid(self) -> int:
        """The row that the last statement inserted."""

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run one statement."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row of the last statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows of the last statement that are left."""


Migration = Callable[[Statements], None]


@dataclass(frozen=True, slots=True)
class Schema:
    """What a database is for, and how it came to its present shape."""

    title: Statement
    """What the user knows it as: ``chat database``."""
    application_id: int
    """Written into the file, so that another app's database is never taken for ours."""
    migrations: tuple[Migration, ...]
    """``m001_…``, ``m002_…``: each leads from one version to the next, in a transaction of its own."""
    first_version: int = 1
    """The version to which the first migration leads."""
    bring_forward: Migration | None = None
    """Leads from any version before the first one to the first; None where there were none."""

    @property
    def version(self) -> int:
        """The present version."""
        return self.first_version + len(self.migrations) - 1

    def steps_from(self, version: int) -> list[tuple[int, Migration]]:
        """Return what leads from ``version`` to the present one, and to which version each step leads.

        Args:
            version: That of a file; 0 for one without any tables.
        """
        steps = list(enumerate(self.migrations, self.first_version))
        if version and self.bring_forward is not None:
            steps[0] = (self.first_version, self.bring_forward)
        return [step for step in steps if step[0] > version]


class Database:
    """An open database. Any thread may use it; one at a time does.

    Readers share the connection with the writer, under the same lock: nobody sees half a transaction. Every method
    raises :class:`StorageError` where the disk is full, the file is damaged, another process holds it, and so on.
    """

    def __init__(self, connection: Any, path: Path | None, schema: Schema) -> None:
        self._connection = connection
        self._lock = threading.RLock()
        self.path = path
        """None for a database that lives in memory."""
        self.schema = schema

    @contextmanager
    def transaction(self) -> Iterator[Statements]:
        """Run a ``with`` body as one transaction that writes; an exception undoes all of it."""
        with self._run("BEGIN IMMEDIATE") as statements:
            yield statements

    @contextmanager
    def snapshot(self) -> Iterator[Statements]:
        """Run a ``with`` body that reads, all of it from one moment."""
        with self._run("BEGIN") as statements:
            yield statements

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of one query."""
        with self._lock, self._translated():
            found: list[tuple[Any, ...]] = self._connection.execute(sql, parameters).fetchall()
            return found

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement as a transaction of its own; return the number of rows that it changed."""
        with self._lock, self._translated():
            return int(self._connection.execute(sql, parameters).rowcount)

    def forget_log(self) -> None:
        """Move the write-ahead log into the file and empty it, so that what was overwritten is not kept there.

        With another reader on the file this leaves the log for a later checkpoint: encrypted, like all of it.
        """
        if self.path is not None:
            self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def migrate(self, version: int) -> None:
        """Run the migrations after ``version``, each in a transaction of its own."""
        for number, migration in self.schema.steps_from(version):
            with self.transaction() as statements:
                migration(statements)
                statements.execute(f"PRAGMA user_version = {number}")

    def back_up(self, target: Path, key: bytes) -> None:
        """Copy every page into the empty file ``target``, which is locked with the same ``key``."""
        with self._lock, self._translated():
            connection = connect(file_uri(target, "rw"), key)
            try:
                self._connection.backup(connection)
            finally:
                connection.close()

    def export(self, target: Path, key: bytes) -> None:
        """Copy all content into the empty file ``target``, which becomes a database locked with ``key``."""
        with self._lock, self._translated():
            self._connection.execute("ATTACH DATABASE ? AS kept KEY ?", (str(target), _raw_key(key)))
            try:
                self._connection.execute("SELECT sqlcipher_export('kept')").fetchall()
                self._connection.execute(f"PRAGMA kept.application_id = {self.schema.application_id}")
                self._connection.execute(f"PRAGMA kept.user_version = {self.schema.version}")
            finally:
                self._connection.execute("DETACH DATABASE kept")

    def close(self) -> None:
        """Close the connection. May be called twice."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _run(self, begin: str) -> Iterator[Statements]:
        with self._lock, self._translated():
            cursor = self._connection.cursor()
            cursor.execute(begin)
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                # A full disk or a bad page may have ended the transaction already.
                if self._connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise
            finally:
                cursor.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DriverError as error:
            raise explain(error, self.path, self.schema.title) from error


DriverError: type[Exception] = sqlcipher.Error
"""What the driver raises; outside this module only where a database is opened."""


def connect(target: str, key: bytes | None) -> Any:
    """Open a connection: to a file, or to ``:memory:``.

    Args:
        target: A ``file:`` address, or ``:memory:``.
        key: 32 bytes; None for a database that is not encrypted.

    Raises:
        DriverError: The file cannot be opened. A wrong key shows at the first reading.
    """
    connection = sqlcipher.connect(
        target, timeout=BUSY_LIMIT_S, isolation_level=None, check_same_thread=False, uri=target.startswith("file:")
    )
    try:
        # Both are the whole process's, and come before the key. SQLCipher would write to standard error otherwise,
        # and leave keys and pages in freed memory.
        connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
        connection.execute("PRAGMA cipher_memory_security = ON").fetchall()
        if key is not None:
            connection.execute(f'PRAGMA key = "{_raw_key(key)}"').fetchall()
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def file_uri(path: Path, mode: str) -> str:
    """Return the address of a file that exists; ``mode`` is ``ro`` or ``rw``, neither of which makes one."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def _raw_key(key: bytes) -> str:
    if len(key) != 32:
        raise ValueError("a database file needs a key of 32 bytes")
    return f"x'{key.hex()}'"

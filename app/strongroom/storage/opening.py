# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Opening a database file: made whole, refused untouched, or migrated with a copy taken first."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from strongroom.core.durable import sync_folder
from strongroom.core.locking import file_lock
from strongroom.core.statement import Statement
from strongroom.storage import refusals
from strongroom.storage.database import Database, DriverError, Schema, connect, file_uri
from strongroom.storage.errors import StorageError

PAGE_SIZE = 4096
"""Bytes; SQLCipher 4's default."""


def open_database(path: Path | None, key: bytes | None, schema: Schema, *, is_durable: bool) -> Database:
    """Open a database, made if missing and migrated if old; without a path, one that lives in memory.

    Args:
        path: The file; None keeps everything in memory, and nothing of it remains.
        key: 32 bytes; needed with a path.
        schema: What the file must be.
        is_durable: Whether every commit waits for the disk (``synchronous=FULL``). Without it (``NORMAL``) a commit
            has left the process, so it survives ``kill -9`` of the app, and the file is never corrupt; a power cut may
            take the last commits. The incident log waits; a chat, which commits 30 times a second, does not.

    Raises:
        StorageError: The file is not this database under this key, is damaged, newer than the app, in use, or cannot
            be written. It is left as it was.
    """
    if path is None:
        database = Database(connect(":memory:", None), None, schema)
        database.migrate(0)
        return database
    if key is None:
        raise ValueError("a database file needs a key")
    with _exclusive(path, schema), _translated(path, schema), ExitStack() as on_failure:
        if _is_new(path, schema):
            with _new_file(path) as draft:
                _create(draft, key, schema)
        version = _require_ours(path, key, schema)
        database = Database(connect(file_uri(path, "rw"), key), path, schema)
        on_failure.callback(database.close)
        _configure(database, path, is_durable=is_durable)
        if version < schema.version:
            _migrate_with_backup(database, path, key, version)
        on_failure.pop_all()
    return database


def open_to_read(path: Path, key: bytes, schema: Schema) -> Database:
    """Open an existing database without ever changing its content, also while others write to it.

    Raises:
        StorageError: As for :func:`open_database`.
    """
    with _translated(path, schema):
        _require_ours(path, key, schema)
        return Database(connect(file_uri(path, "ro"), key), path, schema)


def copy_database(database: Database, path: Path, key: bytes) -> None:
    """Write everything into a new encrypted file, which appears whole or not at all.

    Raises:
        StorageError: The file exists already, or cannot be written.
    """
    with _exclusive(path, database.schema):
        if path.exists():
            raise refusals.exists(path)
        with _new_file(path) as draft:
            database.export(draft, key)


@contextmanager
def _translated(path: Path, schema: Schema) -> Iterator[None]:
    try:
        yield
    except DriverError as error:
        raise refusals.explain(error, path, schema.title) from error


@contextmanager
def _exclusive(path: Path, schema: Schema) -> Iterator[None]:
    """Let one process at a time make, check or migrate the file."""
    try:
        with file_lock(path.with_name(path.name + ".lock")):
            yield
    except TimeoutError as error:
        raise refusals.busy(path, schema.title) from error
    except OSError as error:
        raise refusals.not_usable(path, schema.title, error.strerror or str(error)) from error


def _is_new(path: Path, schema: Schema) -> bool:
    if path.exists():
        return False
    if _has_wal(path):
        # A fresh file beside it would make SQLite replay or delete what may be the only remains.
        raise refusals.damaged(path, schema.title, Statement("storage.only_log_left"))
    return True


def _has_wal(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """Yield a draft that takes its name only when it is complete: an empty file is always damage, never a beginning."""
    draft = path.with_name(path.name + ".new")
    try:
        draft.unlink(missing_ok=True)  # What a crash left; the lock is held.
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _create(path: Path, key: bytes, schema: Schema) -> None:
    database = Database(connect(file_uri(path, "rw"), key), path, schema)
    try:
        database.rows(f"PRAGMA application_id = {schema.application_id}")
        database.migrate(0)
    finally:
        database.close()


def _require_ours(path: Path, key: bytes, schema: Schema) -> int:
    """Return the file's version if it is this database, readable with this key; change nothing.

    The connection is a read-only one: closing the last writing connection would write the WAL back into the file, and
    that even with a wrong key.
    """
    _require_whole(path, schema)
    connection = connect(file_uri(path, "ro"), key)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except DriverError as error:
        if refusals.primary_code(error) == refusals.SQLITE_NOTADB:
            raise _unlockable(path, schema) from error
        raise
    finally:
        connection.close()
    if application_id != schema.application_id:
        raise refusals.other_app(path, schema.title, Statement("storage.foreign_database"))
    if version > schema.version:
        raise refusals.newer(path, version, schema.version)
    return int(version)


def _require_whole(path: Path, schema: Schema) -> None:
    # Nothing may open the file past SQLite here: closing a descriptor would drop the locks of this process's others.
    try:
        facts = path.stat()
    except OSError as error:
        raise refusals.not_usable(path, schema.title, error.strerror or str(error)) from error
    if not stat.S_ISREG(facts.st_mode):
        raise refusals.other_app(path, schema.title, Statement("storage.not_a_file"))
    # With a WAL, a ragged end is what a power cut leaves, and SQLite mends it.
    if facts.st_size == 0 or (facts.st_size % PAGE_SIZE and not _has_wal(path)):
        raise refusals.cut_short(path, schema.title, facts.st_size)


def _unlockable(path: Path, schema: Schema) -> StorageError:
    connection = connect(file_uri(path, "ro"), None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except DriverError:
        return refusals.wrong_key(path, schema.title)
    finally:
        connection.close()
    return refusals.plaintext(path, schema.title)


def _configure(database: Database, path: Path, *, is_durable: bool) -> None:
    mode = database.rows("PRAGMA journal_mode = WAL")[0][0]
    if mode != "wal":
        raise refusals.not_usable(path, database.schema.title, Statement("storage.no_write_ahead_log", mode=str(mode)))
    database.rows(f"PRAGMA synchronous = {'FULL' if is_durable else 'NORMAL'}")
    database.rows("PRAGMA secure_delete = ON")


def _migrate_with_backup(database: Database, path: Path, key: bytes, version: int) -> None:
    """Migrate; the encrypted copy that is taken first stays behind only if that fails.

    It does not stay after a success, because what the user deletes afterwards must not live on in it.
    """
    backup = path.with_name(f"{path.name}.before-v{database.schema.version}")
    with _new_file(backup) as draft:
        database.back_up(draft, key)
    try:
        database.migrate(version)
    except StorageError as error:
        raise refusals.not_migrated(error, database.schema.title, backup) from error
    backup.unlink()

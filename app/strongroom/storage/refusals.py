# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The errors of a database file that was refused, or that failed. ``database`` names what the user knows it as."""

from pathlib import Path

from strongroom.core.statement import Statement
from strongroom.storage.errors import StorageError, StorageProblem

SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_NOTADB = 5, 6, 11, 13, 26
"""Primary result codes: https://www.sqlite.org/rescode.html."""

BUSY_LIMIT_S = 10.0
"""How long to wait for another process that holds the database."""


def primary_code(error: Exception) -> int:
    """Return the driver's primary result code; 0 where it gives none."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def explain(error: Exception, path: Path | None, database: Statement) -> StorageError:
    """Return what is said about an error of the driver."""
    code = primary_code(error)
    if code == SQLITE_FULL:
        return StorageError(StorageProblem.FULL, place=_place(path))
    if code in (SQLITE_BUSY, SQLITE_LOCKED):
        return busy(path, database)
    if code in (SQLITE_CORRUPT, SQLITE_NOTADB):
        return damaged(path, database, str(error))
    return not_usable(path, database, str(error))


def busy(path: Path | None, database: Statement) -> StorageError:
    """Another process holds it."""
    return StorageError(StorageProblem.BUSY, database=database, place=_place(path), seconds=BUSY_LIMIT_S)


def damaged(path: Path | None, database: Statement, detail: str | Statement) -> StorageError:
    """Some page of it is not what was written."""
    return StorageError(StorageProblem.DAMAGED, database=database, place=_place(path), detail=detail)


def cut_short(path: Path, database: Statement, size: int) -> StorageError:
    """Its end is missing."""
    return StorageError(StorageProblem.TRUNCATED, database=database, path=path, size=size)


def not_usable(path: Path | None, database: Statement, detail: str | Statement) -> StorageError:
    """The folder or the disk does not let it be read or written."""
    return StorageError(StorageProblem.NOT_WRITABLE, database=database, place=_place(path), detail=detail)


def wrong_key(path: Path, database: Statement) -> StorageError:
    """It does not open; a wrong key and a damaged first page look the same."""
    return StorageError(StorageProblem.WRONG_KEY, database=database, path=path)


def plaintext(path: Path, database: Statement) -> StorageError:
    """It is not encrypted."""
    return StorageError(StorageProblem.PLAINTEXT, database=database, path=path)


def other_app(path: Path, database: Statement, what: Statement) -> StorageError:
    """It is something else altogether."""
    return StorageError(StorageProblem.OTHER_APP, database=database, path=path, what=what)


def newer(path: Path, version: int, known: int) -> StorageError:
    """A newer version of the app made it."""
    return StorageError(StorageProblem.NEWER, path=path, version=version, known=known)


def exists(path: Path) -> StorageError:
    """A copy would replace it."""
    return StorageError(StorageProblem.EXISTS, path=path)


def not_migrated(error: StorageError, database: Statement, backup: Path) -> StorageError:
    """Bringing it up to date failed; the problem stays that of the error that stopped it."""
    return StorageError(
        error.problem,
        **{
            **error.facts,
            "title": Statement("storage.not_migrated", database=database),
            "also": Statement("storage.copy_kept", backup=backup.name),
        },
    )


def no_conversation(conversation_id: int) -> StorageError:
    """There is none with this number."""
    return StorageError(StorageProblem.NOT_FOUND, case="conversation", conversation_id=conversation_id)


def no_message(message_id: int) -> StorageError:
    """There is none with this number."""
    return StorageError(StorageProblem.NOT_FOUND, case="message", message_id=message_id)


def other_conversation(message_id: int, conversation_id: int) -> StorageError:
    """It is a message of another conversation."""
    return StorageError(StorageProblem.OTHER_CONVERSATION, message_id=message_id, conversation_id=conversation_id)


def not_writing(message_id: int) -> StorageError:
    """It has ended."""
    return StorageError(StorageProblem.NOT_FOUND, case="answer", message_id=message_id)


def not_readable(message_id: int, error: Exception) -> StorageError:
    """A row holds something impossible."""
    return StorageError(StorageProblem.DAMAGED, case="message", message_id=message_id, detail=str(error))


def no_alarm(alarm_id: int) -> StorageError:
    """There is none with this number."""
    return StorageError(StorageProblem.NOT_FOUND, case="false_alarm", alarm_id=alarm_id)


def alarm_not_readable(alarm_id: int, error: Exception) -> StorageError:
    """A row holds something impossible."""
    return StorageError(StorageProblem.DAMAGED, case="false_alarm", alarm_id=alarm_id, detail=str(error))


def answer_not_begun(error: OSError) -> StorageError:
    """The folder cannot hold the writer's lock file."""
    return StorageError(StorageProblem.NOT_WRITABLE, case="answer", detail=error.strerror or str(error))


def _place(path: Path | None) -> str | Statement:
    return str(path) if path is not None else Statement("storage.in_memory")

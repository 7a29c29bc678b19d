# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is said about a database file that was refused, or that failed. ``title`` is what the user knows it as."""

from pathlib import Path

from strongroom.storage.errors import StorageError, StorageProblem

SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_NOTADB = 5, 6, 11, 13, 26
"""Primary result codes: https://www.sqlite.org/rescode.html."""

BUSY_LIMIT_S = 10.0
"""How long to wait for another process that holds the database."""


def primary_code(error: Exception) -> int:
    """Return the driver's primary result code; 0 where it gives none."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def explain(error: Exception, path: Path | None, title: str) -> StorageError:
    """Return what is said about an error of the driver."""
    code = primary_code(error)
    if code == SQLITE_FULL:
        return StorageError(
            StorageProblem.FULL,
            "No space left",
            f"The disk that holds {path or 'the memory'} is full; nothing was lost, and the last change was not kept.",
            "Free some space, then try again.",
        )
    if code in (SQLITE_BUSY, SQLITE_LOCKED):
        return busy(path, title)
    if code in (SQLITE_CORRUPT, SQLITE_NOTADB):
        return damaged(path, title, str(error))
    return not_usable(path, title, str(error))


def busy(path: Path | None, title: str) -> StorageError:
    """Another process holds it."""
    return StorageError(
        StorageProblem.BUSY,
        f"The {title} is in use",
        f"Another process has kept {path} locked for {BUSY_LIMIT_S:.0f} seconds.",
        "Close the other window or terminal of the app, then try again.",
    )


def damaged(path: Path | None, title: str, detail: str) -> StorageError:
    """Some page of it is not what was written."""
    return StorageError(
        StorageProblem.DAMAGED,
        f"The {title} is damaged",
        f"{path} is damaged ({detail}).",
        "Put a backup of the file back, or move it away to begin anew.",
    )


def cut_short(path: Path, title: str, size: int) -> StorageError:
    """Its end is missing."""
    return StorageError(
        StorageProblem.TRUNCATED,
        f"The {title} is cut short",
        f"{path} has {size:,} bytes, which is not a whole number of pages.",
        "Put a backup of the file back, or move it away to begin anew.",
    )


def not_usable(path: Path | None, title: str, detail: str) -> StorageError:
    """The folder or the disk does not let it be read or written."""
    return StorageError(
        StorageProblem.NOT_WRITABLE,
        f"The {title} cannot be used",
        f"{path} cannot be read or written ({detail}).",
        "Check the folder's permissions and the disk.",
    )


def wrong_key(path: Path, title: str) -> StorageError:
    """It does not open; a wrong key and a damaged first page look the same."""
    return StorageError(
        StorageProblem.WRONG_KEY,
        f"The {title} does not open",
        f"{path} cannot be read with this key: it was locked with another one, or its beginning is damaged.",
        "Put the right key back, or a backup of the file; or move the file away to begin anew.",
    )


def plaintext(path: Path, title: str) -> StorageError:
    """It is not encrypted."""
    return StorageError(
        StorageProblem.PLAINTEXT,
        f"Not the {title}",
        f"{path} is a database without encryption, which this app never writes.",
        "Move it away.",
    )


def other_app(path: Path, title: str, what: str) -> StorageError:
    """It is something else altogether."""
    return StorageError(
        StorageProblem.OTHER_APP,
        f"Not the {title}",
        f"{path} is {what}.",
        "Move it away, or put the right file back.",
    )


def newer(path: Path, version: int, known: int) -> StorageError:
    """A newer version of the app made it."""
    return StorageError(
        StorageProblem.NEWER,
        "Made by a newer version",
        f"{path} has version {version}; this app knows versions up to {known}.",
        "Use the newer version of the app.",
    )


def exists(path: Path) -> StorageError:
    """A copy would replace it."""
    return StorageError(StorageProblem.EXISTS, "Not overwritten", f"{path} exists already.", "Move it away first.")


def not_migrated(error: StorageError, title: str, backup: Path) -> StorageError:
    """Bringing it up to date failed."""
    return StorageError(
        error.problem,
        f"The {title} could not be brought up to date",
        f"{error.message} It stayed as it was, and a copy is in {backup.name}.",
        error.next_step,
    )


def no_conversation(conversation_id: int) -> StorageError:
    """There is none with this number."""
    return StorageError(
        StorageProblem.NOT_FOUND,
        "No such conversation",
        f"There is no conversation {conversation_id}, or it has been deleted.",
        "Choose one of the list.",
    )


def no_message(message_id: int) -> StorageError:
    """There is none with this number."""
    return StorageError(
        StorageProblem.NOT_FOUND, "No such message", f"There is no message {message_id}.", "Choose another one."
    )


def not_writing(message_id: int) -> StorageError:
    """It has ended."""
    return StorageError(
        StorageProblem.NOT_FOUND,
        "Answer ended",
        f"Message {message_id} is not being written any more: it has ended, or its conversation was removed.",
        "Send the message again.",
    )


def not_readable(message_id: int, error: Exception) -> StorageError:
    """A row holds something impossible."""
    return StorageError(
        StorageProblem.DAMAGED,
        "Message not readable",
        f"Message {message_id} holds something that this app never wrote ({error}).",
        "Put a backup of the chat database back.",
    )


def no_alarm(alarm_id: int) -> StorageError:
    """There is none with this number."""
    return StorageError(
        StorageProblem.NOT_FOUND,
        "No such report",
        f"There is no report of a false alarm with the number {alarm_id}.",
        "Choose one of the list.",
    )


def alarm_not_readable(alarm_id: int, error: Exception) -> StorageError:
    """A row holds something impossible."""
    return StorageError(
        StorageProblem.DAMAGED,
        "Report not readable",
        f"Report {alarm_id} holds something that this app never wrote ({error}).",
        "Put a backup of the chat database back.",
    )


def answer_not_begun(error: OSError) -> StorageError:
    """The folder cannot hold the writer's lock file."""
    return StorageError(
        StorageProblem.NOT_WRITABLE,
        "Answer not begun",
        f"The folder of the chat database cannot be written ({error.strerror or error}).",
        "Check its permissions and the disk.",
    )

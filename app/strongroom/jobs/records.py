# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The jobs on disk: one record ``<id>.json`` for each, and beside it the lock of the process that works on it.

A record is strict: an unknown field, a missing one or a value out of bounds makes it one that this program did not
write. Such a record is set aside, never deleted. There is no record of progress: its kind can tell it from what is
there.
"""

import contextlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from strongroom.core.clock import format_utc, parse_utc
from strongroom.core.durable import replace_durably, sync_folder
from strongroom.core.line_messages import (
    Message,
    ProtocolBreach,
    Refused,
    choice,
    decode,
    encode,
    optional,
    text_up_to,
    whole,
)
from strongroom.core.locking import open_lock_file, try_lock
from strongroom.core.statement import Statement, statement_from_json, statement_to_json
from strongroom.jobs.job import JobPriority, JobState

RECORD_VERSION = 1
MOST_NAME = 400
"""Characters of a job's name."""
SET_ASIDE_SUFFIX = ".set-aside"

_RECORD_LIMIT = 8 * 1024 * 1024
_ID = re.compile(r"[0-9a-f]{16}")
_KIND = re.compile(r"[a-z][a-z0-9.]{0,39}")


def _check_id(untrusted_value: Any) -> str:
    if type(untrusted_value) is not str or not _ID.fullmatch(untrusted_value):
        raise Refused("16 hexadecimal digits")
    return untrusted_value


def _check_kind(untrusted_value: Any) -> str:
    if type(untrusted_value) is not str or not _KIND.fullmatch(untrusted_value):
        raise Refused("the name of a kind")
    return untrusted_value


def _check_time(untrusted_value: Any) -> str:
    text: str = text_up_to(40)(untrusted_value)
    try:
        if text:
            parse_utc(text)
    except (ValueError, OverflowError):
        raise Refused("a time or nothing") from None
    return text


def _check_object(untrusted_value: Any) -> dict[str, Any]:
    if type(untrusted_value) is not dict:
        raise Refused("an object")
    return untrusted_value


def _check_statement(untrusted_value: Any) -> Any:
    """Accept a statement, which becomes an object, and such an object, which becomes a statement."""
    try:
        is_value = isinstance(untrusted_value, Statement)
        statement = untrusted_value if is_value else statement_from_json(untrusted_value)
        values = statement_to_json(statement)
        # Not a number, and half of a surrogate pair, could be read from JSON and never be written again.
        json.dumps(values, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError:
        raise Refused("a statement or nothing") from None
    return values if is_value else statement


M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class JobRecord(Message):
    """What is kept of one job. A state in which something is being done ends with the app: see :class:`JobState`."""

    TYPE = "job"
    version: Annotated[int, whole(RECORD_VERSION, RECORD_VERSION)]
    job_id: Annotated[str, _check_id]
    kind: Annotated[str, _check_kind]
    name: Annotated[str, text_up_to(MOST_NAME)]
    created_at: Annotated[str, text_up_to(40)]
    payload: Annotated[dict[str, Any], _check_object]
    """As its kind writes it, and only its kind can judge it."""
    result: Annotated[dict[str, Any] | None, optional(_check_object)] = None
    priority: Annotated[JobPriority, choice(JobPriority)] = JobPriority.NORMAL
    state: Annotated[JobState, choice(JobState)] = JobState.WAITING
    started_at: Annotated[str, _check_time] = ""
    ended_at: Annotated[str, _check_time] = ""
    problem: Annotated[Statement | None, optional(_check_statement)] = None


class RecordNotUnderstood(ValueError):
    """The text of a record is not one that this version wrote; says why.

    Args:
        found: Why.
    """

    def __init__(self, found: Statement) -> None:
        super().__init__(str(found))
        self.found = found


def new_id() -> str:
    """Return an id that no job has."""
    return secrets.token_hex(8)


def format_record(record: JobRecord) -> bytes:
    """Return the content of a record's file.

    Raises:
        ProtocolBreach: A value of the record is out of bounds.
    """
    return encode(record, _RECORD_LIMIT)


def parse_record(content: bytes) -> JobRecord:
    """Return the record of a file's content.

    Raises:
        RecordNotUnderstood: It is damaged, or of another version.
    """
    return parse_versioned(content, JobRecord, RECORD_VERSION, limit=_RECORD_LIMIT)


def parse_versioned(content: bytes, kind: type[M], version: int, *, limit: int) -> M:
    """Return the record of a file's content; one of another version is told from one that is damaged.

    Args:
        content: What is in the file.
        kind: What it is to be.
        version: The value that its field ``version`` must have.
        limit: The most bytes it may have.

    Raises:
        RecordNotUnderstood: It is damaged, or of another version.
    """
    try:
        found = json.loads(content)["version"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise RecordNotUnderstood(Statement("record.damaged", detail="")) from None
    if found != version:
        raise RecordNotUnderstood(Statement("record.other_version"))
    try:
        return decode(content, (kind,), limit)
    except ProtocolBreach as breach:
        raise RecordNotUnderstood(Statement("record.damaged", detail=breach.detail)) from None


class JobRecords:
    """The records of one data folder, in ``folder``; nothing is made before the first job."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> tuple[tuple[JobRecord, ...], tuple[Statement, ...]]:
        """Return the records, the oldest first, and a note on each record that had to be set aside."""
        records: list[JobRecord] = []
        notes: list[Statement] = []
        for file in sorted(self._folder.glob("*.json")):
            try:
                records.append(self._read_file(file))
            except RecordNotUnderstood as problem:
                notes.append(set_record_aside(file, problem.found))
            except OSError as error:
                notes.append(Statement("record.unreadable", file=file, reason=error.strerror or str(error)))
        records.sort(key=lambda record: (record.created_at, record.job_id))
        return tuple(records), tuple(notes)

    def read_one(self, job_id: str) -> JobRecord | None:
        """Return one job's record as it is on the disk now; None when it is gone or not understood.

        Raises:
            OSError: It cannot be read.
        """
        try:
            return self._read_file(self._file(job_id))
        except (FileNotFoundError, RecordNotUnderstood):
            return None

    def has(self, job_id: str) -> bool:
        """Whether there is a record of a job, readable or not."""
        return self._file(job_id).exists()

    def set_aside(self, job_id: str, reason: Statement) -> Statement:
        """Rename a record so that it is not read again; return what is said about it."""
        return set_record_aside(self._file(job_id), reason)

    def put(self, record: JobRecord) -> None:
        """Write ``record``, in the place of the one with its id.

        Raises:
            OSError: It cannot be written; the former record is untouched.
            ProtocolBreach: A value of the record is out of bounds.
        """
        content = format_record(record)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_durably(self._file(record.job_id), content)

    def remove(self, job_id: str) -> None:
        """Delete a job's record.

        Raises:
            OSError: It cannot be deleted.
        """
        self._file(job_id).unlink(missing_ok=True)
        # Windows keeps a lock that is held. Whoever takes it later finds no record.
        with contextlib.suppress(OSError):
            self._lock_file(job_id).unlink(missing_ok=True)
        if self._folder.is_dir():
            sync_folder(self._folder)

    def claim(self, job_id: str) -> int | None:
        """Make this process the only one that works on a job.

        Returns:
            A descriptor that holds the claim until it is closed; None when another process has it.

        Raises:
            OSError: The claim cannot be written down.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = open_lock_file(self._lock_file(job_id))
        if try_lock(descriptor):
            return descriptor
        os.close(descriptor)
        return None

    def is_claimed(self, job_id: str) -> bool:
        """Whether a process works on a job; as far as can be told, and nothing is made for it."""
        try:
            descriptor = os.open(self._lock_file(job_id), os.O_RDWR)
        except OSError:
            return False
        try:
            return not try_lock(descriptor)
        finally:
            os.close(descriptor)

    def mark_alive(self, claim: int, job_id: str) -> None:
        """Note on the disk that the holder of a claim is at work now, so that a later process knows when it ended."""
        target: int | Path = claim if os.utime in os.supports_fd else self._lock_file(job_id)
        # A time that is not noted makes a sentence about the end less exact, nothing else.
        with contextlib.suppress(OSError):
            os.utime(target)

    def last_alive(self, job_id: str) -> str:
        """Return when a job was last worked on; empty when that is not known."""
        try:
            seconds = self._lock_file(job_id).stat().st_mtime
            return format_utc(datetime.fromtimestamp(seconds, UTC))
        except (OSError, OverflowError, ValueError):
            return ""

    def _read_file(self, file: Path) -> JobRecord:
        with file.open("rb") as stream:
            # Whatever else can write here could leave a file larger than the memory.
            record = parse_record(stream.read(_RECORD_LIMIT + 1))
        if f"{record.job_id}.json" != file.name:
            raise RecordNotUnderstood(Statement("record.of_another_job"))
        return record

    def _file(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"

    def _lock_file(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.lock"


def set_record_aside(file: Path, reason: Statement) -> Statement:
    """Rename a record so that it is not read again; return what is said about it."""
    target = file.with_name(file.name + SET_ASIDE_SUFFIX)
    try:
        if os.path.lexists(target):
            target = file.with_name(f"{file.name}.{secrets.token_hex(4)}{SET_ASIDE_SUFFIX}")
        file.rename(target)
    except OSError:
        return Statement("record.left_in_place", file=file, reason=reason)
    return Statement("record.set_aside", file=file, reason=reason, name=target.name)

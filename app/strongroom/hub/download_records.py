# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The downloads on disk: one record ``<id>.json`` for each, and its parts in the folder ``<id>``.

A record is strict: an unknown field, a missing one or a value out of bounds makes it one that this program did not
write. Such a record is set aside, never deleted. There is no record of progress: the parts themselves tell it.
"""

import contextlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from strongroom.core.durable import replace_durably, sync_folder
from strongroom.core.hub import DownloadState, RemoteModel
from strongroom.core.line_messages import (
    Check,
    Message,
    ProtocolBreach,
    Refused,
    choice,
    decode,
    encode,
    text_up_to,
    whole,
)
from strongroom.core.locking import open_lock_file, try_lock
from strongroom.hub.remote_values import check_commit, check_model, check_repository

RECORD_VERSION = 1
SET_ASIDE_SUFFIX = ".set-aside"

MOST_SENTENCE = 2_000
"""Characters of a sentence in a record."""

_RECORD_LIMIT = 8 * 1024 * 1024
_ID = re.compile(r"[0-9a-f]{16}")
_RESTING = (DownloadState.PAUSED, DownloadState.VERIFIED, DownloadState.MISMATCH, DownloadState.FAILED)


def _check_id(untrusted_value: Any) -> str:
    if type(untrusted_value) is not str or not _ID.fullmatch(untrusted_value):
        raise Refused("16 hexadecimal digits")
    return untrusted_value


def _check_state(untrusted_value: Any) -> DownloadState:
    if untrusted_value not in _RESTING:
        raise Refused(f"one of {', '.join(_RESTING)}")
    return DownloadState(choice(DownloadState)(untrusted_value))


def _check_verifiable_model(untrusted_value: Any) -> Any:
    checked = check_model(untrusted_value)
    # As in all checks of records: what is written is a value, what is read becomes one.
    model = untrusted_value if isinstance(untrusted_value, RemoteModel) else checked
    if not model.has_digests:
        raise Refused("a model with the digest of each file")
    return checked


_sentence: Check = text_up_to(MOST_SENTENCE)


@dataclass(frozen=True, slots=True)
class DownloadRecord(Message):
    """What is kept of one download. It has no state in which something is being done: that ends with the app."""

    TYPE = "download"
    version: Annotated[int, whole(RECORD_VERSION, RECORD_VERSION)]
    download_id: Annotated[str, _check_id]
    created_at: Annotated[str, text_up_to(40)]
    repository: Annotated[str, check_repository]
    commit: Annotated[str, check_commit]
    license: Annotated[str, text_up_to(200)]
    model: Annotated[RemoteModel, _check_verifiable_model]
    state: Annotated[DownloadState, _check_state] = DownloadState.PAUSED
    reason: Annotated[str, _sentence] = ""
    next_step: Annotated[str, _sentence] = ""
    code: Annotated[str, text_up_to(100)] = ""
    model_id: Annotated[str, text_up_to(400)] = ""


class RecordNotUnderstood(ValueError):
    """The text of a record is not one that this version wrote; says why."""


def new_id() -> str:
    """Return an id that no download has."""
    return secrets.token_hex(8)


def format_record(record: DownloadRecord) -> bytes:
    """Return the content of a record's file.

    Raises:
        ProtocolBreach: A value of the record is out of bounds.
    """
    return encode(record, _RECORD_LIMIT)


def parse_record(content: bytes) -> DownloadRecord:
    """Return the record of a file's content.

    Raises:
        RecordNotUnderstood: It is damaged, or of another version.
    """
    try:
        version = json.loads(content)["version"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise RecordNotUnderstood("it is damaged") from None
    if version != RECORD_VERSION:
        raise RecordNotUnderstood("it was written by another version of the app")
    try:
        return decode(content, (DownloadRecord,), _RECORD_LIMIT)
    except ProtocolBreach as breach:
        raise RecordNotUnderstood(f"it is damaged ({breach.detail})") from None


class DownloadRecords:
    """The records of one data folder, in ``folder``; nothing is made before the first download."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> tuple[tuple[DownloadRecord, ...], tuple[str, ...]]:
        """Return the records, the oldest first, and one sentence for each record that had to be set aside."""
        records: list[DownloadRecord] = []
        sentences: list[str] = []
        for file in sorted(self._folder.glob("*.json")):
            try:
                with file.open("rb") as stream:
                    # The helper may write here too, and could leave a file larger than the memory.
                    record = parse_record(stream.read(_RECORD_LIMIT + 1))
                if f"{record.download_id}.json" != file.name:
                    raise RecordNotUnderstood("it is the record of another download")
            except RecordNotUnderstood as problem:
                sentences.append(f"The record {file} of a download was set aside: {problem}. {_set_aside(file)}")
            except OSError as error:
                sentences.append(f"The record {file} of a download cannot be read: {error.strerror}.")
            else:
                records.append(record)
        records.sort(key=lambda record: (record.created_at, record.download_id))
        return tuple(records), tuple(sentences)

    def put(self, record: DownloadRecord) -> None:
        """Write ``record``, in the place of the one with its id.

        Raises:
            OSError: It cannot be written; the former record is untouched.
            ProtocolBreach: A value of the record is out of bounds.
        """
        content = format_record(record)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_durably(self._folder / f"{record.download_id}.json", content)

    def remove(self, download_id: str) -> None:
        """Delete a download's parts, then its record.

        Raises:
            OSError: Something cannot be deleted; then the record is still there.
        """
        parts = self._parts(download_id)
        for file in parts.glob("*.part"):
            file.unlink(missing_ok=True)
        # Windows keeps a lock that is held. What else is left could not be moved to quarantine: it stays.
        with contextlib.suppress(OSError):
            (parts / "lock").unlink(missing_ok=True)
            parts.rmdir()
        (self._folder / f"{download_id}.json").unlink(missing_ok=True)
        if self._folder.is_dir():
            sync_folder(self._folder)

    def claim(self, download_id: str) -> int | None:
        """Make this process the only one that works on a download.

        Returns:
            A descriptor that holds the claim until it is closed; None when another process has it.

        Raises:
            OSError: The claim cannot be written down.
        """
        parts = self._parts(download_id)
        parts.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = open_lock_file(parts / "lock")
        if try_lock(descriptor):
            return descriptor
        os.close(descriptor)
        return None

    def part_file(self, download_id: str, place: int) -> Path:
        """Return where the bytes of a download's file gather; ``place`` counts from 0."""
        return self._parts(download_id) / f"{place:03}.part"

    def lock_file(self, sha256: str) -> Path:
        """Return the lock of whoever writes the file with this digest."""
        return self._folder / f"{sha256}.lock"

    def _parts(self, download_id: str) -> Path:
        return self._folder / download_id


def _set_aside(file: Path) -> str:
    """Rename a record so that it is not read again; return a sentence that says what became of it."""
    target = file.with_name(file.name + SET_ASIDE_SUFFIX)
    try:
        if os.path.lexists(target):
            target = file.with_name(f"{file.name}.{secrets.token_hex(4)}{SET_ASIDE_SUFFIX}")
        file.rename(target)
    except OSError:
        return "Nothing was changed."
    return f"It is now named {target.name}; its parts are where they were."

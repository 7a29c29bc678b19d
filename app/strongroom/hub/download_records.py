# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is kept of a download: what is to be fetched, and what came of it.

Records in the form of versions before jobs were one thing are still read: see :func:`adopt_former_records`.
"""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from strongroom.core.clock import utc_now
from strongroom.core.hub import DownloadState, RemoteModel
from strongroom.core.line_messages import (
    Check,
    Message,
    Refused,
    choice,
    text_up_to,
    values_of,
    whole,
)
from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.remote_values import check_commit, check_model, check_repository
from strongroom.jobs import (
    MOST_NAME,
    RECORD_VERSION,
    JobQueue,
    JobRecord,
    JobState,
    RecordNotUnderstood,
    parse_versioned,
    set_record_aside,
)

KIND = "download"
FORMER_VERSION = 1

_MOST_SENTENCE = 2_000
_RECORD_LIMIT = 8 * 1024 * 1024
_ID = re.compile(r"[0-9a-f]{16}")
_STATES = {
    DownloadState.PAUSED: JobState.PAUSED,
    DownloadState.VERIFIED: JobState.DONE,
    DownloadState.MISMATCH: JobState.FAILED,
    DownloadState.FAILED: JobState.FAILED,
}
"""What the states of a former record are now."""


def _check_id(untrusted_value: Any) -> str:
    if type(untrusted_value) is not str or not _ID.fullmatch(untrusted_value):
        raise Refused("16 hexadecimal digits")
    return untrusted_value


def _check_state(untrusted_value: Any) -> DownloadState:
    if untrusted_value not in tuple(_STATES):
        raise Refused(f"one of {', '.join(_STATES)}")
    return DownloadState(choice(DownloadState)(untrusted_value))


def _check_verifiable_model(untrusted_value: Any) -> Any:
    checked = check_model(untrusted_value)
    # As in all checks of records: what is written is a value, what is read becomes one.
    model = untrusted_value if isinstance(untrusted_value, RemoteModel) else checked
    if not model.has_digests:
        raise Refused("a model with the digest of each file")
    return checked


_sentence: Check = text_up_to(_MOST_SENTENCE)


@dataclass(frozen=True, slots=True)
class DownloadPayload(Message):
    """What is to be fetched: a model's files at one commit."""

    TYPE = "download"
    repository: Annotated[str, check_repository]
    commit: Annotated[str, check_commit]
    license: Annotated[str, text_up_to(200)]
    model: Annotated[RemoteModel, _check_verifiable_model]


@dataclass(frozen=True, slots=True)
class DownloadResult(Message):
    """What came of a download: the model's id on the shelf."""

    TYPE = "downloaded"
    model_id: Annotated[str, text_up_to(400)] = ""


@dataclass(frozen=True, slots=True)
class FormerRecord(Message):
    """A download as earlier versions kept it."""

    TYPE = "download"
    version: Annotated[int, whole(FORMER_VERSION, FORMER_VERSION)]
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


def parse_former_record(content: bytes) -> FormerRecord:
    """Return the record of a file's content.

    Raises:
        RecordNotUnderstood: It is damaged, or of another version.
    """
    return parse_versioned(content, FormerRecord, FORMER_VERSION, limit=_RECORD_LIMIT)


def adopt_former_records(folder: Path, jobs: JobQueue) -> tuple[Statement, ...]:
    """Make each former record in ``folder`` a job, and delete it once the job is on the disk.

    Returns:
        A note on each record that had to be set aside, or cannot be read or made a job now.
    """
    notes: list[Statement] = []
    for file in sorted(folder.glob("*.json")):
        try:
            with file.open("rb") as stream:
                # The helper may write here too, and could leave a file larger than the memory.
                record = parse_former_record(stream.read(_RECORD_LIMIT + 1))
            if f"{record.download_id}.json" != file.name:
                raise RecordNotUnderstood(Statement("record.of_another_download"))
            jobs.adopt(_as_job(record))
            file.unlink()
        except RecordNotUnderstood as problem:
            notes.append(set_record_aside(file, problem.found))
        except OSError as error:
            notes.append(
                Statement("record.unreadable", case="download", file=file, reason=error.strerror or str(error))
            )
        else:
            with contextlib.suppress(OSError):
                (folder / record.download_id / "lock").unlink(missing_ok=True)
    return tuple(notes)


def _as_job(record: FormerRecord) -> JobRecord:
    payload = DownloadPayload(record.repository, record.commit, record.license, record.model)
    is_done = record.state is DownloadState.VERIFIED
    problem = _problem_of(record)
    has_failed = record.state in (DownloadState.MISMATCH, DownloadState.FAILED)
    return JobRecord(
        version=RECORD_VERSION,
        job_id=record.download_id,
        kind=KIND,
        name=name_of(record.model)[:MOST_NAME],
        created_at=record.created_at,
        payload=values_of(payload),
        result=values_of(DownloadResult(record.model_id)) if is_done else None,
        # Why it failed can no longer be said where it was not the hub's fault; then it can be tried again.
        state=JobState.PAUSED if has_failed and problem is None else _STATES[record.state],
        ended_at=utc_now(),
        problem=problem,
    )


def _problem_of(record: FormerRecord) -> Statement | None:
    """Return why a download failed; the sentences of a former record were not made to be worded again."""
    if record.state is DownloadState.MISMATCH:
        return HubFault(FaultKind.MISMATCH).statement
    room, _, kind = record.code.partition(".")
    return HubFault(FaultKind(kind)).statement if room == "hub" and kind in tuple(FaultKind) else None


def name_of(model: RemoteModel) -> str:
    """Return how a download is called: by its model's file, without folders."""
    return model.name.rpartition("/")[2]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Why a log takes no record: it is damaged, in use, or not writable. A fact says which log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentProblem
from strongroom.core.locking import file_lock
from strongroom.core.statement import Statement
from strongroom.incidents.anchor import AnchorFile
from strongroom.incidents.kinds import LogKind
from strongroom.storage import StorageError, StorageProblem


class IncidentLogDamaged(UserFacingError):
    """A log is not what was written; nothing is added to it. Its code is ``incidents.damaged``, or ``egress.damaged``.

    Args:
        problem: What is wrong.
        kind: Which log.
        files: Their names.
    """

    def __init__(self, problem: IncidentProblem, kind: LogKind, files: Sequence[str]) -> None:
        super().__init__(
            "egress.damaged" if kind.family == "egress" else "incidents.damaged",
            log=kind.title,
            found=problem.found,
            family=kind.family,
            remedy=Statement("log.begin_anew", files=tuple(files)) if files else "",
        )
        self.problem = problem


@contextmanager
def exclusive(anchor_file: AnchorFile | None, kind: LogKind) -> Iterator[None]:
    """Let one thread of one process at a time write a log; a log in memory, without an anchor, needs no such turn.

    Raises:
        StorageError: Another process keeps it locked, or the folder cannot be written.
    """
    if anchor_file is None:
        yield
        return
    path = anchor_file.path
    try:
        with file_lock(path.with_name(path.name + ".lock")):
            yield
    except TimeoutError as error:
        raise StorageError(StorageProblem.BUSY, case="log", log=kind.title, file=path.name) from error
    except OSError as error:
        raise StorageError(
            StorageProblem.NOT_WRITABLE, case="log", log=kind.title, path=path, detail=error.strerror or str(error)
        ) from error

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Why a log takes no record: it is damaged, in use, or not writable. The words say which log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentProblem
from strongroom.core.locking import file_lock
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
        remedy = f" To begin a new one, move {' and '.join(files)} away, and keep them." if files else ""
        super().__init__(
            f"{kind.title} damaged",
            problem.message,
            f"Check it (strongroom {kind.family} verify).{remedy}",
            code=f"{kind.family}.damaged",
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
        raise StorageError(
            StorageProblem.BUSY,
            f"{kind.title} in use",
            f"Another process has kept {path.name} locked.",
            "Close the other window or terminal of the app, then try again.",
        ) from error
    except OSError as error:
        raise StorageError(
            StorageProblem.NOT_WRITABLE,
            f"{kind.title} not writable",
            f"{path} cannot be written ({error.strerror or error}).",
            "Check the folder's permissions and the disk.",
        ) from error

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the commands of both logs share, the incident log and the egress ledger: opening one, and how it was found."""

from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.cli.invocation import Invocation
from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentVerification
from strongroom.core.statement import statement_to_json
from strongroom.words import say_statement

if TYPE_CHECKING:
    from strongroom.storage import Keys


def keys_of_log(invocation: Invocation, log: Path, anchor: Path, *, missing: UserFacingError) -> "Keys":
    """Return the keys with which a log can be opened, if there is one.

    Args:
        invocation: Whose data folder counts.
        log: Its file.
        anchor: The file with its head. A log that is gone while its anchor is there is not a missing one: it is opened,
            and verifying it says so.
        missing: What is raised when there is none.

    Raises:
        UserFacingError: There is none, or its keys are not available.
    """
    # Imported here, as everywhere in this room: other commands must not wait for databases that they do not open.
    from strongroom.storage import obtain_keys

    if not log.exists() and not anchor.exists():
        raise missing
    return obtain_keys(invocation.paths, passphrase=invocation.passphrase)


def verification_fields(result: IncidentVerification) -> dict[str, object]:
    """Return the outcome of a verification as ``--json`` gives it."""
    problems = [
        {
            "kind": problem.kind.value,
            "sequence": problem.sequence,
            "message": say_statement(problem.found),
            "found": statement_to_json(problem.found),
        }
        for problem in result.problems
    ]
    return {"entries": result.entries, "head": result.head, "problems": problems}

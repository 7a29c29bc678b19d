# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What opening a log of the data folder by itself takes: the incident log, and the egress ledger."""

from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.cli.invocation import Invocation
from strongroom.core.errors import UserFacingError

if TYPE_CHECKING:
    from strongroom.storage import Keys


def keys_of_log(invocation: Invocation, name: str, log: Path, anchor: Path, *, code: str) -> "Keys":
    """Return the keys with which a log can be opened, if there is one.

    Args:
        invocation: Whose data folder counts.
        name: The log's, as in "incident log".
        log: Its file.
        anchor: The file with its head. A log that is gone while its anchor is there is not a missing one: it is opened,
            and verifying it says so.
        code: Of the refusal.

    Raises:
        UserFacingError: There is none, or its keys are not available.
    """
    # Imported here, as everywhere in this room: other commands must not wait for databases that they do not open.
    from strongroom.storage import obtain_keys

    if not log.exists() and not anchor.exists():
        raise UserFacingError(
            f"No {name}",
            f"There is no {name} in {invocation.paths.root}.",
            "It is made when the app first runs with a place for its keys; see strongroom doctor.",
            code=code,
        )
    return obtain_keys(invocation.paths, passphrase=invocation.passphrase)

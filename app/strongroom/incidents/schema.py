# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The one table of the incident log and of its like. A migration that has been released is never edited."""

from strongroom.core.statement import Statement
from strongroom.storage import Schema, Statements


def m001_incidents(statements: Statements) -> None:
    """Make the table, which can only grow.

    ``header`` holds the canonical bytes that the chain covers; the columns beside it repeat what is filtered by, and
    the verification compares them with it. There is no index: the log is read from its end, and every further page
    would be one more that can be damaged.
    """
    statements.execute(
        """
        CREATE TABLE incidents (
            sequence INTEGER PRIMARY KEY,
            recorded_at TEXT NOT NULL,
            event TEXT NOT NULL,
            category TEXT NOT NULL,
            header BLOB NOT NULL,
            chain TEXT NOT NULL
        ) STRICT
        """
    )
    # Against mistakes of this app's own; whoever has the key can drop a trigger, and is caught by the chain.
    for verb in ("UPDATE", "DELETE"):
        statements.execute(
            f"CREATE TRIGGER incidents_forbid_{verb.lower()} BEFORE {verb} ON incidents"
            " BEGIN SELECT RAISE(ABORT, 'the incident log only grows'); END"
        )


INCIDENTS = Schema(title=Statement("database.incidents"), application_id=0x5352494C, migrations=(m001_incidents,))
EGRESS = Schema(title=Statement("database.egress"), application_id=0x53524547, migrations=(m001_incidents,))

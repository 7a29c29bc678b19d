# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The logs that are kept in the same way: what each is called, and the mark in its file."""

from dataclasses import dataclass

from strongroom.core.statement import Statement
from strongroom.incidents.schema import EGRESS, INCIDENTS
from strongroom.storage import Schema


@dataclass(frozen=True, slots=True)
class LogKind:
    """What distinguishes one log from another."""

    title: Statement
    """What the user knows it as, at the beginning of a sentence."""
    family: str
    """Its commands in the terminal, and the beginning of its error codes."""
    schema: Schema


INCIDENT_LOG = LogKind(Statement("log.incidents"), "incidents", INCIDENTS)
EGRESS_LEDGER = LogKind(Statement("log.egress"), "egress", EGRESS)

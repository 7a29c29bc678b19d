# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The incident log and the egress ledger: tamper-evident, encrypted, never leaving the machine by themselves.

In: records of what a policy, a verification or a worker did, and of what a hub was asked. Out: numbered entries of a
hash chain, durable when ``append`` returns; what is wrong with a log, record by record; exports.
It never holds the text itself, never changes or removes a record, and adds nothing to a log that is not sound.
"""

from strongroom.incidents.anchor import egress_key
from strongroom.incidents.checking import verify_log
from strongroom.incidents.egress_ledger import EgressLedger
from strongroom.incidents.export import CSV_COLUMNS, IncidentFormat, export, neutralized
from strongroom.incidents.kinds import EGRESS_LEDGER, INCIDENT_LOG, LogKind
from strongroom.incidents.log import IncidentLog
from strongroom.incidents.recorder import IncidentRecorder
from strongroom.incidents.refusals import IncidentLogDamaged

__all__ = [
    "CSV_COLUMNS",
    "EGRESS_LEDGER",
    "INCIDENT_LOG",
    "EgressLedger",
    "IncidentFormat",
    "IncidentLog",
    "IncidentLogDamaged",
    "IncidentRecorder",
    "LogKind",
    "egress_key",
    "export",
    "neutralized",
    "verify_log",
]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The incident log: tamper-evident, encrypted, never leaving the machine by itself.

In: records of what a policy, a verification or a worker did. Out: numbered entries of a hash chain, durable when
``append`` returns; what is wrong with the log, record by record; exports.
It never holds the text itself, never changes or removes a record, and adds nothing to a log that is not sound.
"""

from strongroom.incidents.checking import verify_log
from strongroom.incidents.export import CSV_COLUMNS, IncidentFormat, export
from strongroom.incidents.log import IncidentLog, IncidentLogDamaged

__all__ = ["CSV_COLUMNS", "IncidentFormat", "IncidentLog", "IncidentLogDamaged", "export", "verify_log"]

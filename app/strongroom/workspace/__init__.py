# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Everything of one data folder, opened together and composed for the doors.

In: a data folder, a policy file, how a passphrase is asked for. Out: the parts that a door uses: conversations and
sessions, the models, the catalog of a hub, the policy in force, the logs, what is known of the processes. It decides
nothing that a part below could decide.
"""

from strongroom.workspace.catalog import Catalog, QuantizationTable, TableRow, hub_options
from strongroom.workspace.false_alarms import allow_list_entries, report_false_alarm
from strongroom.workspace.process_reports import Processes
from strongroom.workspace.shelf import Shelf
from strongroom.workspace.workspace import Workspace

__all__ = [
    "Catalog",
    "Processes",
    "QuantizationTable",
    "Shelf",
    "TableRow",
    "Workspace",
    "allow_list_entries",
    "hub_options",
    "report_false_alarm",
]

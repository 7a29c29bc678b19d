# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One conversation: the gate through which every prompt and every answer passes.

In: what a person typed, the model that they chose, the policy in force. Out: events with filtered text, kept in the
database before they are shown, and incidents, durable before their effect is visible. It is the only room where
engine, filter and incidents meet. It never hands a model's raw text to anyone.
"""

from strongroom.chat.catalog import Catalog, QuantizationTable, TableRow, hub_options
from strongroom.chat.egress_ledger import EgressLedger
from strongroom.chat.export import OutgoingText, export_conversation, outgoing_text
from strongroom.chat.false_alarms import allow_list_entries, report_false_alarm
from strongroom.chat.filtering import PolicyFilter, open_filter
from strongroom.chat.model_host import LoadedModel
from strongroom.chat.session import Session
from strongroom.chat.shelf import Shelf
from strongroom.chat.workspace import Workspace
from strongroom.engine import EngineBuild, inspect_engine

__all__ = [
    "Catalog",
    "EgressLedger",
    "EngineBuild",
    "LoadedModel",
    "OutgoingText",
    "PolicyFilter",
    "QuantizationTable",
    "Session",
    "Shelf",
    "TableRow",
    "Workspace",
    "allow_list_entries",
    "export_conversation",
    "hub_options",
    "inspect_engine",
    "open_filter",
    "outgoing_text",
    "report_false_alarm",
]

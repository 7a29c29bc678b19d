# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The only room with a network: search models and download them to the shelf, in a process of its own.

In: what the user or the policy asked to fetch. Out: what a hub says, checked and pinned to a commit, verified files,
and each request, for a ledger, before it is made. It never knows a chat, a key or the log, and never connects in the
app's own process.
"""

from strongroom.hub.addresses import DEFAULT_ENDPOINT, DELIVERY_HOSTS, require_endpoint
from strongroom.hub.client import Hub
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.launch import ENDPOINT_VARIABLE, HUB_HELPER_ARGUMENT, helper_command
from strongroom.hub.ledger import RequestLedger
from strongroom.hub.options import HubOptions, Patience

__all__ = [
    "DEFAULT_ENDPOINT",
    "DELIVERY_HOSTS",
    "ENDPOINT_VARIABLE",
    "HUB_HELPER_ARGUMENT",
    "FaultKind",
    "Hub",
    "HubFault",
    "HubOptions",
    "Patience",
    "RequestLedger",
    "helper_command",
    "require_endpoint",
]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One conversation: the gate through which every prompt and every answer passes.

In: what a person typed, the model that they chose, the policy in force. Out: events with filtered text, kept in the
database before they are shown, and incidents, durable before their effect is visible. Here the text of a hosted model
meets the filter; nobody above gets it raw.
"""

from strongroom.chat.export import OutgoingText, export_conversation, outgoing_text
from strongroom.chat.filtering import PolicyFilter, PolicyFilters, open_filter
from strongroom.chat.session import Session
from strongroom.chat.turns import RunningTurns
from strongroom.chat.whole_answer import WholeAnswerCheck

__all__ = [
    "OutgoingText",
    "PolicyFilter",
    "PolicyFilters",
    "RunningTurns",
    "Session",
    "WholeAnswerCheck",
    "export_conversation",
    "open_filter",
    "outgoing_text",
]

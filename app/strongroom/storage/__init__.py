# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the app keeps: encrypted databases, the keys that open them, and the conversations with their search.

In: text that has passed the filter, key sources, a data folder. Out: conversations and messages as values of ``core``,
open databases for the incident log, and refusals that name the file and say what to do.
It never writes a database without encryption, never makes a new key over an old database, and knows no model.
"""

from strongroom.storage.chat_schema import CHATS
from strongroom.storage.conversations import ConversationStore, open_conversations
from strongroom.storage.database import Database, Schema, Statements
from strongroom.storage.errors import KeyProblem, KeyRefused, StorageError, StorageProblem
from strongroom.storage.false_alarms import FalseAlarmStore
from strongroom.storage.hub_token import forget_hub_token, hub_token, keep_hub_token
from strongroom.storage.key_file import KEY_FILE_VARIABLE
from strongroom.storage.key_record import KeySource
from strongroom.storage.keys import Keys, obtain_keys, set_passphrase
from strongroom.storage.opening import copy_database, open_database, open_to_read

__all__ = [
    "CHATS",
    "KEY_FILE_VARIABLE",
    "ConversationStore",
    "Database",
    "FalseAlarmStore",
    "KeyProblem",
    "KeyRefused",
    "KeySource",
    "Keys",
    "Schema",
    "Statements",
    "StorageError",
    "StorageProblem",
    "copy_database",
    "forget_hub_token",
    "hub_token",
    "keep_hub_token",
    "obtain_keys",
    "open_conversations",
    "open_database",
    "open_to_read",
    "set_passphrase",
]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation as a file for people (Markdown) or programs (JSON): filtered text, as only that is ever kept."""

import json
from dataclasses import asdict
from typing import Literal

from strongroom.core.chat import Conversation, MessageState, Role, StoredMessage
from strongroom.storage import ConversationStore

ExportFormat = Literal["markdown", "json"]

_EVERYTHING = 1_000_000


def export_conversation(store: ConversationStore, conversation_id: int, form: ExportFormat) -> str:
    """Return the whole conversation, oldest message first.

    Raises:
        UserFacingError: There is no such conversation.
    """
    conversation = store.get(conversation_id)
    messages = store.messages(conversation_id, limit=_EVERYTHING)
    if form == "json":
        return _as_json(conversation, messages)
    return _as_markdown(conversation, messages)


def _as_json(conversation: Conversation, messages: list[StoredMessage]) -> str:
    content = {"format": "strongroom-conversation", "version": 1, **asdict(conversation)}
    content["messages"] = [asdict(message) for message in messages]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _as_markdown(conversation: Conversation, messages: list[StoredMessage]) -> str:
    parts = [f"# {conversation.title}\n"]
    for message in messages:
        heading = "You" if message.role is Role.USER else message.model_name or "Assistant"
        parts.append(f"## {heading}\n\n*{message.created_at}*\n\n{message.text}\n")
        if message.state not in (MessageState.COMPLETE, MessageState.WRITING):
            parts.append(f"*({message.state.value})*\n")
        parts.extend(f"*Note: {note.text}*\n" for note in message.notes)
    return "\n".join(parts)

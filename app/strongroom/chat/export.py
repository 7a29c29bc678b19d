# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What leaves for a file or the clipboard: kept text, which the policy in force now looks at once more.

The policy may have become stricter since the text was shown, and may let less out of the app than onto its screen.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal, Protocol

from strongroom.chat.filtering import PolicyFilters
from strongroom.core.chat import Conversation, MessageState, Note, Role, StoredMessage, VisibleText
from strongroom.core.findings import Direction, Mark
from strongroom.core.incident import IncidentEvent
from strongroom.core.statement import statement_to_json
from strongroom.filter import FilterFailure
from strongroom.incidents import IncidentRecorder
from strongroom.storage import ConversationStore

ExportFormat = Literal["markdown", "json"]

_EVERYTHING = 1_000_000


class ExportResources(Protocol):
    """What an export needs of a workspace."""

    conversations: ConversationStore
    filters: PolicyFilters
    recorder: IncidentRecorder


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text as it may leave."""

    text: str
    marks: tuple[Mark, ...]
    withheld: Note | None = None
    """Why the rest stays here; None where there is no rest."""


def outgoing_text(
    resources: ExportResources, visible: VisibleText, *, conversation_id: int | None = None, model_digest: str = ""
) -> OutgoingText:
    """Return a kept text, or a part of one, as the policy in force lets it leave. What it finds is recorded first.

    Raises:
        FilterFailure: A detector failed; nothing of the text may leave.
        UserFacingError: The incident log cannot be written, or no policy is in force; nothing of the text may leave.
    """
    policy_filter = resources.filters.in_force()
    recorder = resources.recorder.under(policy_filter.identity)
    try:
        filtered = policy_filter.filter_again(visible, Direction.EXPORT)
    except FilterFailure as failure:
        recorder.record_event(
            IncidentEvent.FILTER_FAILED,
            model_digest=model_digest,
            conversation_id=conversation_id,
            rule=failure.rule_id,
            direction=Direction.EXPORT.value,
        )
        raise
    recorder.record_findings(
        filtered.findings, visible.text, model_digest=model_digest, conversation_id=conversation_id
    )
    withheld = None
    if filtered.blocked_by is not None:
        said = f" {filtered.blocked_by.message}" if filtered.blocked_by.message else ""
        withheld = Note("export.withheld", rule_id=filtered.blocked_by.rule_id, said=said)
    return OutgoingText(filtered.text, filtered.marks, withheld)


def export_conversation(
    resources: ExportResources, conversation_id: int, form: ExportFormat, *, say_note: Callable[[Note], str]
) -> str:
    """Return the selected path of a conversation, oldest message first, for people (Markdown) or for programs (JSON).

    A message of which a part may not leave ends there, with a note that says so.

    Args:
        resources: Where the conversation is kept, and what it passes on its way out.
        conversation_id: Which one.
        form: For people or for programs.
        say_note: Puts a note into words.

    Raises:
        FilterFailure: A detector failed; nothing is exported.
        UserFacingError: There is no such conversation, or the incident log cannot be written.
    """
    conversation = resources.conversations.get(conversation_id)
    title = outgoing_text(resources, VisibleText(conversation.title), conversation_id=conversation_id)
    conversation = replace(conversation, title=title.text.strip() or "Conversation")
    kept = resources.conversations.messages(conversation_id, limit=_EVERYTHING)
    messages = [_outgoing_message(resources, message) for message in kept]
    if form == "json":
        return _as_json(conversation, messages, say_note)
    return _as_markdown(conversation, messages, say_note)


def _outgoing_message(resources: ExportResources, message: StoredMessage) -> StoredMessage:
    outgoing = outgoing_text(
        resources,
        VisibleText(message.text, message.marks),
        conversation_id=message.conversation_id,
        model_digest=message.model_digest,
    )
    notes = (*message.notes, outgoing.withheld) if outgoing.withheld else message.notes
    return replace(message, text=outgoing.text, marks=outgoing.marks, notes=notes)


def _as_json(conversation: Conversation, messages: list[StoredMessage], say_note: Callable[[Note], str]) -> str:
    content = {"format": "strongroom-conversation", "version": 1, **asdict(conversation)}
    content["messages"] = [
        {
            **asdict(message),
            "notes": [{**statement_to_json(note), "text": say_note(note)} for note in message.notes],
        }
        for message in messages
    ]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _as_markdown(conversation: Conversation, messages: list[StoredMessage], say_note: Callable[[Note], str]) -> str:
    parts = [f"# {conversation.title}\n"]
    for message in messages:
        heading = "You" if message.role is Role.USER else message.model_name or "Assistant"
        parts.append(f"## {heading}\n\n*{message.created_at}*\n\n{message.text}\n")
        parts.extend("*(a part that this version of the app cannot show)*\n" for _ in message.further_parts)
        if message.state not in (MessageState.COMPLETE, MessageState.WRITING):
            parts.append(f"*({message.state.value})*\n")
        parts.extend(f"*Note: {say_note(note)}*\n" for note in message.notes)
    return "\n".join(parts)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the model is told: the conversation so far, as filtered text, in an order that chat templates accept."""

from collections.abc import Iterable

from strongroom.core.chat import Message, Role, StoredMessage


def messages_for_model(system_prompt: str, history: Iterable[StoredMessage]) -> list[Message]:
    """Return the messages of one request, oldest first.

    Answers without text (blocked or interrupted before the first word) are left out, and neighbors of one role are
    joined: many templates refuse two user turns in a row.
    """
    messages: list[Message] = []
    if system_prompt.strip():
        messages.append(Message(Role.SYSTEM, system_prompt))
    for stored in history:
        if not stored.text.strip():
            continue
        if messages and messages[-1].role is stored.role:
            messages[-1] = Message(stored.role, f"{messages[-1].text}\n\n{stored.text}")
        else:
            messages.append(Message(stored.role, stored.text))
    return messages


def title_from(prompt: str, *, longest: int = 48) -> str:
    """Return a title for a conversation that begins with the filtered ``prompt``: its first words, on one line."""
    line = " ".join(prompt.split())
    if len(line) <= longest:
        return line
    cut = line.rfind(" ", longest // 2, longest)
    return line[: cut if cut > 0 else longest].rstrip() + "…"

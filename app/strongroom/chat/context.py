# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the model is told: the conversation so far, as filtered text, in an order that chat templates accept."""

from collections.abc import Iterable

from strongroom.core.chat import Message, Role, StoredMessage


def messages_for_model(system_prompt: str, history: Iterable[StoredMessage]) -> list[Message]:
    """Return the messages of one request, oldest first: ``history`` is the path that ends with the prompt.

    A turn whose answer has no text (too long, blocked or interrupted before the first word) is left out: its prompt was
    answered by a note that says what to do, and is sent again if it matters. Neighbors of one role are joined, because
    many templates refuse two user turns in a row.
    """
    messages: list[Message] = []
    for stored in history:
        if stored.role is Role.ASSISTANT and not stored.text.strip():
            if messages and messages[-1].role is Role.USER:
                messages.pop()
        elif messages and messages[-1].role is stored.role:
            messages[-1] = Message(stored.role, f"{messages[-1].text}\n\n{stored.text}")
        else:
            messages.append(Message(stored.role, stored.text))
    if system_prompt.strip():
        messages.insert(0, Message(Role.SYSTEM, system_prompt))
    return messages


def title_from(prompt: str, *, longest: int = 48) -> str:
    """Return a title for a conversation that begins with the filtered ``prompt``: its first words, on one line."""
    line = " ".join(prompt.split())
    if len(line) <= longest:
        return line
    cut = line.rfind(" ", longest // 2, longest)
    return line[: cut if cut > 0 else longest].rstrip() + "…"

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which conversation something in the window belongs to: a draft, a turn, the choice of a model.

A new conversation has no number until its first prompt is accepted, and there may be several of them. So an object
stands for each, and what belongs to it is kept under that object.
"""

from collections.abc import Sequence


class OpenChat:
    """One conversation in the window, kept or new; two of them are the same only when they are one object."""

    def __init__(self, conversation_id: int | None = None) -> None:
        self.conversation_id = conversation_id
        """None until its first prompt is accepted."""
        self.model_id = ""
        """The model that the user chose for it; empty where none was chosen."""
        self.answered_by = ""
        """The digest of the model that gave its last answer; empty where there is none."""


class OpenChats:
    """Hands out one object for each conversation."""

    def __init__(self) -> None:
        self._kept: dict[int, OpenChat] = {}
        self._new: list[OpenChat] = []

    @property
    def new_chats(self) -> Sequence[OpenChat]:
        """The conversations that are not kept yet, oldest first."""
        return self._new

    @property
    def known(self) -> Sequence[OpenChat]:
        """Every conversation that has an object."""
        return (*self._new, *self._kept.values())

    def of(self, conversation_id: int) -> OpenChat:
        """Return the object of a kept conversation."""
        return self._kept.setdefault(conversation_id, OpenChat(conversation_id))

    def begin(self) -> OpenChat:
        """Return the object of another new conversation."""
        chat = OpenChat()
        self._new.append(chat)
        return chat

    def keep(self, chat: OpenChat, conversation_id: int) -> None:
        """Note the number that a new conversation has got."""
        if chat in self._new:
            self._new.remove(chat)
            chat.conversation_id = conversation_id
            self._kept[conversation_id] = chat

    def forget(self, chat: OpenChat) -> None:
        """Let go of a new conversation in which nothing is left."""
        if chat in self._new:
            self._new.remove(chat)

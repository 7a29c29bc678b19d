# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What has been typed and not sent, for each conversation; in memory."""

from PySide6.QtCore import QObject, Signal

from strongroom.gui.chat.open_chats import OpenChat


class Drafts(QObject):
    """Keeps one draft for each conversation.

    Signals:
        changed: The :class:`OpenChat` that has a draft now, or has none any more.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[OpenChat, str] = {}

    def text(self, chat: OpenChat) -> str:
        """Return a conversation's draft; empty when there is none."""
        return self._texts.get(chat, "")

    def has(self, chat: OpenChat) -> bool:
        """Return whether something has been typed in a conversation, and not sent."""
        return bool(self.text(chat).strip())

    def keep(self, chat: OpenChat, text: str) -> None:
        """Keep ``text`` in place of a conversation's draft."""
        had = self.has(chat)
        if text:
            self._texts[chat] = text
        else:
            self._texts.pop(chat, None)
        if self.has(chat) != had:
            self.changed.emit(chat)

    def give_back(self, chat: OpenChat, text: str) -> None:
        """Put a text that was not sent before what has been typed since."""
        self.keep(chat, before_draft(text, self.text(chat)))


def before_draft(text: str, draft: str) -> str:
    """Return a text that was not sent, followed by what has been typed since."""
    return f"{text}\n{draft}" if draft else text

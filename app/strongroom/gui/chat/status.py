# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the list says about a conversation: that it is being answered, waits, or holds something that is not sent."""

from dataclasses import dataclass
from enum import Enum

from strongroom.gui.widgets import wording
from strongroom.gui.widgets.icons import Glyph
from strongroom.words import translate


class Status(Enum):
    """The gravest first: a conversation shows one of them."""

    ANSWERING = Glyph.ANSWERING
    WAITING = Glyph.WAITING
    REFUSED = Glyph.WARNING
    """The policy did not let its message through; it waits in the composer to be changed."""
    DRAFT = Glyph.RENAME


@dataclass(frozen=True, slots=True)
class ChatStatus:
    """A status, and the place in line where it is :attr:`Status.WAITING` for other answers.

    ``place`` counts those that come before; 0 where it waits for a load.
    """

    status: Status
    place: int = 0

    @property
    def glyph(self) -> Glyph:
        """What is drawn, unless there is a :attr:`text`."""
        return self.status.value

    @property
    def text(self) -> str:
        """What is written in place of the glyph: the place in line, ``2nd``; else empty."""
        return wording.ordinal(self.place + 1) if self.place else ""

    @property
    def said(self) -> str:
        """The status in words."""
        if self.place:
            return translate("ChatStatus", "waiting, {place} in line").format(place=self.text)
        words = {
            Status.ANSWERING: translate("ChatStatus", "being answered"),
            Status.WAITING: translate("ChatStatus", "waiting for the model"),
            Status.REFUSED: translate("ChatStatus", "message not sent"),
            Status.DRAFT: translate("ChatStatus", "draft"),
        }
        return words[self.status]

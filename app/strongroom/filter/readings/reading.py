# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a detector reads: characters, each with the characters of the original text that it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Characters:
    """Some characters of a reading, in order."""

    text: str
    starts: Sequence[int]
    """Where the original of each character begins, in code points of the whole original text."""
    ends: Sequence[int]
    """Where the original of each character ends."""


NO_CHARACTERS = Characters("", (), ())


class Reader(Protocol):
    """Turns characters into other characters, piece by piece.

    What comes out depends on the whole text only, never on how it was cut: a character that later ones could still
    change is kept back until it cannot be changed any more, and that takes a bounded number of characters.
    """

    @property
    def settled(self) -> int | None:
        """Where in the original the first character begins that was kept back; None if none was."""

    def read(self, piece: Characters, *, is_last: bool) -> Characters:
        """Take in ``piece`` and return what is certain now. With ``is_last`` nothing is kept back."""


class Reading:
    """The part of a reading that is still needed: a little that is decided, and all that is not."""

    def __init__(self) -> None:
        self.text = ""
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._settled = 0

    def extend(self, characters: Characters, settled: int) -> None:
        """Add what was read.

        Args:
            characters: The next characters.
            settled: The original has been read up to here.
        """
        self.text += characters.text
        self._starts += characters.starts
        self._ends += characters.ends
        self._settled = settled

    def original_start(self, place: int) -> int:
        """Return where in the original the character at ``place`` begins, or is going to begin."""
        return self._starts[place] if place < len(self._starts) else self._settled

    def original_end(self, place: int) -> int:
        """Return where in the original the last character before ``place`` ends."""
        return self._ends[place - 1]

    def place_of(self, offset: int) -> int:
        """Return the first place that stands for something from the original's ``offset`` on."""
        # From the end: what is asked for mostly lies there, and originals do not always rise by one.
        place = len(self._starts)
        while place and self._starts[place - 1] >= offset:
            place -= 1
        return place

    def forget(self, places: int) -> None:
        """Drop that many characters at the beginning."""
        self.text = self.text[places:]
        del self._starts[:places]
        del self._ends[:places]


class PlainReading:
    """The original as it is; the offsets need no table."""

    def __init__(self) -> None:
        self.text = ""
        self.base = 0
        """Offset of the first character that is still here."""

    def extend(self, piece: str) -> None:
        """Add more of the original."""
        self.text += piece

    def original_start(self, place: int) -> int:
        """See :class:`Reading`."""
        return self.base + place

    def original_end(self, place: int) -> int:
        """See :class:`Reading`."""
        return self.base + place

    def place_of(self, offset: int) -> int:
        """See :class:`Reading`."""
        return offset - self.base

    def forget(self, places: int) -> None:
        """See :class:`Reading`."""
        self.text = self.text[places:]
        self.base += places

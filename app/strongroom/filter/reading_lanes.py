# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""All readings of one text together.

Most text is read as itself. As long as it is, the folded reading is the plain one, and what finds a passage in one
finds it in the other; so the folded lane sleeps, and follows the plain one when something that folds wakes it.
"""

from collections.abc import Iterator, Sequence

from strongroom.filter.compiled import LanePlan
from strongroom.filter.lanes import Found, Lane, Watch
from strongroom.filter.readings import DISGUISES, Characters, FoldingReader, PlainReading, Reader, Reading

AnyLane = Lane[PlainReading] | Lane[Reading]


class ReadingLanes:
    """The lanes of one text.

    Args:
        plans: The plain lane, the folded one, then those of disguises.
    """

    def __init__(self, plans: Sequence[LanePlan]) -> None:
        self.original = PlainReading()
        self._length = 0
        self._plain = Lane(plans[0], self.original)
        self._folded = _FoldedLane(plans[1])
        self._disguised = [_DisguisedLane(plan) for plan in plans[2:]]

    @property
    def decided(self) -> int:
        """Every place of the original before this is decided in every reading."""
        return min(lane.decided for lane in self._awake())

    def feed(self, piece: str, *, is_last: bool) -> None:
        """Read more of the text."""
        characters = self._folded.read(piece, self._plain, is_last=is_last)
        start, self._length = self._length, self._length + len(piece)
        self.original.extend(piece)
        if self._disguised:
            if characters is None:
                characters = Characters(piece, range(start, self._length), range(start + 1, self._length + 1))
            for lane in self._disguised:
                lane.read(characters, self._folded.position, is_last=is_last)

    def scan(self, watch: Watch, *, is_last: bool) -> Iterator[tuple[AnyLane, Found]]:
        """Let every rule decide what it can decide now, and yield each match with its lane."""
        for lane in self._awake():
            yield from ((lane, found) for found in lane.scan(watch, is_last=is_last))

    def clear(self) -> None:
        """Drop everything, for a text that is not read any further."""
        self.original.forget(len(self.original.text))
        self._folded.is_awake = False
        self._disguised.clear()

    def forget(self, offset: int) -> None:
        """Drop what is not needed any more before ``offset``."""
        for lane in self._awake():
            lane.forget(offset)
        self._folded.sleep_if_equal(self._plain)

    def _awake(self) -> list[AnyLane]:
        folded = [self._folded] if self._folded.is_awake else []
        return [self._plain, *folded, *self._disguised]


class _FoldedLane(Lane[Reading]):
    def __init__(self, plan: LanePlan) -> None:
        super().__init__(plan, Reading())
        self._reader = FoldingReader()
        self.is_awake = False

    @property
    def position(self) -> int:
        """The original has been read up to here."""
        return self._reader.position

    def read(self, piece: str, plain: Lane[PlainReading], *, is_last: bool) -> Characters | None:
        """Read more; return what it is read as, or None if that is the piece itself.

        Args:
            piece: More of the original, which ``plain`` has not got yet.
            plain: The plain lane.
            is_last: Nothing more will come.
        """
        if not self.is_awake:
            if self._reader.takes_as_it_is(piece):
                self._reader.skip(piece)
                return None
            self._wake(plain)
        characters = self._reader.read(piece, is_last=is_last)
        self._extend(characters)
        return characters

    def sleep_if_equal(self, plain: Lane[PlainReading]) -> None:
        """Sleep if from here on both lanes would find the same."""
        if not self.is_awake or self._reader.keeps_back:
            return
        base = plain.reading.original_start(0)
        if self._reader.changed_until > base or self.reading.text != plain.reading.text:
            return
        if all(track.state == other.state for track, other in zip(self.tracks, plain.tracks, strict=False)):
            self.is_awake = False
            self.reading = Reading()

    def _wake(self, plain: Lane[PlainReading]) -> None:
        self.is_awake = True
        base, text = plain.reading.original_start(0), plain.reading.text
        end = base + len(text)
        self._extend(Characters(text, range(base, end), range(base + 1, end + 1)))
        # The plain lane's first groups are these; what comes after them does not look at folded text.
        for track, other in zip(self.tracks, plain.tracks, strict=False):
            track.follow(other)

    def _extend(self, characters: Characters) -> None:
        self.reading.extend(characters, self._reader.position)


class _DisguisedLane(Lane[Reading]):
    def __init__(self, plan: LanePlan) -> None:
        super().__init__(plan, Reading())
        self._reader: Reader = DISGUISES[plan.disguise].reader()

    def read(self, characters: Characters, settled: int, *, is_last: bool) -> None:
        """Read more of the folded text, of which everything before the original's ``settled`` is there."""
        read = self._reader.read(characters, is_last=is_last)
        kept = self._reader.settled
        self.reading.extend(read, settled if kept is None else kept)

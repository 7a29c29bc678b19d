# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What readers of disguised text have in common: they read folded characters, and keep back what is not certain."""

from abc import ABC, abstractmethod

from strongroom.filter.readings.reading import Characters

BOUNDARY = "\n"
"""Stands for whatever is not read, so that what is read has an edge there."""


class KeepingReader(ABC):
    """Reads characters from where the last reading stopped. A subclass says what they become."""

    def __init__(self) -> None:
        self._kept = Characters("", (), ())

    @property
    def settled(self) -> int | None:
        """See :class:`strongroom.filter.readings.reading.Reader`."""
        return self._kept.starts[0] if self._kept.text else None

    def read(self, piece: Characters, *, is_last: bool) -> Characters:
        """See :class:`strongroom.filter.readings.reading.Reader`."""
        source = piece
        if self._kept.text:
            source = Characters(
                self._kept.text + piece.text, [*self._kept.starts, *piece.starts], [*self._kept.ends, *piece.ends]
            )
        output = Output(source)
        used = self._read(source.text, output, is_last=is_last)
        self._kept = Characters(source.text[used:], source.starts[used:], source.ends[used:])
        return output.characters()

    @abstractmethod
    def _read(self, source: str, output: "Output", *, is_last: bool) -> int:
        """Write to ``output`` what ``source`` becomes, and return how many of its characters were used."""


class Output:
    """Collects what a reader writes, in terms of the places of its source."""

    def __init__(self, source: Characters) -> None:
        self._source = source
        self._text: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def copy(self, text: str, start: int) -> None:
        """Write ``text``, each of its characters standing for one of the source, from ``start`` on."""
        self._text.append(text)
        self._starts += self._source.starts[start : start + len(text)]
        self._ends += self._source.ends[start : start + len(text)]

    def write(self, text: str, start: int, end: int) -> None:
        """Write ``text``, each of its characters standing for the source from ``start`` to ``end``."""
        self._text.append(text)
        self._starts += [self._source.starts[start]] * len(text)
        self._ends += [self._source.ends[end - 1]] * len(text)

    def characters(self) -> Characters:
        """Return everything that was written."""
        return Characters("".join(self._text), self._starts, self._ends)

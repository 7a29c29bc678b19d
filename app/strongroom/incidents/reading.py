# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Every record of a log in order, around the pages that are damaged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from strongroom.storage import Database, StorageError

_CHUNK = 500
_PATIENCE = 64
"""Unreadable records in a row that are tried one by one; the end of a longer stretch is searched for in strides."""

_FIRST_POSSIBLE, _LAST_POSSIBLE = -(2**63), 2**63 - 1

_COLUMNS = "SELECT sequence, recorded_at, event, category, header, chain FROM incidents "
# From a number on, not after one: looking for what comes after a record would read that record's page once more.
_FROM = _COLUMNS + "WHERE sequence >= ? ORDER BY sequence LIMIT ?"
_ONE = _COLUMNS + "WHERE sequence = ?"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it is kept, unchecked."""

    sequence: int
    recorded_at: str
    event: str
    category: str
    header: bytes
    chain: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Records that lie on a damaged page, the first and the last of them."""

    first: int
    last: int


def rows_after(database: Database, sequence: int) -> Iterator[Row]:
    """Yield the records after ``sequence`` of a log that is expected to be sound.

    Raises:
        StorageError: It is not, or cannot be read.
    """
    return (Row(*columns) for columns in database.rows(_FROM, (sequence + 1, -1)))


class RecordReader:
    """Walks through a log.

    After a page that failed its check, SQLCipher answers nothing more on that connection, so each such page costs a
    new one.

    Args:
        reopen: Returns a connection; called at the start and after each failure.
        last_known: The last record that is known to have existed, so that damage at the end is seen as such.
    """

    def __init__(self, reopen: Callable[[], Database], last_known: int) -> None:
        self._reopen = reopen
        self._database: Database | None = None
        self._last = last_known

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield every record, and every unreadable stretch, in order.

        Raises:
            StorageError: The log cannot be opened at all.
        """
        following = _FIRST_POSSIBLE
        with self._closing():
            self._connection()
            self._last = max(self._last, self._try(self._max_sequence) or 0)
            while True:
                chunk = self._from(following)
                if chunk is None:
                    following = max(following, 1)
                    for item in self._carefully(following):
                        yield item
                        following = (item.last if isinstance(item, Unreadable) else item.sequence) + 1
                    if following > self._last:
                        return
                elif chunk:
                    yield from chunk
                    following = chunk[-1].sequence + 1
                else:
                    return

    def _carefully(self, following: int) -> Iterator[Row | Unreadable]:
        """Yield record by record, to the end of the next damage."""
        while found := self._from(following, limit=1):
            yield found[0]
            following = found[0].sequence + 1
        if found is None:
            yield Unreadable(following, self._end_of_damage(following))

    def _end_of_damage(self, first: int) -> int:
        """Return the last record of the stretch that cannot be read, which ``first`` begins."""
        bad = first
        while bad - first < _PATIENCE:
            if bad + 1 > self._last or self._one(bad + 1) is not None:
                return bad
            bad += 1
        stride = 1
        while bad + stride <= self._last and self._one(bad + stride) is None:
            bad, stride = bad + stride, stride * 2
        good = min(bad + stride, self._last + 1)
        while good - bad > 1:
            middle = (good + bad) // 2
            if self._one(middle) is None:
                bad = middle
            else:
                good = middle
        return bad

    def _one(self, sequence: int) -> list[Row] | None:
        """Return the record, or none; None if its page is damaged."""
        return self._try(lambda: [Row(*columns) for columns in self._connection().rows(_ONE, (sequence,))])

    def _from(self, sequence: int, limit: int = _CHUNK) -> list[Row] | None:
        """Return the next records; None if one of their pages is damaged."""
        if sequence > _LAST_POSSIBLE:
            return []
        return self._try(lambda: [Row(*columns) for columns in self._connection().rows(_FROM, (sequence, limit))])

    def _max_sequence(self) -> int:
        return int(self._connection().rows("SELECT coalesce(max(sequence), 0) FROM incidents")[0][0])

    def _try(self, step: Callable[[], T]) -> T | None:
        """Return what ``step`` returns, or None where it meets a damaged page."""
        try:
            return step()
        except StorageError as error:
            if not error.problem.is_about_content:
                raise
            self._drop()
            return None

    def _connection(self) -> Database:
        if self._database is None:
            self._database = self._reopen()
        return self._database

    @contextmanager
    def _closing(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._drop()

    def _drop(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

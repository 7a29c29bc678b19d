# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where the header of a GGUF file ends, found while its bytes arrive.

The header has no length of its own: its end shows only when every key and every tensor description has been passed.
This module passes them and understands none; what they say, the app reads from the same bytes.
"""

import struct
from collections.abc import Generator

from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.protocol import HEADER_LIMIT

_VERSIONS = (2, 3)
_MOST_KEYS = 100_000
_MOST_TENSORS = 1_000_000
_MOST_DIMENSIONS = 8
_STRING, _ARRAY = 8, 9
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value, by the number of its type."""

_Steps = Generator[None, None, int]


class HeaderExtent:
    """Takes the bytes of a file from its start, until the header is complete."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._at = 0
        self._end: int | None = None
        self._steps = self._walk()
        next(self._steps)

    @property
    def end(self) -> int | None:
        """Where the header ends; None until that is known."""
        return self._end

    def feed(self, untrusted_data: bytes) -> None:
        """Take more bytes.

        Raises:
            HubFault: It is no GGUF file, or its header is longer than the app reads.
        """
        self._data += untrusted_data
        try:
            if self._end is None:
                next(self._steps)
        except StopIteration as stop:
            self._end = stop.value

    def _walk(self) -> _Steps:
        start = yield from self._pass(24)
        magic, version, tensors, keys = struct.unpack_from("<4sIQQ", self._data, start)
        if magic != b"GGUF":
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.no_gguf"))
        if version not in _VERSIONS:
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.gguf_version"))
        if keys > _MOST_KEYS or tensors > _MOST_TENSORS:
            raise _too_long()
        for _ in range(keys):
            yield from self._pass_strings(1)
            yield from self._pass_value((yield from self._number("<I")))
        for _ in range(tensors):
            yield from self._pass_strings(1)
            dimensions = yield from self._number("<I")
            if dimensions > _MOST_DIMENSIONS:
                raise _damaged()
            yield from self._pass(8 * dimensions + 12)
        return self._at

    def _pass_value(self, kind: int) -> Generator[None, None, None]:
        count = 1
        if kind == _ARRAY:
            kind = yield from self._number("<I")
            count = yield from self._number("<Q")
        if kind == _STRING:
            yield from self._pass_strings(count)
        elif kind in _SIZES:
            yield from self._pass(_SIZES[kind] * count)
        else:
            # An array of arrays, which no model has, ends here too.
            raise _damaged()

    def _pass_strings(self, count: int) -> Generator[None, None, None]:
        if count > HEADER_LIMIT // 8:
            raise _too_long()
        for _ in range(count):
            length = yield from self._number("<Q")
            yield from self._pass(length)

    def _number(self, form: str) -> _Steps:
        start = yield from self._pass(struct.calcsize(form))
        number: int = struct.unpack_from(form, self._data, start)[0]
        return number

    def _pass(self, count: int) -> _Steps:
        """Wait for the next ``count`` bytes, then return where they begin."""
        start = self._at
        if start + count > HEADER_LIMIT:
            raise _too_long()
        while len(self._data) < start + count:
            yield
        self._at = start + count
        return start


def _too_long() -> HubFault:
    return HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.long_header", size=HEADER_LIMIT))


def _damaged() -> HubFault:
    return HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.damaged_header"))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Private keys as blocks of text: PEM and OpenSSH (RFC 7468), OpenPGP (RFC 9580), SSH2, PuTTY, and PEM in base64 again.

A block ends at its last line. One without a last line, or with a last line that is too far away, ends where the text
is no key any more, so a key that is cut off is masked too. In source code its lines may stand in quotes.
"""

import re
from base64 import b64decode
from collections.abc import Iterator

from strongroom.core.findings import Evidence
from strongroom.filter.scanner import Match, Scanners
from strongroom.filter.window import LEAST_LEFT_CONTEXT, Window
from strongroom.policy import analyze_pattern, compile_expression

CONFIDENCE = 0.99

LONGEST_KEY = 16_384

_FIRST_LINE = analyze_pattern(
    r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-[1-3]: ?[a-z0-9\-]{3,40}"
    r"|LS0tLS1CRUdJTi|LS0tLSBCRUdJTi"
)
_LAST_LINE = re.compile(r"-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-MAC: ?[0-9a-fA-F]{40,64}")
# What the text may end with where a last line or a line such as "Proc-Type: 4,ENCRYPTED" is still to come whole.
_LINE_BEGINS = re.compile(
    r"-{1,5} ?(?:E(?:N(?:D(?: [A-Z0-9 ]{0,60}-{0,5})?)?)?)?|Private-MAC: ?[0-9a-fA-F]{0,64}|[A-Z][A-Za-z0-9-]{0,30}"
)
# Between the lines: white space, line ends as source code writes them, quotes, signs of concatenation and quotation.
_BETWEEN = re.compile(r"(?:\s|\\[nrt]|[\\\"'`,>|#*;]|\+(?=[\s\"'\\]))+")
_WORD = re.compile(r"[A-Za-z0-9+/=]+")
_HEADER_LINE = re.compile(r"[A-Z][A-Za-z0-9-]{2,30}: ?[^\n\\\"]{0,120}")
_LONG_WORD = 20
"""Characters of a word that belongs to a key without more evidence; only a key's last line is shorter."""

_FEWEST_CHARACTERS = 24
_MOST_SHORT_WORDS = 2
"""The last line, and a check sum."""

_ENCODED = "LS0tL"


class PrivateKeyScanner:
    """Finds private keys; a :class:`strongroom.filter.scanner.Scanner`."""

    max_length = LONGEST_KEY
    left_context = LEAST_LEFT_CONTEXT

    def __init__(self, threshold: float) -> None:
        self._is_wanted = threshold <= CONFIDENCE
        self._first_line = compile_expression(_FIRST_LINE.expression)
        self._mirrored_prefixes = compile_expression(_FIRST_LINE.mirrored_prefixes, prefer_longest=True)

    def undecided(self, window: Window, start: int) -> int:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        if not self._is_wanted:
            return window.length
        place = max(start, window.length - LONGEST_KEY)
        for first, _, is_open in self._blocks(window, place):
            if is_open:
                return first
        limit = len(window.data) - window.byte_offset(place)
        found = self._mirrored_prefixes.match(window.mirrored_data, 0, limit)
        return window.length if found is None else window.offset(len(window.data) - found.end())

    def find(self, window: Window, start: int, limit: int) -> list[Match]:
        """See :class:`strongroom.filter.scanner.Scanner`."""
        if not self._is_wanted:
            return []
        return [
            Match(first, end, CONFIDENCE, Evidence.FORMAT)
            for first, end, _ in self._blocks(window, start)
            if first < limit and end > first
        ]

    def _blocks(self, window: Window, place: int) -> Iterator[tuple[int, int, bool]]:
        """Yield where each block begins and ends, from ``place`` on; its end is its beginning if it is none.

        The last value says whether more text could change its end.
        """
        while (found := self._first_line.search(window.data, window.byte_offset(place))) is not None:
            first, body = map(window.offset, found.span())
            limit = min(window.length, first + LONGEST_KEY)
            encoded = window.text.startswith(_ENCODED, first)
            end, is_open = (_encoded_end if encoded else _block_end)(window.text, first, body, limit)
            yield first, end, is_open and limit == window.length
            place = max(body, end)


def _block_end(text: str, first: int, body: int, limit: int) -> tuple[int, bool]:
    """Return where the block ends whose first line ends at ``body``, and whether it was still going on at ``limit``."""
    at = end = body
    characters = short_words = 0
    while at < limit:
        if between := _BETWEEN.match(text, at, limit):
            at = between.end()
        elif last_line := _LAST_LINE.match(text, at, limit):
            end = last_line.end()
            return _long_enough(first, end, characters), end == limit
        elif (header := _HEADER_LINE.match(text, at, limit)) and not short_words:
            at = header.end()
        elif _LINE_BEGINS.fullmatch(text, at, limit) and not _WORD.fullmatch(text, at, limit):
            break
        elif (word := _WORD.match(text, at, limit)) and short_words < _MOST_SHORT_WORDS:
            at = word.end()
            characters += at - word.start()
            if at == limit or not (short_words or at - word.start() < _LONG_WORD):
                end = at
            else:
                short_words += 1
        else:
            return _long_enough(first, end, characters), False
    if limit - first == LONGEST_KEY:
        end = limit
    return _long_enough(first, end, characters), True


def _long_enough(first: int, end: int, characters: int) -> int:
    return end if characters >= _FEWEST_CHARACTERS else first


def _encoded_end(text: str, first: int, body: int, limit: int) -> tuple[int, bool]:
    """Return where a PEM block in base64 ends, and whether it was still going on at ``limit``."""
    run = _WORD.match(text, body, limit)
    end = body if run is None else run.end()
    head = text[first : min(end, first + 80)]
    is_key = b"PRIVATE KEY" in b64decode(head[: len(head) // 4 * 4], validate=False)
    return (end if is_key else first), end == limit


SCANNERS: Scanners = {"private_key": PrivateKeyScanner}

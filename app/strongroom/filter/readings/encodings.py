# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Readings of encoded text: what percent signs, hexadecimal digits and base64 stand for.

Nobody says where an encoded text begins, so every word is read as if it were one. What that gives is mostly no text;
a boundary stands for it.
"""

import base64
import re

from strongroom.filter.readings.keeping import BOUNDARY, KeepingReader, Output

LONGEST_HEX_STEP = 32
"""Digits of one word that are read at once."""

_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PERCENT_BEGUN = re.compile(r"%[0-9A-Fa-f]?\Z|%\Z")
_LEADS = (range(0x80), range(0xC2, 0xE0), range(0xE0, 0xF0), range(0xF0, 0xF5))
"""First bytes of the characters of one to four bytes in UTF-8."""
_CONTINUATION = re.compile(r"(?:%[89ABab][0-9A-Fa-f])*(?:%[89ABab]?)?\Z")
_WORD = re.compile(r"[0-9A-Za-z]+")
_HEX = re.compile(r"(?:0?x)?((?:[0-9a-f]{2})+)", re.IGNORECASE)
_HEX_BEGUN = re.compile(r"0?x?[0-9a-f]*", re.IGNORECASE)
_LARGEST_HEX_GAP = 2
_BASE64_WORD = re.compile(r"[0-9A-Za-z+/_-]+")
_URL_SAFE = str.maketrans("-_", "+/")


class UrlReader(KeepingReader):
    """Percent-encoded UTF-8 (RFC 3986) decoded, everything else as it is."""

    def _read(self, source: str, output: Output, *, is_last: bool) -> int:
        at = 0
        while True:
            found = source.find("%", at)
            if found < 0:
                output.copy(source[at:], at)
                return len(source)
            output.copy(source[at:found], at)
            length, character = _percent_decoded(source, found)
            if length == 0 and not is_last:
                return found
            if character:
                output.write(character, found, found + length)
            else:
                length = 1
                output.copy("%", found)
            at = found + length


def _percent_decoded(source: str, at: int) -> tuple[int, str]:
    """Return the length of the encoded character at ``at``, and the character.

    The length is 0 if more has to come first; the character is empty if there is none.
    """
    first = source[at : at + 3]
    if not _PERCENT.fullmatch(first):
        return (0 if _PERCENT_BEGUN.fullmatch(first) and at + 3 > len(source) else 1), ""
    lead = int(first[1:], 16)
    size = (
        1
        if lead < 0x80
        else 2
        if 0xC2 <= lead < 0xE0
        else 3
        if 0xE0 <= lead < 0xF0
        else 4
        if 0xF0 <= lead < 0xF5
        else 0
    )
    if size == 0:
        return 1, ""
    encoded = source[at : at + 3 * size]
    if len(encoded) < 3 * size and _CONTINUATION.fullmatch(encoded, 3):
        return 0, ""
    try:
        return 3 * size, bytes.fromhex(encoded.replace("%", "")).decode("utf-8") if encoded.count("%") == size else ""
    except (ValueError, UnicodeDecodeError):
        return 1, ""


class _DecodingReader(KeepingReader):
    """Writes the ASCII characters that are decoded, and a boundary for everything between them."""

    def __init__(self) -> None:
        super().__init__()
        self._is_at_boundary = True

    def _write(self, code: int, start: int, end: int, output: Output) -> None:
        if 0x20 <= code < 0x7F:
            output.write(chr(code), start, end)
            self._is_at_boundary = False
        else:
            self._write_boundary(start, output)

    def _write_boundary(self, place: int, output: Output) -> None:
        if not self._is_at_boundary:
            output.write(BOUNDARY, place, place + 1)
            self._is_at_boundary = True


class HexReader(_DecodingReader):
    """Hexadecimal digits as the ASCII characters that they stand for: ``736563``, ``73 65 63``, ``0x73 0x65``."""

    def __init__(self) -> None:
        super().__init__()
        self._gap = 0
        """Characters since the last digits."""
        self._skips_word = False
        """The word that goes on is not hexadecimal."""

    def _read(self, source: str, output: Output, *, is_last: bool) -> int:
        at = 0
        if source and not _WORD.match(source):
            self._skips_word = False
        for word in _WORD.finditer(source):
            start, end = word.span()
            self._skip(at, start, output)
            at = start
            is_open = end == len(source) and not is_last
            while at < end and not self._skips_word:
                step = source[at : min(at + LONGEST_HEX_STEP, end)]
                if is_open and at + len(step) == end and len(step) < LONGEST_HEX_STEP and _HEX_BEGUN.fullmatch(step):
                    return at
                if digits := _HEX.fullmatch(step):
                    self._decode(digits.group(1), at + digits.start(1), output)
                    at += len(step)
                else:
                    self._skips_word = True
            self._skip(at, end, output)
            self._skips_word = self._skips_word and is_open
            at = end
        self._skip(at, len(source), output)
        return len(source)

    def _decode(self, digits: str, start: int, output: Output) -> None:
        self._gap = 0
        for at, code in enumerate(bytes.fromhex(digits)):
            self._write(code, start + 2 * at, start + 2 * at + 2, output)

    def _skip(self, start: int, end: int, output: Output) -> None:
        if start == end:
            return
        before, self._gap = self._gap, self._gap + end - start
        if before <= _LARGEST_HEX_GAP < self._gap:
            self._write_boundary(start + _LARGEST_HEX_GAP - before, output)


class Base64Reader(_DecodingReader):
    """Base64 (RFC 4648, both alphabets) as the ASCII characters that it stands for, word by word."""

    def _read(self, source: str, output: Output, *, is_last: bool) -> int:
        at = 0
        for word in _BASE64_WORD.finditer(source):
            if word.start() > at:
                self._write_boundary(at, output)
            at, end = word.span()
            whole = end - (end - at) % 4
            self._decode(source[at:whole], at, output)
            if end == len(source) and not is_last:
                return whole
            if end - whole > 1:
                self._decode(source[whole:end], whole, output)
            elif end > whole:
                self._write_boundary(whole, output)
            at = end
        if at < len(source):
            self._write_boundary(at, output)
        return len(source)

    def _decode(self, encoded: str, start: int, output: Output) -> None:
        padding = "=" * (-len(encoded) % 4)
        end = start + len(encoded)
        for at, code in enumerate(base64.b64decode(encoded.translate(_URL_SAFE) + padding)):
            first = start + at // 3 * 4
            self._write(code, first, min(first + 4, end), output)

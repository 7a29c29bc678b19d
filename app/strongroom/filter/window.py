# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The piece of a text that is being decided: a little that is decided already, and everything that is not.

Every scanner sees the same window, so what more than one of them needs (UTF-8 bytes, folded case) is made once.
"""

import re
from functools import cached_property

LEAST_LEFT_CONTEXT = 4
"""Decided characters that stay in every window; more if a scanner looks at more."""

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class Window:
    """One window. Offsets are code points from its first character, unless they say that they are bytes.

    Args:
        text: Its characters; no lone surrogates. Where it does not begin with the whole text, at least
            the left context of every scanner comes first, so that no scanner takes the cut for the beginning.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.length = len(text)
        self._is_ascii = text.isascii()
        self._known = (0, 0)

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8, for RE2."""
        return self.text.encode("utf-8")

    @cached_property
    def mirrored_data(self) -> bytes:
        """The text from its last character to its first, in UTF-8."""
        return self.text[::-1].encode("utf-8")

    @cached_property
    def folded(self) -> str:
        """The text with upper and lower case made equal, character by character."""
        return fold_case(self.text)

    def byte_offset(self, offset: int) -> int:
        """Return where in :attr:`data` the character ``offset`` begins."""
        if self._is_ascii:
            return offset
        # Neighboring questions are about neighboring places, so count on from the last answer, or back from it.
        characters, size = self._known
        if offset >= characters:
            size += len(self.text[characters:offset].encode("utf-8"))
        else:
            size -= len(self.text[offset:characters].encode("utf-8"))
        self._known = (offset, size)
        return size

    def offset(self, byte_offset: int) -> int:
        """Return which character begins at ``byte_offset`` in :attr:`data`."""
        if self._is_ascii:
            return byte_offset
        characters, size = self._known
        if byte_offset >= size:
            characters += len(self.data[size:byte_offset].decode("utf-8"))
        else:
            characters -= len(self.data[byte_offset:size].decode("utf-8"))
        self._known = (characters, byte_offset)
        return characters


def without_lone_surrogates(text: str) -> str:
    """Return ``text`` with each half of a surrogate pair replaced by U+FFFD, so that it is text everywhere.

    JSON can carry such halves; UTF-8, and so the database and RE2, cannot. Each becomes one character, so no offset
    moves, and where the text is cut makes no difference.
    """
    if text.isascii():
        return text
    return _LONE_SURROGATES.sub("\ufffd", text)


class _Folding(dict[int, int]):
    """Maps each code point to its folded one, as it is asked for. Foldings to several characters are left out."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        for folded in (character.casefold(), character.lower()):
            if len(folded) == 1:
                self[code] = ord(folded)
                break
        else:
            self[code] = code
        return self[code]


_FOLDING = _Folding()


def fold_case(text: str) -> str:
    """Return ``text`` with upper and lower case made equal, each character by itself, so that the length stays."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)

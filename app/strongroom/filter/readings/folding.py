# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The folded reading: what a text looks like, without what nobody sees.

Invisible characters and marks over letters are left out; compatibility forms and look-alikes become the plain letter;
HTML entities become their character; Markdown and HTML that stand within a word are left out.
"""

import html
import re

from strongroom.filter.readings.confusables import FOLDING, SEPARATOR
from strongroom.filter.readings.reading import NO_CHARACTERS, Characters

MOST_LEFT_OUT = 64
"""Characters in a row that are left out without a trace. More of them are read as a separator, so that a text full of
nothing cannot be held back for long."""

MOST_ORIGINALS = MOST_LEFT_OUT + 48
"""Characters of the original, no more of which one folded character and what is left out before it stand for."""

_SPECIAL = re.compile(
    r"[^\x00-\x7f]+|&(?=[#A-Za-z]|\Z)|<(?=[!/A-Za-z]|\Z)|\\(?=[_*@.\-~|#+:/]|\Z)|(?<![*`~])[*`~]{1,3}(?![*`~])"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY_BEGUN = re.compile(r"&(?:#(?:[0-9]{0,7}|[xX][0-9A-Fa-f]{0,6})|[A-Za-z][A-Za-z0-9]{0,31})?")
_TAG = re.compile(r"<(?:!--(?:(?!-->)[\s\S]){0,40}-->|/?[A-Za-z]{1,8} ?/?>)")
_TAG_BEGUN = re.compile(r"<(?:!(?:-(?:-(?:(?!-->)[\s\S]){0,42})?)?|/?[A-Za-z]{0,8} ?/?)?")
_ESCAPED = frozenset("_*@.-~|#+:/")


class FoldingReader:
    """Reads the original, folded."""

    def __init__(self) -> None:
        self._kept = ""
        self._offset = 0
        """Of the first character that was kept back, or else of the next one to come."""
        self._last = " "
        """The character of the original before that."""
        self._left_out = 0
        self.changed_until = 0
        """The last character that is read as something else ends here."""

    @property
    def position(self) -> int:
        """The original has been read up to here."""
        return self._offset

    @property
    def keeps_back(self) -> bool:
        """Whether something of the original has come that is not read yet."""
        return bool(self._kept)

    def takes_as_it_is(self, piece: str) -> bool:
        """Whether ``piece`` is read as itself, which is mostly so. Then :meth:`skip` is enough."""
        return not self._kept and _SPECIAL.search(piece) is None

    def skip(self, piece: str) -> None:
        """Take note of a piece that is read as itself."""
        if piece:
            self._offset += len(piece)
            self._last = piece[-1]
            self._left_out = 0

    def read(self, piece: str, *, is_last: bool) -> Characters:
        """Take in ``piece`` and return what is certain now; with ``is_last`` nothing is kept back."""
        source = self._kept + piece
        if not source:
            return NO_CHARACTERS
        output = _Output(self._offset)
        at = 0
        for special in _SPECIAL.finditer(source):
            if special.start() < at:
                continue
            self._copy(source[at : special.start()], output)
            at = special.start()
            used = self._read_special(source, at, special.group(), output, is_last=is_last)
            if used == 0:
                break
            at += used
            self._last = source[at - 1]
        else:
            self._copy(source[at:], output)
            at = len(source)
        self._kept = source[at:]
        self._offset += at
        return output.characters()

    def _copy(self, plain: str, output: "_Output") -> None:
        if plain:
            output.add_each(plain)
            self._last = plain[-1]
            self._left_out = 0

    def _read_special(self, source: str, at: int, found: str, output: "_Output", *, is_last: bool) -> int:
        """Read what begins at ``at``; return how many characters that took, 0 if more of the text has to come."""
        if not found.isascii():
            self._fold(found, output)
            return len(found)
        if found == "&":
            return self._read_entity(source, at, output, is_last=is_last)
        if found == "<":
            return self._read_tag(source, at, output, is_last=is_last)
        if found == "\\":
            return self._read_escape(source, at, output, is_last=is_last)
        return self._read_markup(source, at, found, output, is_last=is_last)

    def _fold(self, found: str, output: "_Output") -> None:
        parts = [FOLDING[code] for code in map(ord, found)]
        text = "".join(parts)
        if len(text) == len(found) and all(parts):
            if text != found:
                self.changed_until = output.offset + len(found)
            output.add_each(text)
            self._left_out = 0
            return
        self.changed_until = output.offset + len(found)
        for part in parts:
            if part:
                self._left_out = 0
                output.add(part, 1)
            else:
                self._leave_out(output, 1)

    def _leave_out(self, output: "_Output", count: int) -> None:
        self._left_out += count
        is_too_much = self._left_out > MOST_LEFT_OUT
        if is_too_much:
            self._left_out = 0
        output.add(SEPARATOR if is_too_much else "", count)
        self.changed_until = output.offset

    def _read_entity(self, source: str, at: int, output: "_Output", *, is_last: bool) -> int:
        entity = _ENTITY.match(source, at)
        if entity:
            character = html.unescape(entity.group())
            if not character.endswith(";") or len(character) == 1:
                text = "".join(FOLDING[code] for code in map(ord, character))
                if text:
                    output.add(text, len(entity.group()))
                    self._left_out = 0
                    self.changed_until = output.offset
                else:
                    self._leave_out(output, len(entity.group()))
                return len(entity.group())
        elif not is_last and _ENTITY_BEGUN.fullmatch(source, at):
            return 0
        self._copy("&", output)
        return 1

    def _read_tag(self, source: str, at: int, output: "_Output", *, is_last: bool) -> int:
        if self._last.isalnum() or self._left_out:
            tag = _TAG.match(source, at)
            if tag:
                self._leave_out(output, len(tag.group()))
                return len(tag.group())
            if not is_last and _TAG_BEGUN.fullmatch(source, at):
                return 0
        self._copy("<", output)
        return 1

    def _read_escape(self, source: str, at: int, output: "_Output", *, is_last: bool) -> int:
        if self._last.isalnum():
            if at + 1 == len(source) and not is_last:
                return 0
            if source[at + 1 : at + 2] in _ESCAPED:
                self._leave_out(output, 1)
                return 1
        self._copy("\\", output)
        return 1

    def _read_markup(self, source: str, at: int, found: str, output: "_Output", *, is_last: bool) -> int:
        end = at + len(found)
        is_within_word = self._last.isalnum() or bool(self._left_out)
        if is_within_word:
            if end == len(source) and not is_last:
                return 0
            following = source[end : end + 1]
            # A single star between numbers multiplies them.
            if following.isalnum() and (len(found) > 1 or not (following.isdigit() and self._last.isdigit())):
                self._leave_out(output, len(found))
                return len(found)
        self._copy(found, output)
        return len(found)


class _Output:
    def __init__(self, offset: int) -> None:
        self.offset = offset
        """Of the next character of the original."""
        self._text: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add_each(self, text: str) -> None:
        """Add characters that stand for one character of the original each."""
        end = self.offset + len(text)
        self._text.append(text)
        self._starts += range(self.offset, end)
        self._ends += range(self.offset + 1, end + 1)
        self.offset = end

    def add(self, text: str, originals: int) -> None:
        """Add ``text``, which as a whole stands for so many characters of the original."""
        end = self.offset + originals
        if text:
            self._text.append(text)
            self._starts += [self.offset] * len(text)
            self._ends += [end] * len(text)
        self.offset = end

    def characters(self) -> Characters:
        return Characters("".join(self._text), self._starts, self._ends)


def folded(text: str) -> str:
    """Return the whole ``text`` as it is read."""
    return FoldingReader().read(text, is_last=True).text

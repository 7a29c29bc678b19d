# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where each key and value of a TOML document stands.

``tomllib`` gives values without positions, and an administrator needs the line and column of the key that is wrong.
The scanner here walks a document that ``tomllib`` has already accepted, so it only has to find its way, not to judge.
It is also used on the readable part of a document with a key that is defined twice, to point at the second one.
"""

import contextlib
import tomllib
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The way from the top of the document: keys of tables, indexes of arrays."""

MOST_KEY_PARTS = 16
"""Parts of one dotted key, or of one table's header, that are walked; no document of the app has half as many."""

_BARE_KEY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_VALUE_END = frozenset(",]}#\n")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text. Lines and columns count from 1, columns in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class _Span:
    key: int
    value: int


class TomlLocations:
    """The positions of one document. Made by :func:`locate`."""

    def __init__(
        self, text: str, spans: dict[Path, _Span], duplicate: int | None, overlong_key: int | None = None
    ) -> None:
        self._text = text
        self._spans = spans
        self._duplicate = duplicate
        self._overlong_key = overlong_key

    @property
    def paths(self) -> frozenset[Path]:
        """Every path that has a place of its own."""
        return frozenset(self._spans)

    @property
    def duplicate(self) -> Position | None:
        """Where a key stands for the second time, if one does."""
        return None if self._duplicate is None else self._position(self._duplicate)

    @property
    def overlong_key(self) -> Position | None:
        """Where a key of more than :data:`MOST_KEY_PARTS` parts stands, if one does; nothing behind it has a place."""
        return None if self._overlong_key is None else self._position(self._overlong_key)

    def key(self, path: Path) -> Position:
        """Return where the key of ``path`` begins; of an array's element, where the element begins.

        A path that is not in the document has the place of its nearest ancestor, at last the beginning of the text.
        """
        span = self._nearest(path)
        return self._position(span.key if span else 0)

    def value(self, path: Path, offset: int | None = None) -> Position:
        """Return where the value of ``path`` begins.

        ``offset`` asks for a place inside a string, in code points of its content. It is granted only where source and
        content agree character by character: in a one-line literal string (``'…'``).
        """
        span = self._nearest(path)
        if span is None:
            return Position(1, 1)
        start = span.value
        if (
            offset is not None
            and path in self._spans
            and self._text.startswith("'", start)
            and not self._text.startswith("'''", start)
        ):
            start += 1 + offset
        return self._position(start)

    def end(self) -> Position:
        """Return the place after the last character."""
        return self._position(len(self._text))

    def _nearest(self, path: Path) -> _Span | None:
        while path and path not in self._spans:
            path = path[:-1]
        return self._spans.get(path)

    def _position(self, offset: int) -> Position:
        line_start = self._text.rfind("\n", 0, offset) + 1
        return Position(self._text.count("\n", 0, offset) + 1, offset - line_start + 1)


def locate(text: str) -> TomlLocations:
    """Return the positions in ``text``; in a document that is not valid TOML, those up to the first surprise."""
    # tomllib reads CR LF as LF too; lines and columns are the same either way.
    scanner = _Scanner(text.replace("\r\n", "\n"))
    # Only an invalid document leads astray; what was found up to there is right.
    with contextlib.suppress(_LostError, tomllib.TOMLDecodeError, RecursionError):
        scanner.scan()
    return TomlLocations(scanner.text, scanner.spans, scanner.duplicate, scanner.overlong_key)


class _LostError(Exception):
    """The text is not what a valid document has at this place."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: dict[Path, _Span] = {}
        self.duplicate: int | None = None
        self.overlong_key: int | None = None
        self._at = 0
        self._table: Path = ()
        self._array_lengths: dict[Path, int] = {}

    def scan(self) -> None:
        while True:
            self._skip_blank()
            if self._at >= len(self.text):
                return
            if self._peek("["):
                self._scan_header()
            else:
                self._scan_pair(self._table)

    def _scan_header(self) -> None:
        start = self._at
        is_array = self._peek("[[")
        self._at += 2 if is_array else 1
        parts = self._scan_key()
        self._expect("]]" if is_array else "]")
        path: Path = ()
        for _, name in parts[:-1]:
            path = self._enter((*path, name))
        path = (*path, parts[-1][1])
        if is_array:
            self.spans.setdefault(path, _Span(start, start))
            index = self._array_lengths.get(path, 0)
            self._array_lengths[path] = index + 1
            path = (*path, index)
        # A table that its own sub-tables announced, or dotted keys made, keeps its first place.
        self.spans.setdefault(path, _Span(start, start))
        self._table = path

    def _enter(self, path: Path) -> Path:
        """Return the table that a header's ``path`` means: the newest element where it is an array of tables."""
        length = self._array_lengths.get(path)
        return path if length is None else (*path, length - 1)

    def _scan_pair(self, table: Path) -> None:
        parts = self._scan_key()
        self._expect("=")
        self._skip_spaces()
        value = self._at
        path = table
        for offset, name in parts[:-1]:
            path = (*path, name)
            self.spans.setdefault(path, _Span(offset, offset))
        offset, name = parts[-1]
        path = (*path, name)
        if path in self.spans:
            self.duplicate = offset
            raise _LostError
        self.spans[path] = _Span(offset, value)
        self._scan_value(path)

    def _scan_key(self) -> list[tuple[int, str]]:
        parts = []
        while True:
            self._skip_spaces()
            start = self._at
            if self._peek('"') or self._peek("'"):
                self._scan_string()
                name = tomllib.loads(f"key = {self.text[start : self._at]}")["key"]
            else:
                while self._at < len(self.text) and self.text[self._at] in _BARE_KEY:
                    self._at += 1
                name = self.text[start : self._at]
            if self._at == start:
                raise _LostError
            parts.append((start, name))
            if len(parts) > MOST_KEY_PARTS:
                self.overlong_key = parts[0][0]
                raise _LostError
            self._skip_spaces()
            if not self._peek("."):
                return parts
            self._at += 1

    def _scan_value(self, path: Path) -> None:
        if self._peek('"') or self._peek("'"):
            self._scan_string()
        elif self._peek("["):
            self._scan_array(path)
        elif self._peek("{"):
            self._scan_inline_table(path)
        else:
            start = self._at
            while self._at < len(self.text) and self.text[self._at] not in _VALUE_END:
                self._at += 1
            if self._at == start:
                raise _LostError

    def _scan_array(self, path: Path) -> None:
        self._expect("[")
        index = 0
        while True:
            self._skip_blank()
            if self._peek("]"):
                self._at += 1
                return
            element = (*path, index)
            self.spans[element] = _Span(self._at, self._at)
            self._scan_value(element)
            self._skip_blank()
            if self._peek(","):
                self._at += 1
            index += 1

    def _scan_inline_table(self, path: Path) -> None:
        self._expect("{")
        while True:
            self._skip_blank()
            if self._peek("}"):
                self._at += 1
                return
            self._scan_pair(path)
            self._skip_blank()
            if self._peek(","):
                self._at += 1

    def _scan_string(self) -> None:
        quote = self.text[self._at]
        if self._peek(quote * 3):
            self._at += 3
            self._skip_to(quote * 3, has_escapes=quote == '"')
            # Up to two quotes may stand directly before the closing three, and belong to the string.
            for _ in range(2):
                if self._peek(quote):
                    self._at += 1
        else:
            self._at += 1
            self._skip_to(quote, has_escapes=quote == '"')

    def _skip_to(self, closing: str, *, has_escapes: bool) -> None:
        while not self._peek(closing):
            if self._at >= len(self.text):
                raise _LostError
            self._at += 2 if has_escapes and self._peek("\\") else 1
        self._at += len(closing)

    def _skip_blank(self) -> None:
        """Skip spaces, newlines and comments."""
        while self._at < len(self.text):
            if self._peek("#"):
                end = self.text.find("\n", self._at)
                self._at = len(self.text) if end < 0 else end
            elif self.text[self._at] in " \t\n":
                self._at += 1
            else:
                return

    def _skip_spaces(self) -> None:
        while self._at < len(self.text) and self.text[self._at] in " \t":
            self._at += 1

    def _peek(self, wanted: str) -> bool:
        return self.text.startswith(wanted, self._at)

    def _expect(self, wanted: str) -> None:
        self._skip_spaces()
        if not self._peek(wanted):
            raise _LostError
        self._at += len(wanted)

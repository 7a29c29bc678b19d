# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How marks survive the Markdown parser: as sentinel characters in its input.

The sentinels are Unicode noncharacters (U+FDD0 to U+FDEF), which are reserved for such internal use. Private-use
characters would do, but a Markdown entity such as ``&#xE000;`` can name those and so forge a pill; it cannot name a
noncharacter, and those in the text itself are replaced before parsing. (QTextDocument uses two of them as its own
structure, so they must not reach it in any case.)

A masked or replaced passage becomes one sentinel group that stands for the whole passage: its placeholder is never read
as Markdown. A passage that is only pointed at keeps its text, between an opening and a closing group on each line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strongroom.core.findings import Action, Mark

_PASSAGE, _OPEN, _CLOSE, _END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_DIGITS = "".join(chr(0xFDE0 + digit) for digit in range(16))
_RESERVED = re.compile("[\ufdd0-\ufdef]")
_GROUP = re.compile(f"([{_PASSAGE}{_OPEN}{_CLOSE}])([{_DIGITS}]+){_END}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A whole marked passage, in place of its text."""

    mark: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A pointed-at passage begins."""

    mark: int


@dataclass(frozen=True, slots=True)
class Closing:
    """A pointed-at passage ends."""

    mark: int


Piece = str | Passage | Opening | Closing


def without_sentinels(text: str) -> str:
    """Return ``text`` with every reserved character replaced, so that nobody else can speak in sentinels."""
    return _RESERVED.sub("\ufffd", text)


def insert_sentinels(text: str, marks: Sequence[Mark]) -> str:
    """Return ``text`` with a sentinel group for each mark that has text.

    Marks outside the text, and marks that overlap an earlier one, are left out: their text stays as it is.
    """
    clean = without_sentinels(text)
    parts: list[str] = []
    position = 0
    for index in sorted(range(len(marks)), key=lambda index: (marks[index].start, marks[index].end)):
        mark = marks[index]
        if not position <= mark.start < mark.end <= len(clean):
            continue
        parts.append(clean[position : mark.start])
        passage = clean[mark.start : mark.end]
        parts.append(_group(_PASSAGE, index) if is_placeholder(mark) else _pointed_at(passage, index))
        position = mark.end
    parts.append(clean[position:])
    return "".join(parts)


def is_placeholder(mark: Mark) -> bool:
    """Whether the marked text stands for something that was taken away."""
    return bool(mark.removed_sentences) or (mark.action.is_transforming and mark.action is not Action.BLOCK)


def split_sentinels(text: str) -> Iterator[Piece]:
    """Yield the text between sentinel groups, and the groups, in order."""
    position = 0
    for group in _GROUP.finditer(text):
        if group.start() > position:
            yield text[position : group.start()]
        index = int("".join(f"{_DIGITS.index(digit):x}" for digit in group[2]), 16)
        if group[1] == _PASSAGE:
            yield Passage(index)
        elif group[1] == _OPEN:
            yield Opening(index)
        else:
            yield Closing(index)
        position = group.end()
    if position < len(text):
        yield text[position:]


def _pointed_at(passage: str, index: int) -> str:
    # On each line anew: a block boundary ends every passage, so a closing group that the parser drops does no harm.
    lines = passage.split("\n")
    return "\n".join(f"{_group(_OPEN, index)}{line}{_group(_CLOSE, index)}" if line else line for line in lines)


def _group(kind: str, index: int) -> str:
    return kind + "".join(_DIGITS[int(digit, 16)] for digit in f"{index:x}") + _END

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a message consists of once its Markdown is read: flat blocks of spans, without Qt and without links.

Blocks are frozen and compare by value, so that a streamed answer rewrites only the blocks that changed.
"""

from dataclasses import dataclass
from enum import Flag, auto


class Style(Flag):
    """How a span looks."""

    PLAIN = 0
    BOLD = auto()
    ITALIC = auto()
    STRUCK = auto()
    CODE = auto()
    ADDRESS = auto()
    """A link's target, shown as text."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one look."""

    text: str
    style: Style = Style.PLAIN
    mark: int | None = None
    """Index into the message's marks when the policy marked this text."""


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or the first lines of a list item when it has a marker."""

    spans: Spans
    indent: int = 0
    """How many lists it stands in."""
    quote: int = 0
    """How many quotes it stands in."""
    marker: str = ""
    """``•`` or a number with its point, on an item's first block."""
    is_tight: bool = False
    """Whether it stands close to its neighbors, as the items of most lists do."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, level 1 to 6."""

    spans: Spans
    level: int
    indent: int = 0
    quote: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """A code block; its spans are plain but for marks."""

    spans: Spans
    language: str = ""
    indent: int = 0
    quote: int = 0

    @property
    def text(self) -> str:
        """The code as it is copied."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row is its head."""

    rows: tuple[tuple[Spans, ...], ...]
    alignments: tuple[str, ...]
    """``left``, ``center`` or ``right`` for each column."""
    indent: int = 0
    quote: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line."""

    indent: int = 0
    quote: int = 0


Block = Paragraph | Heading | Code | Table | Rule

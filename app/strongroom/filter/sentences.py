# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where sentences begin and end, for taking them back whole."""

import re

LONGEST = 1_000
"""Characters before and behind a passage that are looked at; a sentence without an end is cut there."""

_EDGE = re.compile(r"[.!?\u2026]+[\"')\]\u2019\u201d*_]*\s+|[\u3002\uff01\uff1f]+|\s*\n\s*")


def sentences_around(text: str, start: int, end: int) -> tuple[int, int, int]:
    """Return start and end of the sentences that ``text[start:end]`` touches, and how many there are.

    White space around them is no part of them, nor is the rest of the text; the end of a line ends a sentence.
    """
    first = max(0, start - LONGEST)
    for edge in _EDGE.finditer(text, first, start):
        first = edge.end()
    behind = _EDGE.search(text, end, end + LONGEST)
    last = min(len(text), end + LONGEST)
    if behind is not None:
        last = behind.start() + len(behind.group().rstrip())
    # The passage itself may end with what ends its sentence.
    if (edge_before := _EDGE.search(text, max(first, end - 2), end + 1)) and edge_before.end() == end:
        last = end
    while last > end and text[last - 1].isspace():
        last -= 1
    between = sum(1 for edge in _EDGE.finditer(text, first, last) if first < edge.start() and edge.end() < last)
    return first, last, between + 1

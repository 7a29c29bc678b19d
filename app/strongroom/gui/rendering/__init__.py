# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From a message's text to what a QTextDocument shows.

In: visible text and its marks. Out: plain values (blocks and spans), and their writing into a document. It never makes
HTML, an image, or a link out of a message: every anchor in the transcript is one of the window's own.
"""

from strongroom.gui.rendering.blocks import Block, Code, Heading, Paragraph, Rule, Span, Style, Table
from strongroom.gui.rendering.markdown import parse_lines, parse_markdown, parse_plain

__all__ = [
    "Block",
    "Code",
    "Heading",
    "Paragraph",
    "Rule",
    "Span",
    "Style",
    "Table",
    "parse_lines",
    "parse_markdown",
    "parse_plain",
]

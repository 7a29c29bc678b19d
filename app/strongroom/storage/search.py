# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a user types into a search box, as a full-text query that is always valid."""

import re

_MOST_WORDS = 32
_LONGEST_WORD = 100

# What ends a query, or cannot be handed to the database at all.
_UNFIT = re.compile('[\x00-\x1f\x7f"\ud800-\udfff]+')


def match_expression(text: str) -> str | None:
    """Return an FTS5 expression for texts that hold every word of ``text``, each as the beginning of a word.

    Every word is quoted, so that operators, column names and stray quotes mean nothing.

    Returns:
        None where there is nothing to look for: no letter, no digit.
    """
    words = [word[:_LONGEST_WORD] for word in _UNFIT.sub(" ", text).split() if any(map(str.isalnum, word))]
    return " ".join(f'"{word}"*' for word in words[:_MOST_WORDS]) or None


def one_line(excerpt: str) -> str:
    """Return an excerpt with its line breaks and runs of spaces made single spaces."""
    return " ".join(excerpt.split())

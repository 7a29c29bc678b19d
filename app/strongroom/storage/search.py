# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The list of conversations, and the search: a full-text query that is valid whatever a user types."""

import re

_MOST_WORDS = 32
_LONGEST_WORD = 100

# Two may have changed within one millisecond: then the newer message decides, and then the newer conversation.
LIST = """
    SELECT * FROM listed
    ORDER BY updated_at DESC, (SELECT max(id) FROM messages WHERE conversation_id = listed.id) DESC, id DESC LIMIT ?
"""
LIST_MATCHING = """
    SELECT * FROM listed WHERE id IN (
        SELECT rowid FROM titles WHERE titles MATCH ?
        UNION SELECT conversation_id FROM words JOIN messages ON messages.id = words.rowid WHERE words MATCH ?
    )
    ORDER BY updated_at DESC, (SELECT max(id) FROM messages WHERE conversation_id = listed.id) DESC, id DESC LIMIT ?
"""
SEARCH_TITLES = """
    SELECT snippet(titles, 0, '', '', '…', 24), NULL, listed.* FROM titles JOIN listed ON listed.id = titles.rowid
    WHERE titles MATCH ? ORDER BY titles.rank, titles.rowid DESC LIMIT ?
"""
SEARCH_MESSAGES = """
    SELECT snippet(words, 0, '', '', '…', 24), messages.id, listed.*
    FROM words JOIN messages ON messages.id = words.rowid JOIN listed ON listed.id = messages.conversation_id
    WHERE words MATCH ? ORDER BY words.rank, words.rowid DESC LIMIT ?
"""

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

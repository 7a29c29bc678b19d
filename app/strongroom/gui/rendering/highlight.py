# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which parts of a code block are keywords, strings, numbers, comments: Pygments, within limits.

A lexer is chosen by the name that the block gives, never by guessing. What is too long, or takes too long, stays plain:
the text came from a model, and lexers are regular expressions that backtrack.
"""

import time
from enum import Enum, auto
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

LONGEST_CODE = 20_000
LONGEST_LINE = 400
_BUDGET_S = 0.03


class Ink(Enum):
    """What a run of code is."""

    PLAIN = auto()
    KEYWORD = auto()
    STRING = auto()
    NUMBER = auto()
    COMMENT = auto()
    NAME = auto()
    """A function, a class or a decorator where it is declared."""


_INKS = (
    (Comment, Ink.COMMENT),
    (Keyword, Ink.KEYWORD),
    (Operator.Word, Ink.KEYWORD),
    (Name.Tag, Ink.KEYWORD),
    (String, Ink.STRING),
    (Number, Ink.NUMBER),
    (Name.Function, Ink.NAME),
    (Name.Class, Ink.NAME),
    (Name.Decorator, Ink.NAME),
    (Name.Attribute, Ink.NAME),
)


@lru_cache(maxsize=64)
def highlight(code: str, language: str) -> tuple[tuple[int, Ink], ...]:
    """Return runs of ``(length, ink)`` that cover ``code``."""
    lexer = _lexer(language)
    if lexer is None or len(code) > LONGEST_CODE or any(len(line) > LONGEST_LINE for line in code.split("\n")):
        return ((len(code), Ink.PLAIN),) if code else ()
    runs: list[tuple[int, Ink]] = []
    covered = 0
    deadline = time.monotonic() + _BUDGET_S
    for start, kind, value in lexer.get_tokens_unprocessed(code):
        if start != covered or time.monotonic() > deadline:
            # A lexer that skips or repeats text, or a slow one: the rest stays plain.
            break
        covered += len(value)
        ink = _ink(kind)
        if runs and runs[-1][1] is ink:
            runs[-1] = (runs[-1][0] + len(value), ink)
        else:
            runs.append((len(value), ink))
    if covered < len(code):
        runs.append((len(code) - covered, Ink.PLAIN))
    return tuple(runs)


@lru_cache(maxsize=32)
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


def _ink(kind: _TokenType) -> Ink:
    if kind[: len(Error)] == Error:
        return Ink.PLAIN
    return next((ink for family, ink in _INKS if kind[: len(family)] == family), Ink.PLAIN)

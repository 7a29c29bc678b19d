# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Checks a regular expression for use on a stream: linear time, a longest match, a prefix closure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from strongroom.core.statement import Statement
from strongroom.core.translatable import translatable
from strongroom.policy.pattern_parser import PatternRefused, RefusalKind, parse_pattern
from strongroom.policy.pattern_tree import beginning, expression, longest, mirrored, prefixes, shortest

LONGEST_MATCH = 1024
"""Characters. What the filter may have to hold back for one pattern."""

LONGEST_PATTERN = 2000
"""Characters of the pattern itself."""

LARGEST_PROGRAM = 100_000
"""Instructions of RE2. A dot is some ten of them, ``\\pL`` more than a thousand, and each repeat counts anew."""

_MEMORY = 32 << 20
"""Bytes that RE2 may use for one pattern: its program, and the states it keeps."""

MEMORY_OF_A_GROUP = 128 << 20
"""Bytes for many patterns together. With too few, RE2 builds its states over and over, twenty times as slowly; ordinary
text takes some ten million."""


@dataclass(frozen=True, slots=True)
class BoundedPattern:
    """A pattern that the filter can use."""

    text: str
    """As the administrator wrote it."""
    expression: str
    """The same in RE2's syntax, without capturing groups; what is matched."""
    mirrored_prefixes: str
    """An RE2 expression for every beginning of every match, the empty one included, read backward.

    On the mirrored text, its longest match at the very beginning shows how much of the text's end may still become a
    match. Read in this direction a bounded repeat is a simple count; RE2's own backward search would carry one state
    for each possible count.
    """
    beginning: str
    """An RE2 expression that matches a beginning of every match; cheaper than the pattern."""
    min_length: int
    max_length: int
    """Characters of the shortest and the longest possible match."""


@lru_cache(maxsize=1024)
def analyze_pattern(text: str, *, ignore_case: bool = False) -> BoundedPattern:
    """Return what the filter needs of the regular expression ``text``.

    Raises:
        PatternRefused: With the reason, the remedy and the place.
    """
    if len(text) > LONGEST_PATTERN:
        raise PatternRefused(
            RefusalKind.TOO_COMPLEX,
            Statement("policy.pattern.too_long", length=len(text), most=LONGEST_PATTERN),
        )
    tree = parse_pattern(text, ignore_case=ignore_case)
    min_length, max_length = shortest(tree), longest(tree)
    if min_length == 0:
        raise PatternRefused(
            RefusalKind.MATCHES_EMPTY, translatable("The pattern matches the empty text, so it would match everywhere.")
        )
    if max_length > LONGEST_MATCH:
        raise PatternRefused(
            RefusalKind.TOO_LONG,
            Statement("policy.pattern.long_match", length=max_length, most=LONGEST_MATCH),
        )
    compile_expression(text)
    closure = expression(mirrored(prefixes(tree)))
    bounded = BoundedPattern(text, expression(tree), closure, expression(beginning(tree)), min_length, max_length)
    compiled = compile_expression(bounded.expression), compile_expression(closure, prefer_longest=True)
    if max(program.programsize for program in compiled) > LARGEST_PROGRAM:
        raise PatternRefused(
            RefusalKind.TOO_COMPLEX,
            translatable(
                "RE2 would need too large a program for the pattern. Use smaller repeats, or smaller classes than \\pL."
            ),
        )
    return bounded


def any_of(patterns: Sequence[BoundedPattern]) -> BoundedPattern:
    """Return the pattern that matches whatever one of ``patterns`` does; together they may be longer than one may."""

    def joined(expressions: Iterable[str]) -> str:
        return "|".join(f"(?:{one})" for one in expressions)

    return BoundedPattern(
        joined(pattern.text for pattern in patterns),
        joined(pattern.expression for pattern in patterns),
        joined(pattern.mirrored_prefixes for pattern in patterns),
        joined(pattern.beginning for pattern in patterns),
        min(pattern.min_length for pattern in patterns),
        max(pattern.max_length for pattern in patterns),
    )


def compile_set(expressions: Sequence[str]) -> Any:
    """Return RE2's set of ``expressions``: its ``Match`` tells the places of those that match somewhere in UTF-8 bytes.

    It tells nothing when none matches, and also when its memory does not suffice.

    Raises:
        PatternRefused: Together they are too large.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY_OF_A_GROUP
    together = re2.Set.SearchSet(options)
    for one in expressions:
        together.Add(one.encode("utf-8"))
    try:
        together.Compile()
    except re2.error as error:
        raise PatternRefused(
            RefusalKind.TOO_COMPLEX, translatable("Together the patterns are too large for RE2.")
        ) from error
    return together


@lru_cache(maxsize=1024)
def compile_expression(text: str, *, prefer_longest: bool = False, memory: int = _MEMORY) -> Any:
    """Return ``text`` compiled by RE2, for bytes in UTF-8.

    Args:
        text: RE2's syntax.
        prefer_longest: Whether the longest of several matches at a place counts, not the one that Perl would choose.
        memory: Bytes that RE2 may use.

    Raises:
        PatternRefused: RE2 does not accept it.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    options.longest_match = prefer_longest
    try:
        return re2.compile(text.encode("utf-8"), options)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        if "too large" in said or "invalid repetition size" in said:
            raise PatternRefused(
                RefusalKind.TOO_COMPLEX, Statement("policy.pattern.re2_too_large", said=said)
            ) from error
        raise PatternRefused(RefusalKind.SYNTAX, Statement("policy.pattern.re2", said=said)) from error
    except UnicodeEncodeError as error:
        raise PatternRefused(
            RefusalKind.SYNTAX, translatable("The pattern contains half of a surrogate pair.")
        ) from error

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Checks a regular expression for use on a stream: linear time, a longest match, a prefix closure."""

from dataclasses import dataclass
from typing import Any

import re2

from strongroom.policy.pattern_parser import PatternRefused, RefusalKind, parse_pattern
from strongroom.policy.pattern_tree import expression, longest, prefixes, shortest

LONGEST_MATCH = 4096
"""Characters. What the filter may have to hold back for one pattern."""

LONGEST_PATTERN = 2000
"""Characters of the pattern itself."""

_MEMORY = 32 << 20
"""Bytes that RE2 may use for one pattern: its program, and the states it keeps."""


@dataclass(frozen=True, slots=True)
class BoundedPattern:
    """A pattern that the filter can use."""

    text: str
    """As the administrator wrote it."""
    expression: str
    """The same in RE2's syntax, without capturing groups; what is matched."""
    prefixes: str
    """An RE2 expression for every beginning of every match, the empty one included."""
    min_length: int
    max_length: int
    """Characters of the shortest and the longest possible match."""


def analyze_pattern(text: str, *, ignore_case: bool = False) -> BoundedPattern:
    """Return what the filter needs of the regular expression ``text``.

    Raises:
        PatternRefused: With the reason, the remedy and the place.
    """
    if len(text) > LONGEST_PATTERN:
        raise PatternRefused(
            RefusalKind.TOO_COMPLEX,
            f"The pattern has {len(text):,} characters; {LONGEST_PATTERN:,} are the most. Split it, or list terms.",
        )
    tree = parse_pattern(text, ignore_case=ignore_case)
    min_length, max_length = shortest(tree), longest(tree)
    if min_length == 0:
        raise PatternRefused(
            RefusalKind.MATCHES_EMPTY, "The pattern matches the empty text, so it would match everywhere."
        )
    if max_length > LONGEST_MATCH:
        raise PatternRefused(
            RefusalKind.TOO_LONG,
            f"A match can have {max_length:,} characters; {LONGEST_MATCH:,} are the most. Use smaller repeats.",
        )
    compile_expression(text)
    bounded = BoundedPattern(text, expression(tree), prefixes(tree), min_length, max_length)
    compile_expression(bounded.expression)
    compile_expression(suffix_expression(bounded))
    return bounded


def suffix_expression(pattern: BoundedPattern) -> str:
    """Return the expression whose leftmost match is the longest end of a text that may still become a match."""
    return f"(?:{pattern.prefixes})\\z"


def compile_expression(text: str) -> Any:
    """Return ``text`` compiled by RE2, for bytes in UTF-8.

    Raises:
        PatternRefused: RE2 does not accept it.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(text.encode("utf-8"), options)
    except re2.error as error:
        said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        if "too large" in said or "invalid repetition size" in said:
            raise PatternRefused(
                RefusalKind.TOO_COMPLEX, f"RE2 refuses the pattern as too large ({said}). Use smaller repeats."
            ) from error
        raise PatternRefused(RefusalKind.SYNTAX, f"RE2 refuses the pattern: {said}.") from error
    except UnicodeEncodeError as error:
        raise PatternRefused(RefusalKind.SYNTAX, "The pattern contains half of a surrogate pair.") from error

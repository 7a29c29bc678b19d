# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A regular expression as a tree, and what the filter has to know of it: its lengths, and its prefixes.

The *prefix closure* of a pattern is the set of all beginnings of all texts that the pattern matches. It is a regular
language itself, so it can be written as another regular expression, and the same linear-time engine can find the place
from which a text might still become a match, or a match might still grow.

Both expressions, the pattern's own and its closure, are written from one tree. Whatever the tree says, they agree.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Character:
    """Exactly one character: a literal, a class, a dot."""

    expression: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A condition that takes no character: a word boundary, a beginning, an end."""

    expression: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One item after another; empty for the empty text."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; the first that leads to a match wins."""

    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``item``, at least ``least`` and at most ``most`` times; as few as possible if ``is_lazy``."""

    item: "Node"
    least: int
    most: int
    is_lazy: bool = False


Node = Character | Assertion | Sequence | Choice | Repeat


def shortest(node: Node) -> int:
    """Return the fewest characters that a match can have, assertions aside."""
    match node:
        case Character():
            return 1
        case Assertion():
            return 0
        case Sequence(items):
            return sum(map(shortest, items))
        case Choice(options):
            return min(map(shortest, options))
        case Repeat(item, least):
            return least * shortest(item)


def longest(node: Node) -> int:
    """Return the most characters that a match can have."""
    match node:
        case Character():
            return 1
        case Assertion():
            return 0
        case Sequence(items):
            return sum(map(longest, items))
        case Choice(options):
            return max(map(longest, options))
        case Repeat(item, _, most):
            return most * longest(item)


def expression(node: Node, *, is_relaxed: bool = False) -> str:
    """Return the tree in RE2's syntax, without capturing groups.

    ``is_relaxed`` leaves the assertions out, so that the expression matches wherever one of them might still hold.
    """
    match node:
        case Character(text):
            return text
        case Assertion(text):
            return "" if is_relaxed else text
        case Sequence(items):
            return "".join(expression(item, is_relaxed=is_relaxed) for item in items)
        case Choice(options):
            return _any_of([expression(option, is_relaxed=is_relaxed) for option in options])
        case Repeat(item, least, most, is_lazy):
            inner = expression(item, is_relaxed=is_relaxed)
            return _repeated(inner, least, most, is_lazy=is_lazy)


def prefixes(node: Node) -> str:
    """Return an RE2 expression for the prefix closure: every beginning of every match, the empty one included.

    Assertions count as satisfied, so the closure may be larger than exact, never smaller. Holding text back for a place
    that is in the closure by mistake only delays it.
    """
    match node:
        case Character(text):
            return f"(?:{text})?"
        case Assertion():
            return ""
        case Sequence(items):
            return _sequence_prefixes(items)
        case Choice(options):
            return _any_of([prefixes(option) for option in options])
        case Repeat(_, _, 0):
            return ""
        case Repeat(Character(text), _, most):
            return _repeated(text, 0, most)
        case Repeat(item, _, most):
            # A beginning of x{n,m} is up to m-1 whole x and the beginning of another one.
            return _repeated(expression(item, is_relaxed=True), 0, most - 1) + prefixes(item)


def _sequence_prefixes(items: tuple[Node, ...]) -> str:
    """Halve the sequence: a beginning of AB is one of A, or A and one of B. Keeps the nesting logarithmic."""
    if not items:
        return ""
    if len(items) == 1:
        return prefixes(items[0])
    middle = len(items) // 2
    first, second = items[:middle], items[middle:]
    whole_first = expression(Sequence(first), is_relaxed=True)
    return _any_of([_sequence_prefixes(first), whole_first + _sequence_prefixes(second)])


def _any_of(options: list[str]) -> str:
    return f"(?:{'|'.join(options)})"


def _repeated(inner: str, least: int, most: int, *, is_lazy: bool = False) -> str:
    if most == 0 or not inner:
        return ""
    return f"(?:{inner}){{{least},{most}}}" + ("?" if is_lazy else "")

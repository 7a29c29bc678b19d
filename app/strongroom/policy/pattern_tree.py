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

EMPTY = Sequence(())


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


def expression(node: Node) -> str:
    """Return the tree in RE2's syntax, without capturing groups."""
    match node:
        case Character(text) | Assertion(text):
            return text
        case Sequence(items):
            return "".join(map(expression, items))
        case Choice(options):
            return f"(?:{'|'.join(map(expression, options))})"
        case Repeat(item, least, most, is_lazy):
            inner = expression(item)
            if most == 0 or not inner:
                return ""
            return f"(?:{inner}){{{least},{most}}}" + ("?" if is_lazy else "")


def prefixes(node: Node) -> Node:
    """Return the prefix closure: every beginning of every match, the empty one included.

    Assertions count as satisfied, so the closure may be larger than exact, never smaller. Holding text back for a place
    that is in the closure by mistake only delays it.
    """
    match node:
        case Assertion() | Repeat(_, _, 0):
            return EMPTY
        case Character():
            return Repeat(node, 0, 1)
        case Sequence(items):
            return _sequence_prefixes(items)
        case Choice(options):
            return Choice(tuple(map(prefixes, options)))
        case Repeat(Character() as item, _, most):
            return Repeat(item, 0, most)
        case Repeat(item, _, most):
            # A beginning of x{n,m} is up to m-1 whole x and the beginning of another one.
            return Sequence((Repeat(_without_assertions(item), 0, most - 1), prefixes(item)))


def beginning(node: Node) -> Node:
    """Return a simpler tree that matches a beginning of every match: a cheap sign that a match may begin somewhere.

    Conditions count as satisfied, as in the closure: what is asked with this expression may be only a part of the text,
    at whose edge a condition would be judged wrongly. At the end of the pattern repeats are cut to the fewest times.
    """
    return _shortened(_without_assertions(node))


def _shortened(node: Node) -> Node:
    match node:
        case Repeat(_, 0, _):
            return EMPTY
        case Sequence(items):
            for count in range(len(items), 0, -1):
                last = _shortened(items[count - 1])
                if last != EMPTY:
                    return Sequence((*items[: count - 1], last))
            return EMPTY
        case Choice(options):
            shorter = tuple(map(_shortened, options))
            return EMPTY if EMPTY in shorter else Choice(shorter)
        case Repeat(item, least, _):
            return Repeat(item, least, least)
        case _:
            return node


def mirrored(node: Node) -> Node:
    """Return the tree that matches the same texts read from their end to their beginning."""
    match node:
        case Sequence(items):
            return Sequence(tuple(mirrored(item) for item in reversed(items)))
        case Choice(options):
            return Choice(tuple(map(mirrored, options)))
        case Repeat(item, least, most, is_lazy):
            return Repeat(mirrored(item), least, most, is_lazy)
        case _:
            return node


def _sequence_prefixes(items: tuple[Node, ...]) -> Node:
    """Halve the sequence: a beginning of AB is one of A, or A and one of B. Keeps the nesting logarithmic."""
    if not items:
        return EMPTY
    if len(items) == 1:
        return prefixes(items[0])
    middle = len(items) // 2
    first, second = items[:middle], items[middle:]
    whole_first = _without_assertions(Sequence(first))
    return Choice((_sequence_prefixes(first), Sequence((whole_first, _sequence_prefixes(second)))))


def _without_assertions(node: Node) -> Node:
    match node:
        case Character():
            return node
        case Assertion():
            return EMPTY
        case Sequence(items):
            return Sequence(tuple(map(_without_assertions, items)))
        case Choice(options):
            return Choice(tuple(map(_without_assertions, options)))
        case Repeat(item, least, most, is_lazy):
            return Repeat(_without_assertions(item), least, most, is_lazy)

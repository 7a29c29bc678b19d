# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a rule leaves alone although its detector finds it."""

from collections.abc import Callable, Iterable
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, StringConstraints

from strongroom.policy.detector_options import Domains, Pattern, StrictModel, Term
from strongroom.policy.values import digits_of, is_at_or_below, require_number

MOST_ALLOWED = 10_000
"""Entries of one kind in one rule."""
MOST_ALLOWED_PATTERNS = 100

Number = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(require_number)]


class AllowList(StrictModel):
    """Passages that are no finding. Each entry is compared with the whole passage."""

    terms: Annotated[tuple[Term, ...], Strict(strict=False)] = Field(
        default=(), max_length=MOST_ALLOWED, description="These very passages, in upper and lower case alike."
    )
    patterns: Annotated[tuple[Pattern, ...], Strict(strict=False)] = Field(
        default=(),
        max_length=MOST_ALLOWED_PATTERNS,
        description="Passages that one of these regular expressions matches from end to end; RE2's syntax, bounded as"
        " a detector's pattern.",
    )
    domains: Domains = Field(
        default=(),
        max_length=MOST_ALLOWED,
        description="E-mail addresses and links at these domains, and at what is below them.",
    )
    numbers: Annotated[tuple[Number, ...], Strict(strict=False)] = Field(
        default=(),
        max_length=MOST_ALLOWED,
        description="Passages with these digits, whatever stands between them: test cards, the own switchboard.",
    )


def allowed_by_both(first: AllowList, second: AllowList) -> AllowList:
    """Return what stands in both lists, in alphabetical order.

    Each kind of entry is compared with its own kind, and patterns by their text. So less may be allowed than both
    lists together would allow, never more.
    """
    return AllowList(
        terms=_common(first.terms, second.terms, str.lower),
        patterns=_common(first.patterns, second.patterns, str),
        domains=_common_domains(first.domains, second.domains),
        numbers=_common(first.numbers, second.numbers, digits_of),
    )


def allowed_by_any(first: AllowList, second: AllowList) -> AllowList:
    """Return what stands in one of the lists: the first one's entries, then the others."""
    return AllowList(
        terms=tuple(dict.fromkeys(first.terms + second.terms)),
        patterns=tuple(dict.fromkeys(first.patterns + second.patterns)),
        domains=tuple(dict.fromkeys(first.domains + second.domains)),
        numbers=tuple(dict.fromkeys(first.numbers + second.numbers)),
    )


def _common(first: Iterable[str], second: Iterable[str], key: Callable[[str], str]) -> tuple[str, ...]:
    """Return the entries whose keys are in both, each key once in the spelling that sorts first."""
    first, second = tuple(first), tuple(second)
    keys = {key(entry) for entry in first} & {key(entry) for entry in second}
    spellings = {key(entry): entry for entry in sorted(first + second, reverse=True)}
    return tuple(spellings[one] for one in sorted(keys))


def _common_domains(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Return the domains of both lists that are at or below one of either."""
    one, other = {domain.lower() for domain in first}, {domain.lower() for domain in second}
    common = {domain for domain in one if is_at_or_below(domain, other)}
    common |= {domain for domain in other if is_at_or_below(domain, one)}
    return tuple(sorted(common))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Passages that an administrator lets through although a detector finds them."""

from typing import Any

from strongroom.filter.window import fold_case, without_lone_surrogates
from strongroom.policy import AllowList, analyze_pattern, compile_expression

_AFTER_HOST = "/?#:"


class Allowance:
    """The allow-list of one rule, ready for use."""

    def __init__(self, allow_list: AllowList | None = None) -> None:
        entries = allow_list or AllowList()
        self._terms = frozenset(fold_case(without_lone_surrogates(term)) for term in entries.terms)
        self._patterns = [compile_expression(analyze_pattern(pattern).expression) for pattern in entries.patterns]
        self._domains = frozenset(domain.lower() for domain in entries.domains)
        self._numbers = frozenset(_digits(number) for number in entries.numbers)
        self._is_empty = not (self._terms or self._patterns or self._domains or self._numbers)

    def allows(self, passage: str) -> bool:
        """Return whether ``passage`` as a whole is in the list."""
        if self._is_empty:
            return False
        return (
            fold_case(passage) in self._terms
            or (bool(self._numbers) and _digits(passage) in self._numbers)
            or (bool(self._domains) and _is_at_or_below(_host(passage), self._domains))
            or self._is_matched(passage.encode("utf-8"))
        )

    def _is_matched(self, data: bytes) -> Any:
        return any(pattern.fullmatch(data) for pattern in self._patterns)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _host(passage: str) -> str:
    """Return the host of an address or a link."""
    _, scheme, rest = passage.partition("://")
    authority = rest if scheme else passage
    for sign in _AFTER_HOST if scheme else "":
        authority = authority.split(sign, 1)[0]
    return authority.rpartition("@")[2].rstrip(".").lower()


def _is_at_or_below(host: str, domains: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[first:]) in domains for first in range(len(labels)))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of single values of a policy: a term, a domain, a number, a pattern."""

import re
from collections.abc import Collection

from pydantic_core import PydanticCustomError

from strongroom.core.statement import Statement
from strongroom.policy.pattern_parser import PatternRefused
from strongroom.policy.patterns import analyze_pattern

LONGEST_TERM = 256
"""Characters."""

_DOMAIN = re.compile(r"(?!-)[\w-]{1,63}(?:\.(?!-)[\w-]{1,63})*")
_LONGEST_DOMAIN = 253
_EXPECTATION = re.compile(r"\*|[a-z0-9][a-z0-9_-]*|[a-z][a-z0-9_]*(?:\.[a-z0-9][a-z0-9_]*)*(?:\.\*)?")
_NUMBER = re.compile(r"[-+()/. 0-9]*[0-9][-+()/. 0-9]*")


def term_problem(term: str) -> Statement | None:
    """Return what is wrong with a term, if anything is."""
    if term != term.strip() or not term:
        return Statement("policy.value.term_space", term=term)
    if len(term) > LONGEST_TERM:
        return Statement("policy.value.term_long", length=len(term), most=LONGEST_TERM)
    return None


def domain_problem(domain: str) -> Statement | None:
    """Return what is wrong with a domain, if anything is."""
    if domain.startswith(("*", ".")):
        return Statement("policy.value.domain_below", domain=domain)
    if "/" in domain or "@" in domain or ":" in domain:
        return Statement("policy.value.domain_alone", domain=domain)
    if len(domain) > _LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain):
        return Statement("policy.value.no_domain", domain=domain)
    return None


def is_at_or_below(host: str, domains: Collection[str]) -> bool:
    """Return whether ``host`` is one of ``domains`` or below one; all in lower case."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))


def digits_of(number: str) -> str:
    """Return the digits of ``number`` alone."""
    return "".join(character for character in number if character in "0123456789")


def require_term(term: str) -> str:
    """Return ``term``.

    Raises:
        PydanticCustomError: It cannot be a term of a list.
    """
    return _require(term, term_problem(term))


def require_domain(domain: str) -> str:
    """Return ``domain``.

    Raises:
        PydanticCustomError: It is no domain.
    """
    return _require(domain, domain_problem(domain))


def require_number(number: str) -> str:
    """Return ``number``: digits, and what people write between them.

    Raises:
        PydanticCustomError: It is none.
    """
    problem = None if _NUMBER.fullmatch(number) else Statement("policy.value.number", number=number)
    return _require(number, problem)


def require_expectation(name: str) -> str:
    """Return ``name``, the id of a rule, a category, or the beginning of some.

    Raises:
        PydanticCustomError: It can be none of them.
    """
    problem = None if _EXPECTATION.fullmatch(name) else Statement("policy.value.expectation", name=name)
    return _require(name, problem)


def require_pattern(pattern: str) -> str:
    """Return ``pattern``.

    Raises:
        PydanticCustomError: A stream cannot be filtered with it; the error names the place.
    """
    try:
        analyze_pattern(pattern)
    except PatternRefused as refusal:
        raise PydanticCustomError(
            "pattern",
            "{reason}",
            {"reason": refusal.reason, "offset": refusal.offset, "kind": refusal.kind.value},
        ) from refusal
    return pattern


def _require(value: str, problem: Statement | None) -> str:
    if problem:
        raise PydanticCustomError("value", "{reason}", {"reason": problem})
    return value

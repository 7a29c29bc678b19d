# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of single values of a policy: a term, a domain, a number, a pattern."""

import re
from collections.abc import Collection

from pydantic_core import PydanticCustomError

from strongroom.policy.pattern_parser import PatternRefused
from strongroom.policy.patterns import analyze_pattern

LONGEST_TERM = 256
"""Characters."""

_DOMAIN = re.compile(r"(?!-)[\w-]{1,63}(?:\.(?!-)[\w-]{1,63})*")
_LONGEST_DOMAIN = 253
_EXPECTATION = re.compile(r"\*|[a-z0-9][a-z0-9_-]*|[a-z][a-z0-9_]*(?:\.[a-z0-9][a-z0-9_]*)*(?:\.\*)?")
_NUMBER = re.compile(r"[-+()/. 0-9]*[0-9][-+()/. 0-9]*")


def term_problem(term: str) -> str:
    """Return what is wrong with a term, or an empty text."""
    if term != term.strip() or not term:
        return f"the term {term!r} begins or ends with white space"
    if len(term) > LONGEST_TERM:
        return f"a term has {len(term):,} characters; {LONGEST_TERM} are the most"
    return ""


def domain_problem(domain: str) -> str:
    """Return what is wrong with a domain, or an empty text."""
    if domain.startswith(("*", ".")):
        return f"{domain!r}: write the domain alone; what is below it is included"
    if "/" in domain or "@" in domain or ":" in domain:
        return f"{domain!r}: write the domain alone, like example.org, without https://, a path, a port or a user"
    if len(domain) > _LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain):
        return f"{domain!r} is no domain like example.org"
    return ""


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
    problem = "" if _NUMBER.fullmatch(number) else f"{number!r} may hold digits, spaces and - + ( ) / . only"
    return _require(number, problem)


def require_expectation(name: str) -> str:
    """Return ``name``, the id of a rule, a category, or the beginning of some.

    Raises:
        PydanticCustomError: It can be none of them.
    """
    problem = (
        "" if _EXPECTATION.fullmatch(name) else f"{name!r} is no rule's id and no category like pii.email or pii.*"
    )
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


def _require(value: str, problem: str) -> str:
    if problem:
        raise PydanticCustomError("value", "{reason}", {"reason": problem})
    return value

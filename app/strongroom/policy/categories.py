# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Categories, their groups, and what names several of them: ``pii.email``, ``pii.*``, ``*``."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from strongroom.core.statement import Statement
from strongroom.core.translatable import translatable

ALL = "*"


@dataclass(frozen=True, slots=True)
class CategoryGroup:
    """The first part of a category's name: what all below it have in common."""

    name: str
    title: str
    """What people call it."""


CATEGORY_GROUPS = (
    CategoryGroup("pii", translatable("Personal data")),
    CategoryGroup("secret", translatable("Secret")),
    CategoryGroup("link", translatable("Link")),
    CategoryGroup("code", translatable("Code")),
    CategoryGroup("term", translatable("Term")),
    CategoryGroup("evasion", translatable("Disguised text")),
    CategoryGroup("harm", translatable("Harmful content")),
    CategoryGroup("misuse", translatable("Misuse")),
)
"""The groups that are declared; a policy may have others of its own."""

_BELOW = ".*"


def covers(selector: str, category: str) -> bool:
    """Return whether ``selector`` names ``category``.

    Args:
        selector: A category, which names itself; ``a.b.*``, which names ``a.b`` and all below it; ``*``, which names
            all.
        category: Of a rule or, with the kind at its end, of a finding.
    """
    if selector == ALL:
        return True
    if selector.endswith(_BELOW):
        return is_within(category, selector.removesuffix(_BELOW))
    return category == selector


def is_within(category: str, ancestor: str) -> bool:
    """Return whether ``category`` is ``ancestor`` or below it."""
    return category == ancestor or category.startswith(ancestor + ".")


def why_none(selector: str, categories: Iterable[str]) -> Statement:
    """Return what is said of a ``selector`` that names none of the rules' ``categories``, with a suggestion."""
    known = sorted(set(categories))
    stem = selector.removesuffix(_BELOW)
    if above := [category for category in known if is_within(stem, category)]:
        return Statement("policy.problem.too_deep", category=above[0])
    names = {*known, *(parent + _BELOW for category in known for parent in _ancestors(category))}
    close = difflib.get_close_matches(selector, sorted(names), n=1)
    if close:
        return Statement("policy.problem.no_rule", case="misspelled", close=close[0])
    return Statement("policy.problem.no_rule", known=tuple(known))


def _ancestors(category: str) -> list[str]:
    parts = category.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a rule leaves alone although its detector finds it."""

from typing import Annotated

from pydantic import AfterValidator, Field, Strict, StringConstraints

from strongroom.policy.detectors import Domains, Pattern, StrictModel, Term
from strongroom.policy.values import require_number

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

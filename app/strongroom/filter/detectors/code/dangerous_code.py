# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Finds dangerous commands and calls; the forms are in :mod:`strongroom.filter.detectors.code.patterns`.

A finding is an annotation: code like this is often what a question is about.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.code.patterns import PATTERNS, CodePattern
from strongroom.filter.scanner import CheckedScanner, Match, Scanner, Scanners
from strongroom.policy import analyze_pattern, any_of

_CONTEXT = 300
"""Characters before the dangerous piece that are looked at."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A pattern, compiled."""

    pattern: CodePattern
    expression: re.Pattern[str]
    before: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    unless: re.Pattern[str] | None


def dangerous_code_scanner(threshold: float) -> Scanner:
    """Return the scanner for code that does harm when it is run."""
    forms = tuple(_compiled(PATTERNS))
    return CheckedScanner(
        any_of([analyze_pattern(form.pattern.expression) for form in forms]),
        lambda text, start, _end: _check(forms, text, start),
        not_after="",
        threshold=threshold,
        left_context=_CONTEXT,
    )


def _compiled(patterns: Iterable[CodePattern]) -> Iterator[_Form]:
    for pattern in patterns:
        yield _Form(
            pattern,
            re.compile(pattern.expression, re.ASCII),
            re.compile(pattern.before, re.ASCII) if pattern.before else None,
            re.compile(pattern.not_before, re.ASCII) if pattern.not_before else None,
            re.compile(pattern.unless) if pattern.unless else None,
        )


def _check(forms: tuple[_Form, ...], text: str, start: int) -> Match | int:
    best: Match | None = None
    for form in forms:
        found = form.expression.match(text, start)
        if found is None or (best is not None and form.pattern.confidence <= best.confidence):
            continue
        if _applies(form, text, found):
            evidence = Evidence.CONTEXT if form.before else Evidence.FORMAT
            best = Match(start, found.end(), form.pattern.confidence, evidence, form.pattern.kind)
    return best or start + 1


def _applies(form: _Form, text: str, found: re.Match[str]) -> bool:
    if form.not_before is not None and form.not_before.match(text, found.end()):
        return False
    if form.unless is not None and form.unless.search(found[0]):
        return False
    if form.before is None:
        return True
    context = text[max(0, found.start() - _CONTEXT) : found.start()].rpartition("\n")[2]
    if form.pattern.in_statement:
        context = context.rpartition(";")[2]
    return form.before.search(context) is not None


SCANNERS: Scanners = {"dangerous_code": dangerous_code_scanner}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Known providers' keys and tokens, by what each begins with; the kind of a finding is the provider."""

import re
from collections import defaultdict
from functools import cache, cached_property
from typing import Any

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.secrets.prefix_scanner import LEFT_CONTEXT, PrefixScanner
from strongroom.filter.detectors.secrets.provider_forms import Form, read_forms
from strongroom.filter.detectors.secrets.shapes import entropy, is_wordlike
from strongroom.filter.scanner import Match, Scanners
from strongroom.policy import analyze_pattern, compile_expression

LONGEST_KEY = 1024

_LEAST_ENTROPY = 2.0
_LEAST_ENTROPY_OF_LONG_KEYS = 2.4
_LONG_KEY = 30
_PLACEHOLDER = re.compile(r"([xX*0#.])\1{7,}|(?:[xX]{3,}[-_.]?){3,}|abcdefghijklmn", re.IGNORECASE)


class _Shape:
    """A form made ready."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.tail = re.compile(form.tail)
        self._before = re.compile(rf"(?<![A-Za-z0-9]){form.before}\Z") if form.before else None

    def may_follow(self, text: str, start: int) -> bool:
        """Return whether what stands before ``start`` is as the form has it."""
        return self._before is None or self._before.search(text[max(0, start - LEFT_CONTEXT) : start]) is not None

    @cached_property
    def mirrored_prefixes(self) -> Any:
        """Every beginning of every tail, backward, and so what is still open."""
        return compile_expression(analyze_pattern(self.form.tail).mirrored_prefixes, prefer_longest=True)


def provider_key_scanner(threshold: float) -> PrefixScanner:
    """Return the scanner for known providers' keys."""
    return PrefixScanner(_shapes(), max_length=LONGEST_KEY, may_grow=_may_grow, judge=_judge, threshold=threshold)


def providers() -> frozenset[str]:
    """Return the providers whose keys have a form of their own."""
    return frozenset(form.provider for form in read_forms())


@cache
def _shapes() -> dict[str, list[_Shape]]:
    shapes = defaultdict(list)
    for form in read_forms():
        shapes[form.prefix].append(_Shape(form))
    return dict(shapes)


@cache
def _sizes() -> tuple[int, ...]:
    return tuple(sorted({len(prefix) for prefix in _shapes()}, reverse=True))


def _may_grow(text: str, start: int, end: int) -> bool:
    shapes = _shapes()
    for size in _sizes():
        for shape in shapes.get(text[start : start + size], ()):
            if shape.may_follow(text, start):
                rest = text[start + size : end][::-1].encode("utf-8")
                found = shape.mirrored_prefixes.match(rest)
                if found is not None and found.end() == len(rest):
                    return True
    return False


def _judge(text: str, start: int, end: int) -> Match | None:
    shapes = _shapes()
    for size in _sizes():
        for shape in shapes.get(text[start : start + size], ()):
            found = shape.tail.match(text, start + size, end)
            if (
                found is not None
                and _ends(text, found.end())
                and shape.may_follow(text, start)
                and not _is_placeholder(found[0])
            ):
                return Match(start, found.end(), shape.form.confidence, Evidence.PREFIX, shape.form.provider)
    return None


def _ends(text: str, at: int) -> bool:
    """Return whether what ends at ``at`` is not cut out of something longer."""
    return at == len(text) or not (text[at].isalnum() or text[at] in "_-")


def _is_placeholder(value: str) -> bool:
    least = _LEAST_ENTROPY_OF_LONG_KEYS if len(value) >= _LONG_KEY else _LEAST_ENTROPY
    if entropy(value) < least or _PLACEHOLDER.search(value):
        return True
    return len(value) > 20 and not any(character.isdigit() for character in value) and is_wordlike(value)


SCANNERS: Scanners = {"provider_key": provider_key_scanner}

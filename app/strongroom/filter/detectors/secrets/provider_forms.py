# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the table of providers' forms."""

from dataclasses import dataclass

from strongroom.filter.detectors.secrets.provider_table import BUSINESS, CLOUD_AND_OPERATIONS, CODE_AND_MODELS, OTHER

USUAL_CONFIDENCE = 0.95

_CLASSES = {
    "<A>": "[A-Za-z0-9]",
    "<L>": "[a-z0-9]",
    "<W>": "[A-Za-z0-9_-]",
    "<H>": "[A-Fa-f0-9]",
    "<B>": "[A-Za-z0-9+/]",
    "<D>": "[0-9]",
    "<U>": "[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one provider's keys."""

    provider: str
    prefix: str
    tail: str
    """A regular expression, without unbounded repeats, of what follows the prefix."""
    confidence: float
    before: str = ""
    """A regular expression of what must stand directly before, where the key does not begin with its prefix."""


def read_forms() -> list[Form]:
    """Return all forms, each for one beginning."""
    forms = []
    for line in (CODE_AND_MODELS + CLOUD_AND_OPERATIONS + BUSINESS + OTHER).splitlines():
        if line:
            forms += _forms_of(line)
    return forms


def _forms_of(line: str) -> list[Form]:
    columns = line.split()
    provider, columns = columns[0], columns[1:]
    before, confidence = "", USUAL_CONFIDENCE
    if _is_number(columns[-2]):
        before = columns.pop()
    if _is_number(columns[-1]):
        confidence = float(columns.pop())
    *prefixes, tail = columns
    return [Form(provider, prefix, _written_out(tail), confidence, _written_out(before)) for prefix in prefixes]


def _is_number(text: str) -> bool:
    return text.startswith("0.") and text[2:].isdigit()


def _written_out(pattern: str) -> str:
    for short, characters in _CLASSES.items():
        pattern = pattern.replace(short, characters)
    return pattern

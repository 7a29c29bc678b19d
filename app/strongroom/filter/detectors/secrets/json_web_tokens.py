# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""JSON Web Tokens: three parts in base64url, five where encrypted, the first an object (RFC 7515, 7516, 7519)."""

import re
from base64 import urlsafe_b64decode

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.secrets.prefix_scanner import PrefixScanner
from strongroom.filter.scanner import Match, Scanners

LONGEST_TOKEN = 8192

CHECKED_CONFIDENCE = 0.95
FORM_CONFIDENCE = 0.75
"""For a first part that is no JSON object with an algorithm or a type."""

# How base64url begins for {" and {, then a blank or a line end.
_BEGINNINGS = ("eyJ", "eyAi", "ewog", "ewoi", "ew0K")
_SHORTEST_PART = 13
_TOKEN = re.compile(r"([\w-]+)\.([\w-]+)\.([\w-]*)(?:\.([\w-]+)\.([\w-]+))?", re.ASCII)
_RUN = re.compile(r"[\w.-]*", re.ASCII)
_HEADER = re.compile(rb'"(?:alg|typ|enc|kid|cty|x5t)"\s*:')


def jwt_scanner(threshold: float) -> PrefixScanner:
    """Return the scanner for JSON Web Tokens."""
    return PrefixScanner(_BEGINNINGS, max_length=LONGEST_TOKEN, may_grow=_may_grow, judge=_judge, threshold=threshold)


def _may_grow(text: str, start: int, end: int) -> bool:
    run = _RUN.match(text, start, end)
    return run is not None and run.end() == end


def _judge(text: str, start: int, end: int) -> Match | None:
    found = _TOKEN.match(text, start, end)
    if found is None or min(len(found[1]), len(found[2])) < _SHORTEST_PART:
        return None
    confidence = CHECKED_CONFIDENCE if _is_header(found[1]) else FORM_CONFIDENCE
    return Match(start, found.end(), confidence, Evidence.FORMAT)


def _is_header(part: str) -> bool:
    try:
        return _HEADER.search(urlsafe_b64decode(part + "=" * (-len(part) % 4))) is not None
    except ValueError:
        return False


SCANNERS: Scanners = {"jwt": jwt_scanner}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""E-mail addresses: the forms of RFC 5322 and RFC 6531 that people write.

The letters are those of the Latin, Greek and Cyrillic scripts. Scripts without spaces are left out, because there every
sentence would look like the beginning of an address, and the words around one would be taken for a part of it.
"""

import re

from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

CONFIDENCE = 0.95

_LETTERS = r"A-Za-z\x{C0}-\x{24F}\x{370}-\x{52F}"
_LOCAL = rf"[0-9{_LETTERS}._%+'-]"
_LABEL = rf"[0-9{_LETTERS}-]"
_PATTERN = rf"{_LOCAL}{{1,64}}@(?:{_LABEL}{{1,63}}\.){{1,8}}(?:[Xx][Nn]--[0-9A-Za-z-]{{1,59}}|[{_LETTERS}]{{2,63}})"

_PUNCTUATION = frozenset("._%+'-")
_IS_LOCAL = re.compile(r"[0-9A-Za-zÀ-ɏͰ-ԯ._%+'-]")
_IS_IMAGE = re.compile(r"[1-9]x\.(?:png|jpe?g|gif|webp|svg|heic|avif|bmp)", re.ASCII)


def email_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for e-mail addresses."""
    return CheckedScanner(analyze_pattern(_PATTERN), _check, not_after="", threshold=threshold)


def _check(text: str, start: int, end: int) -> Match | int:
    at = text.index("@", start)
    first = start
    while text[first] in _PUNCTUATION:
        # Quotes, dots and hyphens before an address belong to the sentence. At the @ this ends.
        first += 1
    if first > start:
        return first if first < at else at + 1
    if _is_git_user(text, at) or _IS_IMAGE.fullmatch(text, at + 1, end):
        return at + 1
    return Match(start, end, CONFIDENCE)


def _is_git_user(text: str, at: int) -> bool:
    """Whether the whole local part is ``git``: the account in every clone command, and no one's mailbox."""
    first = at - 3
    return first >= 0 and text[first:at] == "git" and (first == 0 or not _IS_LOCAL.match(text, first - 1))


SCANNERS: Scanners = {"email": email_scanner}

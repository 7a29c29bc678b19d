# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Links as they stand in text and Markdown: with a scheme (RFC 3986, RFC 3987), with ``www.``, or a host with a path.

What a link is made of ends at white space, quotation marks, angle brackets, a closing bracket that it did not open,
and the punctuation of the sentence. In scripts without spaces only a host may have letters of that script: a path of
them cannot be told from the sentence that goes on.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.links.host import BARE_TOP_LEVELS, DomainList, host_of, is_host, is_punycode
from strongroom.filter.scanner import CheckedScanner, Match
from strongroom.policy import LinkDetector, analyze_pattern

SURE = 0.95
"""A scheme and a host that can be one, or a scheme that is no address at all."""
NAMED = 0.85
"""A host without a dot, ``www.`` without a scheme, or a bare host of the detector's list."""
WITH_PATH = 0.75
"""A bare host with a path."""
BARE = 0.4
"""A bare host: as often a firm's or a product's name as a link. Under the threshold, unless a rule sets a lower one."""

Kind = Literal["web", "punycode", "data", "script", "file"]

# As in an e-mail address, Chinese, Japanese, Thai, Lao, Burmese and Khmer letters are part of a host only.
_SPACED_SCRIPTS = r"\x{A1}-\x{DFF}\x{F00}-\x{FFF}\x{10A0}-\x{167F}\x{1681}-\x{177F}\x{1800}-\x{1FFF}"
_UNSPACED_SCRIPTS = r"\x{E00}-\x{EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{3005}-\x{3007}\x{3040}-\x{D7FF}"
_ASCII = r"!#-;=?-\[\]_a-z~"
_TAIL = rf"[{_ASCII}{_SPACED_SCRIPTS}]"
_BEGINNING = rf"[!$-.0-;=@-\[\]_a-z~{_SPACED_SCRIPTS}{_UNSPACED_SCRIPTS}]"
_NAME = r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}\.(?:[0-9A-Za-z_-]{1,40}\.){0,5}(?:(?i:xn--)[0-9A-Za-z-]{1,59}|[A-Za-z]{2,24})"
_LONGEST_BEGINNING = 80
_LONGEST_TAIL = 700
_MORE_WITH_SCHEME = 200
_HEAD = rf"(?i:https?|ftps?|wss?)://{_BEGINNING}|(?i:data|javascript|vbscript|file):|{_NAME}"
_WHOLE = (
    rf"(?:(?i:https?|ftps?|wss?)://{_BEGINNING}{{1,{_LONGEST_BEGINNING}}}{_TAIL}{{0,{_MORE_WITH_SCHEME}}}"
    rf"|(?i:data|javascript|vbscript|file):"
    rf"|{_NAME}[:/?#]"
    rf"){_TAIL}{{0,{_LONGEST_TAIL}}}|{_NAME}"
)
_LETTERS = r"0-9A-Za-z\x{C0}-\x{24F}\x{370}-\x{52F}"

_SCHEME = re.compile(r"(?:https?|ftps?|wss?)(://)|(data|javascript|vbscript|file):", re.IGNORECASE | re.ASCII)
_RUN = re.compile("[!#-;=?-\\[\\]_a-z~\u00a1-\u0dff\u0f00-\u0fff\u10a0-\u167f\u1681-\u177f\u1800-\u1fff]*")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\ud7ff"
_BEGINNING_RUN = re.compile(
    f"[!$-.0-;=@-\\[\\]_a-z~\u00a1-\u0dff\u0f00-\u0fff\u10a0-\u167f\u1681-\u177f\u1800-\u1fff{_UNSPACED}]{{1,{_LONGEST_BEGINNING}}}"
)
_HOST_GOES_ON = re.compile(f"\\.?[{_UNSPACED}][0-9A-Za-z.\u00a1-\u1fff{_UNSPACED}-]*")
_ASCII_PART = re.compile(r"[0-9A-Za-z-]+")
_AUTHORITY_END = re.compile(r"[/?#]")
_BARE_NAME = re.compile(
    r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}\.(?:[0-9A-Za-z_-]{1,40}\.){0,5}(?:xn--[0-9A-Za-z-]{1,59}|[A-Za-z]{2,24})",
    re.I | re.ASCII,
)
_MOST_BARE_DOTS = 6
_WORD = re.compile(r"[0-9A-Za-z]+", re.ASCII)
_CLOSING_ENTITY = re.compile(r"&(?:quot|gt|lt|apos|nbsp|#3[49]|#6[02]|#x2[27]|#x3[CE]);", re.IGNORECASE)
_BRACKET = re.compile(r"[()\[\]]")
_DATA = re.compile(r"(?:[\w.+-]{1,64}/[\w.+-]{1,80})?(?:;[\w.+-]{1,40}(?:=[\w.+-]{0,60})?){0,6},.", re.ASCII)
_SCRIPT = re.compile(r"[(=;%\[+]|\bvoid\b", re.ASCII)
_FILE = re.compile(r"/{1,4}[^/]", re.ASCII)
_AFTER_A_LINK = "?!.,:;*_~'([\u2026"
_HOST_AND_PATH = re.compile(r"/|[?#].|:[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class _Link:
    end: int
    kind: Kind
    confidence: float
    host: str = ""


def link_scanner(detector: LinkDetector, threshold: float) -> CheckedScanner:
    """Return the scanner for the links that ``detector`` describes."""
    wanted = _Wanted(detector)
    # The head is enough to find a link; what could still become one is the whole.
    pattern = replace(analyze_pattern(_WHOLE), expression=analyze_pattern(_HEAD).expression)
    return CheckedScanner(pattern, wanted.check, not_after=_LETTERS, threshold=threshold)


class _Wanted:
    """Which links a detector is for."""

    def __init__(self, detector: LinkDetector) -> None:
        self._kinds = frozenset(detector.kinds)
        self._domains = DomainList(detector.domains)
        self._except_domains = DomainList(detector.except_domains)

    def check(self, text: str, start: int, _end: int) -> Match | int:
        """Judge a candidate; see :data:`strongroom.filter.scanner.Check`."""
        link = _link_at(text, start)
        if isinstance(link, int):
            return link
        evidence, confidence = Evidence.FORMAT, link.confidence
        if self._domains:
            if not link.host or not self._domains.covers(link.host):
                return start + 1
            evidence, confidence = Evidence.LIST, max(confidence, NAMED)
        if (self._kinds and link.kind not in self._kinds) or (link.host and self._except_domains.covers(link.host)):
            # A link within it, like the target of a redirection, is judged by itself.
            return start + 1
        return Match(start, link.end, confidence, evidence, link.kind)


def _link_at(text: str, start: int) -> _Link | int:
    """Return the link that begins at ``start``, or the next place that is worth trying."""
    scheme = _SCHEME.match(text, start)
    if scheme is None:
        return _bare(text, start) or _after_word(text, start)
    if scheme[1]:
        return _with_scheme(text, start, scheme.end()) or scheme.end()
    end = _end(text, start, scheme.end(), scheme.end() + _LONGEST_TAIL)
    kind = _kind_without_host(scheme[2].lower(), text[scheme.end() : end])
    return _Link(end, kind, SURE) if kind else scheme.end()


def _kind_without_host(scheme: str, rest: str) -> Kind | None:
    if scheme == "data":
        return "data" if _DATA.match(rest) else None
    if scheme == "file":
        return "file" if _FILE.match(rest) else None
    return "script" if _SCRIPT.search(rest) else None


def _with_scheme(text: str, start: int, after_scheme: int) -> _Link | None:
    # What a match can reach: the pattern's beginning, which ends where a path does, and its tails.
    beginning = _BEGINNING_RUN.match(text, after_scheme)
    limit = (beginning.end() if beginning else after_scheme) + _MORE_WITH_SCHEME + _LONGEST_TAIL
    end = _end(text, start, after_scheme, limit)
    authority = _AUTHORITY_END.split(text[after_scheme:end], 1)[0]
    if after_scheme + len(authority) == end:
        # The host is not over where letters begin that only a host may have.
        end = _host_end(text, after_scheme, end)
        if end < len(text) and text[end] in ":/?#":
            end = _end(text, start, end, limit)
        authority = _AUTHORITY_END.split(text[after_scheme:end], 1)[0]
    host = host_of(authority)
    if not is_host(host):
        return None
    return _Link(end, "punycode" if is_punycode(host) else "web", SURE if "." in host else NAMED, host)


def _host_end(text: str, after_scheme: int, end: int) -> int:
    """Return where a host ends whose first part, up to ``end``, is of scripts with spaces."""
    found = _HOST_GOES_ON.match(text, end, max(end, after_scheme + _LONGEST_BEGINNING))
    if found is None or ("." in text[after_scheme:end] and text[end] != "."):
        return end
    label_start = found[0].rfind(".") + 1
    # After "example.jp" the sentence may go on in its own script, without a space.
    last = _ASCII_PART.match(found[0], label_start)
    return end + (last.end() if last and label_start else len(found[0]))


def _bare(text: str, start: int) -> _Link | None:
    """Return the link without a scheme at ``start``: ``www.``, a host in punycode, a host with a path, or a host."""
    found = _BARE_NAME.match(text, start)
    if found is None or _continues(text, start, found):
        return None
    host, name_end = found[0].lower(), found.end()
    end = _end(text, start, name_end, name_end + 1 + _LONGEST_TAIL)
    has_path = _HOST_AND_PATH.match(text, name_end, end) is not None
    if not has_path:
        end = name_end
    labels = host.split(".")
    if is_punycode(host):
        return _Link(end, "punycode", NAMED, host)
    if labels[0] == "www":
        return _Link(end, "web", NAMED, host)
    if labels[-1] not in BARE_TOP_LEVELS:
        return None
    return _Link(end, "web", WITH_PATH if has_path else BARE, host)


def _continues(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether the name is a part of something else: an e-mail address, a path, a longer name."""
    before = text[max(0, start - 2) : start]
    if before.endswith((".", "@", "\\")) or (before.endswith("/") and before != "//"):
        return True
    if len(before) == 2 and before[1] in "-_" and (before[0].isalnum() or before[0] in "-_."):
        return True
    after = text[found.end() : found.end() + 2]
    if after[:1] in ("@", "-", "_") or (after[:1].isascii() and after[:1].isalnum()):
        return True
    if not after.startswith("."):
        return False
    if found[0].count(".") == _MOST_BARE_DOTS:
        return True
    return len(after) == 2 and (after[1] in "-_" or (after[1].isascii() and after[1].isalnum()))


def _end(text: str, start: int, after: int, limit: int) -> int:
    """Return where the link that begins at ``start`` ends, ``after`` or later and at most at ``limit``."""
    found = _RUN.match(text, after, limit)
    end = found.end() if found else after
    if start > 0 and text[start - 1] == "'" and (quote := text.find("'", after, end)) >= 0:
        end = quote
    if entity := _CLOSING_ENTITY.search(text, after, end):
        end = entity.start()
    open_brackets: list[str] = []
    for bracket in _BRACKET.finditer(text, after, end):
        if bracket[0] in "([":
            open_brackets.append(bracket[0])
        elif open_brackets and open_brackets[-1] == ("(" if bracket[0] == ")" else "["):
            open_brackets.pop()
        else:
            end = bracket.start()
            break
    while end > after and text[end - 1] in _AFTER_A_LINK:
        end -= 1
    return end


def _after_word(text: str, start: int) -> int:
    word = _WORD.match(text, start)
    return word.end() if word else start + 1

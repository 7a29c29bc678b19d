# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""IP and MAC addresses.

Loopback, private and documentation addresses count as well: a policy's allow-list can name what may pass. What is only
written like an address does not count: versions, numbers of sections, times, slices of Python, names of C++.
"""

import ipaddress
import re

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.context import ContextWords
from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

IPV4_CONFIDENCE = 0.95
IPV6_CONFIDENCE = 0.95
HEADING_CONFIDENCE = 0.4
"""For four small numbers at the beginning of a line, which mostly number a section."""
MAC_CONFIDENCE = 0.9
WEAK_MAC_CONFIDENCE = 0.65
"""For a MAC address without any letter, and with hyphens."""

# The end is there to see that the address goes on: 1.2.3.4.5, or the start of a longer row of octets.
_IPV4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:[.-][0-9A-Za-z])?"
_IPV6 = r"[0-9A-Fa-f]{0,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{1,4})?[:.]?"
_MAC = (
    r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?:[:-][0-9A-Fa-f])?|"
    r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f])?"
)

_VERSION_WORDS = ContextWords(
    (
        *(
            "version",
            "ver",
            "versión",
            "versione",
            "versão",
            "release",
            "build",
            "firmware",
            "rev",
            "revision",
            "patch",
        ),
        *("sdk", "runtime", "ios", "android", "chrome", "chromium", "safari", "firefox", "kernel", "fassung", "oid"),
        *("section", "chapter", "paragraph", "figure", "clause", "article", "§", "abschnitt", "kapitel", "capítulo"),
        *("sección", "chapitre", "capitolo", "sezione", "assemblyversion", "fileversion"),
    ),
    reach=20,
)
_IPV6_WORDS = ContextWords(("ip", "ipv6", "address", "bind", "listen", "host", "adresse", "dirección"), reach=24)
_AFTER_VERSION = re.compile(r"(?<![0-9A-Za-z])[vVrR][ .]?\Z|[=<>~!]=\Z|[~^]\Z|[0-9A-Za-z_]\.\Z|[A-Za-z_]-\Z")
_AT_LINE_BEGINNING = re.compile(r"(?:\A|\n)[ \t#*>-]{0,6}\Z")
_SLICE = re.compile(r"[0-9A-Za-z_)\]]\[\Z")
_V4_CHARACTERS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_V4_GOES_ON = re.compile(r"\.[0-9]|-[A-Za-z]")
_HIGHEST_IN_HEADING = 20
_V6_GOES_ON = re.compile("[0-9A-Za-z_]|:[0-9A-Fa-f:]")
_LEFT_CONTEXT = 32


def ip_address_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for IPv4 and IPv6 addresses."""
    return CheckedScanner(
        analyze_pattern(f"(?:{_IPV4}|{_IPV6})"),
        _check_ip,
        not_after="0-9A-Za-z_:",
        threshold=threshold,
        left_context=_LEFT_CONTEXT,
    )


def mac_address_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for MAC addresses (EUI-48)."""
    return CheckedScanner(analyze_pattern(f"(?:{_MAC})"), _check_mac, not_after="0-9A-Za-z_:.-", threshold=threshold)


def _check_ip(text: str, start: int, end: int) -> Match | int:
    written = text[start:end]
    return _ipv6(text, start, written) if ":" in written else _ipv4(text, start, written)


def _ipv4(text: str, start: int, written: str) -> Match | int:
    found = _V4_CHARACTERS.match(written)
    if found is None:
        return start + 1
    end = start + found.end()
    next_start = end + 1
    octets = found[0].split(".")
    if any(int(octet) > 255 or (octet[0] == "0" and octet != "0") for octet in octets):
        return next_start
    # 1.2.3.4.5 or 1.2.3.4-beta is no address; 10.0.0.1-10.0.0.9 are two.
    goes_on = _V4_GOES_ON.match(written, found.end()) or (end < len(text) and _is_word(text[end]))
    before = text[max(0, start - 8) : start]
    if goes_on or _AFTER_VERSION.search(before) or _VERSION_WORDS.before(text, start):
        return next_start
    is_small = len(octets[0]) == 1 and all(0 < int(octet) < _HIGHEST_IN_HEADING for octet in octets)
    if is_small and _AT_LINE_BEGINNING.search(before):
        return Match(start, end, HEADING_CONFIDENCE, Evidence.FORMAT, "ipv4")
    return Match(start, end, IPV4_CONFIDENCE, Evidence.FORMAT, "ipv4")


def _ipv6(text: str, start: int, written: str) -> Match | int:
    address = written.removesuffix(".")
    if address.endswith(":") and not address.endswith("::"):
        address = address[:-1]
    end = start + len(address)
    if _V6_GOES_ON.match(text, end) or not _is_ipv6(address) or not _is_meant(text, start, address):
        return start + 1
    return Match(start, end, IPV6_CONFIDENCE, Evidence.FORMAT, "ipv6")


def _is_ipv6(address: str) -> bool:
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


def _is_meant(text: str, start: int, address: str) -> bool:
    """Whether it is more than a slice, a qualified name or a row of octets."""
    groups = [group for group in address.split(":") if group]
    has_digits = any(character.isdigit() for character in address)
    if "::" not in address:
        return has_digits and any(len(group) != 2 for group in groups)
    if _SLICE.search(text[max(0, start - 2) : start]):
        return False
    if address == "::1" or len(groups) > 2 or "." in address:
        return True
    if address == "::":
        return _IPV6_WORDS.before(text, start)
    return has_digits and (len(groups[0]) == 4 or _IPV6_WORDS.before(text, start))


def _check_mac(text: str, start: int, end: int) -> Match | int:
    written = text[start:end]
    digits = [character for character in written.lower() if character.isalnum()]
    marks = {character for character in written if not character.isalnum()}
    is_whole = len(digits) == 12 and len(marks) == 1 and (end == len(text) or not _is_word(text[end]))
    if not is_whole or set(digits) in ({"0"}, {"f"}):
        return start + 1
    has_letter = any(character.isalpha() for character in digits)
    if marks == {"."} and not has_letter:
        return start + 1
    confidence = MAC_CONFIDENCE if has_letter or marks == {":"} else WEAK_MAC_CONFIDENCE
    return Match(start, end, confidence)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


SCANNERS: Scanners = {"ip_address": ip_address_scanner, "mac_address": mac_address_scanner}

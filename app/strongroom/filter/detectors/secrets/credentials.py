# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Credentials without a form of their own, by the words before them: keys, tokens, secrets, authorization headers.

A value counts when an identifier that names a credential is given it and it is no word, no code and no placeholder; or
when it looks random and a credential's word or a service's name stands near by. Randomness alone is never enough.
"""

import re
from base64 import b64decode

from strongroom.filter.detectors.secrets.openings import Binding, binding, sentence, words_of
from strongroom.filter.detectors.secrets.services import EVERYDAY_WORDS, NAMES, services_in
from strongroom.filter.detectors.secrets.shapes import (
    UUID,
    is_code,
    is_mixed,
    is_placeholder,
    is_wordlike,
    looks_random,
    word_set,
)
from strongroom.filter.detectors.secrets.value_scanner import Opening, ValueRules, ValueScanner, Verdict
from strongroom.filter.scanner import Scanners

NAMED_CONFIDENCE = 0.85
PLAUSIBLE_CONFIDENCE = 0.75
NEAR_CONFIDENCE = 0.65

_SHORTEST = 8
_SHORTEST_NEAR = 20

_LAST_WORDS = word_set(
    """
    token secret credential credentials creds apikey accesskey secretkey authkey privatekey authtoken
    accesstoken authorization auth bearer pat jwt apitoken clientsecret appsecret accountkey passkey consumerkey
    sharedsecret appkey licensekey signingkey encryptionkey masterkey webhooksecret sessionkey sessiontoken sas
    cookie apisecret refreshtoken bottoken securitytoken idtoken usertoken servicekey secretaccesskey
    accesskeysecret
    """
)
_BEFORE_KEY = word_set(
    """
    preshared api access secret private auth account storage encryption signing license licence service app
    application consumer client master shared subscription admin deploy integration server session write read
    rest personal insert query stream user webhook ssh hmac crypto crypt aes project org organization
    organisation workspace live sandbox security secure ingestion ingest ingress routing developer dev test prod
    production merchant site partner events event management delivery preview management export import functions
    function host device sdk mobile bot room unseal recovery backup root token super team provisioning
    registration activation authentication authorization wrapping decryption sendgrid legacy connection database
    db primary secondary data analytics search map maps geo sso scim gpg pgp
    """
)
# PRIMARY_KEY and DATABASE_KEY are columns more often than credentials.
_WEAK_BEFORE_KEY = word_set(
    """
    primary secondary database db data event events test function device map maps search site
    """
)
_NO_CREDENTIALS = word_set(
    """
    public pub publishable authenticity csrf xsrf page next continuation cursor sync foreign sort partition
    cache bucket schema sequence keyboard max min total prompt completion input output pad eos bos unk mask sep
    cls special vocab num count device_code ssh_public fingerprint
    """
)
_TRAILING = word_set(
    """
    value val str string prod dev test live staging default plain raw new old current base64 b64 hex v v1 v2 v3
    """
)
_WEAK_LAST_WORDS = word_set(
    """
    key sid login pass dsn signature salt api webhook license licence
    """
)

_HINT = (
    r"(?:key|token|secret|authorization|auth[^o]|credential|creds|bearer|pat\b|jwt|sas\b|cookie|login|signature|salt|dsn|_sid"
    r"|" + "|".join(sorted(NAMES - EVERYDAY_WORDS)) + ")"
)
_NEAR_WORD = re.compile(
    r"(?<![a-z])(?:api[ _-]?key|api[ _-]?token|secret|token|(?:access|auth|account|private|license|service|storage|app"
    r"|client|encryption|signing|master|shared|unseal|webhook|session|consumer)[ _-]?(?:key|id)|credential|bearer"
    r"|authorization|key)s?(?![a-z])",
    re.IGNORECASE,
)
_HASH_WORD = re.compile(
    r"(?i)sha-?\d|md5|commit|checksum|digest|hash|integrity|revision|\brev\b|etag|fingerprint|\bsum\b|resolved|blob|tree"
    r"|build.?id|uuid|guid|tgz|thumbprint|public|serial|contract|wallet|address|\btx\b|transaction|signature|trace|request"
)
# A word of an ordinary sentence.
_DULL = r"[A-Za-z]{1,15}[.,:!?)]*(?:\s|\Z)"
_SCHEMES = re.compile(r"(?i)\b(?:basic)[ =:]\s*[\"'`]?\Z")
_UPPER_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:[_\-][A-Z0-9]+)+")
_IDENTIFIER = re.compile(r"[A-Za-z]+(?:[_\-.:/ ][A-Za-z]+)*")
# A value that has a name of its own: the place behind the name comes next.
_ASSIGNMENT = re.compile(r"[A-Za-z_]+[=:][^=]")


def credential_scanner(threshold: float) -> ValueScanner:
    """Return the scanner for credentials next to their name or their service's."""
    return ValueScanner(ValueRules(_HINT, _opening, {"": r"^\s\"'`;<&\\,"}, _judge, _DULL), threshold)


def credential_strength(name: str) -> int:
    """Return how surely a name is that of a credential: 0 not, 1 perhaps, 2 surely."""
    words = words_of(name)
    while len(words) > 1 and (words[-1] in _TRAILING or words[-1].isdigit()):
        words.pop()
    if not words or _NO_CREDENTIALS.intersection(words[-3:]):
        return 0
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _LAST_WORDS or last.endswith(("apikey", "token", "secret", "secretkey", "accesskey")):
        return 2
    if last == "key" and before:
        return 2 if (before in _BEFORE_KEY and before not in _WEAK_BEFORE_KEY) or before in NAMES else 1
    if last in _WEAK_LAST_WORDS or last.endswith("key") or before in ("secret", "token"):
        return 1
    if last in ("id", "accessid"):
        return 1 if NAMES.intersection(words) else 0
    return 1 if last in NAMES else 0


def _opening(left: str) -> Opening | None:
    bound = sentence(left)
    if bound is None or not credential_strength(bound.name):
        bound = binding(left)
    strength = credential_strength(bound.name) if bound else 0
    hints = _hints(left)
    if bound and bound.has_scheme and strength:
        hints.add("scheme")
    if bound and strength and _is_given(bound, strength):
        hints.add("sure" if strength == 2 else "perhaps")
        return Opening(bound.how, bound.name, bound.quote, frozenset(hints))
    if not hints & {"word", "service"}:
        return None
    quote = left[-1] if left and left[-1] in "\"'`" else ""
    return Opening("near", bound.name if bound else "", quote, frozenset(hints))


def _is_given(bound: Binding, strength: int) -> bool:
    if bound.how in ("space", "table", "comma", "call"):
        return strength == 2 and (
            bound.how != "space" or bool(bound.quote) or bound.has_scheme or bound.name.startswith("-")
        )
    return True


def _hints(left: str) -> set[str]:
    hints = set()
    near = left[-64:]
    if _NEAR_WORD.search(near):
        hints.add("word")
    if services := services_in(left):
        hints.add("service")
        if services - EVERYDAY_WORDS:
            hints.add("certain_service")
    if _HASH_WORD.search(left[-40:]):
        hints.add("hash")
    if _SCHEMES.search(left[-12:]):
        hints.add("basic")
    return hints


def _judge(value: str, _after: str, opening: Opening) -> Verdict | None:
    if is_placeholder(value):
        return None
    value = _trimmed(value)
    if "basic" in opening.hints and _is_basic(value):
        return Verdict(len(value), 0.95)
    if len(value) < _SHORTEST or " " in value or _ASSIGNMENT.match(value) or is_code(value):
        return None
    if opening.kind == "near":
        return _judge_near(value, opening)
    is_random = looks_random(value)
    if "sure" in opening.hints:
        if is_random:
            return Verdict(len(value), NAMED_CONFIDENCE)
        if _is_plausible(value) or ("scheme" in opening.hints and is_mixed(value)):
            return Verdict(len(value), PLAUSIBLE_CONFIDENCE)
        return None
    if is_random and "hash" not in opening.hints and len(value) >= 16 and not UUID.fullmatch(value):
        return Verdict(len(value), NEAR_CONFIDENCE)
    if "certain_service" in opening.hints and "hash" not in opening.hints and looks_random(value, least=12):
        return Verdict(len(value), NEAR_CONFIDENCE)
    return None


def _judge_near(value: str, opening: Opening) -> Verdict | None:
    if "hash" in opening.hints or not looks_random(value, least=_SHORTEST_NEAR) or "/" in value[1:-1]:
        return None
    if UUID.fullmatch(value) and not {"word", "certain_service"} <= opening.hints:
        return None
    if "certain_service" in opening.hints or "word" in opening.hints:
        return Verdict(len(value), PLAUSIBLE_CONFIDENCE if {"word", "service"} <= opening.hints else NEAR_CONFIDENCE)
    return None


def _is_plausible(value: str) -> bool:
    """Return whether a value that a credential's name is given is no name itself."""
    if _UPPER_NAME.fullmatch(value) or (_IDENTIFIER.fullmatch(value) and is_wordlike(value)):
        return False
    if value.isdigit() or len(set(value)) < 5:
        return False
    return is_mixed(value) or not is_wordlike(value)


def _is_basic(value: str) -> bool:
    """Return whether the value is what HTTP's Basic scheme sends: user and password in base64 (RFC 7617)."""
    try:
        decoded = b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        return False
    return b":" in decoded and len(decoded) >= 5


def _trimmed(value: str) -> str:
    return value.rstrip(".:!?*|)]}>")


SCANNERS: Scanners = {"credential": credential_scanner}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a value looks like: random, plausible, a placeholder, a piece of code.

None of this is a reason to call something a secret by itself; it only decides about values that already stand where
secrets stand.
"""

import re
from collections import Counter
from itertools import pairwise
from math import log2


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-zA-Z]{4}){3}-[0-9a-zA-Z]{10,12}")

_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+|[0-9a-fA-F]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_RUN_OF_ONE = re.compile(r"([xX*.#_0a-])\1{6,}|(.)\2{8,}|([xX*])\3{3,}")
_PLACEHOLDER_WORDS = re.compile(
    r"your|placeholder|redacted|change.?me|replace|insert|dummy|goes.?here|_here\b|here_|todo|masked|hidden|removed"
    r"|fake(?!\w*value)|not.?set|example\.|xxx|\.\.\.|abcdefghijklmnopqr|snip",
    re.IGNORECASE,
)
# ${VAR}, {{ var }}, $(command), %VAR%, #{var}, <var>, [var], and what a program reads from somewhere.
_TEMPLATE = re.compile(
    r"\$\{[\w.:\- ]+[}:]|\$\{\{|\{\{[\s$.\w-]+\}\}|\$\(|#\{|<%|<[A-Za-z][\w .:/-]*>|&lt;|%\w+%|%[sdv]\b|%\(\w+\)"
    r"|\{\w{2,}\}|\[[A-Za-z_][\w .'-]*\]|[\"')]\s?\+\s|\s\+\s|@@\w+@@|__\w+__"
)
_VARIABLE = re.compile(r"\$[A-Za-z_]\w*(?:->\w+|\[.*)?|\$\d?|\$+[A-Z_]{3,}\w*")
_CODE = re.compile(
    r"[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+(?:[\[(].*)?"  # a.b.c, a->b, A::B
    r"|[A-Za-z_$][\w$.]*[\[(].*"  # f(x), a[x]
    r"|(?:process|os|env|self|this|config|settings|request|args|params|ctx|secrets|vars|var|local|data)\.[\w.\[\]'\"]+"
)
_PATH = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:)?//.*|\.{0,2}/[\w./-]*[a-z]{3}[\w./-]*|[A-Za-z]:\\.*|~/.*|arn:.*|#[a-z][\w-]*|/.*|[\w./-]+/[\w./-]+#\w+|[$.][A-Za-z_][\w/#.\[\]-]*[/\[]..*|\.\$.*"
)
_FILE = re.compile(
    r".*\.(?:pem|crt|cer|key|p12|pfx|jks|keytab|json|ya?ml|toml|txt|conf|cfg|ini|html?|php|jsp?x?|tsx?|css|png|jpe?g|gif"
    r"|svg|ico|pdf|md|py|rb|go|rs|java|cs|sh|zip|tgz|gz|jar|com|org|net|io|dev|example|local|internal|xml|log)",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/.*)?")
_OPTION = re.compile(r"[a-z]+=[A-Za-z_.-]+|[A-Za-z_-]+=")
_NAME_OF_ONE = re.compile(
    r"(?:[A-Z0-9]+[_-]){1,6}(?:API|KEY|TOKEN|SECRET|ID|NAME|PASSWORD|PASS|CREDENTIALS?)(?:[_-][A-Z0-9]+)*"
)
_VERSION = re.compile(
    r"[a-z][\w.-]*-\d+(?:\.\d+)+(?:[.-][\w.-]+)?|v?\d+(?:\.\d+)+(?:[-.+_]?[A-Za-z]+[\w.-]*)?|[\d.,:/\- TZ+]+|rc\d.*"
)
_CODES = (_CODE, _PATH, _HOST, _OPTION, _NAME_OF_ONE, _FILE, _VERSION)
# Pairs of letters that English and the words of programs are made of.
_COMMON_PAIRS = word_set(
    """
    th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri
    ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut
    ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi
    ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ui fr oo ag way ap if od bo sp ck rd do uc bu ei
    ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt
    pi rc rr eg au ck ok ew ye rk ks my oa ob oi sk sw ki wn sy xt ys
    """
)


def entropy(text: str) -> float:
    """Return how many bits a character of ``text`` carries, by how often each occurs in it (Shannon)."""
    size = len(text)
    return -sum(count / size * log2(count / size) for count in Counter(text).values()) if size else 0.0


def is_placeholder(value: str) -> bool:
    """Return whether the value only says that one belongs here: ``YOUR_API_KEY``, ``xxxx``, ``${TOKEN}``, ``<key>``."""
    return (
        len(set(value)) < 3
        or _RUN_OF_ONE.search(value) is not None
        or _PLACEHOLDER_WORDS.search(value) is not None
        or _TEMPLATE.search(value) is not None
        or _VARIABLE.fullmatch(value) is not None
    )


def is_code(value: str) -> bool:
    """Return whether the value is an expression, a path, a host, a file's name, a version, a number or a date."""
    if not any(form.fullmatch(value) for form in _CODES):
        return False
    # A token in parts, such as a Vault's or Discord's, is written like a member of an object.
    return not looks_random(re.split(r"[./]", value)[-1], least=14)


def is_mixed(value: str) -> bool:
    """Return whether letters stand together with digits, or with signs that names do not have."""
    has_letter = any(character.isalpha() for character in value)
    return has_letter and any(character.isdigit() or character in "!@#$%^&*+?~=|{}()[]<>" for character in value)


def is_wordlike(value: str) -> bool:
    """Return whether the letters in the value are those of words, in any case, with any separators."""
    pairs = common = 0
    for run in _LETTERS.findall(value):
        for first, second in pairwise(run):
            if first.islower() and second.isupper():
                continue  # where camelCase begins a word
            pairs += 1
            common += (first + second).lower() in _COMMON_PAIRS
    return pairs > 0 and common / pairs >= 0.62


def looks_random(value: str, *, least: int = 16) -> bool:
    """Return whether the value is one that no person would write: much of everything, and no words.

    Args:
        value: Without blanks.
        least: Characters that it must have.
    """
    core = value.strip("=.-_")
    if len(core) < least or entropy(core) < 2.8:
        return False
    if _HEX.fullmatch(core):
        return any(c.isdigit() for c in core) and any(c.isalpha() for c in core) and entropy(core) >= 2.9
    if UUID.fullmatch(core):
        return True
    changes = sum(_kind(a) != _kind(b) for a, b in pairwise(core))
    letters = sum(character.isalpha() for character in core)
    digits = sum(character.isdigit() for character in core)
    if digits and letters:
        return changes >= max(3, len(core) // 10) and entropy(core) >= 3.2 and not _is_numbered_words(core)
    if letters < len(core) - 4:
        return False
    return entropy(core) >= 3.3 and not is_wordlike(core) and len(core) >= 16


def _is_numbered_words(core: str) -> bool:
    """Return whether nearly all of the value is words and numbers: ``getUserToken2``, ``DOC_Vector_5_32``."""
    runs = _LETTERS.findall(core)
    longest = max(map(len, runs))
    if longest < 4:
        return False
    wordlike = sum(len(run) for run in runs if len(run) >= 4 and is_wordlike(run))
    letters = sum(map(len, runs))
    return wordlike / letters > 0.6


def _kind(character: str) -> int:
    if character.isdigit():
        return 0
    if character.isupper():
        return 1
    return 2 if character.islower() else 3

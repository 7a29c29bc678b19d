# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Passwords, by the word that stands before them: ``password = "…"``, ``PASSWORD=…``, ``the password is …``.

Also ``curl -u user:…``, ``.netrc`` lines, and calls such as ``NetworkCredential("user", "…")``. In English, German,
French, Spanish, Italian, Portuguese, Dutch, the Nordic languages, Polish, Czech, Hungarian, Turkish, Russian,
Ukrainian, Greek, Chinese, Japanese and Korean.
"""

import re

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.secrets.openings import Binding, binding, sentence, words_of
from strongroom.filter.detectors.secrets.shapes import (
    UUID,
    is_code,
    is_mixed,
    is_placeholder,
    is_wordlike,
    word_set,
)
from strongroom.filter.detectors.secrets.value_scanner import Opening, ValueRules, ValueScanner, Verdict
from strongroom.filter.scanner import Scanners

QUOTED_CONFIDENCE = 0.85
PLAIN_CONFIDENCE = 0.75
WORD_CONFIDENCE = 0.65
"""For values that could be an ordinary word."""

_LONGEST_PASSWORD = 128

_WORDS = word_set(
    """
    password passwd passwort passphrase passcode pwd passw pswd psw kennwort geheimzahl contraseña contrasena
    clave senha wachtwoord lösenord losenord adgangskode passord salasana hasło haslo heslo jelszó jelszo parola
    şifre sifre mdp motdepasse пароль пароля κωδικός 密码 密碼 口令 パスワード 비밀번호
    """
)
_ENDINGS = tuple(word for word in sorted(_WORDS) if len(word) > 3)
_SHORT_WORDS = _WORDS | {"pass", "pw", "passwords"}
_PHRASES = ("mot de passe", "code pin", "palavra passe", "palabra clave", "pin code")
_BEFORE_PASS = ("db", "my", "user", "usr", "root", "admin", "ssh", "ftp", "smtp", "mail", "sql", "pg", "redis", "proxy")
# Words that may follow and change nothing: dbPassword1, password_prod, PASSWORD_VALUE.
_TRAILING = word_set(
    """
    value val str string prod dev test live staging default plain text cleartext raw new old
    """
)
_HINT = (
    f"(?:{'|'.join(sorted(_WORDS))}|pass|pw|mot de |credential|directoryentry|auth|login|sqli?_?connect|-u|--user|-p )"
)

_FLAG = re.compile(r"(?:^|[\s\"'])-{1,2}p(?:ass(?:w(?:or)?d)?)?[ =]+[\"']?\Z", re.IGNORECASE)
_FLAG_PROGRAM = re.compile(r"(?i)\b(?:docker|psexec|mysql|sshpass|login|mongo|redis|mosquitto|rabbit|oc|helm|sqlcmd)")
_LOGIN_LINE = re.compile(r"(?i)\b(?:login|user|username|account)\s+\S+\s+(?://\s+)?password\s+\Z")
_CURL_USER = re.compile(
    r"(?:^|\s)(?:-u|--user|--proxy-user|-U)[ =]+(?P<quote>[\"']?)\{?[^\s:\"'{}$<\[]{0,64}\}?[\"']?:[\"']?\{?\Z"
)
_CURL_USER_ALONE = re.compile(r"(?:^|\s)(?:-u|--user)[ =]+(?P<quote>[\"'])\Z")
_POSITIONAL = re.compile(
    r"(?i)(?:credential|directoryentry|basic_?auth|[^a-z]auth\s*=|\blogin|authenticate|sqli?_?connect|set_credentials)"
    r"\s*\(\s*(?:(?:[\"'][^\"'\n]{1,64}[\"'])\s*,\s*){1,2}(?P<quote>[\"'])\Z"
)
_USER_BEFORE = re.compile(
    r"(?i)(?:user(?:name)?|login|uid|usr)[\"']?\s*[=:]>?\s*[\"']?[\w@.\\-]+[\"']?\s*(?:[;,#\n/]|password)"
)
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]+")

# What stands where a password would, and is none.
_NO_PASSWORDS = word_set(
    """
    password passwd passwort pass pwd secret string str text none null nil true false undefined required
    optional hidden user username email invalid incorrect wrong weak strong empty blank missing correct valid
    reset expired changed input label field value type hash hashed encrypted plain confirm confirmation
    admin_password new_password number token key data body form json auth login authentication protected secure
    safe good bad set not also the this that your you very too same being case both either still now only used
    stored sent shown never always no yes
    """
)
_SENTENCE_WORDS = re.compile(
    r"(?i)\b(?:enter|your|must|is|are|the|please|required|incorrect|invalid|forgot|reset|change|confirm|too|at least"
    r"|should|cannot|does|for|with|and|of|to|not)\b"
)


def password_scanner(threshold: float) -> ValueScanner:
    """Return the scanner for passwords next to their keyword."""
    return ValueScanner(ValueRules(_HINT, _opening, {"": r"^\s\"'`;<&\\"}, _judge), threshold)


def names_password(name: str) -> bool:
    """Return whether an identifier or a phrase names a password: ``DB_PASSWORD``, ``userPwd``, ``mot de passe``."""
    words = words_of(name)
    while (len(words) > 1 and words[-1] in _TRAILING) or (words and words[-1].isdigit()):
        words.pop()
    if not words:
        return False
    last = words[-1]
    if last in _SHORT_WORDS or last.endswith(_ENDINGS) or " ".join(words[-3:]).endswith(_PHRASES):
        return True
    return last.endswith("pass") and last[:-4] in _BEFORE_PASS


def _opening(left: str) -> Opening | None:
    near = left[-_LONGEST_PASSWORD:]
    if found := _CURL_USER.search(near):
        return Opening("curl", quote=found["quote"])
    if found := _POSITIONAL.search(near):
        return Opening("positional", quote=found["quote"])
    if found := _CURL_USER_ALONE.search(near):
        return Opening("curl_whole", quote=found["quote"])
    if _FLAG.search(near) and (near.rstrip("\"' ")[-3:] != " -p" or _FLAG_PROGRAM.search(near)):
        return Opening("flag", quote=near[-1] if near[-1] in "\"'" else "")
    if _LOGIN_LINE.search(near):
        return Opening("flag")
    bound = sentence(left)
    if bound is None or not names_password(bound.name):
        bound = binding(left)
    if bound is None or not names_password(bound.name):
        return None
    return _bound_opening(bound, left)


def _bound_opening(bound: Binding, left: str) -> Opening | None:
    if bound.how == "space" and not bound.quote:
        return None
    hints = set()
    if _USER_BEFORE.search(left):
        hints.add("user")
    if bound.how == "assign" and _ENVIRONMENT_NAME.fullmatch(bound.name.split()[-1]) and left.endswith("="):
        hints.add("environment")
    if left.endswith(("=", "= ")) and ";" in left:
        hints.add("fields")
    return Opening(bound.how, bound.name, bound.quote, frozenset(hints))


def _judge(value: str, after: str, opening: Opening) -> Verdict | None:
    if opening.quote:
        return _judge_quoted(value.rstrip("\\"), after, opening)
    if is_placeholder(value):
        return None
    value = _trimmed(value)
    if not 4 <= len(value) <= _LONGEST_PASSWORD or _is_none(value):
        return None
    if is_mixed(value) and not UUID.fullmatch(value):
        return Verdict(len(value), PLAIN_CONFIDENCE, Evidence.CONTEXT)
    is_strong = opening.kind in ("curl", "flag", "element") or opening.hints
    return Verdict(len(value), WORD_CONFIDENCE) if is_strong and not value.isdigit() else None


def _judge_quoted(value: str, after: str, opening: Opening) -> Verdict | None:
    if opening.kind == "curl_whole":
        return _judge_pair(value)
    if after != opening.quote or not 4 <= len(value) <= _LONGEST_PASSWORD or _is_none(value):
        return None
    if value != value.strip() or value.count(" ") > 2 or (" " in value and _SENTENCE_WORDS.search(value)):
        return None
    if value[-1] in ":?" and is_wordlike(value):
        return None
    return Verdict(len(value), QUOTED_CONFIDENCE if is_mixed(value) else PLAIN_CONFIDENCE)


def _judge_pair(value: str) -> Verdict | None:
    """Judge ``user:password`` in one pair of quotes."""
    user, colon, password = value.partition(":")
    chosen = password or user
    if not colon or not 4 <= len(chosen) <= _LONGEST_PASSWORD or _is_none(chosen) or is_placeholder(user or "user"):
        return None
    return Verdict(len(value), PLAIN_CONFIDENCE) if is_mixed(chosen) else None


def _trimmed(value: str) -> str:
    value = value.rstrip(".,:?)]}*_/>")
    return value.split(",", 1)[0] if ",)" not in value and re.search(r",\w+=", value) else value


def _is_none(value: str) -> bool:
    return value.lower().strip("!.*[]") in _NO_PASSWORDS or is_placeholder(value) or is_code(value)


SCANNERS: Scanners = {"password": password_scanner}

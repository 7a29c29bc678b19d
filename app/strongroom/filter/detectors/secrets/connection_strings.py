# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Passwords in addresses and connection strings: ``scheme://user:password@host``, ``Server=…;Password=…``.

Only the password is the finding; host, user and database stay readable. Forms: RFC 3986 (userinfo), ADO.NET, ODBC and
OLE DB connection strings, JDBC addresses, libpq's keywords, storage and service bus keys of Azure.
"""

import re

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.secrets.shapes import is_placeholder
from strongroom.filter.detectors.secrets.value_scanner import Opening, ValueRules, ValueScanner, Verdict
from strongroom.filter.scanner import Scanners

CONFIDENCE = 0.95
WORD_CONFIDENCE = 0.75
"""For passwords that examples use."""

_LONGEST_PASSWORD = 128
_LONGEST_KEY = 512

_USERINFO = re.compile(r"(?:^|[^A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s:/@\"'<>?#]{0,64}:\Z")
_LATER_USERINFO = re.compile(r"://[^\s/\"'<>?#]+@[^\s/\"'<>?#]+,[^\s:/@\"'<>?#]{1,64}:\Z")
_FIELD = re.compile(
    r"(?:^|[;\"'\s&?(,])(?:password|pwd|accountkey|sharedaccesskey|sharedsecretissuer|secret|passwd)\s*=\s*(?P<quote>[\"']?)\Z",
    re.IGNORECASE,
)
_NAMES = (
    r"(?:server|host(?:name)?|data source|user ?id|uid|user(?:name)?|driver|provider|initial catalog|database|dbname"
    r"|dsn|endpoint|accountname|sharedaccesskeyname|id|port|addr(?:ess)?)"
)
_OTHER_FIELD = re.compile(rf"{_NAMES}\s*=[^=\n]*[;&]|{_NAMES}=\S+ |jdbc:", re.IGNORECASE)
_EXAMPLES = frozenset(
    {"password", "pass", "passwd", "pwd", "pw", "secret", "token", "x", "xxx", "test", "user", "p", "pswd"}
)
_NONE = frozenset({"", "true", "false", "none", "null", "yes", "no"})

_OPENS_A_VARIABLE = frozenset("$%{<[(")
_READ_FROM = ("env.", "process.env", "os.", "config.", "self.", "this.")

_HINT = r"(?:://|jdbc:|password|passwd|pwd|accountkey|sharedaccesskey|secret)"


def connection_string_scanner(threshold: float) -> ValueScanner:
    """Return the scanner for passwords in connection strings."""
    return ValueScanner(ValueRules(_HINT, _opening, {"url": r"^\s\"'`<>/", "field": r"^\s\"'`<>;&"}, _judge), threshold)


def _opening(left: str) -> Opening | None:
    if left.endswith(":"):
        if _USERINFO.search(left) or _LATER_USERINFO.search(left):
            return Opening("url")
        return None
    found = _FIELD.search(left)
    if found is None or not _OTHER_FIELD.search(left):
        return None
    return Opening("field", quote=found["quote"])


def _judge(value: str, _after: str, opening: Opening) -> Verdict | None:
    if opening.kind == "url":
        return _judge_userinfo(value)
    if not 3 <= len(value) <= _LONGEST_KEY or is_placeholder(value) or value.lower() in _NONE:
        return None
    if value[0] in _OPENS_A_VARIABLE or "(" in value or value.startswith(_READ_FROM):
        return None
    confidence = WORD_CONFIDENCE if value.lower() in _EXAMPLES else CONFIDENCE
    return Verdict(len(value.rstrip(",.)")), confidence, Evidence.CONTEXT)


def _judge_userinfo(value: str) -> Verdict | None:
    """Judge what stands between ``user:`` and the address's first slash: a password, an @ and a host, or a port."""
    at = _last_at(value)
    if at < 1:
        return None
    password = value[:at]
    if len(password) > _LONGEST_PASSWORD or is_placeholder(password) or password[0] in _OPENS_A_VARIABLE:
        return None
    confidence = WORD_CONFIDENCE if password.lower() in _EXAMPLES else CONFIDENCE
    return Verdict(at, confidence, Evidence.FORMAT)


def _last_at(value: str) -> int:
    """Return where the password ends: at the last @ before a further address of a list."""
    authority = re.split(r",[^,@]{0,64}:", value, maxsplit=1)[0]
    at = authority.rfind("@")
    return at if 0 < at < len(authority) - 1 else -1


SCANNERS: Scanners = {"connection_string": connection_string_scanner}

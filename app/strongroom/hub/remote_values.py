# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the values about a hub may hold where they cross a border: the helper's pipes, and the records of downloads."""

import dataclasses
from typing import Any

from strongroom.core.hub import FileKind, RemoteFile, RemoteModel, Repository, RepositorySummary
from strongroom.core.line_messages import Check, Refused, choice, flag, matching, number, several, text_up_to, whole

CARD_LIMIT = 60_000
"""Characters of a model card."""
MOST_MODELS = 2_000
"""Rows of a repository's table."""


check_repository = matching(
    r"(?!.*(\.\.|--))[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?", 200, "a repository's name"
)
check_revision = matching(r"(?!.*(\.\.|//|@\{))[A-Za-z0-9_][A-Za-z0-9._/+-]*|", 200, "a revision or nothing")
check_commit = matching(r"[0-9a-f]{40}", 40, "a commit of 40 hexadecimal digits")
check_digest = matching(r"[0-9a-f]{64}", 64, "a SHA-256 of 64 hexadecimal digits")
# Each step between slashes is a plain name, never empty and never one or two dots, so that no path climbs.
check_path = matching(
    r'(?:(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f\x7f:*?"<>|]+/)*(?!\.{1,2}$)[^/\\\x00-\x1f\x7f:*?"<>|]+',
    1_024,
    "a relative path of plain names",
)
_check_optional_digest = matching(r"([0-9a-f]{64})?", 64, "a SHA-256 or nothing")


def _record(record_class: type[Any], **checks: Check) -> Check:
    """Accept a value of ``record_class``, which becomes an object of JSON, and such an object, which becomes a value.

    Both directions check each field, so that a message can be encoded exactly when it can be decoded.
    """
    assert {each.name for each in dataclasses.fields(record_class)} == set(checks)  # noqa: S101  # a defect

    def check(untrusted_value: Any) -> Any:
        if isinstance(untrusted_value, record_class):
            return {name: check_field(getattr(untrusted_value, name)) for name, check_field in checks.items()}
        if not isinstance(untrusted_value, dict) or untrusted_value.keys() != checks.keys():
            raise Refused(f"the fields of {record_class.__name__}")
        return record_class(**{name: check_field(untrusted_value[name]) for name, check_field in checks.items()})

    return check


_count = whole(0, 2**40)
check_size = whole(0, 2**50)
_name = text_up_to(200)
check_summary = _record(
    RepositorySummary,
    repository=check_repository,
    author=_name,
    license=_name,
    parameters=number(0.0, 1e9),
    downloads=_count,
    likes=_count,
    updated_at=text_up_to(40),
    is_gated=flag,
)
_check_file = _record(RemoteFile, path=check_path, size=check_size, sha256=_check_optional_digest)
check_model = _record(
    RemoteModel,
    kind=choice(FileKind),
    name=text_up_to(1_024),
    quantization=text_up_to(40),
    files=several(1, 1_000, _check_file),
)
check_opened = _record(
    Repository,
    repository=check_repository,
    commit=check_commit,
    author=_name,
    license=_name,
    base_models=several(0, 100, _name),
    is_gated=flag,
    downloads=_count,
    likes=_count,
    last_commit_at=text_up_to(40),
    parameters=check_size,
    card=text_up_to(CARD_LIMIT),
    models=several(0, MOST_MODELS, check_model),
)

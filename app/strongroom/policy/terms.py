# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a file of terms that a policy names.

The policy carries the file's digest, so that the digest of the policy's text says which terms were in force as well.
"""

import hashlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from strongroom.core.statement import Statement
from strongroom.policy.detector_options import MOST_TERMS, TermsDetector
from strongroom.policy.values import term_problem

LARGEST_FILE = 32 << 20
"""Bytes."""


class TermFileRefused(ValueError):
    """A file of terms that cannot be used.

    Args:
        key: The detector's key that is to be corrected.
        found: What is wrong, with the remedy.
    """

    def __init__(self, key: str, found: Statement) -> None:
        super().__init__(str(found))
        self.key = key
        self.found = found


def read_terms(detector: TermsDetector, folder: Path | None) -> tuple[str, ...]:
    """Return the terms of the list and of its file, in order, each once.

    Args:
        detector: The rule's detector.
        folder: The policy's folder; None for a policy that is not a file.

    Raises:
        TermFileRefused: The file is missing, elsewhere, not the expected one, or has a bad line.
    """
    terms = dict.fromkeys(detector.terms)
    if detector.file is not None:
        content = _read_file(detector.file, folder)
        _require_digest(content, detector.sha256)
        terms.update(dict.fromkeys(_parse_lines(content, detector.file)))
    if len(terms) > MOST_TERMS:
        raise TermFileRefused("file", Statement("policy.terms.too_many", count=len(terms), most=MOST_TERMS))
    return tuple(terms)


def _read_file(name: str, folder: Path | None) -> bytes:
    if folder is None:
        raise TermFileRefused("file", Statement("policy.terms.no_folder"))
    is_absolute = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    if is_absolute or ".." in PureWindowsPath(name).parts:
        raise TermFileRefused("file", Statement("policy.terms.not_below", name=name))
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise TermFileRefused("file", Statement("policy.terms.link_out", name=name))
        if not path.is_file():
            raise TermFileRefused("file", Statement("policy.terms.no_file", path=path))
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, TermFileRefused):
            raise
        raise TermFileRefused("file", Statement("policy.terms.unreadable", path=path, reason=str(error))) from error
    if len(content) > LARGEST_FILE:
        raise TermFileRefused("file", Statement("policy.terms.too_large", name=name, most=LARGEST_FILE))
    return content


def _require_digest(content: bytes, expected: str | None) -> None:
    actual = hashlib.sha256(content).hexdigest()
    if expected is None:
        raise TermFileRefused("file", Statement("policy.terms.no_digest", actual=actual))
    if actual != expected:
        raise TermFileRefused("sha256", Statement("policy.terms.other_content", actual=actual))


def _parse_lines(content: bytes, name: str) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TermFileRefused("file", Statement("policy.terms.not_utf8", name=name, byte=error.start)) from error
    terms = []
    for number, line in enumerate(text.split("\n"), start=1):
        term = line.strip()
        if not term or term.startswith("#"):
            continue
        if problem := term_problem(term):
            raise TermFileRefused("file", Statement("policy.terms.line", name=name, line=number, problem=problem))
        terms.append(term)
    return terms

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a file of terms that a policy names.

The policy carries the file's digest, so that the digest of the policy's text says which terms were in force as well.
"""

import hashlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from strongroom.policy.detectors import MOST_TERMS, TermsDetector
from strongroom.policy.values import term_problem

LARGEST_FILE = 32 << 20
"""Bytes."""


class TermFileRefused(ValueError):
    """A file of terms that cannot be used.

    Args:
        key: The detector's key that is to be corrected.
        reason: What is wrong, with the remedy.
    """

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


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
        raise TermFileRefused("file", f"the rule has {len(terms):,} terms; {MOST_TERMS:,} are the most")
    return tuple(terms)


def _read_file(name: str, folder: Path | None) -> bytes:
    if folder is None:
        raise TermFileRefused("file", "only a policy that is a file can name another file")
    is_absolute = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    if is_absolute or ".." in PureWindowsPath(name).parts:
        raise TermFileRefused("file", f"{name} must be a path below the policy's folder, without ..")
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise TermFileRefused("file", f"{name} is a link that leads out of the policy's folder")
        if not path.is_file():
            raise TermFileRefused("file", f"{path} is not there, or is no file")
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, TermFileRefused):
            raise
        raise TermFileRefused("file", f"{path} cannot be read: {error}") from error
    if len(content) > LARGEST_FILE:
        raise TermFileRefused("file", f"{name} has more than {LARGEST_FILE:,} bytes")
    return content


def _require_digest(content: bytes, expected: str | None) -> None:
    actual = hashlib.sha256(content).hexdigest()
    if expected is None:
        raise TermFileRefused("file", f'a file of terms needs its digest; for the present content sha256 = "{actual}"')
    if actual != expected:
        raise TermFileRefused("sha256", f"the file has another content, of digest {actual}")


def _parse_lines(content: bytes, name: str) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TermFileRefused("file", f"{name} is not UTF-8 (byte {error.start})") from error
    terms = []
    for number, line in enumerate(text.split("\n"), start=1):
        term = line.strip()
        if not term or term.startswith("#"):
            continue
        if problem := term_problem(term):
            raise TermFileRefused("file", f"{name}, line {number}: {problem}")
        terms.append(term)
    return terms

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy, ready to filter: the one thing that a door needs to try a policy without a model or a database."""

from functools import cache
from pathlib import Path

from strongroom.core.chat import VisibleText
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Direction, FilteredText, PolicyIdentity
from strongroom.filter import (
    CompiledPolicy,
    GuardedStream,
    Revision,
    check_whole,
    compile_policy,
    filter_again,
    filter_text,
)
from strongroom.policy import Policy, default_policy, load_policy


class PolicyFilter:
    """A loaded and compiled policy. Stateless: safe to use from several threads."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._compiled: CompiledPolicy = compile_policy(policy)

    @property
    def identity(self) -> PolicyIdentity:
        """Name, version, digest and source of the policy."""
        return self.policy.identity

    def filter_text(self, text: str, direction: Direction) -> FilteredText:
        """Return the whole ``text`` as the policy lets it be seen, with its findings.

        Raises:
            FilterFailure: A detector failed; nothing of the text may be used.
        """
        return filter_text(self._compiled, direction, text)

    def filter_again(self, visible: VisibleText, direction: Direction) -> FilteredText:
        """Return a text that was filtered once, with its marks, as it may be seen on its way in ``direction``.

        Raises:
            FilterFailure: A detector failed; nothing of the text may be used.
        """
        return filter_again(self._compiled, direction, visible.text, visible.marks)

    def check_whole(self, visible: VisibleText) -> Revision | None:
        """Return what becomes of a whole answer once every rule has seen all of it; None where it stays as it is.

        Raises:
            FilterFailure: A detector failed; nothing of the answer may stay.
        """
        return check_whole(self._compiled, visible.text, visible.marks)

    def stream(self, direction: Direction) -> GuardedStream:
        """Return a fresh filter for one text that arrives in pieces."""
        return GuardedStream(self._compiled, direction)


@cache
def _built_in_filter() -> PolicyFilter:
    # Compiling takes a third of a second, and nothing in it depends on who asks.
    return PolicyFilter(default_policy())


def open_filter(policy_file: Path | None = None) -> PolicyFilter:
    """Return the filter of ``policy_file``, or of the built-in default policy.

    Raises:
        PolicyError: The policy is not valid; it names each problem with its line and column.
        UserFacingError: The file cannot be read (``policy.unreadable``).
    """
    if policy_file is None:
        return _built_in_filter()
    try:
        text = policy_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserFacingError(
            "Policy not readable",
            f"{policy_file} cannot be read: {error}.",
            "Correct the file or its permissions. Until then nothing is sent to a model.",
            code="policy.unreadable",
        ) from error
    return PolicyFilter(load_policy(text, str(policy_file)))

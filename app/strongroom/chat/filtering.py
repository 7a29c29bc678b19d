# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy, ready to filter: the one thing that a door needs to try a policy without a model or a database.

:class:`PolicyFilters` keeps the filter of the policy in force ready, and makes another one when that changes.
"""

import threading
from collections.abc import Sequence
from functools import cache

from strongroom.core.chat import VisibleText
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
from strongroom.policy import BUILT_IN, Layer, Policy, PolicyChange, PolicyInForce, PolicySnapshot, default_policy

_KEPT = 3
"""Filters that are kept: of the policy in force, and of those that turns under way began with."""


class PolicyFilter:
    """A loaded and compiled policy. Safe to use from several threads.

    Args:
        policy: The policy.
        is_sound: Whether it is known that it can be compiled, so that this may be left until it is needed.
    """

    def __init__(self, policy: Policy, *, is_sound: bool = False) -> None:
        self.policy = policy
        self._lock = threading.Lock()
        self._compiled: CompiledPolicy | None = None if is_sound else compile_policy(policy)

    def compile(self) -> CompiledPolicy:
        """Return the compiled policy; it is compiled once, by the first who needs it."""
        with self._lock:
            if self._compiled is None:
                self._compiled = compile_policy(self.policy)
            return self._compiled

    @property
    def identity(self) -> PolicyIdentity:
        """Name, version, digest and source of the policy."""
        return self.policy.identity

    def filter_text(self, text: str, direction: Direction) -> FilteredText:
        """Return the whole ``text`` as the policy lets it be seen, with its findings.

        Raises:
            FilterFailure: A detector failed; nothing of the text may be used.
        """
        return filter_text(self.compile(), direction, text)

    def filter_again(self, visible: VisibleText, direction: Direction) -> FilteredText:
        """Return a text that was filtered once, with its marks, as it may be seen on its way in ``direction``.

        Raises:
            FilterFailure: A detector failed; nothing of the text may be used.
        """
        return filter_again(self.compile(), direction, visible.text, visible.marks)

    def check_whole(self, visible: VisibleText) -> Revision | None:
        """Return what becomes of a whole answer once every rule has seen all of it; None where it stays as it is.

        Raises:
            FilterFailure: A detector failed; nothing of the answer may stay.
        """
        return check_whole(self.compile(), visible.text, visible.marks)

    def stream(self, direction: Direction) -> GuardedStream:
        """Return a fresh filter for one text that arrives in pieces."""
        return GuardedStream(self.compile(), direction)


@cache
def _built_in_filter() -> PolicyFilter:
    # Compiling takes a third of a second, nothing in it depends on who asks, and most commands filter nothing.
    return PolicyFilter(default_policy(), is_sound=True)


class PolicyFilters:
    """The filters of a policy that may change. Safe to use from several threads.

    A change takes effect only once its filter is made, on the thread that noticed the change.

    Args:
        policy: The policy in force.
    """

    def __init__(self, policy: PolicyInForce) -> None:
        self._policy = policy
        self._lock = threading.Lock()
        self._made: list[PolicyFilter] = []
        policy.before_change(self._prepare)

    def in_force(self) -> PolicyFilter:
        """Look whether the policy has changed, and return the filter of the one that is in force now.

        What is begun with it is ended with it, whatever happens to the policy meanwhile.

        Raises:
            PolicyError: The policy is not valid; it names each problem with its line and column.
            UserFacingError: Its file cannot be read, or is gone.
        """
        self._policy.refresh()
        return self._filter_of(self._policy.current())

    def filter_text(self, text: str, direction: Direction) -> FilteredText:
        """Return ``text`` as the policy in force lets it be seen. Records nothing.

        Raises:
            FilterFailure: A detector failed; nothing of the text may be used.
            UserFacingError: No policy is in force.
        """
        return self.in_force().filter_text(text, direction)

    def _prepare(self, change: PolicyChange) -> None:
        if change.now is not None:
            self._filter_of(change.now)

    def _filter_of(self, snapshot: PolicySnapshot) -> PolicyFilter:
        with self._lock:
            for made in self._made:
                if made.identity == snapshot.identity:
                    return made
            is_built_in = snapshot.identity.source == BUILT_IN
            made = _built_in_filter() if is_built_in else PolicyFilter(snapshot.policy)
            self._made = [*self._made, made][-_KEPT:]
            return made


def open_filter(layers: Sequence[Layer] = ()) -> PolicyFilter:
    """Return the filter of the policy that ``layers`` give; of the built-in default policy where they give none.

    Raises:
        PolicyError: The policy is not valid; it names each problem with its line and column.
        UserFacingError: Its file cannot be read (``policy.unreadable`` and its kin).
    """
    return PolicyFilters(PolicyInForce(layers)).in_force()

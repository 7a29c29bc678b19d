# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which turns of a conversation fit into the context: the oldest go first, the system prompt and the last message stay.

Once turns had to go, more go than necessary, and the same ones go the next time: a prompt that keeps its beginning is
found in the KV cache, a prompt that loses another turn each time has to be processed as a whole each time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Turn = tuple[str, str]
"""A role and a text."""


class DoesNotFit(Exception):
    """Not even the last message fits. ``needed`` is its size in tokens, 0 when it was too long to count."""

    def __init__(self, needed: int) -> None:
        super().__init__(f"{needed} tokens")
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Plan:
    """A prompt that fits: the tokens, and how many messages were left out of it."""

    tokens: list[int]
    dropped: int


class ContextPlanner:
    """Chooses the turns of each prompt; remembers what it left out last.

    Args:
        context_length: Tokens that the context holds.
    """

    def __init__(self, context_length: int) -> None:
        self._context_length = context_length
        self._left_out: tuple[Turn, ...] = ()

    def plan(self, turns: Sequence[Turn], max_tokens: int, tokenize: Callable[[Sequence[Turn]], list[int]]) -> Plan:
        """Return the longest recent part of ``turns`` that leaves room for the answer.

        Args:
            turns: The conversation; system messages at its beginning always stay.
            max_tokens: The longest answer that was asked for.
            tokenize: Gives a prompt's tokens; raises :class:`DoesNotFit` for one that is hopelessly long.

        Raises:
            DoesNotFit: The last message alone is too long.
        """
        system = _leading_system(turns)
        rest = turns[len(system) :]
        room = min(max_tokens, self._context_length // 4)

        def attempt(start: int, room: int) -> list[int] | None:
            try:
                tokens = tokenize([*system, *rest[start:]])
            except DoesNotFit:
                return None
            return tokens if len(tokens) + room <= self._context_length else None

        start = len(self._left_out)
        if tuple(rest[:start]) != self._left_out or start >= len(rest):
            start = 0
        if tokens := attempt(start, room):
            self._left_out = tuple(rest[:start])
            return Plan(tokens, start)
        # A shorter conversation begins with a question, not with an answer.
        starts = [place for place, (role, _) in enumerate(rest) if role == "user"] or [len(rest) - 1]
        for wanted in (max(room, self._context_length // 2), room):
            if plan := _longest(starts, wanted, attempt):
                break
        else:
            tokens = tokenize([*system, *rest[starts[-1] :]])
            if len(tokens) + min(room, _LEAST_ROOM) > self._context_length:
                raise DoesNotFit(len(tokens))
            plan = Plan(tokens, starts[-1])
        self._left_out = tuple(rest[: plan.dropped])
        return plan


def _longest(starts: list[int], room: int, attempt: Callable[[int, int], list[int] | None]) -> Plan | None:
    """Return the plan that leaves out the fewest messages; the fewer are left out, the longer the prompt."""
    low, high = 0, len(starts) - 1
    best: Plan | None = None
    while low <= high:
        middle = (low + high) // 2
        tokens = attempt(starts[middle], room)
        if tokens is None:
            low = middle + 1
        else:
            best, high = Plan(tokens, starts[middle]), middle - 1
    return best


_LEAST_ROOM = 16
"""Tokens that an answer needs to be worth beginning."""


def _leading_system(turns: Sequence[Turn]) -> Sequence[Turn]:
    count = next((place for place, (role, _) in enumerate(turns) if role != "system"), len(turns))
    return turns[:count]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a child process tells the app about its confinement: lines of both protocols, the engine's and the hub's.

A process says first what holds, before it is given anything to work on. Later it may be asked to try what it should not
be able to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from strongroom.core.foreign_text import printable
from strongroom.core.isolation import Attempt, Barrier, Capability, Confinement, Gap, Outcome
from strongroom.core.line_messages import Message, Refused, choice, several, text_up_to, whole

_MOST = 2**31 - 1
_MOST_GAPS = 20
_MOST_ATTEMPTS = 100
_MOST_GRANTED = 64
_barrier = choice(Barrier)
_reason = text_up_to(200)
_name = text_up_to(60)
_path = text_up_to(8_192)


def _gap(untrusted_item: Any) -> tuple[Barrier, str]:
    if type(untrusted_item) not in (list, tuple) or len(untrusted_item) != 2:
        raise Refused("pairs of barrier and reason")
    return _barrier(untrusted_item[0]), _reason(untrusted_item[1])


def _attempt(untrusted_item: Any) -> tuple[str, Capability, Outcome, str]:
    if type(untrusted_item) not in (list, tuple) or len(untrusted_item) != 4:
        raise Refused("name, capability, outcome and error")
    name, capability, outcome, error = untrusted_item
    return _name(name), choice(Capability)(capability), choice(Outcome)(outcome), _name(error)


@dataclass(frozen=True, slots=True)
class Confined(Message):
    """Child: so it is confined, for good. The line after its hello."""

    TYPE = "confined"
    barriers: Annotated[tuple[Barrier, ...], several(0, _MOST_GAPS, _barrier)]
    gaps: Annotated[tuple[tuple[Barrier, str], ...], several(0, _MOST_GAPS, _gap)]
    granted: Annotated[tuple[str, ...], several(0, _MOST_GRANTED, text_up_to(200))]
    landlock_abi: Annotated[int, whole(0, 1_000)]

    @classmethod
    def of(cls, confinement: Confinement) -> Self:
        """Return the line that says ``confinement``."""
        gaps = tuple((gap.barrier, gap.reason[:200]) for gap in confinement.gaps)
        granted = tuple(name[:200] for name in confinement.granted[:_MOST_GRANTED])
        return cls(confinement.barriers, gaps, granted, confinement.landlock_abi)

    @property
    def untrusted_confinement(self) -> Confinement:
        """What the child says; see :func:`~strongroom.confinement.observing.checked` for what the kernel says."""
        return Confinement(
            self.barriers,
            tuple(Gap(barrier, printable(reason, 200)) for barrier, reason in self.gaps),
            tuple(printable(name, 200) for name in self.granted),
            self.landlock_abi,
        )


@dataclass(frozen=True, slots=True)
class Probe(Message):
    """App: try what you should not be able to do. Answered with :class:`Probed`."""

    TYPE = "probe"
    request: Annotated[int, whole(1, _MOST)]
    private: Annotated[tuple[str, ...], several(0, 16, _path)]
    """Files of the app that the child must not be able to read."""

    @classmethod
    def of(cls, request: int, private: Sequence[Path]) -> Self:
        """Return the line that asks for attempts at these files, among all others."""
        return cls(request, tuple(map(str, private)))


@dataclass(frozen=True, slots=True)
class Probed(Message):
    """Child: what became of each attempt."""

    TYPE = "probed"
    request: Annotated[int, whole(1, _MOST)]
    attempts: Annotated[tuple[tuple[str, Capability, Outcome, str], ...], several(0, _MOST_ATTEMPTS, _attempt)]

    @classmethod
    def of(cls, request: int, attempts: Sequence[Attempt]) -> Self:
        """Return the line that answers a :class:`Probe`."""
        return cls(request, tuple((one.name, one.capability, one.outcome, one.error) for one in attempts))

    @property
    def untrusted_attempts(self) -> tuple[Attempt, ...]:
        """What the child says that it tried."""
        return tuple(
            Attempt(printable(name, 60), capability, outcome, printable(error, 60))
            for name, capability, outcome, error in self.attempts
        )

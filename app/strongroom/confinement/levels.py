# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a confinement is enough, and what it lacks."""

from strongroom.core.errors import UserFacingError
from strongroom.core.isolation import Confinement, IsolationLevel, ProcessRole
from strongroom.core.statement import Statement


class IsolationRefused(UserFacingError):
    """A process is confined less than the policy asks for, so it is not used. Its code is ``isolation.refused``."""

    def __init__(self, role: ProcessRole, confinement: Confinement, least: IsolationLevel) -> None:
        super().__init__("isolation.refused", least=least.value, shortfall=shortfall(confinement, role))
        self.role = role
        self.confinement = confinement


def require_level(confinement: Confinement, least: IsolationLevel, role: ProcessRole) -> None:
    """Return if a process is confined as much as is asked for.

    Raises:
        IsolationRefused: It is confined less.
    """
    if confinement.level.rank < least.rank:
        raise IsolationRefused(role, confinement, least)


def shortfall(confinement: Confinement, role: ProcessRole) -> Statement:
    """Return how far a process is isolated, and why not fully."""
    reasons = [
        Statement("isolation.gap", barrier=Statement(f"barrier.{gap.barrier.value}"), reason=gap.reason)
        for gap in confinement.gaps
    ]
    if confinement.granted:
        reasons.append(Statement("isolation.granted", devices=confinement.granted))
    return Statement(
        "isolation.shortfall",
        case=confinement.level.value,
        process=Statement(f"process.{role.value}"),
        why=Statement("isolation.why", reasons=tuple(reasons)) if reasons else "",
    )

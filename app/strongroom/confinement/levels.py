# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a confinement is enough, and the words for what it lacks."""

from strongroom.core.errors import UserFacingError
from strongroom.core.isolation import Barrier, Confinement, IsolationLevel, ProcessRole

_WHO = {
    ProcessRole.MAIN: "Strongroom's own process",
    ProcessRole.WORKER: "the model's process",
    ProcessRole.HELPER: "the download helper",
    ProcessRole.LAUNCHER: "the launcher of the download helper",
}

BARRIER_NAMES = {
    Barrier.NO_NEW_PRIVILEGES: "no new privileges",
    Barrier.SYSTEM_CALLS: "system-call filter",
    Barrier.FILE_RULES: "file rules",
    Barrier.LIMITS: "resource limits",
    Barrier.PARENT_DEATH: "ends with the app",
    Barrier.APP_CONTAINER: "AppContainer",
    Barrier.JOB: "job object",
    Barrier.SANDBOX_PROFILE: "sandbox profile",
}
"""In the words of people who read about such things; the window has its own."""


class IsolationRefused(UserFacingError):
    """A process is confined less than the policy asks for, so it is not used. Its code is ``isolation.refused``."""

    def __init__(self, role: ProcessRole, confinement: Confinement, least: IsolationLevel) -> None:
        super().__init__(
            "Not isolated enough",
            f"The policy asks for {least.value} isolation. {shortfall(confinement, role)}",
            "Use a system with the missing protection, or ask your administrator"
            " to lower [isolation] minimum in the policy.",
            code="isolation.refused",
        )
        self.role = role
        self.confinement = confinement


def require_level(confinement: Confinement, least: IsolationLevel, role: ProcessRole) -> None:
    """Return if a process is confined as much as is asked for.

    Raises:
        IsolationRefused: It is confined less.
    """
    if confinement.level.rank < least.rank:
        raise IsolationRefused(role, confinement, least)


def shortfall(confinement: Confinement, role: ProcessRole) -> str:
    """Return in one sentence how far a process is isolated, and why not fully."""
    who = _WHO[role]
    reasons = [f"no {BARRIER_NAMES[gap.barrier]} ({gap.reason})" for gap in confinement.gaps]
    if confinement.granted:
        reasons.append(f"it may use {', '.join(confinement.granted)}")
    why = f": {'; '.join(reasons)}" if reasons else ""
    if confinement.level is IsolationLevel.NONE:
        return f"{who[0].upper()}{who[1:]} is not isolated{why}."
    if confinement.level is IsolationLevel.FULL:
        return f"{who[0].upper()}{who[1:]} is fully isolated."
    return f"{who[0].upper()}{who[1:]} has reduced isolation{why}."

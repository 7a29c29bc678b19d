# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How the app's own start has set its processes up, before anything was opened or loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from strongroom.core.isolation import Confinement

if TYPE_CHECKING:
    from strongroom.confinement.spawning import Launcher


def _no_spawner() -> None:
    return None


@dataclass(frozen=True, slots=True)
class ProcessSetup:
    """What was done to this process, and what was left outside of that."""

    main: Confinement
    """What holds around this process, and around whatever it starts."""
    helper_spawner: Callable[[], "Launcher | None"] = _no_spawner
    """Returns what starts the hub helper; None where it becomes a child of this process. Made when it is needed: most
    commands never ask a hub for anything, and must not pay for loading it."""

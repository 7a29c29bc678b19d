# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about another process, whatever that process says about itself."""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from strongroom.core.isolation import Barrier, Confinement, Gap
from strongroom.core.translatable import translatable


@dataclass(frozen=True, slots=True)
class Observed:
    """From ``/proc/<pid>/status`` (proc(5))."""

    has_no_new_privileges: bool
    has_call_filter: bool
    call_filters: int
    """How many filters are stacked; 0 where the kernel does not count them."""


def observe(process_id: int) -> Observed | None:
    """Return what the kernel says about a process; None where there is none, or the system does not tell."""
    if sys.platform != "linux":
        return None
    try:
        rows = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    facts = dict(row.split(":\t", 1) for row in rows if ":\t" in row)
    return Observed(
        has_no_new_privileges=facts.get("NoNewPrivs", "0") == "1",
        has_call_filter=facts.get("Seccomp", "0") == "2",
        call_filters=int(facts.get("Seccomp_filters", "0")),
    )


def checked(untrusted_confinement: Confinement, process_id: int, *, inherits: bool = True) -> Confinement:
    """Return what a child says about its barriers, less what the kernel does not confirm.

    Args:
        untrusted_confinement: What it says.
        process_id: A child of this process. What it has inherited from here does not count as its own.
        inherits: False for one that was split off before this process put up anything.
    """
    seen, own = observe(process_id), observe(os.getpid())
    if seen is None or own is None:
        return untrusted_confinement
    inherited = own.call_filters if inherits else 0
    has_own_filter = seen.has_call_filter and (not seen.call_filters or seen.call_filters > inherited)
    denied = {
        barrier
        for barrier, is_confirmed in (
            (Barrier.SYSTEM_CALLS, has_own_filter),
            (Barrier.NO_NEW_PRIVILEGES, seen.has_no_new_privileges),
        )
        if barrier in untrusted_confinement.barriers and not is_confirmed
    }
    return replace(
        untrusted_confinement,
        barriers=tuple(one for one in untrusted_confinement.barriers if one not in denied),
        gaps=(
            *untrusted_confinement.gaps,
            *(Gap(one, translatable("the kernel says that there is none")) for one in sorted(denied)),
        ),
    )

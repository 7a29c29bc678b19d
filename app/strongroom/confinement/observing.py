# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about another process, whatever that process says about itself."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Observed:
    """From ``/proc/<pid>/status`` (proc(5))."""

    has_no_new_privileges: bool
    has_call_filter: bool
    call_filters: int
    """How many filters are stacked; 0 where the kernel does not count them."""
    threads: int


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
        threads=int(facts.get("Threads", "0")),
    )

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Processes that confine themselves for real, try everything, and tell what became of it."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from strongroom.core.isolation import Attempt, Capability, Outcome

_TRYING = """
import json, sys, threading
from pathlib import Path
from strongroom.confinement import confining, limits
from strongroom.confinement.attempts import try_everything
from strongroom.confinement.call_filter import CallPlan
from strongroom.confinement.landlock import FileGrants
from strongroom.confinement.seccomp import filter_calls
limits.die_with_parent()
{before}
confinement = {how}
private = tuple(map(Path, {private!r}))
print(json.dumps([[a.name, a.capability, a.outcome, a.error] for a in try_everything(private=private)]))
{after}
"""


@pytest.fixture(scope="session")
def try_as() -> Callable[..., dict[str, Attempt]]:
    """Runs a process that confines itself by ``how``, and returns its attempts by their names."""

    def attempts_of(
        how: str, *, before: str = "", private: tuple[str, ...] = (), after: str = ""
    ) -> dict[str, Attempt]:
        script = _TRYING.format(how=how, before=before, private=list(private), after=after)
        ended = subprocess.run(
            [sys.executable, "-I", "-c", script], capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stderr
        rows = json.loads(ended.stdout.splitlines()[0])
        return {
            name: Attempt(name, Capability(capability), Outcome(outcome), error)
            for name, capability, outcome, error in rows
        }

    return attempts_of


@pytest.fixture
def never() -> threading.Event:
    return threading.Event()

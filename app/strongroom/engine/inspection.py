# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a process of its own which llama.cpp is installed and what it can run on."""

import json
import subprocess
import sys
from dataclasses import dataclass

from strongroom.core.statement import Statement
from strongroom.engine.faults import EngineFault, FaultKind
from strongroom.engine.launch import worker_environment

ENGINE_FACTS_ARGUMENT = "--engine-facts"
"""The only argument with which a frozen bundle's executable prints the facts."""

_LIMIT_S = 60.0
"""A cold disk and a GPU driver that initializes itself take a while."""
_LONGEST = 4_000
_MOST_DEVICES = 32


@dataclass(frozen=True, slots=True)
class EngineBuild:
    """What llama.cpp says of itself."""

    build: str
    """Version and commit."""
    features: str
    """What it was compiled with and the processor has."""
    devices: tuple[str, ...]
    """Kind and name of each."""
    free_gpu_memory: int = 0
    """Bytes that are free now on GPUs with memory of their own; 0 where llama.cpp finds none."""


def inspect_engine() -> EngineBuild:
    """Return what llama.cpp is and what it finds on this machine, measured now in a process that ends again.

    Raises:
        EngineFault: NOT_STARTED: the process could not be started, failed, or gave no proper answer.
    """
    command = (
        [sys.executable, ENGINE_FACTS_ARGUMENT]
        if getattr(sys, "frozen", False)
        else [sys.executable, "-I", "-m", "strongroom.engine.build_facts"]
    )
    try:
        ended = subprocess.run(
            command,
            env=worker_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT_S,
            check=True,
        )
        untrusted = json.loads(ended.stdout)
        return EngineBuild(
            _text(untrusted["build"]),
            _text(untrusted["features"]),
            tuple(_text(device) for device in untrusted["devices"][:_MOST_DEVICES]),
            _size(untrusted["free_gpu_memory"]),
        )
    except subprocess.CalledProcessError as error:
        raise EngineFault(
            FaultKind.NOT_STARTED,
            Statement("engine.detail.exit_status", status=error.returncode),
            diagnostics=tuple(error.stderr.decode("utf-8", "replace").splitlines()[-5:]),
        ) from error
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        raise EngineFault(FaultKind.NOT_STARTED, type(error).__name__) from error


def _size(untrusted_value: object) -> int:
    if type(untrusted_value) is not int or not 0 <= untrusted_value < 2**50:
        raise ValueError("not a number of bytes")
    return untrusted_value


def _text(untrusted_value: object) -> str:
    if not isinstance(untrusted_value, str) or len(untrusted_value) > _LONGEST:
        raise ValueError("not a short text")
    return untrusted_value

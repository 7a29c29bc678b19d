# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a worker is started: its command line and its environment, both as small as they can be."""

import os
import sys

ENGINE_WORKER_ARGUMENT = "--engine-worker"
"""The only argument with which a frozen bundle's executable becomes a worker."""

# What a worker may inherit: where a GPU driver's libraries are, which GPU to use, and what Windows needs to start any
# program. No home folder, no session bus, no display, no tokens.
_INHERITED = (
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "GGML_VK_VISIBLE_DEVICES",
    "SYSTEMROOT",
)

_FIXED = {
    # Without it a failed assertion looks for a debugger on the PATH and runs it.
    "GGML_NO_BACKTRACE": "1",
    # NumPy comes along with the bindings; its thread pool would sit beside llama.cpp's.
    "OPENBLAS_NUM_THREADS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def worker_command() -> list[str]:
    """Return the command line of a worker.

    A frozen bundle has no interpreter beside its own executable, so that executable is started with one argument.
    Elsewhere the interpreter runs isolated: no variables, no user site, no current folder on the import path.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, ENGINE_WORKER_ARGUMENT]
    return [sys.executable, "-I", "-m", "strongroom.engine.worker"]


def worker_environment() -> dict[str, str]:
    """Return the whole environment of a worker."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | _FIXED

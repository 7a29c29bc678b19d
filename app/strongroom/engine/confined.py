# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a worker confines itself: what it has to look at before, and which devices stay within reach."""

import os
import sys
from pathlib import Path

from strongroom.confinement.confining import confine_worker
from strongroom.confinement.gpu_nodes import device_grants
from strongroom.confinement.landlock import FileGrants
from strongroom.core.isolation import Confinement
from strongroom.engine.llama_backend import has_gpu_backend
from strongroom.engine.protocol import Confine
from strongroom.engine.serving import Surroundings, inspect_machine

_DRIVER_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/local/cuda", "/opt/rocm")
"""Where a GPU's driver finds parts of itself as late as at the first computation."""


def confine(order: Confine) -> tuple[Surroundings, Confinement]:
    """Look around for the last time, then confine this process for good.

    Args:
        order: What the app wants to be left within reach.

    Returns:
        What was seen, and what holds now.
    """
    devices = _devices() if order.may_use_gpu and has_gpu_backend() else None
    surroundings = inspect_machine()
    return surroundings, confine_worker(devices=devices, opened_again=order.opened_again)


def _devices() -> FileGrants | None:
    """Return what the drivers of the GPUs here must reach; None where there are none."""
    if sys.platform != "linux":
        return None
    found = device_grants()
    if not found.devices:
        return None
    libraries = map(Path, (*_DRIVER_LIBRARIES, *os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)))
    # A relative one would be relative to the root of the file system, and grant all of it.
    absolute = [folder for folder in libraries if folder.is_absolute()]
    return FileGrants(read=(*found.read, *absolute), devices=found.devices)

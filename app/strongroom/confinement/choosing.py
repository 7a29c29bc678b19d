# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The spawner for a kind of process on this system.

On Linux a process puts up its barriers itself once it has started. On Windows and macOS whoever starts it does, so what
holds around it is known to its handle, and is put together with what the process says of itself.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from strongroom.confinement.spawning import DirectSpawner, Spawner
from strongroom.core.isolation import Confinement, ProcessRole

if sys.platform == "win32":
    from strongroom.confinement.windows import WindowsSpawner
    from strongroom.confinement.windows_system import SystemCalls
if sys.platform == "darwin":
    from strongroom.confinement import macos


def spawner_for(
    role: ProcessRole, *, shelf: Sequence[Path] = (), readable: Sequence[Path] = (), has_gpu: bool = False
) -> Spawner:
    """Return what starts processes of this role, as confined as they can be from outside.

    Args:
        role: A worker or the hub helper.
        shelf: The folders in which the helper works: models, downloads, quarantine.
        readable: What the helper must read besides: certificates that a company has set up.
        has_gpu: Whether a worker is to use a GPU.
    """
    spawner: Spawner = DirectSpawner()
    if sys.platform == "win32":
        spawner = WindowsSpawner(role, SystemCalls(), folders=own_folders())
    elif sys.platform == "darwin":
        program = Path(sys.executable)
        folders = (*own_folders(), *macos.library_folders())
        if role is ProcessRole.WORKER:
            grants = macos.worker_grants(program, folders, has_gpu=has_gpu)
        else:
            grants = macos.helper_grants(program, (*folders, *readable), shelf)
        spawner = macos.SandboxSpawner(grants)
    return spawner


def own_folders() -> tuple[Path, ...]:
    """Return the folders that a process of the app reads to start: the bundle's, or Python's and this package's."""
    if getattr(sys, "frozen", False):
        folder = Path(sys.executable).parent
        # In a bundle of macOS the libraries are beside the program's folder.
        return (folder.parent if folder.name == "MacOS" else folder,)
    folders = [Path(sys.base_prefix), Path(sys.prefix), Path(__file__).parents[2]]
    return tuple(
        folder
        for place, folder in enumerate(folders)
        if folder not in folders[:place]
        and not any(folder.is_relative_to(other) for other in folders if other != folder)
    )


def combined_confinement(handle: object, said: Confinement) -> Confinement:
    """Return what holds around a process, from outside and from within.

    Args:
        handle: What its spawner gave.
        said: What the process put up itself.
    """
    outer = getattr(handle, "confinement", None)
    if not isinstance(outer, Confinement):
        return said
    barriers = tuple(dict.fromkeys((*outer.barriers, *said.barriers)))
    gaps = {gap.barrier: gap for gap in (*said.gaps, *outer.gaps) if gap.barrier not in barriers}
    granted = tuple(dict.fromkeys((*outer.granted, *said.granted)))
    return Confinement(barriers, tuple(gaps.values()), granted, said.landlock_abi)

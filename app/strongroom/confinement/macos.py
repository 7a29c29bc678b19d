# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Confined processes on macOS: started through ``sandbox-exec`` with a profile of their own.

Apple marks ``sandbox-exec`` as deprecated and offers nothing else for a program that is not in the App Store; Docker
Model Runner starts llama.cpp with it, and Chromium uses the library behind it. It replaces itself by the program, so
the process has the number that was started, and the sandbox is there before its first instruction. Where it is missing,
or does not take the profile, the process is started without, and its confinement says so.

The sandbox cannot be tightened later: what the process needs to start (its own program, its libraries) it keeps. So a
worker that was taken over can run its own program again, in the same sandbox; no other. Main process: putting up a
sandbox around a program that runs is not part of any documented interface, and is not done.

Written from the documentation; not yet run on macOS.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from strongroom.confinement.sandbox_profile import ProfileGrants, profile_text
from strongroom.confinement.spawning import start_options
from strongroom.core.isolation import Barrier, Confinement, Gap
from strongroom.core.translatable import translatable

SANDBOX_EXEC = Path("/usr/bin/sandbox-exec")
_NOTHING = Path("/usr/bin/true")
_TRIAL_LIMIT_S = 10.0
_REASON_CHARACTERS = 120
_USER_CACHE_FOLDER = 65_538
"""``_CS_DARWIN_USER_CACHE_DIR`` of ``unistd.h``, which :data:`os.confstr_names` does not have."""


class SandboxedProcess(subprocess.Popen[bytes]):
    """A process, and what was put up around it."""

    def __init__(self, command: Sequence[str], confinement: Confinement, **options: Any) -> None:
        self.confinement = confinement
        super().__init__(command, **options)


class SandboxSpawner:
    """Starts processes in a sandbox.

    Args:
        grants: What they may still do.
        sandbox_exec: The system's program for it.
    """

    def __init__(self, grants: ProfileGrants, *, sandbox_exec: Path = SANDBOX_EXEC) -> None:
        self._grants = grants
        self._sandbox_exec = sandbox_exec
        self._problem: str | None = None

    def spawn(
        self, command: Sequence[str], *, descriptors: Sequence[int], environment: Mapping[str, str], folder: Path
    ) -> SandboxedProcess:
        """Start a process: see :meth:`Spawner.spawn`."""
        if self._problem is None:
            self._problem = self._tried()
        problem = self._problem
        wrapped = [*command] if problem else [str(self._sandbox_exec), "-p", profile_text(self._grants), *command]
        return SandboxedProcess(
            wrapped,
            confinement_of(problem=problem, has_gpu=self._grants.has_gpu),
            **start_options(descriptors, environment, folder),
        )

    def _tried(self) -> str:
        """Return why the sandbox cannot be had; empty if a process that does nothing could be started in it.

        A profile that this macOS does not understand, or a sandbox around the app itself, shows here.
        """
        grants = ProfileGrants(
            programs=(*self._grants.programs, _NOTHING),
            read=self._grants.read,
            write=self._grants.write,
            has_network=self._grants.has_network,
            has_gpu=self._grants.has_gpu,
        )
        try:
            ended = subprocess.run(
                [str(self._sandbox_exec), "-p", profile_text(grants), str(_NOTHING)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TRIAL_LIMIT_S,
                check=False,
                env={},
                cwd=os.sep,
            )
        except ValueError:
            return translatable("the path of the app cannot be written in a sandbox profile")
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"sandbox-exec could not be run: {getattr(error, 'strerror', None) or 'it did not end'}"
        if ended.returncode == 0:
            return ""
        first = (ended.stderr.decode("utf-8", "replace").splitlines() or [""])[0]
        said = "".join(character for character in first if character.isprintable())[:_REASON_CHARACTERS]
        return f"sandbox-exec did not take the profile: {said or f'status {ended.returncode}'}"


def worker_grants(program: Path, folders: Sequence[Path], *, has_gpu: bool = False) -> ProfileGrants:
    """Return what a worker may still do: run its own program and read the app's own folders.

    Args:
        program: The interpreter, or the bundle's executable.
        folders: The app's own folders.
        has_gpu: Whether its model is to use Metal, which keeps what it compiled in a folder of the user's caches.
    """
    cache = (metal_cache_folder(),) if has_gpu else ()
    return ProfileGrants(
        programs=programs_of(program),
        read=tuple(folders),
        write=tuple(folder for folder in cache if folder is not None),
        has_gpu=has_gpu,
    )


def helper_grants(program: Path, folders: Sequence[Path], shelf: Sequence[Path]) -> ProfileGrants:
    """Return what the hub helper may still do: connect, and work in the folders of the shelf.

    Args:
        program: The interpreter, or the bundle's executable.
        folders: The app's own folders, and certificates that a company has set up.
        shelf: The folders of models, downloads and quarantine.
    """
    return ProfileGrants(programs=programs_of(program), read=tuple(folders), write=tuple(shelf), has_network=True)


def programs_of(program: Path, *, base: Path = Path(sys.base_prefix)) -> tuple[Path, ...]:
    """Return what is run when ``program`` is.

    The ``python`` of a framework build is a small program that replaces itself by the one inside ``Python.app``.

    Args:
        program: What is started.
        base: Where the interpreter's own files are.
    """
    inner = base / "Resources" / "Python.app" / "Contents" / "MacOS" / "Python"
    return (program, inner) if inner.exists() else (program,)


def library_folders(base: Path = Path(sys.base_prefix)) -> tuple[Path, ...]:
    """Return where the interpreter's libraries are, if not beside it: Homebrew gives each package a folder of its own.

    Args:
        base: Where the interpreter's own files are.
    """
    for root in (Path("/opt/homebrew"), Path("/usr/local")):
        if base.is_relative_to(root / "Cellar") or base.is_relative_to(root / "opt"):
            return (root / "Cellar", root / "opt", root / "lib", root / "etc" / "openssl@3")
    return ()


def metal_cache_folder() -> Path | None:
    """Return where Metal keeps compiled programs of this user; None where there is no such folder."""
    folder: str | None = None
    if sys.platform == "darwin":
        folder = os.confstr(_USER_CACHE_FOLDER)
    return Path(folder) / "com.apple.metal" if folder else None


def confinement_of(*, problem: str = "", has_gpu: bool = False) -> Confinement:
    """Return what was put up around a process when it was started.

    Args:
        problem: Why it is in no sandbox; empty if it is in one.
        has_gpu: Whether it was granted Metal.
    """
    # It ends when its input does, if it is well; nothing here ends it otherwise.
    orphan = Gap(Barrier.PARENT_DEATH, translatable("this system does not end a process with the one that started it"))
    if problem:
        return Confinement(gaps=(Gap(Barrier.SANDBOX_PROFILE, problem), orphan))
    granted = ("Metal",) if has_gpu else ()
    return Confinement(barriers=(Barrier.SANDBOX_PROFILE,), gaps=(orphan,), granted=granted)

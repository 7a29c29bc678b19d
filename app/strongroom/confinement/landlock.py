# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""File rules (Linux Landlock): after them, this process reaches the files that were granted and no others.

Source: ``Documentation/userspace-api/landlock.rst``. What each version (ABI) brought: 1 files; 2 renaming between
folders; 3 truncation; 4 TCP; 5 device controls; 6 signals and abstract sockets; 8 all threads at once.
"""

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from strongroom.confinement.kernel import packed, system_call
from strongroom.core.translatable import translatable

_ASK_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _DEVICE_CONTROL = 1, 2, 4, 8, 1 << 15
_MAKE_AND_REMOVE = 0x1FF0
"""Removing files and folders, and making entries of any kind: bits 4 to 12."""
_MAKE_DEVICES = 1 << 6 | 1 << 11
"""Character and block devices: bits 6 and 11."""
_MAKE_SPECIAL = 1 << 9 | 1 << 10 | 1 << 12
"""Sockets, named pipes and symbolic links: bits 9, 10 and 12. Whoever looks into a folder that was granted for writing
could be led elsewhere by them, or be made to wait."""
_RENAME_ACROSS, _TRUNCATE = 1 << 13, 1 << 14
_BIND_AND_CONNECT, _BIND = 0b11, 0b01
_SIGNALS_AND_ABSTRACT_SOCKETS = 0b11
_ALL_THREADS = 1 << 3


class RulesRefused(Exception):
    """There are no file rules; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class FileGrants:
    """What a process may still reach. Folders stand for all that is beneath them; what does not exist is left out."""

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    """Reading included: making, changing, renaming, deleting files and folders. Not links, nor anything else."""
    devices: tuple[Path, ...] = ()
    """Device nodes: reading, writing and their controls."""
    descriptors: tuple[int, ...] = ()
    """Open files that may be opened again, to read."""
    has_network: bool = False
    """Whether it may connect. Nobody may listen."""


def landlock_abi() -> int:
    """Return the version of Landlock that this kernel has; 0 for none."""
    try:
        return system_call("landlock_create_ruleset", None, 0, _ASK_VERSION)
    except OSError:
        return 0


def restrict_files(grants: FileGrants) -> None:
    """Put up file rules around this process. They cannot be taken down.

    Before version 8 they hold for the calling thread and those that it starts, so this is called while there is one.

    Raises:
        RulesRefused: The kernel has none, or they would not hold for all threads, or would break what is to be granted.
    """
    abi = landlock_abi()
    if abi < 1:
        raise RulesRefused(translatable("this kernel has no Landlock"))
    if grants.write and abi < 2:
        raise RulesRefused(translatable("Landlock 1, which this kernel has, does not let a finished download be moved"))
    flags = _ALL_THREADS if abi >= 8 else 0
    if not flags and _thread_count() != 1:
        raise RulesRefused(translatable("Landlock before 8, which this kernel has, came too late for a thread"))
    try:
        with _ruleset(abi, grants) as ruleset:
            system_call("landlock_restrict_self", ruleset, flags)
    except OSError as error:
        raise RulesRefused(f"the kernel refused the file rules: {error.strerror}") from None


def stand_apart() -> bool:
    """Put this process into a domain of its own in which everything is allowed; return whether the kernel did so.

    From within a domain, no process outside of it can be traced, and neither its memory nor its open files be reached
    by way of ``/proc``: not even one of the same user that has just been started and has not hidden them yet.
    """
    abi = landlock_abi()
    # Version 1 would refuse to move files between folders.
    if abi < 2 or (abi < 8 and _thread_count() != 1):
        return False
    attributes = packed([(_RENAME_ACROSS, 8)])
    try:
        ruleset = system_call("landlock_create_ruleset", attributes, len(attributes), 0)
        try:
            _grant(ruleset, Path("/"), _RENAME_ACROSS)
            system_call("landlock_restrict_self", ruleset, _ALL_THREADS if abi >= 8 else 0)
        finally:
            os.close(ruleset)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _ruleset(abi: int, grants: FileGrants) -> Iterator[int]:
    handled = _EXECUTE | _WRITE_FILE | _READ_FILE | _READ_FOLDER | _MAKE_AND_REMOVE
    handled |= _RENAME_ACROSS if abi >= 2 else 0
    handled |= _TRUNCATE if abi >= 3 else 0
    handled |= _DEVICE_CONTROL if abi >= 5 else 0
    network = (_BIND if grants.has_network else _BIND_AND_CONNECT) if abi >= 4 else 0
    scopes = _SIGNALS_AND_ABSTRACT_SOCKETS if abi >= 6 else 0
    # An older kernel takes the shorter structure only.
    fields = [(handled, 8), (network, 8), (scopes, 8)][: 1 + (abi >= 4) + (abi >= 6)]
    attributes = packed(fields)
    ruleset = system_call("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        for path in grants.read:
            _grant(ruleset, path, (_READ_FILE | _READ_FOLDER) & handled)
        for path in grants.write:
            _grant(ruleset, path, handled & ~(_EXECUTE | _MAKE_DEVICES | _MAKE_SPECIAL | _DEVICE_CONTROL))
        for path in grants.devices:
            _grant(ruleset, path, (_READ_FILE | _WRITE_FILE | _DEVICE_CONTROL) & handled)
        for descriptor in grants.descriptors:
            _add_rule(ruleset, descriptor, _READ_FILE, may_be_nameless=True)
        yield ruleset
    finally:
        os.close(ruleset)


def _grant(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        # What is not there cannot be reached either way.
        return
    try:
        is_folder = os.stat(place).st_mode & 0o170000 == 0o040000
        files_only = _READ_FILE | _WRITE_FILE | _EXECUTE | _TRUNCATE | _DEVICE_CONTROL
        _add_rule(ruleset, place, rights if is_folder else rights & files_only)
    finally:
        os.close(place)


def _add_rule(ruleset: int, place: int, rights: int, *, may_be_nameless: bool = False) -> None:
    rule = packed([(rights, 8), (place, 4)])
    try:
        system_call("landlock_add_rule", ruleset, _PATH_BENEATH, rule, 0)
    except OSError as error:
        # A sealed copy in memory has no place in a file system, and Landlock does not rule it.
        if not (may_be_nameless and error.errno == errno.EBADFD):
            raise


def _thread_count() -> int:
    return len(os.listdir("/proc/self/task"))


def existing(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return those paths that are there."""
    return tuple(path for path in paths if path.exists())

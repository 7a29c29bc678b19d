# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether an AppContainer may read the app's own folders, and what an installer has to run so that it may.

An AppContainer reads only what names it, or all application packages, in its access list. ``Program Files`` names them;
a folder of the user does not, and a worker would end before its first line. An installer grants it once::

    icacls "FOLDER" /grant "*S-1-15-2-...:(OI)(CI)(RX)"

The identifier follows from the container's name alone, so it is the same for all users and can be printed beforehand.
Source: "ACE Strings", "SID Strings", ``icacls`` (learn.microsoft.com).
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

_ALL_PACKAGES = ("AC", "S-1-15-2-1")
"""How the text form of an access list names all application packages."""
_READ_AND_EXECUTE = 0x0012_00A9
_RIGHTS = {
    "GA": 0x1FFFFF,
    "GR": 0x0012_0089,
    "GX": 0x0012_00A0,
    "FA": 0x001F_01FF,
    "FR": 0x0012_0089,
    "FX": 0x0012_00A0,
}
_ENTRY = re.compile(
    r"\((?P<kind>[A-Z]+);(?P<flags>[A-Z]*);(?P<rights>0x[0-9A-Fa-f]{1,8}|[A-Z]*);[^;]*;[^;]*;(?P<who>[\w-]+)[^()]*\)"
)


def may_read(access_list: str, container: str) -> bool:
    """Return whether an AppContainer may read and execute, as far as this access list goes.

    Args:
        access_list: In the security descriptor definition language: ``D:AI(A;OICI;0x1200a9;;;AC)``. Entries with
            conditions, and rights in a form that is not known here, grant nothing.
        container: The container's SID, as text.
    """
    names = (container.upper(), *_ALL_PACKAGES)
    granted = 0
    for entry in _ENTRY.finditer(access_list):
        if entry["who"].upper() not in names or "IO" in _flags(entry["flags"]):
            continue
        rights = _rights(entry["rights"])
        if entry["kind"] == "D" and rights & _READ_AND_EXECUTE & ~granted:
            return False
        if entry["kind"] == "A":
            granted |= rights
    return granted & _READ_AND_EXECUTE == _READ_AND_EXECUTE


def unreadable_folder(folders: Iterable[Path], container: str, access_list: Callable[[str], str]) -> Path | None:
    """Return the first folder that the container may not read; None when it may read all.

    Raises:
        OSError: An access list could not be read.
    """
    return next((folder for folder in folders if not may_read(access_list(str(folder)), container)), None)


def granting_command(folder: Path, container: str) -> str:
    """Return the command that lets the container read a folder and all that is in it."""
    return f'icacls "{folder}" /grant "*{container}:(OI)(CI)(RX)"'


def _flags(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(0, len(text), 2)}


def _rights(text: str) -> int:
    if text.startswith("0x"):
        return int(text, 16)
    rights = 0
    for place in range(0, len(text), 2):
        rights |= _RIGHTS.get(text[place : place + 2], 0)
    return rights

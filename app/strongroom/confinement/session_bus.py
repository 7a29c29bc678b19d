# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which session bus the libraries in this process use: the one that the user has, or none.

Where the environment names no session bus, libdbus (which Qt loads) and GLib start one: ``dbus-launch`` and a
``dbus-daemon`` that outlives the app. Nobody asked for those programs, and a bus that was made for one program has no
keyring on it.
"""

import os
import stat
from collections.abc import MutableMapping
from pathlib import Path

VARIABLE = "DBUS_SESSION_BUS_ADDRESS"

NO_BUS = "disabled:"
"""An address of no transport that exists: libdbus, GLib and the keyring's library answer that there is no bus."""

_SOCKET_NAME = "bus"
"""In the user's runtime folder, by the D-Bus specification."""

_PLAIN = frozenset(b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz/.\\*")
"""Bytes that an address holds as they are; others are escaped."""


def settle_session_bus(environment: MutableMapping[str, str]) -> None:
    """Name the session bus in ``environment``, so that no library starts one to have one.

    An address that is there stays. Otherwise it becomes the socket in the user's runtime folder, where libdbus would
    look as well and the keyring's library would not; and :data:`NO_BUS` where there is none. To be called before any
    library that uses a bus is loaded.

    Args:
        environment: Variables of this process, usually ``os.environ``.
    """
    if not environment.get(VARIABLE):
        socket = _socket_of_user(environment.get("XDG_RUNTIME_DIR", ""))
        environment[VARIABLE] = NO_BUS if socket is None else f"unix:path={_escaped(socket)}"


def _socket_of_user(runtime_folder: str) -> Path | None:
    """Return the socket of the user's bus; None where there is none, or where it is another user's."""
    if not os.path.isabs(runtime_folder):
        return None
    path = Path(runtime_folder, _SOCKET_NAME)
    try:
        facts = path.stat()
    except OSError:
        return None
    return path if stat.S_ISSOCK(facts.st_mode) and facts.st_uid == os.geteuid() else None


def _escaped(path: Path) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02x}" for byte in os.fsencode(path))

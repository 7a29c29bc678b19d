# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a window can be opened here, found out without loading the window's toolkit.

Qt ends the process when it cannot reach a display or lacks a library, so the question is asked before Qt is loaded.
"""

import ctypes
import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

_WITHOUT_DISPLAY = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")


def why_no_window(environment: Mapping[str, str] | None = None) -> str:
    """Return one sentence that says why no window can be opened, or an empty text when one can."""
    if not sys.platform.startswith(("linux", "freebsd")):
        return ""
    env = os.environ if environment is None else environment
    chosen = env.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen in _WITHOUT_DISPLAY:
        return ""
    if env.get("WAYLAND_DISPLAY") and chosen in ("", "wayland"):
        socket = Path(env.get("XDG_RUNTIME_DIR", "/nonexistent")) / env["WAYLAND_DISPLAY"]
        if socket.exists():
            return ""
    if not env.get("DISPLAY"):
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    return _why_no_x11(env["DISPLAY"]) or _why_no_platform_plugin()


def _why_no_x11(display: str) -> str:
    """Connect to the X server as Qt would, with the same library."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return "the library libxcb.so.1 is missing (Debian: apt install libxcb1)."
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if not failed:
        return ""
    host = display.rpartition(":")[0]
    if host and not host.startswith(("/", "unix")) and not host.endswith("/unix"):
        # So does ssh -X, which calls it localhost.
        return f"the display {display} is reached over a network, and the window has none."
    return f"the display {display} does not answer."


def _why_no_platform_plugin() -> str:
    """Load the toolkit's X11 plugin as a bare library: the linker names what this machine lacks."""
    found = importlib.util.find_spec("PySide6")
    for folder in (found.submodule_search_locations or []) if found else []:
        plugin = Path(folder) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return f"a library is missing ({error})."
    return ""

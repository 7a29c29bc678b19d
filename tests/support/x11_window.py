# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A display that nobody sees, and keys pressed there in another program's window. With what Qt needs anyway: libX11."""

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 200.0
_POLL_S = 0.05

_KEY_PRESS, _KEY_PRESS_MASK = 2, 1
_CONTROL, _SHIFT = 4, 1
_VIEWABLE = 2
_TO_PARENT = 2
_WORD = ctypes.c_ulong


class _KeyEvent(ctypes.Structure):
    """XKeyEvent of <X11/Xlib.h>."""

    _fields_ = (
        [("type", ctypes.c_int), ("serial", _WORD), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p)]
        + [("window", _WORD), ("root", _WORD), ("subwindow", _WORD), ("time", _WORD)]
        + [(name, ctypes.c_int) for name in ("x", "y", "x_root", "y_root")]
        + [("state", ctypes.c_uint), ("keycode", ctypes.c_uint), ("same_screen", ctypes.c_int)]
    )


class _Event(ctypes.Union):
    _fields_ = (("key", _KeyEvent), ("size", ctypes.c_long * 24))


class _Attributes(ctypes.Structure):
    """XWindowAttributes of <X11/Xlib.h>."""

    _fields_ = (
        [(name, ctypes.c_int) for name in ("x", "y", "width", "height", "border_width", "depth")]
        + [("visual", ctypes.c_void_p), ("root", _WORD)]
        + [(name, ctypes.c_int) for name in ("kind", "bit_gravity", "win_gravity", "backing_store")]
        + [("backing_planes", _WORD), ("backing_pixel", _WORD), ("save_under", ctypes.c_int), ("colormap", _WORD)]
        + [("map_installed", ctypes.c_int), ("map_state", ctypes.c_int), ("rest", ctypes.c_long * 8)]
    )


@contextmanager
def unseen_display() -> Iterator[str]:
    """Start an X server without a screen; the context is its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [shutil.which("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1200x800x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with open(reading, encoding="ascii") as named:
            number = named.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


class Window:
    """The largest window of a display, once it is there."""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        for function in (self._x11.XOpenDisplay, self._x11.XDefaultRootWindow, self._x11.XStringToKeysym):
            function.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        assert self._display, f"the display {display} does not open"
        self._root = _WORD(self._x11.XDefaultRootWindow(self._display))
        self._window = _WORD(self._wait_for_window())
        # There is no window manager that would make it the active window.
        self._x11.XSetInputFocus(self._display, self._window, _TO_PARENT, _WORD(0))

    def type(self, text: str) -> None:
        """Press a key for each character: letters, spaces, and what is on no shifted key."""
        for character in text:
            name = "space" if character == " " else character.lower()
            self.press(name, _SHIFT if character.isupper() else 0)

    def press_control(self, key: str) -> None:
        """Press a key with Ctrl."""
        self.press(key, _CONTROL)

    def press(self, key: str, state: int = 0) -> None:
        """Press the key of this X11 name."""
        symbol = _WORD(self._x11.XStringToKeysym(key.encode()))
        event = _Event()
        event.key.type = _KEY_PRESS
        event.key.display = self._display
        event.key.window, event.key.root = self._window, self._root
        event.key.state, event.key.same_screen = state, 1
        event.key.keycode = self._x11.XKeysymToKeycode(self._display, symbol)
        assert event.key.keycode, f"the keyboard has no {key}"
        self._x11.XSendEvent(self._display, self._window, 1, ctypes.c_long(_KEY_PRESS_MASK), ctypes.byref(event))
        self._x11.XFlush(self._display)

    def close(self) -> None:
        """Leave the display; the window stays."""
        self._x11.XCloseDisplay(self._display)

    def _wait_for_window(self) -> int:
        deadline = time.monotonic() + PATIENCE_S
        while not (windows := self._visible_windows()):
            assert time.monotonic() < deadline, "no window came"
            time.sleep(_POLL_S)
        return max(windows)[1]

    def _visible_windows(self) -> list[tuple[int, int]]:
        root, parent, count = _WORD(), _WORD(), ctypes.c_uint()
        children = ctypes.POINTER(_WORD)()
        self._x11.XQueryTree(self._display, self._root, *map(ctypes.byref, (root, parent, children, count)))
        found = []
        for window in children[: count.value]:
            attributes = _Attributes()
            if self._x11.XGetWindowAttributes(self._display, _WORD(window), ctypes.byref(attributes)):
                area = attributes.width * attributes.height
                if attributes.map_state == _VIEWABLE and area > 10_000:
                    found.append((area, window))
        if count.value:
            self._x11.XFree(children)
        return found

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where the window was and how large, remembered; and never larger than the screen."""

import json
import logging
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from strongroom.core.durable import replace_durably

_LOG = logging.getLogger(__name__)
_MOST_BYTES = 1_000
_MOST_PIXELS = 100_000
_FRAME = QSize(16, 48)
"""Room for a frame and a title, whose size is known only when the window is there."""


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """The place and the size of a window without its frame, in logical pixels."""

    x: int
    y: int
    width: int
    height: int
    is_maximized: bool

    @property
    def rect(self) -> QRect:
        """The same as a rectangle."""
        return QRect(self.x, self.y, self.width, self.height)


def restore_place(window: QWidget, path: Path) -> None:
    """Put a window where it was; one that was nowhere keeps its size as far as its screen has room for it."""
    place = load_place(path)
    if place is None:
        screen = window.screen().availableGeometry()
        window.resize(window.size().boundedTo(screen.size() - _FRAME))
        return
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    fallback = QGuiApplication.primaryScreen().availableGeometry()
    there = next((screen for screen in screens if screen.contains(place.rect.center())), fallback)
    window.setGeometry(fitted(place.rect, there))
    if place.is_maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)


def keep_place(window: QWidget, path: Path) -> None:
    """Write down where a window is, as it would be if it were not maximized; a failure is logged only."""
    rect = window.normalGeometry() if window.isMaximized() else window.geometry()
    place = WindowPlace(rect.x(), rect.y(), rect.width(), rect.height(), window.isMaximized())
    try:
        replace_durably(path, (json.dumps(asdict(place)) + "\n").encode("utf-8"))
    except OSError as error:
        _LOG.warning("the window's place is not kept: %s", error)


def load_place(path: Path) -> WindowPlace | None:
    """Return what a file says; None where there is none, or it says anything else than a place."""
    try:
        with path.open("rb") as stream:
            content = json.loads(stream.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    names = {field.name for field in fields(WindowPlace)}
    if not isinstance(content, dict) or set(content) != names or type(content["is_maximized"]) is not bool:
        return None
    numbers = [content[name] for name in ("x", "y", "width", "height")]
    if not all(type(number) is int and abs(number) <= _MOST_PIXELS for number in numbers):
        return None
    place = WindowPlace(**content)
    return place if place.width > 0 and place.height > 0 else None


def fitted(rect: QRect, screen: QRect) -> QRect:
    """Return a rectangle that is no larger than the screen has room for, and wholly on it."""
    size = rect.size().boundedTo(screen.size() - _FRAME)
    margin = _FRAME.width() // 2
    right, bottom = screen.right() + 1 - size.width() - margin, screen.bottom() + 1 - size.height() - margin
    left, top = screen.left() + margin, screen.top() + _FRAME.height() - margin
    return QRect(min(max(rect.x(), left), max(right, left)), min(max(rect.y(), top), max(bottom, top)), *size.toTuple())

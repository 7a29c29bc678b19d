# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Icons of one set (Phosphor, through QtAwesome), in the theme's colors."""

from enum import StrEnum

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from strongroom.core.paths import resource_path
from strongroom.gui.widgets.tokens import Tokens

CONTROL_SIZE = QSize(18, 18)
RAIL_SIZE = QSize(22, 22)


class Glyph(StrEnum):
    """Every icon that the window shows."""

    CHAT = "ph.chat-circle-text"
    MODELS = "ph.cube"
    INCIDENTS = "ph.clipboard-text"
    SETTINGS = "ph.gear-six"
    MENU = "ph.list"
    SIDEBAR = "ph.columns"
    NEW = "ph.note-pencil"
    SEARCH = "ph.magnifying-glass"
    SEND = "ph.arrow-up"
    STOP = "ph.stop"
    CLOSE = "ph.x"
    COPY = "ph.copy"
    DOWN = "ph.arrow-down"
    CARET = "ph.caret-down"
    IMPORT = "ph.folder-open"
    INFO = "ph.info"
    WARNING = "ph.warning"
    DANGER = "ph.warning-octagon"
    RENAME = "ph.pencil-simple"
    DELETE = "ph.trash"
    VERIFIED = "ph.check-circle"
    PINNED = "ph.push-pin"
    UNCHECKED = "ph.circle-dashed"
    UNKNOWN = "ph.question"
    MISMATCH = "ph.prohibit"
    MISSING = "ph.file-dotted"
    EXPORT = "ph.export"
    VERIFY = "ph.fingerprint"
    POLICY = "ph.scales"
    NETWORK = "ph.wifi-slash"
    DEVICE = "ph.cpu"
    ONLINE = "ph.wifi-high"
    DOWNLOAD = "ph.download-simple"
    PAUSE = "ph.pause"
    RESUME = "ph.play"
    RETRY = "ph.arrow-clockwise"
    WAITING = "ph.hourglass"
    ANSWERING = "ph.dots-three-circle"
    BACK = "ph.arrow-left"
    GATED = "ph.lock-key"
    RECOMMENDED = "ph.star"
    FITS_GPU = "ph.lightning"
    FITS = "ph.check"
    FITS_PARTLY = "ph.circle-half"
    FITS_NOT = "ph.x-circle"
    ADAPTER = "ph.puzzle-piece"
    PROJECTOR = "ph.image"
    FILE = "ph.file"
    FOLDER = "ph.folder"
    SECURITY = "ph.shield-checkered"
    ISOLATED = "ph.shield-check"
    ISOLATED_PARTLY = "ph.shield-warning"
    ISOLATED_NOT = "ph.shield-slash"
    WINDOW = "ph.app-window"
    LAUNCHER = "ph.play-circle"


def icon(glyph: Glyph, tokens: Tokens, *, color: str = "") -> QIcon:
    """Return ``glyph`` in ``color``, or in the theme's text color; grayed where it is disabled."""
    drawn: QIcon = qtawesome.icon(glyph.value, color=color or tokens.text, color_disabled=tokens.muted)
    return drawn


def application_icon() -> QIcon:
    """Return the app's own icon."""
    return QIcon(str(resource_path("icons/strongroom.svg")))

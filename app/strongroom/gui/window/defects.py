# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that is not a :class:`UserFacingError`: a defect, shown with the report that could be saved."""

import logging
import platform
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal, qVersion

from strongroom import __version__

_LOG = logging.getLogger(__name__)


def report_of(error: BaseException) -> str:
    """Return a defect as text: versions and traceback. It names files of the app and no conversation."""
    lines = [
        f"Strongroom {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
        "",
        "".join(traceback.format_exception(error)).rstrip(),
    ]
    return "\n".join(lines) + "\n"


class DefectHook(QObject):
    """Stands in for ``sys.excepthook`` while the window is open.

    Signals:
        found: An exception that nobody caught.
    """

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._former = sys.excepthook

    def install(self) -> None:
        """Catch from now on."""
        self._former = sys.excepthook
        sys.excepthook = self._on_exception

    def remove(self) -> None:
        """Give the place back."""
        sys.excepthook = self._former

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._former(kind, error, trace)
            return
        _LOG.error("a defect", exc_info=(kind, error, trace))
        self.found.emit(error)

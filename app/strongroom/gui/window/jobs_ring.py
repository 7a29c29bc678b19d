# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The ring in the status bar: how many jobs there are and how far they are; there only while there is work."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from strongroom.gui.widgets import wording
from strongroom.gui.widgets.theme import Theme
from strongroom.jobs import Job, JobState
from strongroom.words import translate

_SIZE = 22
_PEN = 2.5
_WHOLE = 360 * 16


class JobsRing(QToolButton):
    """A button to the list of jobs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count = 0
        self._share: float | None = None
        self._is_running = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("role", "fact")
        theme.changed.connect(self.update)
        self.hide()

    def set_jobs(self, jobs: Sequence[Job]) -> None:
        """Show how these jobs stand; of those that rest, the interrupted ones are still to be done."""
        active = [job for job in jobs if job.state.is_active]
        stopped = [job for job in jobs if job.state is JobState.INTERRUPTED]
        self._is_running = bool(active)
        self._count = len(active) or len(stopped)
        known = [job.progress for job in active if job.progress.total]
        self._share = sum(one.done / one.total for one in known) / len(active) if active and known else None
        self._name(active, stopped)
        self.setVisible(self._count > 0)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room that the ring and its number need."""
        return QSize(_SIZE + 6, _SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, the ring, and the number in it."""
        super().paintEvent(event)
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height(), _SIZE) - 4
        ring = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setPen(QPen(QColor(tokens.control), _PEN))
        painter.drawEllipse(ring)
        if self._is_running:
            painter.setPen(QPen(QColor(tokens.accent), _PEN))
            # A total that is not known yet shows a beginning.
            share = self._share if self._share is not None else 0.0
            painter.drawArc(ring, 90 * 16, -int(_WHOLE * max(0.04, min(1.0, share))))
        font = self._theme.small_font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        words = wording.number(self._count) if self._count < 100 else "99+"
        painter.drawText(QRectF(self.rect()), int(Qt.AlignmentFlag.AlignCenter), words)

    def _name(self, active: Sequence[Job], stopped: Sequence[Job]) -> None:
        if active:
            words = translate("JobsRing", "1 job") if len(active) == 1 else translate("JobsRing", "{count} jobs")
            name = words.format(count=wording.number(len(active)))
            if self._share is not None:
                name = f"{name}, {wording.percent(self._share, 1)}"
        else:
            words = (
                translate("JobsRing", "1 job has stopped")
                if len(stopped) == 1
                else translate("JobsRing", "{count} jobs have stopped")
            )
            name = words.format(count=wording.number(len(stopped)))
        self.setAccessibleName(name)
        self.setToolTip(f"{name} (Ctrl+J)")

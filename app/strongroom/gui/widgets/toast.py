# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is done, said over the lower right corner of the content, for a few seconds, one thing at a time."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from strongroom.core.clock import utc_now
from strongroom.gui.widgets.banner import Action, Notice
from strongroom.gui.widgets.controls import IconButton, PlainLabel, link_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

SHOWN_MS = 6_000
SHORT_MS = 2_000
"""How long one is still shown after another began to wait."""
HELD_MS = 500
_WIDTH = 400
_MARGIN = 16
_MOST_PAST = 200


@dataclass(frozen=True, slots=True)
class PastToast:
    """A toast that is gone from the screen."""

    title: str
    message: str
    at: str
    """When it was shown: UTC, ISO 8601."""


class Toast(QFrame):
    """One notice over the content.

    Signals:
        closed: It was dismissed, or its button was pressed.
        details_wanted: What was folded away shall be shown.
    """

    closed = Signal()
    details_wanted = Signal()

    def __init__(self, notice: Notice, theme: Theme, action: Action | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setAccessibleName(notice.title)
        self.setAccessibleDescription(notice.message)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(PlainLabel(notice.title, role="strong", wraps=True))
        if notice.message:
            texts.addWidget(PlainLabel(notice.message, role="small", wraps=True))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 10, 8, 10)
        layout.setSpacing(8)
        layout.addLayout(texts, 1)
        if notice.details:
            details = link_button(translate("Toast", "Details"))
            details.clicked.connect(self.details_wanted)
            layout.addWidget(details)
        if action is not None:
            button = link_button(action[0])
            button.clicked.connect(action[1])
            button.clicked.connect(self.closed)
            layout.addWidget(button)
        close = IconButton(Glyph.CLOSE, translate("Toast", "Dismiss"), theme)
        close.clicked.connect(self.closed)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def is_held(self) -> bool:
        """Whether the pointer or the keyboard is on it."""
        focus = QApplication.focusWidget()
        return self.underMouse() or (focus is not None and self.isAncestorOf(focus))


class Toasts(QObject):
    """The toasts over one widget: one is shown, the others wait for their turn.

    Args:
        theme: The theme.
        over: The widget over which they lie.
        corner: Returns the place in ``over`` of their lower right corner.

    Signals:
        past_changed: One more is :attr:`past`.
        details_wanted: The :class:`~strongroom.gui.widgets.banner.Notice` of which the details shall be shown.
    """

    past_changed = Signal()
    details_wanted = Signal(object)

    def __init__(self, theme: Theme, over: QWidget, corner: Callable[[], QPoint]) -> None:
        super().__init__(over)
        self._theme = theme
        self._over = over
        self._corner = corner
        self._waiting: dict[str, tuple[Notice, Action | None]] = {}
        self._shown: tuple[Notice, Toast] | None = None
        self.past: list[PastToast] = []
        """Those that were shown in this run, the latest last."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)
        over.installEventFilter(self)

    @property
    def notices(self) -> list[Notice]:
        """What is shown and what waits to be."""
        shown = [self._shown[0]] if self._shown is not None else []
        return [*shown, *(notice for notice, _ in self._waiting.values())]

    @property
    def shown(self) -> Toast | None:
        """The one that is shown."""
        return self._shown[1] if self._shown is not None else None

    def show_notice(self, notice: Notice, *, action: Action | None = None) -> None:
        """Show a notice when it is its turn; one with the same key gives way to it."""
        key = _key(notice)
        self.dismiss(key)
        self._waiting[key] = (notice, action)
        if self._shown is not None and self._timer.remainingTime() > SHORT_MS:
            self._timer.start(SHORT_MS)
        self._show_next()

    def dismiss(self, key: str) -> None:
        """Take a notice away, shown or waiting, when it is there."""
        self._waiting.pop(key, None)
        if self._shown is not None and _key(self._shown[0]) == key:
            self._take_away()
            self._show_next()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _show_next(self) -> None:
        if self._shown is not None or not self._waiting:
            return
        key = next(iter(self._waiting))
        notice, action = self._waiting.pop(key)
        toast = Toast(notice, self._theme, action, self._over)
        toast.closed.connect(lambda: self.dismiss(key))
        toast.details_wanted.connect(lambda: self.details_wanted.emit(notice))
        self._shown = (notice, toast)
        self.past = [*self.past, PastToast(notice.title, notice.message, utc_now())][-_MOST_PAST:]
        self._place()
        toast.show()
        toast.raise_()
        self._timer.start(SHORT_MS if self._waiting else SHOWN_MS)
        self.past_changed.emit()

    def _take_away(self) -> None:
        if self._shown is not None:
            self._timer.stop()
            self._shown[1].hide()
            self._shown[1].deleteLater()
            self._shown = None

    def _on_time(self) -> None:
        if self._shown is None:
            return
        if self._shown[1].is_held:
            self._timer.start(HELD_MS)
            return
        self._take_away()
        self._show_next()

    def _place(self) -> None:
        toast = self.shown
        if toast is None:
            return
        corner = self._corner()
        toast.setFixedWidth(min(_WIDTH, max(120, corner.x() - 2 * _MARGIN)))
        toast.setFixedHeight(max(toast.heightForWidth(toast.width()), toast.sizeHint().height()))
        toast.move(corner.x() - toast.width() - _MARGIN, corner.y() - toast.height() - _MARGIN)


def _key(notice: Notice) -> str:
    return notice.key or notice.title

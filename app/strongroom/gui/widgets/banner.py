# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Strips that say what happened, what to do, and, when asked, the details."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.controls import ElidedLabel, IconButton, IconLabel, PlainLabel, link_button, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.models import ModelRefused
from strongroom.words import explain, one_after_the_other, translate


class BannerKind(StrEnum):
    """How much it matters."""

    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"


_GLYPHS = {
    BannerKind.INFO: (Glyph.INFO, "muted"),
    BannerKind.WARNING: (Glyph.WARNING, "warning"),
    BannerKind.DANGER: (Glyph.DANGER, "danger"),
}


Action = tuple[str, Callable[[], object]]
"""The words of a button, and what it does."""

_GRAVEST_FIRST = (BannerKind.DANGER, BannerKind.WARNING, BannerKind.INFO)
_MOST_SHOWN = 2
_LINE = 40
_NARROW = 560
_SIDE = 16
_GAP = 6


@dataclass(frozen=True, slots=True)
class Notice:
    """What a banner says."""

    kind: BannerKind
    title: str
    message: str
    next_step: str = ""
    details: str = ""
    key: str = ""
    """A banner replaces an earlier one with the same key."""

    @property
    def text(self) -> str:
        """The message, and what to do."""
        return one_after_the_other(self.message, self.next_step)


def notice_of(error: UserFacingError, *, kind: BannerKind = BannerKind.DANGER) -> Notice:
    """Return an error as a banner says it."""
    text = explain(error)
    return Notice(kind, text.title, text.message, text.next_step, details_of(error), error.code)


def details_of(error: UserFacingError) -> str:
    """Return what an administrator wants to know about an error, one fact a line."""
    details = [translate("Banner", "Code: {code}").format(code=error.code)]
    if isinstance(error, ModelRefused):
        facts = (
            (translate("Banner", "File: {value}"), error.path),
            (translate("Banner", "Expected SHA-256: {value}"), error.expected_digest),
            (translate("Banner", "Actual SHA-256: {value}"), error.actual_digest),
            (translate("Banner", "Now in: {value}"), error.quarantined_as),
        )
        details += [words.format(value=value) for words, value in facts if value]
    cause = error.__cause__
    if cause is not None and not isinstance(cause, UserFacingError):
        details.append(translate("Banner", "Cause: {cause}").format(cause=f"{type(cause).__name__}: {cause}"))
    return "\n".join(details)


def card_of(notice: Notice) -> Card:
    """Return a notice as the inspector shows it, with its details."""
    return Card(notice.title, notice.text, text=notice.details)


class Banner(QFrame):
    """One notice.

    Signals:
        closed: It was dismissed.
    """

    closed = Signal()

    def __init__(
        self,
        notice: Notice,
        theme: Theme,
        *,
        action: Action | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("kind", notice.kind.value)
        self.notice = notice
        glyph, color = _GLYPHS[notice.kind]
        details = _selectable(notice.details, role="small")
        details.hide()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(PlainLabel(notice.title, role="strong", wraps=True))
        texts.addWidget(_selectable(notice.text))
        texts.addWidget(details)
        close = IconButton(Glyph.CLOSE, translate("Banner", "Dismiss"), theme)
        close.clicked.connect(self.closed)
        top = Qt.AlignmentFlag.AlignTop
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(IconLabel(glyph, theme, color=color), 0, top)
        layout.addLayout(texts, 1)
        if notice.details:
            fold = link_button(translate("Banner", "Details"))
            fold.setCheckable(True)
            fold.toggled.connect(details.setVisible)
            layout.addWidget(fold, 0, top)
        if action is not None:
            button = push_button(action[0])
            button.clicked.connect(action[1])
            layout.addWidget(button, 0, top)
        layout.addWidget(close, 0, top)
        self.setAccessibleName(notice.title)


class LineBanner(QFrame):
    """One notice on one line over a page; the inspector has the whole of it. Without room it takes a second line.

    Signals:
        closed: It was dismissed.
        details_wanted: The whole of it shall be shown.
    """

    closed = Signal()
    details_wanted = Signal()

    def __init__(self, notice: Notice, theme: Theme, *, action: Action | None = None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("kind", notice.kind.value)
        self.setAccessibleName(notice.title)
        self.setAccessibleDescription(notice.text)
        self.notice = notice
        glyph, color = _GLYPHS[notice.kind]
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(IconLabel(glyph, theme, color=color))
        self._title = PlainLabel(notice.title, role="strong")
        head.addWidget(self._title)
        self._message = ElidedLabel(notice.text)
        head.addWidget(self._message, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        details = link_button(translate("Banner", "Details"))
        details.clicked.connect(self.details_wanted)
        buttons.addWidget(details)
        if action is not None:
            button = push_button(action[0])
            button.clicked.connect(action[1])
            buttons.addWidget(button)
        close = IconButton(Glyph.CLOSE, translate("Banner", "Dismiss"), theme)
        close.clicked.connect(self.closed)
        buttons.addWidget(close)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(12, 0, 6, 0)
        self._layout.setSpacing(8)
        self._layout.addLayout(head, 1)
        self._layout.addLayout(buttons)

    def fit(self, width: int) -> None:
        """Take a second line where one is too short for title and buttons."""
        is_narrow = width < _NARROW
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._layout.setDirection(direction)
        self._layout.setSpacing(0 if is_narrow else 8)
        self.setFixedHeight((2 if is_narrow else 1) * max(_LINE, self.fontMetrics().height() + 20))


class BannerStack(QWidget):
    """Banners, newest last; it takes no room when there are none.

    Args:
        theme: The theme.
        margin: Room at the left and the right, in pixels.
        parent: The widget that it stands in.
    """

    def __init__(self, theme: Theme, *, margin: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._banners: dict[str, Banner] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(margin, 8, margin, 0)
        self._layout.setSpacing(8)
        self.hide()

    @property
    def notices(self) -> list[Notice]:
        """What is shown."""
        return [banner.notice for banner in self._banners.values()]

    def banner(self, key: str) -> Banner:
        """Return the banner of the notice with this key, or with this title where it has none."""
        return self._banners[key]

    def show_notice(self, notice: Notice, *, action: Action | None = None) -> None:
        """Show a notice; one with the same key gives way."""
        key = notice.key or notice.title
        self.dismiss(key)
        banner = Banner(notice, self._theme, action=action, parent=self)
        banner.closed.connect(lambda: self.dismiss(key))
        self._banners[key] = banner
        self._layout.addWidget(banner)
        self.show()

    def dismiss(self, key: str) -> None:
        """Take a notice away, when it is there."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))


class PageBanners(QWidget):
    """Banners of one line over the upper edge of a page: two at most, the gravest first, then the newest.

    Whoever owns it gives it its place, and the height that it wants.

    Signals:
        changed: Banners came or went.
        details_wanted: The :class:`Notice` of which the whole shall be shown.
    """

    changed = Signal()
    details_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._banners: dict[str, LineBanner] = {}
        self.hide()

    @property
    def notices(self) -> list[Notice]:
        """What there is, the newest last; of more than two the others wait."""
        return [banner.notice for banner in self._banners.values()]

    @property
    def shown(self) -> list[LineBanner]:
        """Those that are shown, from the top."""
        newest_first = reversed(self._banners.values())
        return sorted(newest_first, key=lambda banner: _GRAVEST_FIRST.index(banner.notice.kind))[:_MOST_SHOWN]

    def banner(self, key: str) -> LineBanner:
        """Return the banner with this key.

        Raises:
            KeyError: There is none.
        """
        return self._banners[key]

    def show_notice(self, notice: Notice, *, action: Action | None = None) -> None:
        """Show a notice; one with the same key gives way."""
        key = notice.key or notice.title
        self._remove(key)
        banner = LineBanner(notice, self._theme, action=action, parent=self)
        banner.closed.connect(lambda: self.dismiss(key))
        banner.details_wanted.connect(lambda: self.details_wanted.emit(notice))
        self._banners[key] = banner
        self._arrange()

    def dismiss(self, key: str) -> None:
        """Take a notice away, when it is there."""
        if self._remove(key):
            self._arrange()

    def fit(self, width: int) -> int:
        """Take this width; return the height that it needs, 0 without banners."""
        shown = self.shown
        y = _GAP
        for banner in shown:
            banner.fit(width - 2 * _SIDE)
            banner.setGeometry(_SIDE, y, max(0, width - 2 * _SIDE), banner.height())
            y += banner.height() + _GAP
        return y if shown else 0

    def _remove(self, key: str) -> bool:
        banner = self._banners.pop(key, None)
        if banner is None:
            return False
        banner.hide()
        banner.deleteLater()
        return True

    def _arrange(self) -> None:
        shown = self.shown
        for banner in self._banners.values():
            banner.setVisible(banner in shown)
        self.setVisible(bool(shown))
        self.changed.emit()


def _selectable(text: str, role: str = "") -> PlainLabel:
    label = PlainLabel(text, role=role, wraps=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A strip that says what happened, what to do, and, folded, the details."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.gui.widgets.controls import IconButton, IconLabel, PlainLabel, link_button, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.models import ModelRefused
from strongroom.words import explain, translate


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
        action: tuple[str, Callable[[], object]] | None = None,
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
        texts.addWidget(_selectable(f"{notice.message} {notice.next_step}".strip()))
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

    def show_notice(self, notice: Notice, *, action: tuple[str, Callable[[], object]] | None = None) -> None:
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


def _selectable(text: str, role: str = "") -> PlainLabel:
    label = PlainLabel(text, role=role, wraps=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label

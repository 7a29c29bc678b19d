# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window's smallest parts: labels that never read markup, buttons whose icon follows the theme, lines."""

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from strongroom.gui.widgets.icons import CONTROL_SIZE, Glyph, icon
from strongroom.gui.widgets.theme import Theme


class PlainLabel(QLabel):
    """A label that shows its text as it is: names of files, words of a policy, parts of an error.

    Args:
        text: Anything.
        role: A look of the style sheet: ``title``, ``strong``, ``muted``, ``small``, ``warning``, ``danger``, ``good``.
        wraps: Whether it may take several lines.
    """

    def __init__(self, text: str = "", *, role: str = "", wraps: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        if role:
            self.setProperty("role", role)
        self.setText(text)

    def set_role(self, role: str) -> None:
        """Change the look."""
        set_look(self, "role", role)


class ElidedLabel(PlainLabel):
    """A one-line label that ends in an ellipsis where it has no room; the tool tip has the whole text."""

    def __init__(self, text: str = "", *, role: str = "", parent: QWidget | None = None) -> None:
        self._whole = text
        super().__init__(text, role=role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Show ``text``, as far as there is room."""
        self._whole = text
        self.setToolTip("")
        self._elide()

    def resizeEvent(self, event: object) -> None:
        """Use the new room."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 16))
        if shown != self.text():
            super().setText(shown)
        self.setAccessibleName(self._whole)


class IconButton(QToolButton):
    """A tool button with an icon, whose name is its tool tip and its accessible name."""

    def __init__(
        self, glyph: Glyph, name: str, theme: Theme, *, shortcut: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph = glyph
        self._color = ""
        self.setAutoRaise(True)
        self.setIconSize(CONTROL_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_name(name, shortcut)
        theme.changed.connect(self._draw)
        self._draw()

    def set_name(self, name: str, shortcut: str = "") -> None:
        """Say what the button does."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({shortcut})" if shortcut else name)

    def set_glyph(self, glyph: Glyph) -> None:
        """Show another icon."""
        self._glyph = glyph
        self._draw()

    def set_color(self, token: str) -> None:
        """Draw in the token of that name, for example ``muted``."""
        self._color = token
        self._draw()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        self.setIcon(icon(self._glyph, tokens, color=getattr(tokens, self._color) if self._color else ""))


class IconLabel(QLabel):
    """An icon beside words; it says nothing that the words do not."""

    def __init__(self, glyph: Glyph, theme: Theme, *, color: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph = glyph
        self._color = color
        theme.changed.connect(self._draw)
        self._draw()

    def set_icon(self, glyph: Glyph, color: str) -> None:
        """Show another icon in another token's color."""
        self._glyph, self._color = glyph, color
        self._draw()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        self.setPixmap(icon(self._glyph, tokens, color=getattr(tokens, self._color)).pixmap(CONTROL_SIZE))


def plain_tool_tip(text: str) -> str:
    """Return ``text`` so that a tool tip, which guesses what is markup, shows it as it is."""
    return f"<qt>{html.escape(text)}</qt>"


def as_action_text(text: str) -> str:
    """Return ``text`` for a menu or a button, where an ampersand would underline a letter."""
    return text.replace("&", "&&")


def push_button(text: str, *, role: str = "", parent: QWidget | None = None) -> QPushButton:
    """Return a button with words."""
    button = QPushButton(text, parent)
    button.setAccessibleName(text.replace("&", ""))
    if role:
        button.setProperty("role", role)
    return button


def link_button(text: str, parent: QWidget | None = None) -> QToolButton:
    """Return a button that looks like a word in the text."""
    button = QToolButton(parent)
    button.setText(text)
    button.setAccessibleName(text)
    button.setProperty("role", "link")
    return button


def separator(parent: QWidget | None = None) -> QFrame:
    """Return a thin horizontal line."""
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.HLine)
    line.setObjectName("separator")
    line.setFixedHeight(1)
    return line


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and apply the sheet anew."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)

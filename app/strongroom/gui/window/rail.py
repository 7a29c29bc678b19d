# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The rail at the far left: the pages that exist, and the settings at its foot."""

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from strongroom.gui.widgets.icons import RAIL_SIZE, Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

WIDTH = 56
_HEIGHT_FOR_LABELS = 1_000
_MARGINS = 9
_LABEL_ROOM = 24
"""What a label needs beside its letters: the margins, and the frame of a button."""


class Page(Enum):
    """The pages of the window."""

    CHAT = auto()
    MODELS = auto()
    INCIDENTS = auto()
    SECURITY = auto()
    SETTINGS = auto()


GLYPHS = {
    Page.CHAT: Glyph.CHAT,
    Page.MODELS: Glyph.MODELS,
    Page.INCIDENTS: Glyph.INCIDENTS,
    Page.SECURITY: Glyph.SECURITY,
    Page.SETTINGS: Glyph.SETTINGS,
}

SHORTCUTS = {
    Page.CHAT: "Ctrl+1",
    Page.MODELS: "Ctrl+2",
    Page.INCIDENTS: "Ctrl+3",
    Page.SECURITY: "Ctrl+4",
    Page.SETTINGS: "Ctrl+,",
}


def page_name(page: Page) -> str:
    """Return a page's name."""
    names = {
        Page.CHAT: translate("Rail", "Chat"),
        Page.MODELS: translate("Rail", "Models"),
        Page.INCIDENTS: translate("Rail", "Incidents"),
        Page.SECURITY: translate("Rail", "Security"),
        Page.SETTINGS: translate("Rail", "Settings"),
    }
    return names[page]


class Rail(QFrame):
    """One button for each page.

    Signals:
        page_chosen: The :class:`Page` that the user wants.
    """

    page_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._buttons: dict[Page, QToolButton] = {}
        group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 8)
        layout.setSpacing(4)
        for page in Page:
            if page is Page.SETTINGS:
                layout.addStretch(1)
            button = self._make_button(page)
            group.addButton(button)
            layout.addWidget(button)
        theme.changed.connect(self._draw)
        self._draw()

    def set_page(self, page: Page) -> None:
        """Show which page is open."""
        self._buttons[page].setChecked(True)
        self._draw()

    def make_menu(self, parent: QWidget) -> QMenu:
        """Return the same pages as a menu, for a window too narrow for the rail."""
        menu = QMenu(parent)
        group = QActionGroup(menu)
        for page in Page:
            if page is Page.SETTINGS:
                menu.addSeparator()
            action = QAction(icon(GLYPHS[page], self._theme.tokens), page_name(page), menu)
            action.setCheckable(True)
            action.setChecked(self._buttons[page].isChecked())
            action.triggered.connect(lambda _checked=False, page=page: self.page_chosen.emit(page))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put labels below the icons where there is room."""
        super().resizeEvent(event)
        has_labels = self.height() >= _HEIGHT_FOR_LABELS
        style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon if has_labels else Qt.ToolButtonStyle.ToolButtonIconOnly
        buttons = self._buttons.values()
        widest = max(button.fontMetrics().horizontalAdvance(button.text()) for button in buttons) if has_labels else 0
        width = max(WIDTH, widest + _LABEL_ROOM)
        self.setFixedWidth(width)
        for button in buttons:
            button.setToolButtonStyle(style)
            button.setFixedWidth(width - _MARGINS)

    def _make_button(self, page: Page) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("role", "rail")
        button.setText(page_name(page))
        button.setAccessibleName(page_name(page))
        button.setToolTip(f"{page_name(page)} ({SHORTCUTS[page]})")
        button.setCheckable(True)
        button.setIconSize(RAIL_SIZE)
        button.setFixedWidth(WIDTH - _MARGINS)
        button.setMinimumHeight(40)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.page_chosen.emit(page))
        self._buttons[page] = button
        return button

    def _draw(self) -> None:
        tokens = self._theme.tokens
        for page, button in self._buttons.items():
            button.setIcon(icon(GLYPHS[page], tokens, color=tokens.accent if button.isChecked() else tokens.muted))

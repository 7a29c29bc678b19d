# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What all pages have in common: a strip on top with the page's name or main control, and a place for the keyboard."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from strongroom.gui.widgets.controls import IconButton, PlainLabel
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_HEIGHT = 52


class PageHeader(QFrame):
    """One line. Its right end is for the page's buttons.

    Signals:
        menu_wanted: The menu of pages, which stands in for the rail.
        narrowed: Whether the window is narrow now.
    """

    menu_wanted = Signal()
    narrowed = Signal(bool)

    def __init__(self, theme: Theme, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._room = 0
        self.setMinimumHeight(_HEIGHT)
        self.menu_button = IconButton(Glyph.MENU, translate("PageHeader", "Pages"), theme)
        self.menu_button.clicked.connect(self.menu_wanted)
        self.menu_button.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 6, 12, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self.menu_button)
        self._title = PlainLabel(title, role="title", parent=self)
        self._title_gives_way = False
        if not title:
            self._title.hide()
        else:
            self._row.addWidget(self._title)
            self._row.addStretch(1)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget, stretch)

    def add_stretch(self) -> None:
        """Push what follows to the right."""
        self._row.addStretch(1)

    def let_title_give_way(self) -> None:
        """Leave the title out of a narrow window, where the rest of this line says enough."""
        self._title_gives_way = True

    @property
    def line_height(self) -> int:
        """How high the line is, without the room below."""
        return max(_HEIGHT, self.height() - self._room)

    def set_room_below(self, height: int) -> None:
        """Keep so many pixels free below the line, for what lies over the page's upper edge."""
        self._room = height
        self.setMinimumHeight(_HEIGHT + height)
        self._row.setContentsMargins(16, 6, 12, 6 + height)

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Show the menu of pages where the rail has no room."""
        self.menu_button.setVisible(is_narrow)
        if self._title_gives_way:
            self._title.setVisible(not is_narrow)
        self.narrowed.emit(is_narrow)


class PageView(QWidget):
    """A page of the window."""

    def __init__(self, header: PageHeader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        # Before the page's content is made, so that the keyboard reaches the strip first.
        header.setParent(self)
        self.header = header

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return self.header.menu_button

    def foot_top(self) -> int:
        """Return where that begins at the page's foot which nothing may cover; the page's height where nothing does."""
        return self.height()

    def set_folded(self, *, is_folded: bool) -> None:
        """Fold away what stands beside the content, or unfold it; most pages have nothing there."""

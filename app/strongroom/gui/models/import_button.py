# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The button that brings models which are already on this computer: its menu says from where."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.import_desk import ImportDesk
from strongroom.gui.widgets.controls import as_action_text, plain_tool_tip
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate


class ImportButton(QPushButton):
    """Opens a menu of places.

    Signals:
        file_wanted: A file is to be chosen.
        folder_wanted: A folder is to be chosen.
        place_wanted: The :class:`~pathlib.Path` of another program's models.
    """

    file_wanted = Signal()
    folder_wanted = Signal()
    place_wanted = Signal(object)

    def __init__(self, desk: ImportDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._theme = theme
        self._is_narrow = False
        theme.changed.connect(self._draw)
        self._draw()
        self.setAccessibleName(translate("ImportButton", "Import models"))
        self.setAutoDefault(False)
        self.menu_of_places = QMenu(self)
        self.menu_of_places.setAccessibleName(translate("ImportButton", "Import models"))
        self.menu_of_places.setToolTipsVisible(True)
        self.menu_of_places.aboutToShow.connect(self.fill_menu)
        self.clicked.connect(self.open_menu)

    def set_narrow(self, is_narrow: bool) -> None:
        """Show an icon in the place of the word, where the window has no room for it."""
        self._is_narrow = is_narrow
        self._draw()

    def open_menu(self) -> None:
        """Open the menu."""
        # Its width is not known before.
        self.fill_menu()
        place = QPoint(self.width() - self.menu_of_places.sizeHint().width(), self.height())
        self.menu_of_places.popup(self.mapToGlobal(place))

    def fill_menu(self) -> None:
        """Offer a file, a folder, and the places of other programs that are there."""
        self._desk.look_for_places()
        menu, tokens = self.menu_of_places, self._theme.tokens
        menu.clear()
        menu.addAction(icon(Glyph.FILE, tokens), translate("ImportButton", "A file…")).triggered.connect(
            self.file_wanted
        )
        menu.addAction(icon(Glyph.FOLDER, tokens), translate("ImportButton", "A folder…")).triggered.connect(
            self.folder_wanted
        )
        if self._desk.places:
            menu.addSeparator()
        for place in self._desk.places:
            action = menu.addAction(icon(Glyph.IMPORT, tokens), as_action_text(hub_wording.keeper(place.keeper)))
            action.setToolTip(plain_tool_tip(str(place.folder)))
            action.triggered.connect(lambda _checked=False, place=place: self.place_wanted.emit(place.folder))

    def _draw(self) -> None:
        self.setText("" if self._is_narrow else translate("ImportButton", "Import") + "  ▾")
        self.setIcon(icon(Glyph.IMPORT, self._theme.tokens) if self._is_narrow else QIcon())
        self.setToolTip(translate("ImportButton", "Import models") if self._is_narrow else "")

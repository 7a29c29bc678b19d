# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The page of models: those on this computer, those on the hub, and under both what is being downloaded."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.activity import Activity
from strongroom.gui.models.downloads_panel import DownloadsPanel
from strongroom.gui.models.find_models_view import FindModelsView
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.import_desk import ImportDesk
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.models.shelf_view import ShelfView
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.controls import ElidedLabel, as_action_text, plain_tool_tip, push_button
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.segmented import SegmentedControl
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_SHELF, _FIND = 0, 1
_BAR_WIDTH = 120


class ModelsPage(PageView):
    """Two views, one at a time.

    Signals:
        card_wanted: The :class:`~strongroom.gui.widgets.card.Card` of a model.
    """

    card_wanted = Signal(object)

    def __init__(
        self, models: ModelDesk, hub: HubDesk, imports: ImportDesk, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(PageHeader(theme, translate("ModelsPage", "Models")), parent)
        self._models = models
        self._imports = imports
        self.switch = SegmentedControl(
            translate("ModelsPage", "Which models"),
            [translate("ModelsPage", "On this computer"), translate("ModelsPage", "Find models")],
            self.header,
        )
        self.import_button = ImportButton(imports, theme, self.header)
        self.header.let_title_give_way()
        self.header.narrowed.connect(self.import_button.set_narrow)
        self.header.add(self.switch)
        self.header.add_stretch()
        self.header.add(self.import_button)
        self.import_strip = ImportStrip(imports, self)
        self.shelf_view = ShelfView(models, theme, self)
        self.shelf_view.card_wanted.connect(self.card_wanted)
        self.find_view = FindModelsView(hub, theme, self)
        self.downloads = DownloadsPanel(hub, theme, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.shelf_view)
        self._stack.addWidget(self.find_view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.import_strip)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.downloads)
        self.switch.chosen.connect(self._stack.setCurrentIndex)
        models.activity_changed.connect(self._draw)
        imports.busy_changed.connect(self._draw)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return self.shelf_view.focus_target() if self.switch.current == _SHELF else self.find_view.focus_target()

    def show_shelf(self, model_id: str = "") -> None:
        """Show the models on this computer, and one of them chosen."""
        self.switch.choose(_SHELF)
        self.shelf_view.choose(model_id)

    def show_find(self) -> None:
        """Show the search of the hub."""
        self.switch.choose(_FIND)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the downloads their part."""
        super().resizeEvent(event)
        self.downloads.fit(self.height())

    def _draw(self) -> None:
        self.import_button.setEnabled(self._models.activity is Activity.NONE and not self._imports.is_busy)


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


class ImportStrip(QFrame):
    """One line under the page's header."""

    def __init__(self, desk: ImportDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._desk = desk
        self.line = ElidedLabel(role="muted")
        bar = QProgressBar(self)
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(_BAR_WIDTH)
        bar.setAccessibleName(translate("ImportStrip", "Progress"))
        self.cancel_button = push_button(translate("ImportStrip", "Cancel"), parent=self)
        self.cancel_button.setAccessibleName(translate("ImportStrip", "Cancel the import"))
        self.cancel_button.clicked.connect(desk.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self.line, 1)
        row.addWidget(bar)
        row.addWidget(self.cancel_button)
        desk.busy_changed.connect(self._draw)
        desk.progressed.connect(self._on_progressed)
        self.hide()

    def _draw(self) -> None:
        self.setVisible(self._desk.is_busy)
        self._on_progressed(0)

    def _on_progressed(self, looked_at: int) -> None:
        if self._desk.folder is None:
            self.line.setText(translate("ImportStrip", "Importing"))
            return
        words = translate("ImportStrip", "Looking for models in {folder}").format(folder=self._desk.folder)
        if looked_at:
            words += " · " + translate("ImportStrip", "{count} files looked at").format(count=wording.number(looked_at))
        self.line.setText(words)

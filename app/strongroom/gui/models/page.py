# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The page of models: those on this computer, those on the hub, and under both what is being downloaded."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from strongroom.gui.models.downloads_panel import DownloadsPanel
from strongroom.gui.models.find_models_view import FindModelsView
from strongroom.gui.models.hub_desk import HubDesk
from strongroom.gui.models.import_button import ImportButton
from strongroom.gui.models.import_desk import ImportDesk
from strongroom.gui.models.import_strip import ImportStrip
from strongroom.gui.models.model_desk import Activity, ModelDesk
from strongroom.gui.models.shelf_view import ShelfView
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.segmented import SegmentedControl
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_SHELF, _FIND = 0, 1


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

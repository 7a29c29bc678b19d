# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How the window is laid out: rail, banners over a page, inspector, status bar; and what folds without room."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from strongroom.gui.widgets.banner import PageBanners
from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.feature import Feature, in_rail_order
from strongroom.gui.widgets.page_view import PageView
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.widgets.toast import Toasts
from strongroom.gui.window.inspector import WIDTH as INSPECTOR_WIDTH
from strongroom.gui.window.inspector import Inspector
from strongroom.gui.window.rail import Rail
from strongroom.gui.window.status_bar import StatusBar

FOLDS_LIST_BELOW = 900
FOLDS_RAIL_BELOW = 640


class _Middle(QWidget):
    """What lies between rail and inspector.

    Signals:
        left: The pointer is somewhere else now.
    """

    left = Signal()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell it."""
        super().leaveEvent(event)
        self.left.emit()


class WindowFrame(QWidget):
    """Shows one page at a time, and a card beside it when asked.

    Signals:
        page_shown: The name of the feature whose page is shown now.
    """

    page_shown = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rail = Rail(theme, self)
        self.rail.page_chosen.connect(self.show_page)
        self.inspector = Inspector(theme, self)
        self.inspector.closed.connect(self.close_inspector)
        self.inspector.hide()
        self.status_bar = StatusBar(theme, self)
        self.toasts = Toasts(theme, self, self._toast_corner)
        self.page = ""
        """The name of the feature whose page is shown."""
        self.middle = _Middle(self)
        """Banners and page: what gives way to the inspector where there is room for one only."""
        self.middle.left.connect(self._make_room)
        self._stack = QStackedWidget(self)
        self._views: dict[str, PageView] = {}
        self.banners = PageBanners(theme, self.middle)
        self.banners.changed.connect(self._on_banners_changed)
        self._lay_out()

    def set_features(self, features: Sequence[Feature]) -> None:
        """Take the pages and the facts of the features; the page of the one with the smallest place is shown."""
        in_rail = in_rail_order(features)
        self.rail.set_features(in_rail)
        facts = [fact for feature in features for fact in feature.facts()]
        self.status_bar.set_facts(sorted(facts, key=lambda fact: fact.place))
        for feature in in_rail:
            self._views[feature.name] = feature.page
            self._stack.addWidget(feature.page)
            feature.page.header.menu_wanted.connect(self._on_menu_wanted)
            feature.page.header.installEventFilter(self)
        self.show_page(in_rail[0].name)

    def show_page(self, name: str) -> None:
        """Show the page of the feature with this name, and begin there with the keyboard."""
        self.page = name
        self.rail.set_page(name)
        self._stack.setCurrentWidget(self._views[name])
        self._place_banners()
        self._make_room()
        self.focus_page()
        self.page_shown.emit(name)

    def focus_page(self) -> None:
        """Put the keyboard where the page begins."""
        self._views[self.page].focus_target().setFocus()

    def inspect(self, card: Card) -> None:
        """Show a card in the inspector."""
        self.inspector.show_card(card)
        self.inspector.show()
        self._fold()
        self.inspector.facts.setFocus()

    def release(self, owner: object) -> None:
        """Take a card out of the inspector when it belongs to this owner; the keyboard stays where it is."""
        if self.inspector.card is not None and self.inspector.card.owner is owner:
            self.inspector.clear()
            self.inspector.hide()
            self._fold()

    def close_inspector(self) -> None:
        """Put the inspector away and go back to what was done before."""
        self.inspector.hide()
        self._fold()
        self.focus_page()

    def _on_banners_changed(self) -> None:
        self._place_banners()
        if not self.middle.underMouse():
            self._make_room()

    def _place_banners(self) -> None:
        """Lay the banners over the upper edge of what the page shows, below its header."""
        if self.page not in self._views:
            return
        header = self._views[self.page].header
        place = header.mapTo(self.middle, QPoint(0, 0))
        height = self.banners.fit(header.width())
        self.banners.setGeometry(place.x(), place.y() + header.line_height, header.width(), height)
        self.banners.raise_()

    def _make_room(self) -> None:
        """Let the page begin below the banners; never while the pointer is on it, under which nothing may move."""
        for view in self._views.values():
            view.header.set_room_below(self.banners.fit(view.header.width()) if view is self._views[self.page] else 0)
        self._place_banners()

    def _toast_corner(self) -> QPoint:
        right = self.width() if self.middle.isHidden() else self.middle.geometry().right()
        if self.middle.isHidden() or self.page not in self._views:
            return QPoint(right, self.status_bar.y())
        view = self._views[self.page]
        return QPoint(right, view.mapTo(self, QPoint(0, view.foot_top())).y())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the banners below the header of the page."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place_banners()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what has no room."""
        super().resizeEvent(event)
        self._fold()
        self._make_room()

    def _lay_out(self) -> None:
        middle = QVBoxLayout(self.middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.middle, 1)
        row.addWidget(self.inspector)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.status_bar)

    def _fold(self) -> None:
        is_narrow = self.width() < FOLDS_RAIL_BELOW
        is_folded = self.width() < FOLDS_LIST_BELOW
        self.rail.setVisible(not is_narrow)
        for view in self._views.values():
            view.header.set_narrow(is_narrow=is_narrow)
            view.set_folded(is_folded=is_folded)
        self.middle.setVisible(not is_folded or self.inspector.isHidden())
        if is_folded:
            self.inspector.setMinimumWidth(0)
            self.inspector.setMaximumWidth(self.maximumWidth())
        else:
            self.inspector.setFixedWidth(INSPECTOR_WIDTH)

    def _on_menu_wanted(self) -> None:
        menu = self.rail.make_menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        button = self._views[self.page].header.menu_button
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

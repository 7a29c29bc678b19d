# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What to look for on the hub: words, license, size, order."""

import re

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLineEdit, QWidget

from strongroom.core.hub import SearchQuery, SortOrder
from strongroom.gui.models import words as hub_wording
from strongroom.gui.widgets.controls import push_button
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_LICENSES = ("apache-2.0", "mit", "llama3.1", "llama3.2", "gemma", "cc-by-4.0", "cc-by-nc-4.0")
"""Those that models with many downloads have, as the hub spells them."""
_SIZES = (1.0, 4.0, 9.0, 15.0, 35.0, 75.0)
_ADDRESS = re.compile(r"^https?://[^/\s]+/")
_LONGEST = 200
_ONE_LINE_FROM = 860


class SearchBar(QWidget):
    """A field, three filters and a button. Nothing is asked of the hub before Enter or the button.

    Signals:
        search_wanted: The :class:`~strongroom.core.hub.SearchQuery`.
    """

    search_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._has_searched = False
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(translate("SearchBar", "Search the hub for models: name, or author/name"))
        self.field.setAccessibleName(translate("SearchBar", "Search the hub for models"))
        self.field.setMaxLength(_LONGEST)
        self.field.setClearButtonEnabled(True)
        self._glass = self.field.addAction(
            icon(Glyph.SEARCH, theme.tokens, color=theme.tokens.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.field.returnPressed.connect(self.search)
        self.button = push_button(translate("SearchBar", "Search"), role="primary")
        self.button.clicked.connect(self.search)
        self.license_choice = self._choice(
            translate("SearchBar", "License"), [(translate("SearchBar", "Any license"), "")]
        )
        for name in _LICENSES:
            self.license_choice.addItem(name, name)
        self.size_choice = self._choice(translate("SearchBar", "Size"), [(translate("SearchBar", "Any size"), 0.0)])
        for most in _SIZES:
            self.size_choice.addItem(
                translate("SearchBar", "Up to {number}").format(number=hub_wording.parameters(most)), most
            )
        self.sort_choice = self._choice(
            translate("SearchBar", "Order"), [(hub_wording.sort_order(order), order.value) for order in SortOrder]
        )
        self._lay_out()
        theme.changed.connect(self._draw)

    def query(self) -> SearchQuery:
        """Return what is asked for.

        Of a pasted address of a hub's page, the repository's name counts. What stands before a slash is an author.
        """
        author, slash, text = _ADDRESS.sub("", self.field.text().strip()).partition("/")
        return SearchQuery(
            text=text if slash else author,
            author=author.strip() if slash else "",
            license=self.license_choice.currentData(),
            most_parameters=self.size_choice.currentData(),
            sort=SortOrder(self.sort_choice.currentData()),
        )

    def search(self) -> None:
        """Ask for a search."""
        self._has_searched = True
        self.search_wanted.emit(self.query())

    def clear_filters(self) -> None:
        """Take every filter away, and search again."""
        for field in (self.license_choice, self.size_choice):
            with QSignalBlocker(field):
                field.setCurrentIndex(0)
        self.search()

    @property
    def has_filters(self) -> bool:
        """Whether a license or a size is asked for."""
        return self.license_choice.currentIndex() > 0 or self.size_choice.currentIndex() > 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use one line where there is room, else two."""
        super().resizeEvent(event)
        is_wide = self.width() >= _ONE_LINE_FROM
        self._rows.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        # On two lines the filters stand at the left, under the field.
        self._filters.setStretch(self._filters.count() - 1, 0 if is_wide else 1)

    def _choice(self, name: str, choices: list[tuple[str, object]]) -> QComboBox:
        field = QComboBox(self)
        field.setAccessibleName(name)
        field.setToolTip(name)
        for words, value in choices:
            field.addItem(words, value)
        field.currentIndexChanged.connect(self._on_filter_changed)
        return field

    def _lay_out(self) -> None:
        asking = QHBoxLayout()
        asking.setSpacing(8)
        asking.addWidget(self.field, 1)
        asking.addWidget(self.button)
        self._filters = QHBoxLayout()
        self._filters.setSpacing(8)
        for field in (self.license_choice, self.size_choice, self.sort_choice):
            self._filters.addWidget(field)
        self._filters.addStretch(1)
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._rows.setContentsMargins(16, 10, 16, 10)
        self._rows.setSpacing(8)
        self._rows.addLayout(asking, 1)
        self._rows.addLayout(self._filters)
        QWidget.setTabOrder(self.field, self.button)

    def _on_filter_changed(self) -> None:
        # A filter narrows a search that was made; alone it is no wish to ask the hub.
        if self._has_searched:
            self.search()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        self._glass.setIcon(icon(Glyph.SEARCH, tokens, color=tokens.muted))

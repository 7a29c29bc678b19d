# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The rail at the far left: a button for each feature's page, some at its foot."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from strongroom.gui.widgets.feature import Feature
from strongroom.gui.widgets.icons import RAIL_SIZE, icon
from strongroom.gui.widgets.theme import Theme

WIDTH = 72
_HEIGHT_FOR_LABELS = 640
"""How high the window must be."""
_MARGINS = 9
_LABEL_ROOM = 18
"""What a label needs beside its letters: the margins, and the frame of a button."""


class Rail(QFrame):
    """One button for each page; icons with a label below, or icons with tool tips in a low window.

    Signals:
        page_chosen: The name of the feature whose page the user wants.
    """

    page_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._features: Sequence[Feature] = ()
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(4, 8, 4, 8)
        self._layout.setSpacing(4)
        theme.changed.connect(self._draw)

    @property
    def buttons(self) -> Sequence[QToolButton]:
        """The buttons, from top to bottom."""
        return list(self._buttons.values())

    def set_features(self, features: Sequence[Feature]) -> None:
        """Take the features, from top to bottom; those for the foot come last."""
        self._features = features
        is_at_foot = False
        for feature in features:
            if feature.is_at_foot and not is_at_foot:
                is_at_foot = True
                self._layout.addStretch(1)
            button = self._make_button(feature)
            self._group.addButton(button)
            self._layout.addWidget(button)
        if not is_at_foot:
            self._layout.addStretch(1)
        self._fit()
        self._draw()

    def set_page(self, name: str) -> None:
        """Show which page is open."""
        self._buttons[name].setChecked(True)
        self._draw()

    def make_menu(self, parent: QWidget) -> QMenu:
        """Return the same pages as a menu, for a window too narrow for the rail."""
        menu = QMenu(parent)
        group = QActionGroup(menu)
        is_at_foot = False
        for feature in self._features:
            if feature.is_at_foot and not is_at_foot:
                is_at_foot = True
                menu.addSeparator()
            action = QAction(icon(feature.glyph, self._theme.tokens), feature.title, menu)
            action.setCheckable(True)
            action.setChecked(self._buttons[feature.name].isChecked())
            action.triggered.connect(lambda _checked=False, name=feature.name: self.page_chosen.emit(name))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put labels below the icons where there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        has_labels = self.window().height() >= _HEIGHT_FOR_LABELS
        style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon if has_labels else Qt.ToolButtonStyle.ToolButtonIconOnly
        buttons = self._buttons.values()
        widest = max((button.fontMetrics().horizontalAdvance(button.text()) for button in buttons), default=0)
        width = max(WIDTH, widest + _LABEL_ROOM) if has_labels else WIDTH
        self.setFixedWidth(width)
        for button in buttons:
            button.setToolButtonStyle(style)
            button.setFixedWidth(width - _MARGINS)

    def _make_button(self, feature: Feature) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("role", "rail")
        button.setText(feature.title)
        button.setAccessibleName(feature.title)
        keys = QKeySequence(feature.keys).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{feature.title} ({keys})")
        button.setCheckable(True)
        button.setIconSize(RAIL_SIZE)
        button.setMinimumHeight(40)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.page_chosen.emit(feature.name))
        self._buttons[feature.name] = button
        return button

    def _draw(self) -> None:
        tokens = self._theme.tokens
        for feature in self._features:
            button = self._buttons[feature.name]
            button.setIcon(icon(feature.glyph, tokens, color=tokens.accent if button.isChecked() else tokens.muted))

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Facts at the foot of the window, each a button to what is behind it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from strongroom.gui.widgets.controls import as_action_text, plain_tool_tip
from strongroom.gui.widgets.feature import StatusFact
from strongroom.gui.widgets.icons import icon
from strongroom.gui.widgets.theme import Theme

_SPACING = 8


class StatusBar(QFrame):
    """Shows the features' facts; where the window is narrow, some give way."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self._theme = theme
        self._facts: dict[str, StatusFact] = {}
        self._buttons: dict[str, QToolButton] = {}
        self._others: list[QWidget] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(8, 2, 8, 2)
        self._layout.setSpacing(_SPACING)
        theme.changed.connect(self._draw)

    def set_facts(self, facts: Sequence[StatusFact]) -> None:
        """Take the facts, left to right; those for the far end come after the others.

        Raises:
            ValueError: Two facts have the same name.
        """
        self._layout.addStretch(1)
        for fact in facts:
            if fact.name in self._facts:
                raise ValueError(f"two facts are called {fact.name}")
            self._facts[fact.name] = fact
            button = self._make_button(fact)
            if fact.is_at_end:
                self._layout.addWidget(button)
            else:
                self._layout.insertWidget(self._layout.count() - 1 - self._count_at_end(), button)
            fact.changed.connect(lambda fact=fact: self._say(fact))
            self._say(fact)

    def add(self, widget: QWidget) -> None:
        """Put something else at the far end, which says by itself when it is there; call :meth:`fit` then."""
        self._others.append(widget)
        self._layout.addWidget(widget)

    def text(self, name: str) -> str:
        """Return what the fact with this name says."""
        return self._buttons[name].accessibleName()

    def button(self, name: str) -> QToolButton:
        """Return what the fact with this name stands on."""
        return self._buttons[name]

    def press(self, name: str) -> None:
        """Press the fact with this name, as a click does."""
        self._buttons[name].click()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self.fit()

    def _count_at_end(self) -> int:
        return sum(1 for name in self._buttons if self._facts[name].is_at_end)

    def fit(self) -> None:
        """Leave out what has no room."""
        facts = list(self._facts.values())
        left_out = {fact.name for fact in facts if not fact.sentence}
        shrinking = [self._buttons[fact.name] for fact in facts if fact.keeps_icon]
        for button in shrinking:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setMinimumWidth(1)
        giving_way = sorted((fact for fact in facts if fact.gives_way), key=lambda fact: fact.gives_way)
        for name in ("", *(fact.name for fact in giving_way)):
            left_out.add(name)
            shown = [button for one, button in self._buttons.items() if one not in left_out]
            others = [widget for widget in self._others if not widget.isHidden()]
            if sum(one.sizeHint().width() + _SPACING for one in (*shown, *others)) + _SPACING <= self.width():
                break
        else:
            for button in shrinking:
                # Its icon alone still says it, and the others would be cut to nothing.
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
                button.setMinimumWidth(button.sizeHint().width())
        for name, button in self._buttons.items():
            button.setVisible(name not in left_out)

    def _make_button(self, fact: StatusFact) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("role", "fact")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumWidth(1)
        button.clicked.connect(fact.on_chosen)
        self._buttons[fact.name] = button
        return button

    def _say(self, fact: StatusFact) -> None:
        button = self._buttons[fact.name]
        button.setText(as_action_text(" ".join(fact.sentence.split())))
        button.setAccessibleName(fact.sentence)
        button.setAccessibleDescription(fact.why)
        button.setToolTip(plain_tool_tip(fact.why or fact.sentence))
        self._draw_icon(fact)
        self.fit()

    def _draw(self) -> None:
        for fact in self._facts.values():
            self._draw_icon(fact)

    def _draw_icon(self, fact: StatusFact) -> None:
        if fact.glyph is not None:
            tokens = self._theme.tokens
            self._buttons[fact.name].setIcon(icon(fact.glyph, tokens, color=getattr(tokens, fact.color)))

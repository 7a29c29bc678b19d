# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What stands where there is nothing to list yet: what happened or what is being done, and what to do next."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from strongroom.core.errors import UserFacingError
from strongroom.gui.widgets.banner import details_of
from strongroom.gui.widgets.controls import IconLabel, PlainLabel, link_button, push_button
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.theme import Theme
from strongroom.words import explain, translate

Action = tuple[str, Callable[[], object]]

_WIDTH = 460
_BAR_WIDTH = 240


class StatePanel(QWidget):
    """One state in the middle of a view: an icon, a title, a sentence, a next step, buttons, folded details."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._glyph = IconLabel(Glyph.INFO, theme, color="muted")
        self.title = PlainLabel(role="strong", wraps=True)
        self.sentence = PlainLabel(wraps=True)
        self.next_step = PlainLabel(role="muted", wraps=True)
        self.details = PlainLabel(role="small", wraps=True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._fold = link_button(translate("StatePanel", "Details"))
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self.details.setVisible)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setAccessibleName(translate("StatePanel", "Progress"))
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self._fold)
        self._lay_out()

    def say(
        self,
        glyph: Glyph,
        color: str,
        title: str,
        sentence: str = "",
        next_step: str = "",
        *,
        actions: Sequence[Action] = (),
        details: str = "",
        is_busy: bool = False,
    ) -> None:
        """Show a state; the first action is the one that most people want."""
        self._glyph.set_icon(glyph, color)
        for label, text in (
            (self.title, title),
            (self.sentence, sentence),
            (self.next_step, next_step),
            (self.details, details),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._fold.setChecked(False)
        self._fold.setVisible(bool(details))
        self.details.hide()
        self.bar.setVisible(is_busy)
        self._set_actions(actions)

    def say_error(self, error: UserFacingError, *, actions: Sequence[Action]) -> None:
        """Show what went wrong."""
        text = explain(error)
        self.say(
            Glyph.WARNING,
            "warning",
            text.title,
            text.message,
            text.next_step,
            actions=actions,
            details=details_of(error),
        )

    def _lay_out(self) -> None:
        inner = QWidget(self)
        inner.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        self._row.addStretch(1)
        column.addStretch(2)
        column.addLayout(head)
        column.addWidget(self.sentence)
        column.addWidget(self.bar)
        column.addWidget(self.next_step)
        column.addLayout(self._row)
        column.addWidget(self.details)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.addStretch(1)
        layout.addWidget(inner, 20)
        layout.addStretch(1)

    def _set_actions(self, actions: Sequence[Action]) -> None:
        had_focus = any(button.hasFocus() for button in self.buttons)
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for number, (text, act) in enumerate(actions):
            button = push_button(text, parent=self)
            button.clicked.connect(act)
            self._row.insertWidget(number, button)
            button.show()
            self.buttons.append(button)
        if had_focus and self.buttons:
            # Else the keyboard would be nowhere after a button that is gone.
            self.buttons[0].setFocus()

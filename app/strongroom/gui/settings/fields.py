# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A field for a setting of each type, made from the setting's own declaration."""

from collections.abc import Mapping
from dataclasses import Field
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from strongroom.words import translate

_LONG_TEXT = 1_000
_NUMBER_WIDTH = 160
_TEXT_HEIGHT = 108
_TEXT_MARGIN = 7


class SettingField(QObject):
    """One field: its widget, its value, and the moment at which the user has finished with it.

    Signals:
        edited: There is a new value to be saved.
    """

    edited = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget
        widget.installEventFilter(self)

    def value(self) -> Any:
        """Return what the field holds."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value that is in force."""
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the page, not change a field that happens to be under the pointer."""
        if event.type() == QEvent.Type.Wheel and not self.widget.hasFocus():
            event.ignore()
            return True
        if event.type() == QEvent.Type.FocusOut and isinstance(self.widget, QPlainTextEdit):
            self.edited.emit()
        return super().eventFilter(watched, event)


class _Number(SettingField):
    def __init__(self, field: QSpinBox | QDoubleSpinBox) -> None:
        super().__init__(field)
        self._field = field
        field.setKeyboardTracking(False)
        # A style sheet's horizontal padding does not reach the text of a spin box.
        field.lineEdit().setTextMargins(_TEXT_MARGIN, 0, _TEXT_MARGIN, 0)
        field.setFixedWidth(_NUMBER_WIDTH)
        field.editingFinished.connect(self.edited)

    def value(self) -> Any:
        value = self._field.value()
        return round(value, 4) if isinstance(value, float) else value

    def show_value(self, value: Any) -> None:
        self._field.setValue(value)


class _Line(SettingField):
    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        field.editingFinished.connect(self.edited)

    def value(self) -> Any:
        return self._field.text()

    def show_value(self, value: Any) -> None:
        self._field.setText(value)


class _Switch(SettingField):
    def __init__(self, field: QCheckBox) -> None:
        super().__init__(field)
        self._field = field
        field.clicked.connect(self.edited)

    def value(self) -> Any:
        return self._field.isChecked()

    def show_value(self, value: Any) -> None:
        self._field.setChecked(value)


class _Text(SettingField):
    def __init__(self, field: QPlainTextEdit) -> None:
        super().__init__(field)
        self._field = field
        field.setObjectName("field")
        field.setTabChangesFocus(True)
        field.setFixedHeight(_TEXT_HEIGHT)

    def value(self) -> Any:
        return self._field.toPlainText()

    def show_value(self, value: Any) -> None:
        if self._field.toPlainText() != value:
            self._field.setPlainText(value)


class ChoiceField(SettingField):
    """A field with a list of values; the list may change."""

    def __init__(self, field: QComboBox, choices: Mapping[str, str]) -> None:
        super().__init__(field)
        self._field = field
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_choices(choices)
        field.activated.connect(self.edited)

    def set_choices(self, choices: Mapping[str, str]) -> None:
        """Offer these values, each with its words, and keep the chosen one."""
        value = self.value()
        self._field.clear()
        for choice, words in choices.items():
            self._field.addItem(words, choice)
        if value is not None:
            self.show_value(value)

    def value(self) -> Any:
        """Return the chosen value."""
        return self._field.currentData()

    def show_value(self, value: Any) -> None:
        """Choose a value; one that is not offered is added as it is."""
        if self._field.findData(value) < 0:
            self._field.addItem(value, value)
        self._field.setCurrentIndex(self._field.findData(value))


def make_field(row: "Field[Any]", parent: QWidget, choices: Mapping[str, str] | None = None) -> SettingField:
    """Return a field for the setting that ``row`` declares.

    Args:
        row: A field of :class:`strongroom.core.settings.Settings`.
        parent: Its widget's parent.
        choices: Values and their words for a setting that is chosen from a list.
    """
    bounds = row.metadata
    offered = choices if choices is not None else _declared_choices(bounds)
    if offered is not None:
        return ChoiceField(QComboBox(parent), offered)
    if row.type is bool:
        return _Switch(QCheckBox(translate("Settings", "On"), parent))
    if row.type is int:
        number = QSpinBox(parent)
        number.setRange(bounds["least"], bounds["most"])
        number.setGroupSeparatorShown(True)
        return _Number(number)
    if row.type is float:
        fraction = QDoubleSpinBox(parent)
        fraction.setRange(bounds["least"], bounds["most"])
        fraction.setDecimals(2)
        fraction.setSingleStep(0.05)
        return _Number(fraction)
    if bounds.get("maximum_length", 0) > _LONG_TEXT:
        return _Text(QPlainTextEdit(parent))
    return _Line(QLineEdit(parent))


def _declared_choices(bounds: Mapping[str, Any]) -> dict[str, str] | None:
    if "choices" not in bounds:
        return None
    words = {
        "system": translate("Settings", "As the system says"),
        "light": translate("Settings", "Light"),
        "dark": translate("Settings", "Dark"),
    }
    return {choice: words.get(choice, choice) for choice in bounds["choices"]}

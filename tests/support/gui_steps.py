# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a person does in the view that finds models, and what they see there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from strongroom.gui.models.quantization_model import QuantizationColumn as Column


def view_of(window):
    return window.models_page.find_view


def search(window, qtbot, text=""):
    view = view_of(window)
    view.search_bar.field.setText(text)
    qtbot.keyClick(view.search_bar.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.hub.is_searching)


def results_of(window):
    model = view_of(window).list.results
    return [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def open_repository(window, qtbot, row=0):
    view = view_of(window)
    view.list.choose(row)
    qtbot.waitUntil(lambda: not window.hub.is_opening)
    return view.repository


def cells(repository, row):
    model = repository.model
    return {column: model.index(row, column).data() for column in Column}


def row_of(repository, quantization):
    model = repository.model
    return next(row for row in range(model.rowCount()) if model.row(row).model.quantization == quantization)


def said(panel):
    return [label.text() for label in panel.findChildren(QLabel) if label.text() and not label.isHidden()]


def press(panel, words):
    next(button for button in panel.buttons if button.text() == words).click()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The composer: its keys, its height, Send and Stop in one place."""

import itertools

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication

from strongroom.gui.chat.composer import Composer


@pytest.fixture
def composer(theme, qtbot):
    widget = Composer(theme)
    qtbot.addWidget(widget)
    widget.resize(600, 400)
    widget.show()
    return widget


def test_enter_sends_and_empties_the_field(composer, qtbot):
    qtbot.keyClicks(composer.field, "Hello")
    with qtbot.waitSignal(composer.sent) as sent:
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent.args == ["Hello"]
    assert composer.field.toPlainText() == ""


def test_shift_enter_begins_a_line(composer, qtbot):
    qtbot.keyClicks(composer.field, "one")
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.field, "two")
    assert composer.field.toPlainText() == "one\ntwo"


def test_nothing_but_space_is_not_sent(composer, qtbot):
    qtbot.keyClicks(composer.field, "   ")
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert not composer.button.isEnabled()


def test_it_grows_to_eight_lines_and_then_scrolls(composer, qtbot):
    heights = []
    for lines in range(1, 13):
        composer.field.setPlainText("\n".join("line" for _ in range(lines)))
        QApplication.processEvents()
        heights.append(composer.field.height())
    assert all(lower < higher for lower, higher in itertools.pairwise(heights[:8]))
    assert heights[7] == heights[11]
    assert composer.field.verticalScrollBar().maximum() > 0


def test_a_text_at_the_edge_of_the_eighth_line_settles(composer, qtbot):
    for words in range(60, 160):
        composer.field.setPlainText("some word " * words)
        for width in (400, 401, 407, 412, 500):
            composer.resize(width, 400)
            QApplication.processEvents()
    assert composer.field.height() > 0


def test_send_becomes_stop_in_the_same_place(composer, qtbot):
    place = composer.button.geometry()
    composer.set_busy(is_busy=True)
    assert composer.button.accessibleName() == "Stop"
    assert composer.button.isEnabled()
    assert composer.button.geometry() == place
    with qtbot.waitSignal(composer.stop_wanted):
        qtbot.mouseClick(composer.button, Qt.MouseButton.LeftButton)
    composer.set_busy(is_busy=False)
    assert composer.button.accessibleName() == "Send"


def test_while_busy_enter_keeps_the_text(composer, qtbot):
    composer.set_busy(is_busy=True)
    qtbot.keyClicks(composer.field, "next")
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert composer.field.toPlainText() == "next"


def test_a_text_that_was_not_sent_comes_back_before_what_was_written_since(composer):
    composer.restore("refused")
    assert composer.field.toPlainText() == "refused"
    composer.restore("again")
    assert composer.field.toPlainText() == "again\nrefused"


def test_only_text_is_pasted(composer):
    data = QMimeData()
    data.setHtml("<b>bold</b><img src='file:///etc/passwd'>")
    data.setText("plain")
    composer.field.insertFromMimeData(data)
    assert composer.field.toPlainText() == "plain"


def test_the_ring_says_its_numbers(composer):
    composer.ring.set_context(1024, 4096)
    assert composer.ring.accessibleName() == "Context used: 1,024 of 4,096 tokens"
    assert composer.ring.share == pytest.approx(0.25)
    composer.ring.grab()

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The transcript on screen: it fetches nothing, grows without rewriting what is above, and follows only when asked."""

import random
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QTextCursor
from PySide6.QtWidgets import QMenu

from strongroom.core.chat import KEPT_TEXT, MessageState, Note, Role, StoredMessage, UnknownPart, VisibleText
from strongroom.core.findings import Action, Direction, Mark, PolicyIdentity
from strongroom.core.generation import FinishReason, GenerationNumbers
from strongroom.gui.chat.transcript import Transcript
from strongroom.gui.findings.cards import MarkedPassage
from strongroom.gui.rendering.document import DocumentWriter

POLICY = PolicyIdentity("Test", "7", "sha256:00", "built-in")
NUMBERS = GenerationNumbers(512, 0, 300, 0.41, 142, 38.2, 654, 4096, 2)
MASK = "[e-mail masked]"
RICH = (
    "Intro with **bold** and `code`.\n\n# Heading\n\n1. one\n2. two\n   - deep\n\n> quote\n> more\n\n"
    "```python\ndef f():\n    return 1\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |\n| 3 | 4 |\n\n---\n\nThe end, "
    f"by {MASK}.\n"
)


def message(number, role, text, **values):
    return StoredMessage(number, 1, role, text, "2026-11-23T10:00:00.000Z", **values)


def answer(number=2, text=RICH, **values):
    place = text.find(MASK)
    marks = (
        (Mark(place, place + len(MASK), Action.MASK, "email", "pii.email", 0.9, Direction.ANSWER, POLICY, "Because."),)
        if place >= 0
        else ()
    )
    return message(number, Role.ASSISTANT, text, **{"marks": marks, "model_name": "Small"} | values)


@pytest.mark.parametrize("role", [Role.USER, Role.ASSISTANT])
def test_a_part_that_this_version_cannot_show_is_said_to_be_there(transcript, role):
    transcript.show_messages(
        [message(1, role, "With a picture.", further_parts=(UnknownPart("picture"),))], has_earlier=False
    )

    shown = transcript.browser.toPlainText()
    assert shown.index("With a picture.") < shown.index("A part of this message that this version cannot show.")


@pytest.fixture
def transcript(theme, qtbot):
    widget = Transcript(theme)
    qtbot.addWidget(widget)
    widget.resize(800, 500)
    widget.show()
    return widget


def content(transcript):
    """Everything that the document shows: text, formats, tables."""
    return transcript.browser.document().toHtml()


def test_a_local_image_is_never_read(transcript, tmp_path):
    picture = tmp_path / "picture.png"
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    image.save(str(picture))
    url = QUrl.fromLocalFile(str(picture)).toString()
    texts = [f"![alt]({url})", f'<img src="{url}">', f"[![alt]({url})]({url})", f"![alt]({picture})"]
    transcript.show_messages([answer(2 + i, text) for i, text in enumerate(texts)], has_earlier=False)
    # Even a document that names the image outright gets nothing.
    QTextCursor(transcript.browser.document()).insertHtml(f'<img src="{url}" width="64" height="64">')
    shown = transcript.browser.grab().toImage()
    colors = {shown.pixelColor(x, y).name() for x in range(0, shown.width(), 4) for y in range(0, shown.height(), 4)}
    assert QColor("magenta").name() not in colors


def test_no_resource_of_any_kind_is_loaded(transcript):
    browser = transcript.browser
    for kind in (1, 2, 3, 4, 100):
        for name in ("file:///etc/passwd", "http://127.0.0.1:9/x.png", "qrc:/x", "/etc/passwd"):
            resource = browser.loadResource(kind, QUrl(name))
            assert resource is not None
            assert resource.isNull() if isinstance(resource, QImage) else resource.isEmpty()


def test_no_anchor_comes_from_a_message(transcript):
    text = "[x](https://example.org) <https://example.org> <a href='https://example.org'>y</a> https://example.org"
    transcript.show_messages([answer(2, text, numbers=NUMBERS)], has_earlier=False)
    assert anchors(transcript) == ["copy:2"]


def anchors(transcript):
    found, block = [], transcript.browser.document().begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            chosen = iterator.fragment().charFormat()
            if chosen.isAnchor() and chosen.anchorHref() not in found:
                found.append(chosen.anchorHref())
            iterator += 1
        block = block.next()
    return found


def test_growing_in_pieces_shows_the_same_as_all_at_once(transcript, theme, qtbot):
    generator = random.Random(7)
    whole = answer(state=MessageState.COMPLETE, numbers=NUMBERS, finish_reason=FinishReason.STOP)
    transcript.show_messages([message(1, Role.USER, "Hello")], has_earlier=False)
    position = 0
    while position < len(RICH):
        position += generator.randint(1, 12)
        # As the filter releases it: a placeholder comes whole.
        start = RICH.find(MASK)
        if start < position < start + len(MASK):
            position = start + len(MASK)
        marks = whole.marks if position >= start + len(MASK) else ()
        transcript.rest.stop()
        transcript.put(replace(whole, text=RICH[:position], marks=marks, state=MessageState.WRITING, numbers=None))
    transcript.put(whole)
    grown = content(transcript)
    transcript.show_messages([message(1, Role.USER, "Hello"), whole], has_earlier=False)
    assert grown == content(transcript)


def test_only_what_changed_is_written_anew(transcript, monkeypatch):
    transcript.show_messages([message(1, Role.USER, "Hello")], has_earlier=False)
    text = "A first paragraph.\n\nA second one"
    transcript.put(answer(2, text, state=MessageState.WRITING))
    written = []
    write = DocumentWriter.write
    monkeypatch.setattr(
        DocumentWriter, "write", lambda writer, part, marks: (written.append(part), write(writer, part, marks))
    )
    transcript.rest.stop()
    transcript.put(answer(2, text + " that grows", state=MessageState.WRITING))
    assert [part.block.spans[0].text for part in written] == ["A second one that grows"]


def test_flushes_that_come_too_fast_are_joined(transcript, qtbot, monkeypatch):
    transcript.show_messages([], has_earlier=False)
    transcript.put(answer(2, "a", state=MessageState.WRITING))
    transcript.rest.start(10_000)
    for length in range(2, 50):
        transcript.put(answer(2, "a" * length, state=MessageState.WRITING))
    assert "aa" not in transcript.browser.toPlainText()
    transcript.put(answer(2, "a" * 50))
    assert "a" * 50 in transcript.browser.toPlainText()
    transcript.rest.stop()


def test_the_view_follows_only_from_the_bottom(transcript, qtbot):
    transcript.show_messages([message(1, Role.USER, "Hello")], has_earlier=False)
    long = "\n\n".join(f"Paragraph {number}" for number in range(60))
    transcript.put(answer(2, long, state=MessageState.WRITING))
    bar = transcript.browser.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert transcript.jump_button.isHidden()
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    assert not transcript.jump_button.isHidden()
    transcript.rest.stop()
    transcript.put(answer(2, long + "\n\nmore\n\nand more", state=MessageState.WRITING))
    assert bar.value() == place
    qtbot.mouseClick(transcript.jump_button, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum()
    assert transcript.jump_button.isHidden()
    transcript.rest.stop()
    transcript.put(answer(2, long + "\n\nmore\n\nand more\n\nand more still"))
    assert bar.value() == bar.maximum()


def test_a_new_theme_keeps_the_place(transcript, theme):
    transcript.show_messages([answer(number) for number in range(2, 12)], has_earlier=False)
    bar = transcript.browser.verticalScrollBar()
    bar.setValue(100)
    theme.set_appearance("dark")
    assert bar.value() == 100
    assert not transcript.browser.is_following


def test_a_selection_above_survives_growth(transcript):
    transcript.show_messages([], has_earlier=False)
    transcript.put(answer(2, "Select this.\n\nGrowing", state=MessageState.WRITING))
    cursor = transcript.browser.document().find("Select this")
    transcript.browser.setTextCursor(cursor)
    transcript.rest.stop()
    transcript.put(answer(2, "Select this.\n\nGrowing text", state=MessageState.WRITING))
    assert transcript.browser.selected_text() == "Select this"
    transcript.rest.stop()


def test_a_pill_opens_by_click(transcript, qtbot):
    transcript.show_messages([answer(2, f"Write to {MASK} now.")], has_earlier=False)
    cursor = transcript.browser.document().find("masked")
    point = transcript.browser.cursorRect(cursor).center() - QPoint(12, 0)
    with qtbot.waitSignal(transcript.mark_chosen) as chosen:
        qtbot.mouseClick(transcript.browser.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert chosen.args[0].mark.rule_id == "email"
    # What was masked is not there any more; only the mark is.
    assert chosen.args[0].passage == ""


def test_a_pill_opens_by_keyboard(transcript, qtbot):
    transcript.show_messages([answer(2, f"Write to {MASK} now.")], has_earlier=False)
    transcript.browser.setFocus()
    qtbot.keyClick(transcript.browser, Qt.Key.Key_Tab)
    with qtbot.waitSignal(transcript.mark_chosen):
        qtbot.keyClick(transcript.browser, Qt.Key.Key_Return)


def test_copying_code_asks_for_exactly_the_code(transcript, qtbot):
    code = f"```python\nif x:\n    y('{MASK}')\n```\n\n```\nz\n```"
    transcript.show_messages([answer(2, code)], has_earlier=False)
    hrefs = [href for href in anchors(transcript) if href.startswith("code:")]
    assert hrefs == ["code:2/0", "code:2/1"]
    with qtbot.waitSignal(transcript.copy_wanted) as wanted:
        transcript.browser.anchorClicked.emit(QUrl(hrefs[0]))
    visible = wanted.args[0]
    assert visible.text == f"if x:\n    y('{MASK}')"
    assert [visible.text[mark.start : mark.end] for mark in visible.marks] == [MASK]


def test_copying_an_answer_asks_for_its_visible_text_with_its_marks(transcript, qtbot):
    shown = answer(2, f"Write to **{MASK}**.")
    transcript.show_messages([shown], has_earlier=False)
    with qtbot.waitSignal(transcript.copy_wanted) as wanted:
        transcript.browser.anchorClicked.emit(QUrl("copy:2"))
    assert wanted.args == [VisibleText(shown.text, shown.marks), "Answer copied"]


def test_what_is_selected_is_copied_without_the_windows_own_words(transcript, qtbot):
    code = "```python\nif x:\n    y()\n```"
    transcript.show_messages([answer(2, f"Write to {MASK} now.\n\n{code}", numbers=NUMBERS)], has_earlier=False)
    transcript.browser.selectAll()
    with qtbot.waitSignal(transcript.copy_wanted) as wanted:
        qtbot.keyClick(transcript.browser, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    visible = wanted.args[0]
    assert visible.text == f"Small\nWrite to {MASK} now.\nif x:\n    y()"
    assert [(visible.text[mark.start : mark.end], mark.rule_id) for mark in visible.marks] == [(MASK, "email")]


def test_selecting_and_dragging_hand_nothing_to_other_programs(transcript):
    transcript.show_messages([answer(2, "Write to nobody.")], has_earlier=False)
    transcript.browser.selectAll()
    assert transcript.browser.selected_text()
    assert transcript.browser.createMimeDataFromSelection().formats() == []


REMOVED = "[2 sentences removed]"


def revised(text=f"Fine.\n\nThis stays. {REMOVED} And this.", **values):
    place = text.index(REMOVED)
    mark = Mark(
        place, place + len(REMOVED), Action.BLOCK, "prices", "term.prices", 1.0, Direction.ANSWER, POLICY,
        removed_sentences=2,
    )  # fmt: skip
    return answer(2, text, marks=(mark,), **values)


def test_sentences_that_were_taken_back_are_a_pill_in_their_place(transcript, qtbot):
    transcript.show_messages([message(1, Role.USER, "Tell me")], has_earlier=False)
    first = "Fine.\n\nThis stays. It costs 5. It costs 6. And this."
    transcript.put(answer(2, first, marks=(), state=MessageState.WRITING))
    transcript.rest.stop()
    transcript.put(revised())
    text = transcript.browser.toPlainText()
    assert "It costs" not in text
    assert "2 sentences removed" in text
    assert "Blocked." not in text
    with qtbot.waitSignal(transcript.mark_chosen) as chosen:
        transcript.browser.anchorClicked.emit(QUrl("mark:2/0"))
    assert chosen.args[0].mark.removed_sentences == 2
    assert chosen.args[0].passage == ""


def test_a_revision_keeps_the_place_and_drops_a_selection_of_what_is_gone(transcript):
    long = "\n\n".join(f"Paragraph {number}." for number in range(60))
    writing = answer(2, f"{long}\n\nThis stays. It costs 5. And this.", marks=(), state=MessageState.WRITING)
    transcript.show_messages([writing], has_earlier=False)
    bar = transcript.browser.verticalScrollBar()
    bar.setValue(120)
    assert not transcript.browser.is_following
    transcript.browser.setTextCursor(transcript.browser.document().find("It costs"))
    bar.setValue(120)
    assert transcript.browser.selected_text() == "It costs"
    transcript.put(revised(f"{long}\n\nThis stays. {REMOVED} And this.", state=MessageState.WRITING))
    transcript.rest.stop()
    assert bar.value() == 120
    assert not transcript.browser.is_following
    assert transcript.browser.selected_text() == ""


def test_a_selection_above_what_was_taken_back_stays(transcript):
    writing = answer(2, "Fine.\n\nThis stays. It costs 5. And this.", marks=(), state=MessageState.WRITING)
    transcript.show_messages([writing], has_earlier=False)
    transcript.browser.setTextCursor(transcript.browser.document().find("Fine"))
    transcript.put(revised(state=MessageState.WRITING))
    transcript.rest.stop()
    assert transcript.browser.selected_text() == "Fine"


def test_a_blocked_answer_is_a_card_that_says_why(transcript, qtbot):
    mark = Mark(10, 10, Action.BLOCK, "prices", "secret", 1.0, Direction.ANSWER, POLICY, "Prices stay inside.")
    blocked = answer(2, "It starts.", state=MessageState.BLOCKED, finish_reason=FinishReason.FILTERED, marks=(mark,))
    transcript.show_messages([blocked], has_earlier=False)
    assert "Blocked. Prices stay inside." in transcript.browser.toPlainText()
    for signal, href in ((transcript.mark_chosen, "mark:2/0"), (transcript.report_wanted, "wrong:2/0")):
        assert href in anchors(transcript)
        with qtbot.waitSignal(signal) as chosen:
            transcript.browser.anchorClicked.emit(QUrl(href))
        assert chosen.args[0] == MarkedPassage(mark, "", 1)


def test_a_passage_that_is_only_pointed_out_can_still_be_quoted(transcript, qtbot):
    mark = Mark(9, 15, Action.WARN, "ids", "pii.passport", 0.7, Direction.ANSWER, POLICY)
    transcript.show_messages([answer(2, "Order no 123456 is paid.", marks=(mark,))], has_earlier=False)
    with qtbot.waitSignal(transcript.mark_chosen) as chosen:
        transcript.browser.anchorClicked.emit(QUrl("mark:2/0"))
    assert chosen.args[0].passage == "123456"


def test_an_interrupted_answer_says_what_ended_it(transcript):
    notes = (
        Note("template.fallback", case=KEPT_TEXT, text="A plain template was used."),
        Note("engine.crashed", case=KEPT_TEXT, text="The process crashed."),
    )
    cut = answer(2, "Half of", state=MessageState.INTERRUPTED, finish_reason=FinishReason.ERROR, notes=notes)
    transcript.show_messages([cut], has_earlier=False)
    text = transcript.browser.toPlainText()
    assert "Interrupted. The process crashed." in text
    assert "Note: A plain template was used." in text
    assert text.count("The process crashed.") == 1


def test_the_line_under_an_answer(transcript):
    transcript.show_messages([answer(2, "Hi", numbers=NUMBERS)], has_earlier=False)
    assert "142 tokens · 38 tokens/s · first after 0.4 s" in transcript.browser.toPlainText()


@pytest.mark.parametrize(
    "text", ["\u202eabc", "a\x00b", "\ufdd0\ufdd1", "x" * 50_000, "\u0301" * 500, "\u2029\u2028\r\n"]
)
def test_odd_characters_do_no_harm(transcript, text):
    transcript.show_messages([message(1, Role.USER, text), answer(2, text)], has_earlier=False)
    transcript.grab()


def test_a_pasted_document_is_folded_until_it_is_asked_for(transcript):
    text = "word " * 50_000
    transcript.show_messages([message(1, Role.USER, text)], has_earlier=False)
    assert "… and 244,000 more characters" in transcript.browser.toPlainText()
    assert len(transcript.browser.toPlainText()) < 7_000
    transcript.browser.anchorClicked.emit(QUrl("more:1"))
    assert len(transcript.browser.toPlainText()) >= len(text)


def test_the_context_menu_copies_a_whole_message_and_offers_no_link(transcript, qtbot):
    transcript.show_messages([message(1, Role.USER, "Mine"), answer(2, f"Theirs, {MASK}")], has_earlier=False)
    transcript.browser.menu_wanted.emit(QPoint(10, 10), transcript.browser.document().find("Theirs").position())
    menu = transcript.findChild(QMenu)
    actions = {action.text(): action for action in menu.actions()}
    assert list(actions) == ["Copy selected text", "Copy whole message", "Select all"]
    with qtbot.waitSignal(transcript.copy_wanted) as wanted:
        actions["Copy whole message"].trigger()
    assert wanted.args[0].text == f"Theirs, {MASK}"
    menu.close()


def test_hundreds_of_messages_are_drawn_in_time(transcript):
    began = time.process_time()
    turns = [answer(number) for number in range(200)]
    transcript.show_messages(turns, has_earlier=True)
    assert time.process_time() - began < 4


def test_the_column_stays_readable_and_does_not_jump(transcript, qtbot):
    transcript.resize(1400, 500)
    transcript.show_messages([answer(2, "Short")], has_earlier=False)
    before = transcript.browser.viewport().width()
    assert before <= 760 + 2 * 16
    transcript.put(answer(3, "\n\n".join("text" for _ in range(80))))
    assert transcript.browser.verticalScrollBar().maximum() > 0
    assert transcript.browser.viewport().width() == before

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Several conversations at once: each shows and stops its own answer, waits in its own place, has its own model."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from strongroom.core.chat import MessageState
from strongroom.core.events import ModelsUnloaded, RoomReason
from strongroom.core.incident import IncidentEvent
from strongroom.gui.chat.conversation_model import STATUS_ROLE
from strongroom.gui.chat.status import ChatStatus, Status
from strongroom.gui.models import words as model_words
from strongroom.models import MemoryNow, ModelLibrary, ModelRefused

PLENTY = 1 << 40


@pytest.fixture
def memory(monkeypatch):
    """What the machine has free, as every estimate of a fit is told; a test may change it."""
    free = {"main": PLENTY}
    monkeypatch.setattr(MemoryNow, "look", lambda **_: MemoryNow(free["main"], 0))
    return free


@pytest.fixture
def other_id(desk):
    """A second model on the shelf, pinned; the first is the settings' choice."""
    desk.prepare()
    path = desk.folder / "Other-Q8_0.gguf"
    path.write_bytes(b"GGUF" + b"other" * 500)
    library = ModelLibrary(desk.paths)
    entry = library.import_file(path)
    try:
        library.open_verified(entry.model_id).close()
    except ModelRefused as refusal:
        library.pin(entry.model_id, refusal.actual_digest)
    return entry.model_id


def text_of(window):
    return window.chat_page.transcript.browser.toPlainText()


def phase_of(window):
    return window.chat_page.composer.phase.accessibleName()


def ask(window, text):
    """Type a message in the conversation that is shown, send it, and return the conversation."""
    page = window.chat_page
    page.composer.field.setPlainText(text)
    page.composer.button.click()
    return page.chat


def show(window, qtbot, chat):
    page = window.chat_page
    if chat.conversation_id is None:
        page.open_new(chat)
    else:
        page.open(chat.conversation_id)
    qtbot.waitUntil(lambda: page.chat is chat)


def has_begun(window, chat):
    turn = window.turns.turn(chat)
    return turn is not None and turn.answer is not None and bool(turn.answer.text)


def is_waiting(window, chat):
    turn = window.turns.turn(chat)
    return turn is not None and turn.waiting is not None


def rows(window):
    model = window.chat_page.list.model
    return {model.index(row).data(): model.index(row).data(STATUS_ROLE) for row in range(model.rowCount())}


@pytest.fixture
def one_waits(desk, qtbot, tmp_path):
    """A window in which the first conversation is being answered, and the second, new one waits for the same model."""
    window = desk.window(["First begun, ", {"wait": str(tmp_path / "go")}, "and ended."], ["Second answer."])
    first = ask(window, "First question")
    qtbot.waitUntil(lambda: has_begun(window, first))
    window.chat_page.start_new()
    second = ask(window, "Second question")
    qtbot.waitUntil(lambda: is_waiting(window, second))
    return window, first, second


def test_the_second_message_to_one_model_waits_with_a_sentence_and_then_goes_out(one_waits, desk, qtbot, tmp_path):
    window, _, second = one_waits
    page = window.chat_page
    card = page.view.waiting_card
    assert page.chat is second
    assert card.isVisible()
    assert card.sentence.text() == "Waiting for Small-Q4_0: 1 answer before yours."
    assert card.message.accessibleName() == "Second question"
    both = {"New conversation": ChatStatus(Status.WAITING, 1), "First question": ChatStatus(Status.ANSWERING)}
    qtbot.waitUntil(lambda: rows(window) == both)
    assert [index_text(window, row) for row in range(2)] == [
        "New conversation, waiting, 2nd in line",
        "First question, being answered",
    ]
    (tmp_path / "go").touch()
    desk.settle(window)
    assert card.isHidden()
    assert "Second answer." in text_of(window)
    assert list(rows(window).values()) == [None, None]


def index_text(window, row):
    said = window.chat_page.list.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
    # Without the time at its end.
    return ", ".join(part for part in said.split(", ") if ":" not in part)


def test_a_waiting_message_that_is_cancelled_is_in_its_composer_again(one_waits, desk, qtbot, tmp_path):
    window, first, second = one_waits
    page = window.chat_page
    page.view.waiting_card.cancel_button.click()
    qtbot.waitUntil(lambda: window.turns.turn(second) is None)
    assert page.view.waiting_card.isHidden()
    assert page.composer.field.toPlainText() == "Second question"
    assert page.notices.notices == []
    assert window.turns.turn(first) is not None
    (tmp_path / "go").touch()
    desk.settle(window)
    desk.send(window, "Second question")
    assert "Second answer." in text_of(window)


def test_a_message_cancelled_from_afar_goes_back_to_its_own_conversation(one_waits, desk, qtbot, tmp_path):
    window, first, second = one_waits
    show(window, qtbot, first)
    window.turns.stop(second)
    qtbot.waitUntil(lambda: window.turns.turn(second) is None)
    assert window.chat_page.composer.field.toPlainText() == ""
    assert rows(window)["New conversation"] == ChatStatus(Status.DRAFT)
    show(window, qtbot, second)
    assert window.chat_page.composer.field.toPlainText() == "Second question"
    (tmp_path / "go").touch()
    desk.settle(window)


def test_each_conversation_shows_its_own_state(one_waits, desk, qtbot, tmp_path):
    window, first, second = one_waits
    page = window.chat_page
    show(window, qtbot, first)
    qtbot.waitUntil(lambda: "First begun" in text_of(window))
    assert page.view.waiting_card.isHidden()
    assert page.composer.is_busy
    assert phase_of(window).startswith("Writing")
    page.start_new()
    assert not page.composer.is_busy
    assert phase_of(window) == ""
    assert text_of(window) == ""
    assert page.view.waiting_card.isHidden()
    show(window, qtbot, second)
    assert page.view.waiting_card.isVisible()
    (tmp_path / "go").touch()
    show(window, qtbot, first)
    qtbot.waitUntil(lambda: "First begun, and ended." in text_of(window))
    assert "Second" not in text_of(window)
    desk.settle(window)


def test_stop_stops_only_the_conversation_that_is_shown(one_waits, desk, qtbot):
    window, first, second = one_waits
    show(window, qtbot, first)
    qtbot.keyClick(window.chat_page.composer.field, Qt.Key.Key_Escape)
    desk.settle(window)
    assert window.chat_page.answers()[-1].state is MessageState.STOPPED
    show(window, qtbot, second)
    qtbot.waitUntil(lambda: "Second answer." in text_of(window))


def test_a_line_of_three_moves_up_in_order(one_waits, desk, qtbot, tmp_path):
    window, _, second = one_waits
    page = window.chat_page
    page.start_new()
    third = ask(window, "Third question")
    qtbot.waitUntil(lambda: is_waiting(window, third))
    assert page.view.waiting_card.sentence.text() == "Waiting for Small-Q4_0: 2 answers before yours."
    window.turns.stop(second)
    qtbot.waitUntil(lambda: page.view.waiting_card.sentence.text() == "Waiting for Small-Q4_0: 1 answer before yours.")
    (tmp_path / "go").touch()
    desk.settle(window)
    assert "Second answer." in text_of(window)


def test_closing_stops_every_answer_and_keeps_what_was_shown(one_waits, desk, other_id, qtbot):
    _, first, _ = one_waits
    number = first.conversation_id
    desk.close()
    with desk.workspace() as workspace:
        kept = workspace.conversations.messages(number)
        assert len(workspace.conversations.list()) == 1
    assert kept[-1].text.strip() == "First begun,"
    assert kept[-1].state is MessageState.STOPPED


@pytest.fixture
def two_models(desk, other_id, memory, qtbot, tmp_path):
    """A window with the settings' model loaded and another one on the shelf; every answer waits for a file."""
    return desk.window(["Write to ann@example.org, ", {"wait": str(tmp_path / "go")}, "and ended."])


def test_two_conversations_answer_at_once_on_two_models(two_models, desk, other_id, qtbot, tmp_path):
    window = two_models
    page = window.chat_page
    first = ask(window, "First question")
    qtbot.waitUntil(lambda: has_begun(window, first))
    page.start_new()
    window.models.use(other_id)
    second = ask(window, "Second question")
    qtbot.waitUntil(lambda: has_begun(window, second))
    assert has_begun(window, first)
    assert {one.name for one in window.models.loaded_models} == {"Small-Q4_0", "Other-Q8_0"}
    both = {"Second question": ChatStatus(Status.ANSWERING), "First question": ChatStatus(Status.ANSWERING)}
    qtbot.waitUntil(lambda: rows(window) == both)
    (tmp_path / "go").touch()
    desk.settle(window)
    for chat, name in ((first, "Small-Q4_0"), (second, "Other-Q8_0")):
        show(window, qtbot, chat)
        answer = page.answers()[-1]
        assert answer.model_name == name
        assert answer.text.endswith("and ended.")
        assert "ann@example.org" not in answer.text
    records = [entry.record for entry in window.workspace.incidents.entries()]
    found = [record.conversation_id for record in records if record.event is IncidentEvent.FILTER_MASK]
    assert sorted(found) == sorted([first.conversation_id, second.conversation_id])


def test_a_model_is_chosen_for_the_conversation_that_is_shown(two_models, desk, other_id, qtbot, tmp_path):
    (tmp_path / "go").touch()
    window, page = two_models, two_models.chat_page
    desk.send(window, "First question")
    first = page.chat
    page.start_new()
    window.models.use(other_id)
    desk.settle(window)
    assert page.picker.button.accessibleName().startswith("Model: Other-Q8_0")
    assert window.status_bar.text("model").startswith("Other-Q8_0 · ")
    show(window, qtbot, first)
    assert page.picker.button.accessibleName().startswith("Model: Small-Q4_0")
    assert window.status_bar.text("model").startswith("Small-Q4_0 · ")
    page.picker.menu.aboutToShow.emit()
    lines = [action.text() for action in page.picker.menu.actions()]
    assert sum(line.endswith("· loaded") for line in lines) == 2


def test_a_kept_conversation_goes_on_with_the_model_of_its_last_answer(desk, other_id, memory, qtbot):
    window = desk.window(["An answer."], ["Another answer."])
    window.models.use(other_id)
    desk.settle(window)
    desk.send(window, "For the other one")
    number = window.chat_page.current
    desk.close()
    again = desk.window(["An answer."], ["Another answer."])
    assert again.chat_page.picker.button.accessibleName().startswith("Model: Small-Q4_0")
    again.chat_page.open(number)
    qtbot.waitUntil(lambda: again.chat_page.current == number)
    assert again.chat_page.picker.button.accessibleName().startswith("Model: Other-Q8_0, not loaded")
    desk.send(again, "Once more")
    assert [answer.model_name for answer in again.chat_page.answers()] == ["Other-Q8_0", "Other-Q8_0"]
    assert again.chat_page.picker.button.accessibleName().startswith("Model: Other-Q8_0, Pinned by you")


def test_a_model_that_cannot_be_loaded_leaves_the_former_one_loaded_and_chosen(two_models, desk, other_id, qtbot):
    window = two_models
    path = desk.folder / "Other-Q8_0.gguf"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    window.models.use(other_id)
    qtbot.waitUntil(lambda: bool(window.banners.notices))
    desk.settle(window)
    assert window.banners.notices[-1].title == "Model refused"
    assert [one.name for one in window.models.loaded_models] == ["Small-Q4_0"]
    assert window.chat_page.picker.button.accessibleName().startswith("Model: Small-Q4_0")


def test_with_memory_for_one_model_the_second_waits_with_a_sentence_and_then_answers(
    two_models, desk, other_id, memory, qtbot, tmp_path
):
    window, page = two_models, two_models.chat_page
    first = ask(window, "First question")
    qtbot.waitUntil(lambda: has_begun(window, first))
    # For either of the two small models, but not for both.
    memory["main"] = 5_000
    page.start_new()
    window.models.use(other_id)
    second = ask(window, "Second question")
    qtbot.waitUntil(page.view.waiting_card.isVisible)
    said = "Waiting for Other-Q8_0: it needs the memory of a model that is answering."
    assert page.view.waiting_card.sentence.text() == said
    assert phase_of(window) == ""
    assert rows(window)["New conversation"].text == "2nd"
    assert [one.name for one in window.models.loaded_models] == ["Small-Q4_0"]
    (tmp_path / "go").touch()
    desk.settle(window)
    assert page.chat is second
    assert page.answers()[-1].model_name == "Other-Q8_0"
    assert [one.name for one in window.models.loaded_models] == ["Other-Q8_0"]
    said = next(notice for notice in window.toasts.notices if notice.key == "models.unloaded")
    assert said.message == "Small-Q4_0 made room for Other-Q8_0: there is too little memory for both."
    show(window, qtbot, first)
    assert text_of(window).count("and ended.") == 1


def test_waiting_for_memory_can_be_cancelled(two_models, desk, other_id, memory, qtbot, tmp_path):
    window, page = two_models, two_models.chat_page
    first = ask(window, "First question")
    qtbot.waitUntil(lambda: has_begun(window, first))
    memory["main"] = 0
    page.start_new()
    window.models.use(other_id)
    second = ask(window, "Second question")
    qtbot.waitUntil(page.view.waiting_card.isVisible)
    page.view.waiting_card.cancel_button.click()
    qtbot.waitUntil(lambda: window.turns.turn(second) is None)
    assert page.composer.field.toPlainText() == "Second question"
    page.picker.cancel_button.click()
    qtbot.waitUntil(lambda: window.models.waiting is None)
    (tmp_path / "go").touch()
    desk.settle(window)
    assert [one.name for one in window.models.loaded_models] == ["Small-Q4_0"]


def test_a_model_that_is_loaded_although_memory_is_short_says_so():
    event = ModelsUnloaded("Big", (), RoomReason.MEMORY, 0, 2_400_000_000, 4_400_000_000, is_enough=False)
    assert model_words.unloaded(event) == "Big needs about 4.4 GB, 2.4 GB are free; it is loaded all the same."
    # Where the system does not tell what is free, nothing is claimed.
    assert model_words.unloaded(replace(event, free=0)) == ""
    limit = replace(event, unloaded=("Small", "Other"), reason=RoomReason.MOST_LOADED, is_enough=True)
    assert model_words.unloaded(limit) == (
        "Small, Other made room for Big: the policy allows no more at the same time."
    )

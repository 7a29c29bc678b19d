# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models in the window: every state in words, load progress, import, responsibility, refusal."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from strongroom.core.events import Phase, PhaseProgressed
from strongroom.core.verification import ModelEntry, VerificationState
from strongroom.gui.models.activity import Activity
from strongroom.gui.models.looks import STATE_LOOK
from strongroom.gui.models.questions import PinQuestion
from strongroom.gui.widgets import wording


def question_of(window):
    return next((widget for widget in window.findChildren(PinQuestion) if widget.isVisible()), None)


def entry_of(window, name):
    return next(entry for entry in window.models.entries if entry.name == name)


def menu_lines(window):
    window.chat_page.picker.menu.aboutToShow.emit()
    return [action.text() for action in window.chat_page.picker.menu.actions() if action.text()]


def another_file(desk, name="Other-Q8_0.gguf"):
    path = desk.folder / name
    path.write_bytes(b"GGUF" + b"other" * 500)
    return path


@pytest.mark.parametrize("state", list(VerificationState))
def test_every_state_has_a_word_an_icon_and_a_sentence(state):
    entry = ModelEntry("m", "Model", "/x", 1, "ab", "someone", "", state, "2026-11-23T10:00:00.000Z")
    assert wording.verification(state)
    assert wording.verification_line(entry).startswith(wording.verification(state))
    assert wording.verification_sentence(entry).endswith(".")
    assert state in STATE_LOOK


def test_a_mismatch_with_the_users_own_pin_is_said_in_good_grammar():
    state = VerificationState.MISMATCH
    entry = ModelEntry("m", "Model", "/x", 1, "ab", "user", "", state, "2026-11-23T10:00:00.000Z")
    said = "The bytes are not the ones that you vouched for. The file is refused."
    assert wording.verification_sentence(entry) == said


def test_no_two_states_look_or_read_alike():
    assert len({wording.verification(state) for state in VerificationState}) == len(VerificationState)
    assert len({glyph for glyph, _ in STATE_LOOK.values()}) == len(VerificationState)


def test_the_loaded_model_is_named_with_its_verification(desk):
    window = desk.window()
    assert window.status_bar.text("model").startswith("Small-Q4_0 · pinned, checked ")
    assert window.status_bar.text("device").startswith("CPU, 1 thread")
    assert window.chat_page.picker.button.accessibleName().startswith("Model: Small-Q4_0")
    assert any("Small-Q4_0 · Q4_0 · 2 kB\tPinned by you" in line for line in menu_lines(window))


def test_progress_is_in_words_and_numbers(desk, qtbot):
    loads = desk.folder / "loads"
    window = desk.window(ready=False, hold=loads)
    qtbot.waitUntil(lambda: window.models.activity is Activity.LOADING)
    picker = window.chat_page.picker
    window.models.progressed.emit(PhaseProgressed(Phase.VERIFYING, 620, 1000, 0.5))
    assert "Verifying 62 %" in picker.button.text()
    assert not picker.cancel_button.isHidden()
    window.models.progressed.emit(PhaseProgressed(Phase.LOADING, 300, 1000, 1.0))
    assert "Loading 30 %" in picker.button.text()
    assert window.status_bar.text("model") == "Loading 30 %"
    loads.touch()
    qtbot.waitUntil(lambda: window.models.loaded is not None)
    assert picker.cancel_button.isHidden()


def test_verifying_tells_its_speed():
    assert (
        wording.phase(PhaseProgressed(Phase.VERIFYING, 6_200_000_000, 10_000_000_000, 4.4))
        == "Verifying 62 % · 1.4 GB/s"
    )
    assert wording.phase(PhaseProgressed(Phase.READING, 512, 2048, 1.0)) == "Reading your message 512 of 2,048 tokens"


def test_a_load_can_be_cancelled(desk, qtbot):
    window = desk.window(ready=False, hold=desk.folder / "never")
    qtbot.waitUntil(lambda: window.models.activity is Activity.LOADING)
    window.chat_page.picker.cancel_button.click()
    qtbot.waitUntil(lambda: window.models.activity is Activity.NONE)
    assert window.models.loaded is None
    assert window.banners.notices == []


def test_an_imported_file_asks_for_responsibility_and_the_default_is_no(desk, qtbot):
    window = desk.window()
    window.shelf.import_file(another_file(desk))
    qtbot.waitUntil(lambda: question_of(window) is not None)
    question = question_of(window)
    assert question.no_button.isDefault()
    assert not question.yes_button.isDefault()
    digest = question.digest.toPlainText()
    assert len(digest) == 64
    question.no_button.click()
    desk.settle(window)
    assert entry_of(window, "Other-Q8_0").state is VerificationState.UNKNOWN
    assert window.models.loaded.name == "Small-Q4_0"


def test_taking_responsibility_pins_and_loads(desk, qtbot):
    window = desk.window()
    window.shelf.import_file(another_file(desk))
    qtbot.waitUntil(lambda: question_of(window) is not None)
    question_of(window).yes_button.click()
    qtbot.waitUntil(lambda: window.models.loaded is not None and window.models.loaded.name == "Other-Q8_0")
    desk.settle(window)
    assert entry_of(window, "Other-Q8_0").state is VerificationState.PINNED


def test_an_unknown_file_is_not_loaded_without_a_yes(desk, qtbot):
    window = desk.window()
    window.shelf.import_file(another_file(desk))
    qtbot.waitUntil(lambda: question_of(window) is not None)
    question_of(window).reject()
    desk.settle(window)
    window.models.load(entry_of(window, "Other-Q8_0").model_id)
    qtbot.waitUntil(lambda: question_of(window) is not None)
    assert window.models.loaded is None
    # What was loaded before is still there.
    assert [one.name for one in window.workspace.models.loaded_models] == ["Small-Q4_0"]
    question_of(window).reject()
    desk.settle(window)


def test_a_changed_file_is_refused_and_the_place_of_quarantine_is_told(desk, qtbot):
    window = desk.window()
    window.workspace.models.unload_all()
    content = bytearray(desk.model_file.read_bytes())
    content[100] ^= 1
    desk.model_file.write_bytes(content)
    window.models.load(window.models.wanted)
    qtbot.waitUntil(lambda: bool(window.banners.notices))
    notice = window.banners.notices[-1]
    assert notice.title == "Model refused"
    quarantined = next(desk.paths.quarantine.iterdir())
    assert str(quarantined) in notice.message
    assert "Expected SHA-256" in notice.details
    assert "Actual SHA-256" in notice.details
    desk.settle(window)
    assert entry_of(window, "Small-Q4_0").state is VerificationState.MISMATCH
    assert any(line.endswith("\tMismatch, refused") for line in menu_lines(window))
    assert window.status_bar.text("model") == "No model loaded"


def test_a_missing_file_cannot_be_chosen(desk, qtbot):
    window = desk.window()
    window.workspace.models.unload_all()
    desk.model_file.unlink()
    window.models.refresh_loaded()
    window.show_page("models")
    qtbot.waitUntil(lambda: entry_of(window, "Small-Q4_0").state is VerificationState.MISSING)
    window.chat_page.picker.menu.aboutToShow.emit()
    lines = {action.text(): action.isEnabled() for action in window.chat_page.picker.menu.actions()}
    assert not next(enabled for line, enabled in lines.items() if "File missing" in line)


def test_not_a_model_file_is_refused_in_words(desk, qtbot):
    window = desk.window()
    path = desk.folder / "notes.gguf"
    path.write_text("hello")
    window.shelf.import_file(path)
    qtbot.waitUntil(lambda: bool(window.banners.notices))
    assert "notes.gguf" in window.banners.notices[-1].message
    desk.settle(window)


def test_verify_now_says_what_was_found(desk, qtbot):
    window = desk.window()
    window.show_page("models")
    desk.settle(window)
    row = [entry.name for entry in window.models.entries].index("Small-Q4_0")
    window.models_page.shelf_view.table.choose(row)
    window.models_page.shelf_view.verify_button.click()
    qtbot.waitUntil(lambda: bool(window.toasts.notices))
    assert window.toasts.notices[-1].title == "Small-Q4_0 is what it should be"
    desk.settle(window)


def test_details_of_the_loaded_model(desk, qtbot):
    window = desk.window()
    window.show_page("models")
    desk.settle(window)
    window.models_page.shelf_view.table.choose([entry.name for entry in window.models.entries].index("Small-Q4_0"))
    window.models_page.shelf_view.details_button.click()
    facts = dict(window.inspector.card.facts)
    assert facts["SHA-256 of the loaded bytes"] == window.models.loaded.digest
    assert facts["Vouched for by"] == "you"
    assert facts["File"] == str(desk.model_file)


def test_a_models_name_is_plain_text(desk, qtbot):
    window = desk.window()
    window.shelf.import_file(another_file(desk, "<b>x&y.gguf"))
    qtbot.waitUntil(lambda: question_of(window) is not None)
    labels = question_of(window).findChildren(QLabel)
    assert any("<b>x&y" in label.text() for label in labels)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    question_of(window).reject()
    desk.settle(window)
    assert any("<b>x&&y" in line for line in menu_lines(window))


def test_the_file_dialog_names_gguf(desk, qtbot):
    window = desk.window()
    window.chat_page.picker.import_wanted.emit()
    chooser = next(dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible())
    assert "*.gguf" in chooser.nameFilters()[0]
    chooser.reject()

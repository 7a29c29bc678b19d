# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models that are already on this computer: other programs' folders, what was found, and off the list again."""

import hashlib
import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QToolButton

from strongroom.core.errors import Cancelled
from strongroom.core.verification import VerificationState
from strongroom.gui.models.found_models_dialog import FoundModelsDialog
from strongroom.gui.models.import_desk import Keeper, find_places
from strongroom.gui.models.questions import RemovalQuestion


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """No test looks into the home of whoever runs it."""
    folder = tmp_path / "home"
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    for name in ("OLLAMA_MODELS", "HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def make_ollama(folder: Path, content: bytes) -> str:
    """Write what Ollama keeps of one model; return its digest."""
    digest = hashlib.sha256(content).hexdigest()
    blobs = folder / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"sha256-{digest}").write_bytes(content)
    manifest = folder / "manifests" / "registry.ollama.ai" / "library" / "tiny" / "latest"
    manifest.parent.mkdir(parents=True)
    layer = {
        "mediaType": "application/vnd.ollama.image.model",
        "digest": f"sha256:{digest}",
        "size": len(content),
    }
    manifest.write_text(
        json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "layers": [layer],
            }
        )
    )
    return digest


def dialog_of(window, kind):
    return next((widget for widget in window.findChildren(kind) if widget.isVisible()), None)


def found_in(window, qtbot, folder):
    window.imports.discover(folder)
    qtbot.waitUntil(lambda: dialog_of(window, FoundModelsDialog) is not None)
    return dialog_of(window, FoundModelsDialog)


def entries_named(window, name):
    return [entry for entry in window.models.entries if entry.name.startswith(name)]


def make_folder(desk):
    """A folder with two models and one that has a part missing, in folders of their own."""
    folder = desk.folder / "models of mine"
    for name in ("deep/down/First-Q4_0.gguf", "Second-Q8_0.gguf", "Split-00001-of-00002.gguf"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"GGUF" + name.encode() + bytes(1000))
    return folder


def test_places_are_offered_only_where_they_are(tmp_path):
    assert find_places(tmp_path, {}) == ()
    (tmp_path / ".lmstudio" / "models").mkdir(parents=True)
    (tmp_path / "elsewhere" / "hub").mkdir(parents=True)
    places = find_places(tmp_path, {"HF_HOME": str(tmp_path / "elsewhere")})
    assert [(place.keeper, place.folder) for place in places] == [
        (Keeper.LM_STUDIO, tmp_path / ".lmstudio" / "models"),
        (Keeper.HUGGING_FACE, tmp_path / "elsewhere" / "hub"),
    ]


def test_the_menu_offers_a_file_a_folder_and_the_places_that_are_there(desk, qtbot, home, gguf_files):
    make_ollama(home / ".ollama" / "models", gguf_files["tiny-Q2_K.gguf"])
    window = desk.window()
    window.show_page("models")
    desk.settle(window)
    button = window.models_page.import_button
    button.fill_menu()
    lines = [action.text() for action in button.menu_of_places.actions() if action.text()]
    assert lines == ["A file…", "A folder…", "Ollama's models…"]
    button.menu_of_places.actions()[1].trigger()
    chooser = dialog_of(window, QFileDialog)
    assert chooser.fileMode() is QFileDialog.FileMode.Directory
    chooser.reject()
    button.menu_of_places.actions()[0].trigger()
    chooser = next(one for one in window.findChildren(QFileDialog) if one.isVisible())
    assert "*.gguf" in chooser.nameFilters()[0]
    chooser.reject()
    desk.settle(window)


def test_ollamas_models_are_imported_where_they_are(desk, qtbot, home, gguf_files):
    content = gguf_files["tiny-Q2_K.gguf"]
    digest = make_ollama(home / ".ollama" / "models", content)
    window = desk.window()
    window.show_page("models")
    desk.settle(window)
    window.models_page.import_button.fill_menu()
    window.models_page.import_button.menu_of_places.actions()[-1].trigger()
    qtbot.waitUntil(lambda: dialog_of(window, FoundModelsDialog) is not None)
    dialog = dialog_of(window, FoundModelsDialog)
    assert [one.origin for one in dialog.chosen()] == ["Ollama"]
    dialog.import_button.click()
    qtbot.waitUntil(lambda: bool(entries_named(window, "tiny")))
    desk.settle(window)
    (entry,) = entries_named(window, "tiny")
    assert entry.path.endswith(f"sha256-{digest}")
    assert not list(desk.paths.models.rglob("*.gguf"))
    assert window.toasts.notices[-1].title == "1 model imported"


def test_all_that_was_found_is_chosen_and_can_be_left_out(desk, qtbot):
    window = desk.window()
    window.show_page("models")
    dialog = found_in(window, qtbot, make_folder(desk))
    assert sorted(one.name for one in dialog.chosen()) == ["First-Q4_0", "Second-Q8_0"]
    assert dialog.import_button.text() == "Import 2 models"
    rows = {dialog.model.index(row, 0).data(): row for row in range(dialog.model.rowCount())}
    assert set(rows) >= {"First-Q4_0", "Second-Q8_0"}
    dialog.table.choose(rows["First-Q4_0"])
    qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    assert [one.name for one in dialog.chosen()] == ["Second-Q8_0"]
    assert dialog.import_button.text() == "Import 1 model"
    dialog.import_button.click()
    qtbot.waitUntil(lambda: bool(entries_named(window, "Second")))
    desk.settle(window)
    assert entries_named(window, "First") == []
    assert entries_named(window, "Second")[0].state is VerificationState.UNKNOWN
    assert window.models_page.shelf_view.chosen().name == "Second-Q8_0"


def test_a_model_with_a_missing_part_is_listed_with_the_reason_and_cannot_be_chosen(desk, qtbot):
    window = desk.window()
    dialog = found_in(window, qtbot, make_folder(desk))
    row = next(row for row in range(dialog.model.rowCount()) if "Split" in dialog.model.index(row, 0).data())
    assert dialog.model.index(row, 0).data(Qt.ItemDataRole.CheckStateRole) is None
    dialog.table.choose(row)
    assert "part" in dialog.detail.text() or "Split-00002-of-00002.gguf" in dialog.detail.text()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    assert all("Split" not in one.name for one in dialog.chosen())
    dialog.reject()
    desk.settle(window)


def test_a_search_of_a_folder_is_told_and_can_be_cancelled(desk, qtbot, monkeypatch):
    window = desk.window()
    window.show_page("models")
    strip = window.models_page.import_strip
    looking = threading.Event()

    def endless(folder, *, on_progress, cancel):
        on_progress(1_234, 0)
        looking.set()
        assert cancel.wait(30)
        raise Cancelled

    monkeypatch.setattr(window.workspace.shelf, "discover", endless)
    window.imports.discover(desk.folder)
    assert looking.wait(30)
    assert strip.isVisible()
    qtbot.waitUntil(lambda: strip.line.accessibleName().endswith("1,234 files looked at"))
    assert not window.models_page.import_button.isEnabled()
    strip.cancel_button.click()
    qtbot.waitUntil(lambda: not window.imports.is_busy)
    assert not strip.isVisible()
    assert window.models_page.import_button.isEnabled()
    assert window.banners.notices == []


def test_a_folder_without_models_says_so(desk, qtbot):
    folder = desk.folder / "nothing here"
    folder.mkdir()
    window = desk.window()
    window.imports.discover(folder)
    qtbot.waitUntil(lambda: bool(window.toasts.notices))
    assert window.toasts.notices[-1].title == "No model found"
    desk.settle(window)


def test_a_model_is_taken_off_the_list_and_can_be_imported_again(desk, qtbot):
    window = desk.window()
    path = desk.folder / "Other-Q8_0.gguf"
    path.write_bytes(b"GGUF" + b"other" * 500)
    found_in(window, qtbot, desk.folder).import_button.click()
    qtbot.waitUntil(lambda: bool(entries_named(window, "Other")))
    desk.settle(window)
    window.show_page("models")
    shelf = window.models_page.shelf_view
    shelf.choose(entries_named(window, "Other")[0].model_id)
    qtbot.keyClick(shelf.table, Qt.Key.Key_Delete)
    question = dialog_of(window, RemovalQuestion)
    assert question.no_button.isDefault()
    assert not question.delete_files.isVisible()
    question.yes_button.click()
    qtbot.waitUntil(lambda: not entries_named(window, "Other"))
    assert path.exists()
    qtbot.waitUntil(lambda: window.toasts.shown.accessibleName() == "Other-Q8_0 is off the list")
    buttons = window.toasts.shown.findChildren(QToolButton)
    next(button for button in buttons if button.text() == "Import it again").click()
    qtbot.waitUntil(lambda: bool(entries_named(window, "Other")))
    desk.settle(window)
    for dialog in window.findChildren(RemovalQuestion):
        dialog.reject()


def test_the_starter_model_and_the_loaded_one_stay_on_the_list(desk):
    window = desk.window()
    window.show_page("models")
    desk.settle(window)
    shelf = window.models_page.shelf_view
    shelf.choose(window.workspace.shelf.starter_id)
    assert not shelf.remove_button.isEnabled()
    shelf.choose(window.models.loaded.model_id)
    assert not shelf.remove_button.isEnabled()


def test_a_projector_is_shown_as_one_and_cannot_be_loaded(desk, qtbot):
    path = desk.folder / "proj" / "mmproj-Tiny-F16.gguf"
    path.parent.mkdir()
    path.write_bytes(b"GGUF" + b"projector" * 100)
    window = desk.window()
    found_in(window, qtbot, path.parent).import_button.click()
    qtbot.waitUntil(lambda: bool(entries_named(window, "mmproj")))
    desk.settle(window)
    window.show_page("models")
    shelf = window.models_page.shelf_view
    shelf.choose(entries_named(window, "mmproj")[0].model_id)
    assert shelf.model.index(shelf.table.current_row(), 2).data() == "Projector"
    assert not shelf.load_button.isEnabled()
    assert shelf.sentence.text().startswith("A projector lets another model see images or hear")
    window.chat_page.picker.menu.aboutToShow.emit()
    assert all("mmproj" not in action.text() for action in window.chat_page.picker.menu.actions())

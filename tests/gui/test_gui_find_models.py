# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Finding models in the window: search, filters, a repository with what fits, and every state in between."""

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QTextFormat
from PySide6.QtWidgets import QApplication, QLabel

from strongroom.core.hub import DownloadState, FileKind, Fit, SortOrder
from strongroom.gui.models import words as hub_wording
from strongroom.gui.models.looks import DOWNLOAD_LOOK, FIT_LOOK, KIND_GLYPH
from strongroom.gui.models.quantization_model import QuantizationColumn as Column
from strongroom.hub import HubOptions, Patience
from support.gui_steps import cells, open_repository, press, results_of, row_of, said, search, view_of
from support.loopback_hub import HubRepository, Misbehavior


@pytest.mark.parametrize("values", [list(Fit), list(DownloadState), list(FileKind)], ids=["fit", "download", "kind"])
def test_every_state_has_words_and_an_icon_of_its_own(values):
    words = {Fit: hub_wording.fit, DownloadState: hub_wording.download_state, FileKind: hub_wording.kind}
    looks = {Fit: FIT_LOOK, DownloadState: DOWNLOAD_LOOK, FileKind: KIND_GLYPH}
    kind = type(values[0])
    assert len({words[kind](value) for value in values}) == len(values)
    assert len({str(looks[kind][value]) for value in values}) == len(values)


def test_nothing_is_asked_of_the_hub_before_somebody_searches(hub_window, loopback_hub):
    window = hub_window()
    assert loopback_hub.log == []
    assert window.workspace.hub.process_id is None
    assert "Nothing is asked of the hub until you search." in " ".join(said(view_of(window).search_state))


def test_the_views_are_reached_by_keyboard(hub_window, qtbot):
    window = hub_window()
    switch = window.models_page.switch
    assert [button.focusPolicy() for button in switch.buttons] == [Qt.FocusPolicy.NoFocus, Qt.FocusPolicy.TabFocus]
    switch.buttons[1].setFocus()
    qtbot.keyClick(switch.buttons[1], Qt.Key.Key_Left)
    assert switch.current == 0
    assert switch.buttons[0].hasFocus()
    assert window.models_page.shelf_view.isVisible()
    qtbot.keyClick(switch.buttons[0], Qt.Key.Key_Right)
    assert switch.current == 1
    assert view_of(window).isVisible()
    window.show_page("chat")
    window.show_page("models")
    switch.choose(0)
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert view_of(window).search_bar.field.hasFocus()


def test_results_say_author_size_downloads_and_that_a_model_is_gated(hub_window, qtbot, tiny, loopback_hub):
    loopback_hub.add(HubRepository("other/big-GGUF", {}, gated="manual", downloads=9, license="mit"))
    window = hub_window()
    search(window, qtbot)
    # Noon in London is the first of October for most, and the second for some.
    day = datetime.fromisoformat(tiny.updated_at).astimezone().day
    assert results_of(window) == [
        f"acme/tiny-GGUF, acme · 135M · 1,234 downloads · apache-2.0, updated 10/{day}/26",
        f"other/big-GGUF, other · 9 downloads · mit, updated 10/{day}/26, gated",
    ]
    assert view_of(window).count.text() == "2 repositories"
    assert view_of(window).list.hasFocus()


def test_filters_reach_the_hub_and_can_be_taken_away(hub_window, qtbot, tiny, loopback_hub):
    window = hub_window()
    search(window, qtbot, "tiny")
    bar = view_of(window).search_bar
    bar.license_choice.setCurrentIndex(bar.license_choice.findData("mit"))
    qtbot.waitUntil(lambda: not window.hub.is_searching)
    assert said(view_of(window).search_state)[0] == "Nothing found"
    press(view_of(window).search_state, "Take the filters away")
    qtbot.waitUntil(lambda: len(results_of(window)) == 1)
    bar.sort_choice.setCurrentIndex(bar.sort_choice.findData(SortOrder.LIKES.value))
    bar.size_choice.setCurrentIndex(bar.size_choice.findData(4.0))
    qtbot.waitUntil(lambda: not window.hub.is_searching)
    assert len(results_of(window)) == 1
    # Which of two requests under way reaches the hub first is up to the threads; which answer is shown is not.
    queries = [request.query for request in loopback_hub.log if request.path == "/api/models"]
    assert any("sort=likes" in query and "num_parameters" in query for query in queries)


def test_a_filter_alone_asks_nothing(hub_window, loopback_hub):
    window = hub_window()
    view_of(window).search_bar.size_choice.setCurrentIndex(1)
    QApplication.processEvents()
    assert not window.hub.is_searching
    assert loopback_hub.log == []


def test_a_pasted_address_is_looked_for_by_its_name(hub_window):
    bar = view_of(hub_window()).search_bar
    bar.field.setText(" https://hub.example/acme/tiny-GGUF ")
    assert (bar.query().author, bar.query().text) == ("acme", "tiny-GGUF")


def test_a_repository_shows_its_facts_and_what_fits(hub_window, qtbot, tiny):
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    assert repository.title.accessibleName() == "acme/tiny-GGUF"
    assert repository.facts.text().startswith("By acme · apache-2.0 · 135M parameters · 1,234 downloads")
    assert repository.commit.text() == f"Commit {tiny.commit}"
    assert repository.bases.text() == "Made from acme/tiny"
    assert not repository.gated.isVisible()
    assert repository.model.rowCount() == 4
    row = cells(repository, row_of(repository, "Q4_K_M"))
    assert row[Column.FILE] == "tiny-Q4_K_M.gguf"
    assert row[Column.FIT] in ("Fits in GPU memory", "Fits in memory")
    assert row[Column.ACTION] == "Download"
    assert row[Column.MEMORY] != "–"
    recommended = [number for number in range(4) if "recommended" in cells(repository, number)[Column.QUANTIZATION]]
    assert recommended == [repository.model.recommended()]
    assert repository.table.current_row() == recommended[0]
    assert repository.table.hasFocus()
    assert "context length of 4,096 tokens" in repository.sentence.text()
    projector = cells(repository, row_of(repository, "F16"))
    assert projector[Column.QUANTIZATION] == "Projector: F16"


def test_what_does_not_fit_can_be_downloaded_anyway(hub_window, qtbot, tiny):
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    shown = repository.shown
    # No machine is too small for the small model: the catalog's own tests judge, this one looks at the words.
    rows = [replace(row, fit=Fit.NO) if row.model.quantization == "Q8_0" else row for row in shown.rows]
    window.hub.opened.emit(replace(shown, rows=tuple(rows)))
    row = cells(repository, row_of(repository, "Q8_0"))
    assert (row[Column.FIT], row[Column.ACTION]) == ("Does not fit", "Download anyway")
    repository.table.choose(row_of(repository, "Q8_0"))
    assert repository.download_button.text() == "Download anyway"
    assert repository.download_button.isEnabled()
    assert repository.sentence.text().startswith("Does not fit: it needs about ")


def test_what_fits_partly_is_said_to_be_slow(hub_window, qtbot, tiny):
    tiny.sizes["tiny-Q8_0.gguf"] = 2**45
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    repository.table.choose(row_of(repository, "Q8_0"))
    assert cells(repository, row_of(repository, "Q8_0"))[Column.FIT] == "Fits partly"
    assert "which is slow" in repository.sentence.text()


def test_a_file_without_a_digest_is_not_offered_and_the_reason_is_told(hub_window, qtbot, tiny):
    tiny.digests["tiny-Q8_0.gguf"] = ""
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    repository.table.choose(row_of(repository, "Q8_0"))
    assert cells(repository, row_of(repository, "Q8_0"))[Column.ACTION] == "No checksum"
    assert not repository.download_button.isEnabled()
    assert "gives no SHA-256" in repository.sentence.text()


def test_the_card_is_text_without_links_pictures_or_markup(hub_window, qtbot, tiny, loopback_hub):
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    repository.switch.choose(1)
    browser = repository.card.browser
    text = browser.toPlainText()
    assert "A model that is tiny" in text
    assert "license: apache-2.0" not in text
    anchors, block = set(), browser.document().begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            chosen = iterator.fragment().charFormat()
            assert chosen.objectType() != QTextFormat.ObjectTypes.ImageObject.value
            anchors.add(chosen.anchorHref().partition(":")[0])
            iterator += 1
        block = block.next()
    assert anchors == {"", "code"}
    assert all("x.png" not in request.path for request in loopback_hub.log)
    repository.card.browser.anchorClicked.emit("code:0/2")
    assert QApplication.clipboard().text().strip() == 'print("tiny")'


def test_a_long_card_is_read_from_its_beginning(hub_window, qtbot, tiny):
    tiny.files["README.md"] = "\n\n".join(f"Paragraph {number}." for number in range(400)).encode()
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    repository.switch.choose(1)
    QApplication.processEvents()
    bar = repository.card.browser.verticalScrollBar()
    assert (bar.value(), bar.maximum() > 0) == (0, True)
    window.resize(1000, 700)
    QApplication.processEvents()
    assert bar.value() == 0


def test_a_search_that_hangs_can_be_cancelled(hub_window, qtbot, loopback_hub):
    loopback_hub.misbehave("/api/models", Misbehavior(stall_after=-1))
    window = hub_window()
    view = view_of(window)
    view.search_bar.button.click()
    assert window.hub.is_searching
    assert said(view.search_state)[0] == "Asking the hub"
    assert view.search_state.bar.isVisible()
    loopback_hub.wait_until_stalled()
    press(view.search_state, "Cancel")
    assert not window.hub.is_searching
    assert said(view.search_state)[0] == "Find a model on the hub"
    assert window.banners.notices == []


def test_a_new_search_takes_the_place_of_the_one_under_way(hub_window, qtbot, tiny, loopback_hub):
    loopback_hub.misbehave("/api/models", Misbehavior(stall_after=-1), times=1)
    window = hub_window()
    view_of(window).search_bar.button.click()
    loopback_hub.wait_until_stalled()
    search(window, qtbot, "tiny")
    assert len(results_of(window)) == 1
    loopback_hub.release()


def test_a_look_at_a_repository_can_be_cancelled(hub_window, qtbot, tiny, loopback_hub):
    window = hub_window()
    search(window, qtbot, "tiny")
    loopback_hub.misbehave("/api/models/", Misbehavior(stall_after=-1))
    view_of(window).list.choose(0)
    state = view_of(window).repository_state
    assert said(state)[0] == "Looking at acme/tiny-GGUF"
    loopback_hub.wait_until_stalled()
    press(state, "Cancel")
    assert said(state)[0] == "Choose a repository"


@pytest.mark.parametrize(
    ("status", "title", "has_token"),
    [(401, "Access token needed", True), (403, "Access refused", True), (404, "Not found", False)],
)
def test_an_error_of_the_hub_is_a_sentence_a_next_step_and_a_retry(
    hub_window, qtbot, tiny, loopback_hub, status, title, has_token
):
    loopback_hub.misbehave("/api/models", Misbehavior(status=status), times=1)
    window = hub_window()
    search(window, qtbot, "tiny")
    state = view_of(window).search_state
    assert state.title.text() == title
    assert state.sentence.text()
    assert state.next_step.text()
    assert ("Access token…" in [button.text() for button in state.buttons]) is has_token
    press(state, "Try again")
    qtbot.waitUntil(lambda: len(results_of(window)) == 1)


def test_a_repository_that_is_gone_says_so_and_leads_back(hub_window, qtbot, tiny, loopback_hub):
    window = hub_window()
    search(window, qtbot, "tiny")
    loopback_hub.misbehave("/api/models/acme", Misbehavior(status=404))
    open_repository(window, qtbot)
    state = view_of(window).repository_state
    assert state.title.text() == "Not found"
    press(state, "Back")
    assert said(state)[0] == "Choose a repository"
    assert view_of(window).list.isVisible()


def test_a_hub_that_cannot_be_reached_says_what_to_look_at(hub_window, qtbot, desk):
    desk.prepare(hub_endpoint="http://127.0.0.1:1")
    window = hub_window()
    # As the app waits between its attempts, only shorter.
    window.workspace.hub.use(HubOptions(endpoint="http://127.0.0.1:1", patience=Patience(first_wait_s=0.01)))
    search(window, qtbot, "tiny")
    assert view_of(window).search_state.title.text() == "Hub not reached"


def test_a_gated_repository_says_so_and_offers_the_token(hub_window, qtbot, tiny):
    tiny.gated = "manual"
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    assert repository.gated.isVisible()
    wanted = []
    repository.token_wanted.connect(lambda: wanted.append(True))
    repository.token_button.click()
    assert wanted == [True]


def test_a_narrow_window_shows_results_or_repository_with_a_way_back(hub_window, qtbot, tiny):
    window = hub_window()
    window.resize(640, 700)
    search(window, qtbot, "tiny")
    QApplication.processEvents()
    view = view_of(window)
    repository = open_repository(window, qtbot)
    QApplication.processEvents()
    assert repository.isVisible()
    assert not view.list.isVisible()
    repository.back_button.click()
    QApplication.processEvents()
    assert view.list.isVisible()
    assert view.list.hasFocus()
    assert not repository.isVisible()


def test_the_views_have_their_names_in_the_narrowest_window(hub_window):
    window = hub_window()
    window.resize(460, 700)
    QApplication.processEvents()
    for button in window.models_page.switch.buttons:
        assert button.width() >= button.sizeHint().width()
    window.resize(1000, 700)
    QApplication.processEvents()
    titles = [label for label in window.models_page.header.findChildren(QLabel) if label.text() == "Models"]
    assert [label.isVisible() for label in titles] == [True]


def test_every_focusable_widget_of_a_found_repository_has_a_name(hub_window, qtbot, tiny):
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    from_view = [
        widget
        for widget in view_of(window).findChildren(object)
        if widget.isWidgetType() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
    ]
    nameless = [
        widget
        for widget in from_view
        if not widget.objectName().startswith("qt_") and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText for label in repository.findChildren(QLabel) if label.text()
    )


def test_the_theme_changes_under_an_open_card(hub_window, qtbot, tiny, theme):
    window = hub_window()
    search(window, qtbot, "tiny")
    repository = open_repository(window, qtbot)
    repository.switch.choose(1)
    text = repository.card.browser.toPlainText()
    theme.set_appearance("dark")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert repository.card.browser.toPlainText() == text

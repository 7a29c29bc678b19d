# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window as a whole: pages, folding, names for everything, storage, failures, the end."""

import threading
from dataclasses import fields

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from strongroom.core.errors import UserFacingError
from strongroom.core.settings import Settings, load_settings
from strongroom.core.statement import Statement
from strongroom.gui.window.dialogs import DefectDialog, PassphraseDialog
from strongroom.policy import default_policy
from strongroom.storage import KEY_FILE_VARIABLE, set_passphrase
from strongroom.words import say_statement
from support.catalogs import shouting
from support.observed_window import ObservedWindow

RULE = """
[[rules]]
id = "email"
category = "pii.email"
detector = { type = "email" }
action = "mask"
"""

PASSPHRASE = "a long enough passphrase"


def dialog_of(window, kind):
    return next((widget for widget in window.findChildren(kind) if widget.isVisible()), None)


def action_of(window, key):
    banner = window.banners.banner(key)
    return next(button for button in banner.findChildren(QPushButton) if button.text() != "Details")


def test_the_window_is_usable_before_the_workspace_is_open(desk, qtbot):
    go = threading.Event()

    def slow(passphrase):
        assert go.wait(30)
        return desk.workspace(passphrase)

    desk.prepare()
    desk.script(["Answer."])
    window = ObservedWindow(slow, desk.theme)
    desk.windows.append(window)
    window.show()
    QApplication.processEvents()
    assert window.isVisible()
    assert window.workspace is None
    window.chat_page.composer.field.setPlainText("Typed early")
    window.chat_page.composer.button.click()
    assert window.turns.turn(window.chat_page.chat).is_held
    go.set()
    qtbot.waitUntil(lambda: "Answer." in window.chat_page.transcript.browser.toPlainText())
    desk.settle(window)


def test_every_page_can_be_reached_by_keyboard(desk, qtbot):
    window = desk.window()
    window.activateWindow()
    for keys, page in (
        (Qt.Key.Key_2, "models"),
        (Qt.Key.Key_3, "incidents"),
        (Qt.Key.Key_4, "security"),
        (Qt.Key.Key_Comma, "settings"),
    ):
        qtbot.keyClick(window, keys, Qt.KeyboardModifier.ControlModifier)
        assert window.page == page
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.page == "chat"
    assert window.chat_page.list.search.hasFocus()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.chat_page.composer.field.hasFocus()
    desk.settle(window)


def focusable(window):
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.focusProxy() is None
        and widget.isVisibleTo(window)
        # The parts of a spin box speak with the name of the whole, and a menu with those of its actions.
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget, QMenu)
    ]


def test_every_focusable_widget_has_a_name(desk):
    window = desk.window(["Answer to ann@example.org."])
    desk.send(window, "Question")
    window.status_bar.press("policy")
    window.show_error(UserFacingError("chat.busy"))
    nameless = set()
    for page in (feature.name for feature in window.features):
        window.show_page(page)
        desk.settle(window)
        nameless |= {
            f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"
            for widget in focusable(window)
            if not (widget.accessibleName() or (isinstance(widget, QAbstractButton | QLabel) and widget.text()))
        }
    assert nameless == set()


def test_every_label_shows_plain_text(desk):
    window = desk.window()
    window.failure_page.show_error(
        UserFacingError("storage.exists", path="<b>t</b>", title=Statement("storage.not_migrated", database="<b>t</b>"))
    )
    rich = [
        label.text()
        for label in window.findChildren(QLabel)
        if label.text() and label.textFormat() != Qt.TextFormat.PlainText
    ]
    assert rich == []


def test_a_new_font_size_of_the_system_is_followed(desk, qtbot):
    window = desk.window()
    with qtbot.waitSignal(desk.theme.changed):
        QApplication.sendEvent(window, QEvent(QEvent.Type.ThemeChange))


def test_folding_with_the_width(desk, qtbot):
    window = desk.window()
    page = window.chat_page
    window.resize(1600, 900)
    QApplication.processEvents()
    assert page.list.isVisible()
    assert window.frame.rail.isVisible()
    window.resize(880, 700)
    QApplication.processEvents()
    assert page.list.isHidden()
    assert window.frame.rail.isVisible()
    page.list_button.click()
    assert page.list.isVisible()
    page.list_button.click()
    assert page.list.isHidden()
    window.resize(620, 700)
    QApplication.processEvents()
    assert window.frame.rail.isHidden()
    assert page.header.menu_button.isVisible()
    window.resize(1200, 700)
    QApplication.processEvents()
    assert page.list.isVisible()
    assert window.frame.rail.isVisible()
    assert page.header.menu_button.isHidden()


def test_the_list_can_be_put_away_and_stays_as_it_was_put(desk):
    window = desk.window()
    window.resize(1200, 700)
    QApplication.processEvents()
    window.chat_page.toggle_list()
    window.resize(1300, 700)
    QApplication.processEvents()
    assert window.chat_page.list.isHidden()
    window.resize(800, 700)
    QApplication.processEvents()
    window.chat_page.toggle_list()
    window.resize(780, 700)
    QApplication.processEvents()
    assert window.chat_page.list.isVisible()
    window.resize(460, 700)
    QApplication.processEvents()
    assert window.chat_page.list.width() > 400
    assert not window.chat_page.composer.isVisible()


def test_the_menu_stands_in_for_the_rail(desk, qtbot):
    window = desk.window()
    window.resize(600, 600)
    menu = window.frame.rail.make_menu(window)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Chat",
        "Models",
        "Incidents",
        "Security",
        "Settings",
    ]
    next(action for action in menu.actions() if action.text() == "Incidents").trigger()
    assert window.page == "incidents"
    menu.deleteLater()
    desk.settle(window)


def test_a_narrow_window_shows_inspector_or_page(desk):
    window = desk.window()
    window.resize(700, 600)
    window.status_bar.press("policy")
    assert window.inspector.isVisible()
    assert not window.frame.middle.isVisible()
    assert window.workspace.policy.latest.identity.digest in window.inspector.facts.toPlainText()
    window.frame.close_inspector()
    assert window.frame.middle.isVisible()


def test_the_network_fact_says_what_is_known_and_how(desk):
    window = desk.window()
    assert window.status_bar.text("network") == "0 requests"
    window.status_bar.press("network")
    assert window.page == "security"
    desk.settle(window)
    network = window.security_page.network
    assert network.count.text() == "0 requests since start · 0 kept"
    network.facts_button.click()
    shown = window.inspector.facts.toPlainText()
    assert "Nothing else here opens a connection" in shown
    assert "Every request is written down before it is made." in shown


def test_a_session_that_is_not_kept_says_so_and_can_be_kept(desk, qtbot, monkeypatch):
    monkeypatch.delenv(KEY_FILE_VARIABLE)
    window = desk.window(["Kept after all."])
    notice = window.banners.notices[0]
    assert notice.title == "This session is not kept"
    assert notice.message == say_statement(window.workspace.storage_note)
    assert not window.workspace.is_persistent
    desk.send(window, "Remember this")
    action_of(window, notice.key).click()
    dialog = dialog_of(window, PassphraseDialog)
    dialog.first.setText(PASSPHRASE)
    dialog.second.setText("another")
    dialog.ok_button.click()
    assert dialog.problem == "The two entries differ."
    dialog.second.setText(PASSPHRASE)
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: window.workspace.is_persistent)
    desk.settle(window)
    assert [one.title for one in window.toasts.notices] == ["This session is kept now"]
    assert window.banners.notices == []
    desk.close()
    assert desk.paths.chats.exists()

    again = desk.window(ready=False)
    qtbot.waitUntil(lambda: dialog_of(again, PassphraseDialog) is not None)
    wrong = dialog_of(again, PassphraseDialog)
    wrong.first.setText("not the passphrase at all")
    wrong.ok_button.click()
    qtbot.waitUntil(lambda: dialog_of(again, PassphraseDialog) not in (None, wrong))
    right = dialog_of(again, PassphraseDialog)
    assert right.problem
    right.first.setText(PASSPHRASE)
    right.ok_button.click()
    qtbot.waitUntil(lambda: again.models.loaded is not None)
    desk.settle(again)
    assert again.chat_page.list.model.index(0).data() == "Remember this"


def test_no_passphrase_is_a_failure_with_a_way_back(desk, qtbot, monkeypatch):
    monkeypatch.delenv(KEY_FILE_VARIABLE)
    desk.prepare()
    set_passphrase(desk.paths, PASSPHRASE)
    window = desk.window(ready=False)
    qtbot.waitUntil(lambda: dialog_of(window, PassphraseDialog) is not None)
    dialog_of(window, PassphraseDialog).reject()
    qtbot.waitUntil(window.failure_page.isVisible)
    window.failure_page.retry_button.click()
    qtbot.waitUntil(lambda: dialog_of(window, PassphraseDialog) is not None)


def test_closing_while_the_passphrase_is_asked_for(desk, qtbot, monkeypatch):
    monkeypatch.delenv(KEY_FILE_VARIABLE)
    desk.prepare()
    set_passphrase(desk.paths, PASSPHRASE)
    window = desk.window(ready=False)
    qtbot.waitUntil(lambda: dialog_of(window, PassphraseDialog) is not None)
    desk.close()


def test_a_bad_policy_fails_closed_with_its_reason(desk, qtbot):
    policy = desk.policy("nonsense = 1\n")
    window = desk.window(policy_file=policy, ready=False)
    window.chat_page.composer.field.setPlainText("Hello")
    window.chat_page.composer.button.click()
    qtbot.waitUntil(window.failure_page.isVisible)
    assert "nonsense" in window.failure_page.message.text()
    assert window.workspace is None
    assert window.chat_page.composer.field.toPlainText() == "Hello"
    desk.policy(RULE)
    window.failure_page.retry_button.click()
    qtbot.waitUntil(lambda: window.models.loaded is not None)
    desk.settle(window)
    assert window.status_bar.text("policy") == "Test 7"


def test_an_error_for_the_user_is_a_banner_with_folded_details(desk):
    window = desk.window()
    window.show_error(UserFacingError("storage.busy", case="log", log="<b>", file="a.db"))
    banner = window.banners.banner("storage.busy")
    texts = [label.text() for label in banner.findChildren(QLabel) if label.isVisible()]
    assert "<b> in use" in texts
    assert any(text.startswith("Another process has kept a.db locked. Close the other") for text in texts)
    assert "Code: storage.busy" not in texts
    assert window.inspector.isHidden()
    next(button for button in banner.findChildren(QToolButton) if button.text() == "Details").click()
    assert window.inspector.card.title == "<b> in use"
    assert window.inspector.card.sentence.startswith("Another process has kept a.db locked. Close the other window")
    assert "Code: storage.busy" in window.inspector.card.text
    window.show_error(UserFacingError("storage.busy", case="log", log="Log", file="b.db"))
    assert [notice.message for notice in window.banners.notices] == ["Another process has kept b.db locked."]


def test_a_defect_shows_what_would_be_saved(desk):
    window = desk.window()
    try:
        raise RuntimeError("<b>broken</b>")
    except RuntimeError as error:
        window.show_error(error)
    dialog = dialog_of(window, DefectDialog)
    assert "RuntimeError: <b>broken</b>" in dialog.report.toPlainText()
    assert "Strongroom" in dialog.report.toPlainText()
    dialog.reject()


def test_settings_are_made_from_their_rows_and_saved_at_once(desk, qtbot):
    window = desk.window()
    window.show_page("settings")
    page = window.settings_page
    for row in fields(Settings):
        assert page.field(row.name).value() == getattr(window.workspace.settings, row.name)
        assert page.field(row.name).widget.accessibleDescription() == row.metadata["description"]
    page.field("temperature").show_value(0.25)
    page.field("temperature").edited.emit()
    qtbot.waitUntil(lambda: window.workspace.settings.temperature == 0.25)
    appearance = page.field("appearance").widget
    appearance.setCurrentIndex(appearance.findData("dark"))
    appearance.activated.emit(appearance.currentIndex())
    qtbot.waitUntil(lambda: desk.theme.appearance == "dark")
    desk.settle(window)
    assert load_settings(desk.paths.settings).appearance == "dark"


def test_a_setting_that_is_not_accepted_says_why_and_goes_back(desk, qtbot):
    window = desk.window()
    page = window.settings_page
    page.field("system_prompt").show_value("x" * 20_001)
    page.field("system_prompt").edited.emit()
    qtbot.waitUntil(lambda: bool(page.problem("system_prompt")))
    assert "too long" in page.problem("system_prompt")
    assert page.field("system_prompt").value() == ""
    desk.settle(window)


def test_every_word_of_the_window_goes_through_translation(desk, qapp):
    with shouting():
        window = desk.window()
        error = UserFacingError("storage.busy", case="log", log=Statement("log.egress"), file="egress.db")
        window.show_error(error)
        window.failure_page.show_error(error)
        for page in (feature.name for feature in window.features):
            window.show_page(page)
        desk.settle(window)
        policy = default_policy().identity
        own = {"Small-Q4_0", "Strongroom", f"{policy.name} {policy.version}", "Small-Q4_0  ▾"}
        plain = []
        for widget in window.findChildren(QWidget):
            texts = [widget.accessibleName()]
            if isinstance(widget, QLabel | QAbstractButton):
                texts.append(widget.text())
            if isinstance(widget, QLineEdit | QPlainTextEdit):
                texts.append(widget.placeholderText())
            if not widget.objectName().startswith("qt_"):
                plain += [text for text in texts if any(map(str.isalpha, text)) and "⟦" not in text and text not in own]
        assert plain == []
        assert window.failure_page.message.text() == "⟦Another process has kept egress.db locked.⟧"
        assert window.banners.notices[-1].title == "⟦⟦Egress ledger⟧ in use⟧"

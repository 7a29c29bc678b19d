# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The Offline switch, the network's facts, and the access token."""

import keyring
import pytest
from gui_steps import open_repository, said, search, view_of
from keyring.backend import KeyringBackend
from PySide6.QtWidgets import QLineEdit

from strongroom.core.settings import load_settings
from strongroom.gui.rail import Page
from strongroom.gui.status_bar import Fact
from strongroom.gui.token_dialog import TokenDialog

RULE = """
[[rules]]
id = "email"
category = "pii.email"
detector = { type = "email" }
action = "mask"
"""


class KeepingKeyring(KeyringBackend):
    """Keeps what it is given; stands in for the system's keyring, which a test must not touch."""

    priority = 9

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def real_keyring():
    former = keyring.get_keyring()
    kept = type("Keyring", (KeepingKeyring,), {"__module__": "keyring.backends.SecretService"})()
    keyring.set_keyring(kept)
    yield kept
    keyring.set_keyring(former)


def token_dialog_of(window):
    return next((widget for widget in window.findChildren(TokenDialog) if widget.isVisible()), None)


def ask_for_token(window, qtbot):
    window.show_page(Page.SETTINGS)
    window.settings_page.token_button.click()
    dialog = token_dialog_of(window)
    qtbot.waitUntil(lambda: not window.runner.pending)
    return dialog


def test_offline_from_the_network_card_stops_every_search(hub_window, qtbot, desk, tiny, loopback_hub):
    window = hub_window()
    window._on_fact_chosen(Fact.NETWORK)
    switch = window.inspector.switch
    assert switch.isVisible()
    assert not switch.isChecked()
    switch.click()
    qtbot.waitUntil(lambda: window.status_bar.text(Fact.NETWORK) == "Offline")
    assert load_settings(desk.paths.settings).offline
    assert "Offline: nothing is fetched." in window.inspector.facts.toPlainText()
    state = view_of(window).search_state
    assert said(state)[0] == "Offline"
    search(window, qtbot, "tiny")
    assert said(state)[0] == "Offline"
    assert loopback_hub.log == []
    assert window.workspace.hub.process_id is None
    next(button for button in state.buttons if button.text() == "Go online").click()
    qtbot.waitUntil(lambda: window.status_bar.text(Fact.NETWORK) == "0 requests")
    assert not switch.isChecked()
    search(window, qtbot, "tiny")
    assert view_of(window).list.results.rowCount() == 1


def test_offline_from_the_settings_and_back_from_the_card(hub_window, qtbot, desk):
    window = hub_window()
    window.show_page(Page.SETTINGS)
    field = window.settings_page.field("offline")
    field.widget.click()
    qtbot.waitUntil(lambda: window.status_bar.text(Fact.NETWORK) == "Offline")
    window._on_fact_chosen(Fact.NETWORK)
    assert window.inspector.switch.isChecked()
    window.inspector.switch.click()
    qtbot.waitUntil(lambda: field.value() is False)
    desk.settle(window)
    assert window.status_bar.text(Fact.NETWORK) == "0 requests"


def test_an_offline_start_is_told_at_once(hub_window, qtbot, desk, loopback_hub):
    window = hub_window(offline=True)
    qtbot.waitUntil(lambda: window.status_bar.text(Fact.NETWORK) == "Offline")
    assert said(view_of(window).search_state)[0] == "Offline"
    desk.settle(window)
    assert loopback_hub.log == []


def test_a_policy_that_allows_no_hub_locks_what_it_decides_and_says_so(desk, qtbot):
    window = desk.window(policy_file=desk.policy(RULE, "[hub]", "is_allowed = false"))
    window.show_page(Page.MODELS)
    window.models_page.show_find()
    assert said(view_of(window).search_state)[:2] == [
        "Not allowed",
        "The policy in force does not allow to search or download models.",
    ]
    assert not view_of(window).search_bar.isEnabled()
    assert window.status_bar.text(Fact.NETWORK) == "No network"
    window._on_fact_chosen(Fact.NETWORK)
    assert not window.inspector.switch.isVisible()
    page = window.settings_page
    assert not page.field("offline").widget.isEnabled()
    assert not page.token_button.isEnabled()
    assert page.field("temperature").widget.isEnabled()
    assert page._notes["offline"].text() == "Decided by the policy in force, Test."
    desk.settle(window)


def test_requests_are_counted_and_listed(hub_window, qtbot, desk, tiny, loopback_hub):
    window = hub_window()
    search(window, qtbot, "tiny")
    open_repository(window, qtbot)
    desk.settle(window)
    count = len(loopback_hub.log)
    qtbot.waitUntil(lambda: window.status_bar.text(Fact.NETWORK) == f"{count} requests")
    window._on_fact_chosen(Fact.NETWORK)
    shown = window.inspector.facts.toPlainText()
    assert f"{count} requests since start" in shown
    assert loopback_hub.endpoint in shown
    assert "/api/models/acme/tiny-GGUF" in shown


def test_without_a_keyring_there_is_no_place_for_a_token_and_that_is_said(hub_window, qtbot, desk):
    window = hub_window()
    dialog = ask_for_token(window, qtbot)
    assert dialog.field.echoMode() is QLineEdit.EchoMode.Password
    assert not dialog.keep_button.isEnabled()
    dialog.field.setText("hf_abc")
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "no keyring of the operating system" in dialog.problem.text()
    assert dialog.isVisible()
    dialog.reject()
    desk.settle(window)


def test_a_token_is_kept_used_and_removed(hub_window, qtbot, desk, tiny, loopback_hub, real_keyring):
    tiny.gated = "manual"
    loopback_hub.allow("hf_abc", tiny.name)
    window = hub_window()
    dialog = ask_for_token(window, qtbot)
    assert dialog.state.text() == "No token is kept."
    assert not dialog.forget_button.isEnabled()
    dialog.field.setText(" hf_abc ")
    dialog.keep_button.click()
    qtbot.waitUntil(lambda: token_dialog_of(window) is None)
    assert "hf_abc" in real_keyring.kept.values()
    assert window.banners.notices[-1].title == "Access token kept"
    assert "hf_abc" not in desk.paths.settings.read_text()
    window.show_page(Page.MODELS)
    search(window, qtbot, "tiny")
    assert {request.header("authorization") for request in loopback_hub.log} == {"Bearer hf_abc"}
    dialog = ask_for_token(window, qtbot)
    assert dialog.state.text() == "A token is kept. A new one takes its place."
    dialog.forget_button.click()
    qtbot.waitUntil(lambda: token_dialog_of(window) is None)
    assert "hf_abc" not in real_keyring.kept.values()
    desk.settle(window)

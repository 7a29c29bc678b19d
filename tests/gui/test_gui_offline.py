# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The Offline switch, the network's facts, and the access token."""

import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtWidgets import QLineEdit

from strongroom.core.settings import load_settings
from strongroom.gui.models.token_dialog import TokenDialog
from support.gui_steps import open_repository, said, search, view_of

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
    kept = type("Keyring", (KeepingKeyring,), {"__module__": "keyring.backends.SecretService"})()
    keyring.set_keyring(kept)
    return kept


def token_dialog_of(window):
    return next((widget for widget in window.findChildren(TokenDialog) if widget.isVisible()), None)


def ask_for_token(window, qtbot):
    window.show_page("settings")
    window.settings_page.token_button.click()
    dialog = token_dialog_of(window)
    qtbot.waitUntil(lambda: not window.runner.pending)
    return dialog


def open_network(window):
    window.status_bar.press("network")
    assert window.page == "security"
    return window.security_page.network


def test_offline_from_the_network_view_stops_every_search(hub_window, qtbot, desk, tiny, loopback_hub):
    window = hub_window()
    network = open_network(window)
    switch = network.offline
    assert switch.isVisible()
    assert not switch.isChecked()
    switch.click()
    qtbot.waitUntil(lambda: window.status_bar.text("network") == "Offline")
    assert load_settings(desk.paths.settings).offline
    network.facts_button.click()
    assert "Offline: nothing is fetched." in window.inspector.facts.toPlainText()
    window.show_page("models")
    state = view_of(window).search_state
    assert said(state)[0] == "Offline"
    search(window, qtbot, "tiny")
    assert said(state)[0] == "Offline"
    assert loopback_hub.log == []
    assert window.workspace.hub.process_id is None
    next(button for button in state.buttons if button.text() == "Go online").click()
    qtbot.waitUntil(lambda: window.status_bar.text("network") == "0 requests")
    assert not switch.isChecked()
    search(window, qtbot, "tiny")
    assert view_of(window).list.results.rowCount() == 1


def test_offline_from_the_settings_and_back_from_the_network_view(hub_window, qtbot, desk):
    window = hub_window()
    window.show_page("settings")
    field = window.settings_page.field("offline")
    field.widget.click()
    qtbot.waitUntil(lambda: window.status_bar.text("network") == "Offline")
    switch = open_network(window).offline
    assert switch.isChecked()
    switch.click()
    qtbot.waitUntil(lambda: field.value() is False)
    desk.settle(window)
    assert window.status_bar.text("network") == "0 requests"


def test_an_offline_start_is_told_at_once(hub_window, qtbot, desk, loopback_hub):
    window = hub_window(offline=True)
    qtbot.waitUntil(lambda: window.status_bar.text("network") == "Offline")
    assert said(view_of(window).search_state)[0] == "Offline"
    desk.settle(window)
    assert loopback_hub.log == []


def test_a_policy_that_allows_no_hub_locks_what_it_decides_and_says_so(desk, qtbot):
    window = desk.window(policy_file=desk.policy(RULE, "[hub]", "is_allowed = false"))
    window.show_page("models")
    window.models_page.show_find()
    assert said(view_of(window).search_state)[:2] == [
        "Not allowed",
        "The policy in force does not allow to search or download models.",
    ]
    assert not view_of(window).search_bar.isEnabled()
    assert window.status_bar.text("network") == "No network"
    network = open_network(window)
    assert not network.offline.isVisible()
    network.facts_button.click()
    assert "does not allow to search or download" in window.inspector.facts.toPlainText()
    page = window.settings_page
    assert not page.field("offline").widget.isEnabled()
    assert not page.token_button.isEnabled()
    assert page.field("temperature").widget.isEnabled()
    assert page.note("offline") == "Decided by the policy in force, Test."
    desk.settle(window)


def test_requests_are_counted_and_listed(hub_window, qtbot, desk, tiny, loopback_hub):
    window = hub_window()
    search(window, qtbot, "tiny")
    open_repository(window, qtbot)
    desk.settle(window)
    count = len(loopback_hub.log)
    qtbot.waitUntil(lambda: window.status_bar.text("network") == f"{count} requests")
    network = open_network(window)
    desk.settle(window)
    assert network.count.text() == f"{count} requests since start · {count} kept"
    assert network.model.rowCount() == count
    paths = [network.model.row(row).path for row in range(count)]
    assert "/api/models/acme/tiny-GGUF" in paths
    assert paths[::-1] == [request.path.partition("?")[0] for request in loopback_hub.log]
    network.facts_button.click()
    assert loopback_hub.endpoint in window.inspector.facts.toPlainText()


def test_a_request_is_listed_while_the_network_view_is_open(hub_window, qtbot, desk, tiny):
    window = hub_window()
    network = open_network(window)
    desk.settle(window)
    assert network.empty.isVisible()
    search(window, qtbot, "tiny")
    qtbot.waitUntil(lambda: network.model.rowCount() > 0 and network.model.row(0).status == 200)
    assert not network.empty.isVisible()
    desk.settle(window)


def test_a_damaged_ledger_is_told_at_the_start_and_refuses_every_search(hub_window, qtbot, desk, tiny, loopback_hub):
    hub_window()
    desk.close()
    desk.paths.egress_anchor.unlink()
    again = hub_window()
    assert [notice.title for notice in again.banners.notices] == ["Egress ledger damaged"]
    search(again, qtbot, "tiny")
    assert loopback_hub.log == []
    network = open_network(again)
    desk.settle(again)
    assert network.verification.outcome.text().startswith("Egress ledger damaged.")
    assert not network.empty.isVisible()


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
    assert window.toasts.notices[-1].title == "Access token kept"
    assert "hf_abc" not in desk.paths.settings.read_text()
    window.show_page("models")
    search(window, qtbot, "tiny")
    assert {request.header("authorization") for request in loopback_hub.log} == {"Bearer hf_abc"}
    dialog = ask_for_token(window, qtbot)
    assert dialog.state.text() == "A token is kept. A new one takes its place."
    dialog.forget_button.click()
    qtbot.waitUntil(lambda: token_dialog_of(window) is None)
    assert "hf_abc" not in real_keyring.kept.values()
    desk.settle(window)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy that is changed on disk while the window is open: told, shown, and in force from the next message on."""

import pytest

from strongroom.core.incident import IncidentEvent
from strongroom.gui.widgets.banner import BannerKind
from support.gui_steps import said, view_of

BIRDS = '[[rules]]\nid = "birds"\ncategory = "term.project"\naction = "mask"\nlabel = "bird"\n'


def birds(term: str) -> str:
    return f'{BIRDS}detector = {{ type = "terms", terms = ["{term}"] }}\n'


def write(desk, revision: str, *rules: str):
    """Replace the policy's file."""
    path = desk.policy(*rules)
    path.write_text(path.read_text(encoding="utf-8").replace('"7"', f'"{revision}"'), encoding="utf-8")
    return path


def titles(window) -> list[str]:
    return [notice.title for notice in (*window.banners.notices, *window.toasts.notices)]


@pytest.fixture
def window(desk):
    return desk.window(
        ["The owl and the falcon."], ["The owl and the falcon."], policy_file=desk.policy(birds("falcon"))
    )


def answer(window) -> str:
    return window.chat_page.answers()[-1].text


def test_a_changed_policy_is_noticed_without_a_message_and_shown(window, desk, qtbot):
    assert window.status_bar.text("policy") == "Test 7"
    spoken = []
    window.announcer.announced.connect(spoken.append)
    write(desk, "8", birds("owl"))
    qtbot.waitUntil(lambda: window.status_bar.text("policy") == "Test 8")
    assert spoken == ["Policy changed. Test 8 is in force from the next message on."]
    window.status_bar.press("policy")
    assert window.workspace.policy.current().identity.digest in window.inspector.facts.toPlainText()
    desk.send(window, "Which birds?")
    assert answer(window) == "The [bird masked] and the falcon."


def test_a_change_that_a_message_notices_first_is_shown_too(window, desk, qtbot):
    window.policy_watch.close()
    write(desk, "8", birds("owl"))
    desk.send(window, "Which birds?")
    assert answer(window) == "The [bird masked] and the falcon."
    window.policy_watch.attach(window.workspace)
    window.policy_watch.look()
    qtbot.waitUntil(lambda: window.status_bar.text("policy") == "Test 8")


def test_an_answer_under_way_ends_under_the_policy_it_began_with(desk, qtbot, tmp_path):
    go_on = tmp_path / "go on"
    window = desk.window(
        ["The owl sits. ", {"wait": str(go_on)}, "The falcon flies."],
        ["The owl and the falcon."],
        policy_file=desk.policy(birds("falcon")),
    )
    window.chat_page.composer.field.setPlainText("Which birds?")
    window.chat_page.composer.button.click()
    qtbot.waitUntil(lambda: "The owl sits." in window.chat_page.transcript.browser.toPlainText())
    write(desk, "8", birds("owl"))
    qtbot.waitUntil(lambda: window.status_bar.text("policy") == "Test 8")
    go_on.touch()
    desk.settle(window)
    assert answer(window) == "The owl sits. The [bird masked] flies."
    desk.send(window, "And now?")
    assert answer(window) == "The [bird masked] and the falcon."
    new, old = [entry.record for entry in window.workspace.incidents.entries(event=IncidentEvent.POLICY_LOADED)]
    assert new.details["previous"] == old.policy_digest


def test_a_policy_that_became_invalid_refuses_the_message_and_says_which_file_and_why(window, desk, qtbot):
    path = write(desk, "8", "colour = 1")
    qtbot.waitUntil(lambda: window.status_bar.text("policy") == "No policy in force")
    (notice,) = window.banners.notices
    assert notice.kind is BannerKind.DANGER
    assert str(path) in notice.message
    assert "colour" in notice.message
    desk.send(window, "Which birds?")
    assert window.chat_page.answers() == []
    assert window.chat_page.composer.field.toPlainText() == "Which birds?"
    write(desk, "9", birds("owl"))
    qtbot.waitUntil(lambda: window.status_bar.text("policy") == "Test 9")
    assert titles(window) == ["Policy changed"]
    desk.send(window, "Which birds?")
    assert answer(window) == "The [bird masked] and the falcon."


def test_a_policy_file_that_is_gone_is_told(window, desk, qtbot):
    desk.policy(birds("falcon")).unlink()
    qtbot.waitUntil(lambda: titles(window) == ["Policy file gone"])
    desk.send(window, "Which birds?")
    assert window.chat_page.answers() == []


def test_what_a_changed_policy_decides_about_the_hub_is_locked_and_let_go_again(window, desk, qtbot):
    window.show_page("models")
    window.models_page.show_find()
    field = window.settings_page.field("offline").widget
    assert field.isEnabled()
    write(desk, "8", birds("owl"), "[hub]", "is_allowed = false")
    qtbot.waitUntil(lambda: window.status_bar.text("policy") == "Test 8")
    assert not field.isEnabled()
    assert said(view_of(window).search_state)[0] == "Not allowed"
    assert window.status_bar.text("network") == "No network"
    write(desk, "9", birds("owl"))
    qtbot.waitUntil(lambda: window.status_bar.text("policy") == "Test 9")
    assert field.isEnabled()
    assert said(view_of(window).search_state)[0] == "Find a model on the hub"

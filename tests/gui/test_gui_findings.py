# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the window says about a finding, and how sentences that are taken back disappear from it."""

import pytest
from PySide6.QtCore import QUrl

from strongroom.chat import PolicyFilter
from strongroom.core.findings import Action, Direction, Disguise, Evidence, Finding, Mark, PolicyIdentity, Severity
from strongroom.core.incident import IncidentEvent
from strongroom.filter import Revision
from strongroom.gui.findings import words as finding_wording
from strongroom.gui.findings.cards import MarkedPassage, incident_card, mark_card
from strongroom.policy import default_policy

POLICY = PolicyIdentity("Office", "3", "sha256:00", "policy.toml")
SECRET = "The falcon flies at dawn. It is fast."
REMOVED = "[2 sentences removed]"


def test_a_card_answers_every_question(theme):
    mark = Mark(
        0, 5, Action.MASK, "cards", "pii.payment_card", 0.85, Direction.ANSWER, POLICY, "Because.", Severity.HIGH,
        Evidence.CHECK_DIGIT, Disguise.BASE64,
    )  # fmt: skip
    card = mark_card(MarkedPassage(mark))
    assert (card.title, card.sentence) == ("Why was this masked?", "Because.")
    assert dict(card.facts) == {
        "What was found": "Payment card number",
        "What speaks for it": "It has the form of one, and the right check digits",
        "How it was disguised": "Written in Base64",
        "Confidence": "85 %",
        "Severity": "High",
        "Rule": "cards",
        "Action": "Masked",
        "Taken back": "",
        "Direction": "Answer",
        "Policy": "Office 3",
        "Policy source": "policy.toml",
        "Policy digest": "sha256:00",
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pii.email", "E-mail address"),
        ("pii.national_id.us_ssn", "National identifier (US Social Security number)"),
        ("pii.national_id.fr_nir", "National identifier (FR nir)"),
        ("secret.provider_key.github", "Key or token of a service (github)"),
        ("term.project", "Term: project"),
        ("term.project.birds", "Term: project, birds"),
        ("harm.self_harm", "Harmful content: self harm"),
        ("own.thing", "own.thing"),
        ("", ""),
    ],
)
def test_categories_are_said_in_words(theme, name, words):
    assert finding_wording.category(name) == words


def test_every_category_of_the_built_in_policy_has_words(theme):
    for rule in default_policy().rules:
        assert finding_wording.category(rule.category) != rule.category
        assert ":" not in finding_wording.category(rule.category), rule.category


def test_every_value_has_words_and_an_unknown_one_stays_as_it_is(theme):
    for values, words in (
        (Severity, finding_wording.severity),
        (Evidence, finding_wording.evidence),
        (Disguise, finding_wording.disguise),
    ):
        said = [words(value) for value in values]
        assert len(set(said)) == len(said)
        assert words("unheard-of") == "unheard-of"
    assert finding_wording.disguise(Disguise.NONE) == ""


@pytest.fixture
def revised(desk, monkeypatch):
    """A window in which an answer was just revised, and what it announced."""

    def check(self, visible):
        start = visible.text.find(SECRET)
        if start < 0:
            return None
        text = visible.text[:start] + REMOVED + visible.text[start + len(SECRET) :]
        mark = Mark(
            start, start + len(REMOVED), Action.MASK, "falcons", "term.project", 1.0, Direction.ANSWER, self.identity,
            removed_sentences=2,
        )  # fmt: skip
        finding = Finding(
            "falcons", "term.project", "terms", Direction.ANSWER, start, start + 10, 1.0, Action.MASK,
            severity=Severity.HIGH,
        )  # fmt: skip
        return Revision(text, (mark,), (finding,))

    monkeypatch.setattr(PolicyFilter, "check_whole", check)
    window = desk.window(["First this. ", SECRET, " Then that."])
    announced = []
    window.announcer.announced.connect(announced.append)
    desk.send(window, "What flies?")
    return window, announced


def test_sentences_that_are_taken_back_leave_the_window_which_says_so_and_why(revised, desk):
    window, announced = revised
    shown = window.chat_page.transcript.browser.toPlainText()
    assert "falcon" not in shown
    assert "First this. \u202f2 sentences removed\u202f Then that." in shown
    assert announced == ["Answer finished. The policy took 2 sentences back."]

    answer = window.chat_page.answers()[-1]
    window.chat_page.transcript.browser.anchorClicked.emit(QUrl(f"mark:{answer.message_id}/0"))
    card = window.inspector.card
    assert card.title == "Why was this taken back?"
    assert "taken back and is not kept" in card.sentence
    assert dict(card.facts)["Taken back"] == "2 sentences"
    assert window.inspector.action_button.isVisible()

    window.show_page("incidents")
    desk.settle(window)
    (entry,) = window.workspace.incidents.entries(event=IncidentEvent.FILTER_RETRACT)
    card = incident_card(entry)
    facts = dict(card.facts)
    assert card.title == "Sentences taken back"
    assert (facts["Severity"], facts["What speaks for it"]) == ("High", "It has the form of one")
    assert window.incidents_page.log.category.findText("Term: project") > 0

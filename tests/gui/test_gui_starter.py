# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The whole way in the window: the real workspace, the real worker, the real starter model."""

import pytest

from strongroom.core.chat import MessageState, Role
from strongroom.core.paths import DataPaths
from strongroom.core.settings import Settings, save_settings
from strongroom.core.verification import VerificationState
from strongroom.workspace import Workspace
from support.observed_window import ObservedWindow

PATIENCE_MS = 100_000


@pytest.mark.model
def test_a_first_start_a_question_and_an_answer_that_is_kept(theme, qtbot, tmp_path):
    paths = DataPaths(tmp_path / "data")
    paths.ensure()
    save_settings(paths.settings, Settings(max_tokens=24, temperature=0.0))
    window = ObservedWindow(lambda passphrase: Workspace.open(paths, passphrase=passphrase), theme)
    phases = []
    window.models.progressed.connect(lambda progress: phases.append(progress.phase))
    try:
        window.show()
        page = window.chat_page
        page.composer.field.setPlainText("Write one short sentence about lighthouses.")
        page.composer.button.click()
        qtbot.waitUntil(lambda: window.models.loaded is not None, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not window.turns.is_busy and not window.runner.pending, timeout=PATIENCE_MS)
        assert window.models.loaded.verification.state is VerificationState.VERIFIED
        assert phases
        assert window.status_bar.text("model").startswith("SmolLM2 135M Instruct · verified ")
        question, answer = page.transcript.messages
        assert (question.role, answer.role) == (Role.USER, Role.ASSISTANT)
        assert answer.state is MessageState.COMPLETE
        assert answer.text.strip()
        assert answer.text.strip().split()[0] in page.transcript.browser.toPlainText()
        assert answer.numbers.completion_tokens > 0
        assert "tokens/s · first after" in page.transcript.browser.toPlainText()
        assert page.composer.ring.share > 0
        conversation = page.current
    finally:
        window.close()
        window.shut_down()
        window.deleteLater()
    with Workspace.open(paths) as workspace:
        kept = workspace.conversations.messages(conversation)
    assert [message.text for message in kept] == [question.text, answer.text]

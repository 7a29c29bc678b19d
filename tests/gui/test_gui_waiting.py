# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a message waits for is said as it is."""

import pytest

from strongroom.core.events import WaitingForModel, WaitReason
from strongroom.gui.chat.waiting_card import waiting_sentence


@pytest.mark.parametrize(
    ("waiting", "sentence"),
    [
        (WaitingForModel("Small", 1), "Waiting for Small: 1 answer before yours."),
        (WaitingForModel("Small", 3), "Waiting for Small: 3 answers before yours."),
        (WaitingForModel("Small", 1, WaitReason.LOADING), "Waiting for Small: another model is being loaded."),
        (
            WaitingForModel("Small", 1, WaitReason.ROOM),
            "Waiting for Small: it needs the memory of a model that is answering.",
        ),
    ],
)
def test_a_waiting_message_says_for_what_it_waits(waiting, sentence):
    assert waiting_sentence(waiting) == sentence

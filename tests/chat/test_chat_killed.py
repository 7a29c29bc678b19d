# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app is killed at random moments: no text that was shown is lost, and the log verifies."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from strongroom.core.chat import MessageState
from support import SUPPORT

ROUNDS = int(os.environ.get("STRONGROOM_KILL_ROUNDS", "3"))
ANSWER = [word for number in range(400) for word in (f"word{number} ", "mail anna.w", "eber@example.org ")]
ANSWERS = [ANSWER] * 50
"""More than one run gets to show before it is killed."""


@pytest.mark.timeout(60 + 10 * ROUNDS)
def test_no_shown_text_is_lost_when_the_app_is_killed(scripted):
    chance = random.Random(20_261_123)
    script = scripted.paths.root.parent / "script.json"
    with scripted.open(*ANSWERS):
        pass  # makes the keys, the databases and the script
    shown: dict[int, str] = {}
    for _ in range(ROUNDS):
        for conversation, text in run_and_kill(scripted.paths.root, script, chance):
            shown[conversation] = text
        with scripted.open(*ANSWERS) as workspace:
            verification = workspace.incidents.verify()
            assert verification.is_intact, verification.problems
            for conversation, text in shown.items():
                messages = workspace.conversations.messages(conversation)
                assert any(message.text.startswith(text) for message in messages), (conversation, text[-60:])
                assert all(message.state is not MessageState.WRITING for message in messages)
    assert shown


def run_and_kill(data: Path, script: Path, chance: random.Random) -> list[tuple[int, str]]:
    """Run the app, kill it after a random number of releases and a random while, and return what it had shown."""
    process = subprocess.Popen(
        [sys.executable, str(SUPPORT / "teller.py"), str(data), str(script)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(chance.randint(1, 16))]
    until = time.perf_counter() + chance.uniform(0, 0.05)
    while time.perf_counter() < until:
        pass  # any moment of the work may be hit, not only the one after a line
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate(timeout=30)
    complete = [line for line in [*lines, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    return [tuple(json.loads(line)) for line in complete]

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``kill -9`` at random moments: no acknowledged release and no acknowledged incident is lost, and the log verifies."""

import os
import random
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from strongroom.core.chat import MessageState
from strongroom.storage import open_conversations

ROUNDS = 20

# Imports once, then forks a fresh writer for each round: starting twenty interpreters is what would take the time.
WRITER = """
import os, sys
from pathlib import Path
from strongroom.core.chat import MessageState
from strongroom.core.generation import FinishReason
from strongroom.core.incident import IncidentEvent, IncidentRecord
from strongroom.incidents import IncidentLog
from strongroom.storage import open_conversations

folder, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def write():
    say("pid", os.getpid())
    log = IncidentLog.open(folder / "incidents.db", folder / "incidents.anchor", key)
    store = open_conversations(folder / "chats.db", key)
    store.recover_interrupted()
    conversation = store.create("killed")
    while True:
        answer = store.begin_answer(conversation.conversation_id, "model", "digest")
        for number in range(12):
            if number % 4 == 0:
                say("incident", log.append(IncidentRecord(IncidentEvent.FILTER_MASK)).sequence)
            store.append_release(answer.message_id, f"<{number}>")
            say("release", answer.message_id, number)
        store.finish_answer(answer.message_id, MessageState.COMPLETE, FinishReason.STOP, None)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        write()
    os.waitpid(child, 0)
    say("ended")
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork belong to POSIX")
def test_what_was_acknowledged_before_a_kill_is_there_after_it(files):
    generator = random.Random(20)
    released: dict[int, int] = {}
    recorded = 0
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(files.folder), files.key.hex()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(ROUNDS):
        print("go", file=writer.stdin, flush=True)
        remaining = generator.randrange(60)
        victim = 0
        for line in writer.stdout:
            kind, *numbers = line.split()
            if kind == "ended":
                break
            if kind == "pid":
                victim = int(numbers[0])
            elif kind == "release":
                released[int(numbers[0])] = int(numbers[1])
            elif kind == "incident":
                recorded = int(numbers[0])
            remaining -= 1
            if remaining <= 0 and victim:
                os.kill(victim, signal.SIGKILL)
                remaining = 10**9

        verification = files.verify()
        assert verification.problems == ()
        assert verification.entries >= recorded
    writer.communicate()
    assert len(released) >= 5

    with closing(open_conversations(files.folder / "chats.db", files.key)) as store:
        store.recover_interrupted()
        messages = {
            message.message_id: message
            for conversation in store.list()
            for message in store.messages(conversation.conversation_id)
        }
    for message_id, last in released.items():
        expected = "".join(f"<{number}>" for number in range(last + 1))
        assert messages[message_id].text.startswith(expected)
    assert {message.state for message in messages.values()} <= {MessageState.COMPLETE, MessageState.INTERRUPTED}
    assert MessageState.INTERRUPTED in {message.state for message in messages.values()}
    with closing(files.open()) as log:
        assert log.damage is None
        assert log.count() >= recorded

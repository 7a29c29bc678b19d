# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A child's way to the app: its first line, what it accepts, and how it ends. Tried with the engine's protocol."""

import subprocess
import sys

import pytest

from strongroom.core.line_messages import decode
from strongroom.engine.protocol import FROM_WORKER, WORKER_LINE_LIMIT, Confine, Hello, Resume, encode
from strongroom.processes.app_channel import PROTOCOL_EXIT

CHILD = """
from strongroom.core.line_messages import ProtocolBreach
from strongroom.engine.protocol import APP_LINE_LIMIT, FROM_APP, Confine, Hello, LoadStep, encode
from strongroom.processes.app_channel import AppChannel, complain, prepare_child
channel = AppChannel(encode, APP_LINE_LIMIT)
prepare_child()
print("printed")
try:
    order = channel.greet(Hello, Confine)
    if order is not None:
        channel.send(LoadStep(7))
        while channel.receive(FROM_APP) is not None:
            channel.send(LoadStep(8))
except ProtocolBreach as breach:
    raise SystemExit(complain(breach))
"""
HELLO = encode(Hello())
CONFINE = encode(Confine(False, ()))


def talk(said: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", CHILD], input=said, capture_output=True, timeout=60, check=False)


def heard(ended: subprocess.CompletedProcess[bytes]) -> list[object]:
    return [decode(line, FROM_WORKER, WORKER_LINE_LIMIT) for line in ended.stdout.splitlines(keepends=True)]


def test_the_greeting_comes_first_and_then_the_order_counts():
    ended = talk(HELLO + CONFINE + encode(Resume()))
    assert [type(message).__name__ for message in heard(ended)] == ["Hello", "LoadStep", "LoadStep"]
    assert ended.returncode == 0


def test_an_input_that_has_ended_still_gets_the_first_line():
    for said in (b"", HELLO):
        ended = talk(said)
        assert [type(message).__name__ for message in heard(ended)] == ["Hello"]
        assert ended.returncode == 0


def test_what_is_printed_is_no_line_of_the_protocol():
    ended = talk(b"")
    assert b"printed" not in ended.stdout
    assert b"printed" in ended.stderr


@pytest.mark.parametrize(
    "said",
    [
        CONFINE,
        b"garbage\n",
        HELLO.replace(b'"version":', b'"version":9'),
        HELLO + HELLO,
        HELLO + encode(Resume()),
        HELLO + CONFINE + b'{"type":"run"}\n',
    ],
    ids=["no greeting", "garbage", "another version", "two greetings", "another order", "an unknown command"],
)
def test_refused_what_the_app_may_not_say_ends_the_process(said):
    ended = talk(said)
    assert ended.returncode == PROTOCOL_EXIT
    assert b"the app broke the protocol" in ended.stderr


def test_a_child_ends_when_nobody_reads_it():
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        child.stdout.readline()
        child.stdout.close()
        child.stdin.write(HELLO + CONFINE)
        child.stdin.flush()
        assert child.wait(60) == 0

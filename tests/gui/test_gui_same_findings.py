# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The window and ``strongroom filter --jsonl`` say the same about the same text under the same policy."""

import json

import pytest
from typer.testing import CliRunner

from strongroom.cli import app
from strongroom.core.chat import Role

ANSWERS = [
    "Write to joe.bloggs@example.org, or call +1 212 555 0182. Card 4111 1111 1111 1111, IP 10.20.30.40.",
    "Use `export GITHUB_TOKEN=ghp_16C7e42F292c6912E7710c838347Ae178B4a` and see https://example.org/a."
    "\n```\nrm -rf /\n```\n",
    "Her SSN is 536-90-4399, born on 12 March 1981; IBAN DE89 3704 0044 0532 0130 00. Hid\u200bd\u200ben too.",
    "Nothing at all is here.",
]


@pytest.mark.parametrize("answer", ANSWERS, ids=["personal", "secrets", "papers", "nothing"])
def test_the_window_and_the_terminal_find_the_same(desk, answer):
    pieces = [answer[start : start + 4] for start in range(0, len(answer), 4)]
    window = desk.window(pieces)
    desk.send(window, "Hello")
    shown = [message for message in window.chat_page.transcript.messages if message.role is Role.ASSISTANT]
    recorded = [
        (record.rule_id, record.category, record.action, record.confidence_percent, record.text_length)
        for record in (entry.record for entry in reversed(window.workspace.incidents.entries()))
        if record.direction == "answer"
    ]
    said = CliRunner().invoke(app, ["filter", "--jsonl"], input=json.dumps({"text": answer}) + "\n")
    line = json.loads(said.stdout)
    assert shown[-1].text == line["text"]
    found = [
        (one["rule"], one["category"], one["action"], round(one["confidence"] * 100), one["end"] - one["start"])
        for one in line["findings"]
        if one["action"] != "allow"
    ]
    assert recorded == found
    assert bool(found) is (answer is not ANSWERS[-1])

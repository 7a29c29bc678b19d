# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The program as a user runs it: a process of its own, a data folder and a key file of its own, the real model."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from strongroom.core.paths import DataPaths

TIME_LIMIT_S = 240
"""Far more than anything takes, so that a busy machine fails no test."""
COMMAND = [sys.executable, "-m", "strongroom"]


class Program:
    """Runs ``strongroom`` on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = DataPaths(folder / "data")
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME", "TMPDIR")}
        self.environment = kept | {
            "STRONGROOM_HOME": str(self.paths.root),
            "STRONGROOM_KEY_FILE": str(folder / "keys"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "TERM": "xterm-256color",
        }

    def run(self, *arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one command line to its end."""
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=stdin,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIME_LIMIT_S,
            check=False,
        )

    def json(self, *arguments: str | Path):
        """Run a command that must succeed and return what it printed as JSON."""
        ended = self.run(*arguments)
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
        return json.loads(ended.stdout)

    def start(self, *arguments: str | Path, prefix: Sequence[str] = (), **options) -> subprocess.Popen:
        """Start one command line, behind ``prefix``, and return its process."""
        return subprocess.Popen([*prefix, *COMMAND, *map(str, arguments)], env=self.environment, **options)

    def policy(self, *rules: str) -> Path:
        """Write a policy of these rules and return its path."""
        path = self.folder / "policy.toml"
        path.write_text('version = 1\nname = "Test"\nrevision = "1"\n' + "".join(rules), encoding="utf-8")
        return path


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """What the doctor finds, as JSON."""
    return json.loads(Program(tmp_path_factory.mktemp("measured")).run("doctor", "--json").stdout)


def rule(name: str, detector: str, action: str, scope: str = "answer") -> str:
    """Return one rule as TOML."""
    return (
        f'[[rules]]\nid = "{name}"\ncategory = "test.{name}"\nscope = ["{scope}"]\n'
        f'detector = {{ type = {detector} }}\naction = "{action}"\n'
    )


PLANTED_MAIL = "jane.doe@example.org"
PLANTED_CARD = "4111 1111 1111 1111"
PLANTING_PROMPT = (
    "Correct the spelling of this sentence and write it down again: "
    f"My e-mail is {PLANTED_MAIL} and my card number is {PLANTED_CARD}."
)
"""At temperature 0, the starter model copies the sentence. A question about it would be answered differently from
processor to processor: llama.cpp's sums differ in their last bits."""


@pytest.fixture
def answers_only(program):
    """A policy that lets the planted address and number reach the model, and masks them in its answers."""
    return program.policy(rule("email", '"email"', "mask"), rule("card", '"payment_card"', "mask"))


@pytest.fixture
def planted():
    """The planted address, the planted number, and the prompt that makes the model repeat them."""
    return PLANTED_MAIL, PLANTED_CARD, PLANTING_PROMPT

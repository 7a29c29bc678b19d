# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Commands in this process, on a data folder of their own."""

import pytest
from typer.testing import CliRunner

from strongroom.cli import app
from strongroom.cli.application import with_global_options_first
from strongroom.core.paths import DataPaths


@pytest.fixture(autouse=True)
def own_keys(monkeypatch, tmp_path):
    """Name the folders and the width that tests of commands expect."""
    monkeypatch.setenv("STRONGROOM_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("STRONGROOM_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "1000")


@pytest.fixture
def paths(tmp_path):
    return DataPaths(tmp_path / "data")


@pytest.fixture
def run():
    """Run one command line; ``stdin`` may be text or bytes."""

    def run(*arguments: str, stdin: str | bytes = ""):
        ordered = with_global_options_first([str(argument) for argument in arguments])
        result = CliRunner().invoke(app, ordered, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def policy_file(tmp_path):
    """Write a policy of these rules (TOML) and return its path."""

    def write(rules: str):
        path = tmp_path / "policy.toml"
        path.write_text(f'version = 1\nname = "Test"\nrevision = "1"\n{rules}', encoding="utf-8")
        return path

    return write


def term_rule(term: str, action: str, scope: str = "", **fields: str) -> str:
    """Return a rule that looks for one term."""
    extra = "".join(f'{name} = "{value}"\n' for name, value in fields.items())
    if scope:
        extra += f'scope = ["{scope}"]\n'
    return (
        f'[[rules]]\nid = "term-{term}"\ncategory = "term.test"\n'
        f'detector = {{ type = "terms", terms = ["{term}"] }}\naction = "{action}"\n{extra}'
    )


@pytest.fixture
def rule():
    return term_rule

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The documents say what is there: tests that exist, commands and options that exist, files that exist."""

import re
from pathlib import Path

import pytest
import typer

from strongroom.cli import ExitCode, app

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_test_that_the_security_page_names_exists():
    named = set(re.findall(r"`(test_\w+)`", read("docs/security.md")))
    assert len(named) > 30
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
    }
    assert named - defined == set()


def commands(group, prefix: str = "") -> dict[str, list[str]]:
    """Return every command with its long options."""
    found: dict[str, list[str]] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, f"{prefix}{name} ")
        else:
            options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
            found[f"{prefix}{name}"] = options
    return found


def test_every_command_and_option_is_documented():
    page = read("docs/cli.md")
    undocumented = [
        f"{name} {option}"
        for name, options in commands(typer.main.get_command(app)).items()
        for option in ["", *options]
        if f"strongroom {name}" not in page or (option and option not in page)
    ]
    assert [line for line in undocumented if not line.endswith("--help")] == []


@pytest.mark.parametrize("code", ExitCode)
def test_every_exit_code_is_documented(code):
    assert f"| {code.value} |" in read("docs/cli.md")


@pytest.mark.parametrize(
    "document", ["README.md", "docs/cli.md", "docs/security.md", "docs/architecture.md", "docs/no-egress.md"]
)
def test_every_link_to_a_file_leads_somewhere(document):
    folder = (ROOT / document).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", read(document))
    assert [link for link in links if not (folder / link).exists() and not link.startswith("docs/images/")] == []

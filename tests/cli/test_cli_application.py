# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The command line as a whole: options before and after the command, exit codes, how a command may end."""

import json
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from strongroom import __version__
from strongroom.cli import Doors, ExitCode, app, main
from strongroom.cli.application import EXIT_CODES, with_global_options_first
from strongroom.cli.exits import exit_code_for
from strongroom.cli.invocation import Invocation, guarded, invocation_of
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.paths import DataPaths
from strongroom.words import explain
from support.refusals import raises_saying


@pytest.mark.parametrize(
    ("given_arguments", "ordered"),
    [
        (["ask", "hi", "--data-dir", "d"], ["--data-dir", "d", "ask", "hi"]),
        (["ask", "--data-dir=d", "hi", "--ask-passphrase"], ["--data-dir=d", "--ask-passphrase", "ask", "hi"]),
        (["filter", "--policy", "p", "--jsonl"], ["--policy", "p", "filter", "--jsonl"]),
        (["ask", "--", "--data-dir", "d"], ["ask", "--", "--data-dir", "d"]),
        (["ask", "hi", "--policy"], ["ask", "hi", "--policy"]),
        (["models", "list", "--json"], ["models", "list", "--json"]),
    ],
)
def test_global_options_may_stand_after_the_command(given_arguments, ordered):
    assert with_global_options_first(given_arguments) == ordered


@given(
    st.lists(st.sampled_from(["ask", "x", "--data-dir", "--data-dir=d", "--policy", "--ask-passphrase", "--", "-h"]))
)
def test_no_argument_is_lost_or_invented(arguments):
    assert sorted(with_global_options_first(arguments)) == sorted(arguments)


def test_version():
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"strongroom {__version__}\n")


def test_help_ends_with_the_exit_codes():
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "1000"})
    assert EXIT_CODES in result.stdout


def test_an_unknown_command_is_a_usage_error():
    assert CliRunner().invoke(app, ["fetch"]).exit_code == ExitCode.USAGE


def test_the_data_folder_comes_from_the_option_before_the_environment(tmp_path, monkeypatch):
    seen: list[Invocation] = []
    monkeypatch.setenv("STRONGROOM_HOME", str(tmp_path / "environment"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")

    def open_window(paths: DataPaths, policy_file: Path | None) -> int:
        seen.append(Invocation(paths, policy_file))
        return 7

    runner = CliRunner()
    assert runner.invoke(app, [], obj=Doors(open_window)).exit_code == 7
    assert runner.invoke(
        app, ["--data-dir", str(tmp_path / "option"), "--policy", "p"], obj=Doors(open_window)
    ).exit_code
    assert [run.paths.root.name for run in seen] == ["environment", "option"]
    assert [run.policy_file for run in seen] == [None, Path("p")]


def ending(error: BaseException, *, as_json: bool = False):
    """Run a command that ends with ``error``."""
    one = typer.Typer()

    @one.command()
    @guarded
    def command(context: typer.Context, as_json: bool = False) -> None:
        assert isinstance(invocation_of(context), Invocation)
        raise error

    return CliRunner().invoke(one, ["--as-json"] if as_json else [])


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("settings.invalid", ExitCode.FAILURE),
        ("model.missing", ExitCode.FAILURE),
        ("policy.prompt_refused", ExitCode.REFUSED),
        ("policy.system_prompt_refused", ExitCode.REFUSED),
        ("model.mismatch", ExitCode.NOT_VERIFIED),
        ("model.unknown_digest", ExitCode.NOT_VERIFIED),
        ("model.quarantined", ExitCode.NOT_VERIFIED),
        ("model.lease_broken", ExitCode.NOT_VERIFIED),
    ],
)
def test_an_error_has_its_exit_code_and_no_traceback(code, exit_code):
    error = UserFacingError(code)
    assert exit_code_for(error) == exit_code
    result = ending(error)
    assert result.exit_code == exit_code
    assert result.stdout == ""
    text = explain(error)
    assert result.stderr.splitlines() == [text.line, *([text.next_step] if text.next_step else [])]


def test_an_error_of_a_json_command_is_json():
    result = ending(UserFacingError("storage.exists", path="/x"), as_json=True)
    assert json.loads(result.stderr)["error"]["code"] == "storage.exists"


@pytest.mark.parametrize("error", [Cancelled(), KeyboardInterrupt()])
def test_cancelled_is_130(error):
    assert ending(error).exit_code == ExitCode.CANCELLED


def test_a_reader_that_went_away_is_quiet():
    result = ending(BrokenPipeError())
    assert (result.exit_code, result.output) == (ExitCode.READER_GONE, "")


def test_a_defect_keeps_its_traceback():
    assert isinstance(ending(ZeroDivisionError("defect")).exception, ZeroDivisionError)


def test_main_returns_the_exit_code(capsys):
    assert main(["--version"]) == 0
    assert main(["fetch"]) == ExitCode.USAGE
    assert "strongroom" in capsys.readouterr().out


@pytest.mark.parametrize("is_new", [True, False])
def test_without_a_terminal_no_passphrase_is_invented(is_new, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert Invocation().passphrase(is_new) is None


def test_a_wanted_passphrase_without_a_terminal_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with raises_saying(UserFacingError, "no terminal") as caught:
        Invocation(ask_passphrase=True).passphrase(True)
    assert caught.value.code == "keys.no_terminal"

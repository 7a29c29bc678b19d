# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The doors for newcomers: what they say when something is missing, and that they say it before anything is done."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="for Linux")


def load_system_packages():
    path = ROOT / "packaging" / "linux" / "system_packages.py"
    specification = importlib.util.spec_from_file_location("system_packages", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_help_lists_every_target_in_a_line():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE).group(1).split()
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = [line for line in listed.splitlines() if line.startswith("  make ")]
    assert [line.split()[1] for line in lines] == targets
    assert all(len(line.split()) > 3 for line in lines)


def require_tools(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run the check on a machine where only the programs in ``folder`` exist."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / "packaging" / "require_tools.sh"), python],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, text: str = "exit 0") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@LINUX_ONLY
def test_setup_goes_on_where_everything_is_there(tmp_path):
    program(tmp_path, "g++")
    outcome = require_tools(tmp_path, sys.executable)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "", "")


@LINUX_ONLY
def test_setup_refused_names_everything_that_is_missing_at_once(tmp_path):
    program(tmp_path, "apt-get")
    outcome = require_tools(tmp_path, "python3")
    assert outcome.returncode == 1
    assert "there is no python3" in outcome.stderr
    assert "sudo apt-get install -y python3 python3-venv g++\n" in outcome.stderr


@LINUX_ONLY
def test_setup_refused_without_venv_names_the_package(tmp_path):
    for name in ("apt-get", "g++"):
        program(tmp_path, name)
    program(tmp_path, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    outcome = require_tools(tmp_path, "python3")
    assert outcome.returncode == 1
    assert outcome.stderr.endswith("sudo apt-get install -y python3-venv\n")


@LINUX_ONLY
def test_setup_refused_for_another_python_version_and_says_what_to_do(tmp_path):
    for name in ("apt-get", "g++"):
        program(tmp_path, name)
    program(tmp_path, "python3", 'case "$2" in *version_info*) exit 1;; *) echo 3.9.2;; esac')
    outcome = require_tools(tmp_path, "python3")
    assert outcome.returncode == 1
    assert "python3 is 3.9.2" in outcome.stderr
    assert "PYTHON=python3.12" in outcome.stderr
    assert "apt-get install" not in outcome.stderr  # it would not help


@LINUX_ONLY
def test_no_apt_line_where_there_is_no_apt(tmp_path):
    assert "apt-get" not in require_tools(tmp_path, "python3").stderr


@LINUX_ONLY
@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf is not installed")
def test_table_of_system_libraries_has_all_that_qt_names():
    module = load_system_packages()
    qt = Path(importlib.util.find_spec("PySide6").submodule_search_locations[0]) / "Qt"
    without_display = [qt / "lib" / f"libQt6{part}.so.6" for part in ("Core", "DBus", "Gui", "Widgets")]
    without_display += [qt / "plugins" / "platforms" / "libqoffscreen.so"]
    x11 = [qt / "plugins" / "platforms" / "libqxcb.so", qt / "lib" / "libQt6XcbQpa.so.6"]
    everywhere = re.compile(r"lib(Qt6|icu|c\.|m\.|dl\.|rt\.|pthread\.|gcc_s\.|stdc\+\+\.)|ld-linux")

    def needed(files: list[Path]) -> set[str]:
        listed = subprocess.run(["readelf", "-d", *map(str, files)], capture_output=True, text=True, check=True).stdout
        names = re.findall(r"\(NEEDED\).*\[(.+)\]", listed)
        return {name for name in names if not everywhere.match(name)}

    assert needed(without_display) <= module.WITHOUT_DISPLAY.keys()
    assert needed(x11) <= (module.WITHOUT_DISPLAY | module.X11).keys()


@LINUX_ONLY
def test_missing_library_is_named_by_its_package():
    module = load_system_packages()
    wanted = {"libstrongroom-nothing.so.1": "libnothing1", "libc.so.6": "libc6", "libstrongroom-no.so": "libnothing1"}
    assert module.missing_packages(wanted) == ["libnothing1"]


def machine_of(user: int, folder: Path) -> Path:
    """Make a machine that has nothing but a user and an apt-get, which writes down what it is asked for."""
    program(folder, "id", f"echo {user}")
    program(folder, "apt-get", f'echo "$*" >> {folder}/asked')
    return folder / "asked"


@LINUX_ONLY
def test_missing_libraries_are_installed_by_root_and_named_to_others(monkeypatch, capfd, tmp_path):
    module = load_system_packages()
    monkeypatch.setattr(module, "X11", {"libstrongroom-nothing.so.1": "libnothing1"})
    monkeypatch.setattr(module, "WITHOUT_DISPLAY", {})
    monkeypatch.setattr(module, "missing_fonts", list)
    monkeypatch.setattr(module, "TOOLS", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    asked = machine_of(1000, tmp_path)
    assert module.main(["window"]) == 1
    assert "sudo apt-get install -y libnothing1\n" in capfd.readouterr().err
    assert module.main(["tests"]) == 0
    assert "sudo apt-get install -y libnothing1\n" in capfd.readouterr().err
    assert not asked.exists()
    machine_of(0, tmp_path)
    assert module.main(["window"]) == 0
    steps = [line.split() for line in asked.read_text().splitlines()]
    assert [step[0] for step in steps] == ["update", "install"]
    assert steps[1][-1] == "libnothing1"
    captured = capfd.readouterr()
    assert "libnothing1" in captured.err
    assert captured.out == ""


@LINUX_ONLY
def test_tests_get_a_tracer_a_display_server_and_a_font_as_well(monkeypatch, capfd, tmp_path):
    module = load_system_packages()
    monkeypatch.setattr(module, "X11", {"libstrongroom-nothing.so.1": "libnothing1"})
    monkeypatch.setattr(module, "WITHOUT_DISPLAY", {})
    monkeypatch.setattr(module, "FONT_FOLDERS", (str(tmp_path / "fonts"),))
    monkeypatch.setenv("PATH", str(tmp_path))
    machine_of(1000, tmp_path)
    assert module.main(["tests"]) == 0
    said = capfd.readouterr().err
    assert "sudo apt-get install -y binutils fonts-dejavu-core libnothing1 strace xvfb\n" in said
    assert "some tests are left out" in said
    monkeypatch.setattr(module, "WITHOUT_DISPLAY", {"libstrongroom-no.so": "libno1"})
    assert module.main(["tests"]) == 1
    assert "The window needs system libraries" in capfd.readouterr().err


@LINUX_ONLY
def test_a_font_anywhere_is_enough(monkeypatch, tmp_path):
    module = load_system_packages()
    monkeypatch.setattr(module, "FONT_FOLDERS", (str(tmp_path / "none"), str(tmp_path)))
    assert module.missing_fonts() == [module.FONTS]
    (tmp_path / "noto").mkdir()
    (tmp_path / "noto" / "Noto.ttc").touch()
    assert module.missing_fonts() == []


@LINUX_ONLY
def test_setup_as_root_installs_what_is_missing_and_goes_on(tmp_path):
    asked = machine_of(0, tmp_path)
    works = "#!/bin/sh\\nexit 0\\n"
    made = " ".join(f"{tmp_path}/{name}" for name in ("python3", "g++"))
    program(
        tmp_path,
        "apt-get",
        f'echo "$*" >> {asked}\n'
        f'if [ "$1" = install ]; then for one in {made}; do printf "{works}" > "$one"; /bin/chmod +x "$one"; done; fi',
    )
    outcome = require_tools(tmp_path, "python3")
    assert (outcome.returncode, outcome.stdout) == (0, "")
    assert outcome.stderr == "Installing system packages: python3 python3-venv g++\n"
    assert asked.read_text().splitlines() == [
        "update -qq",
        "install -qq -y --no-install-recommends python3 python3-venv g++",
    ]


@LINUX_ONLY
def test_setup_as_root_refused_where_installing_fails(tmp_path):
    machine_of(0, tmp_path)
    program(tmp_path, "apt-get", "exit 100")
    outcome = require_tools(tmp_path, "python3.12")
    assert outcome.returncode == 1
    assert "there is no python3.12" in outcome.stderr
    assert "sudo apt-get install -y python3.12 python3.12-venv g++\n" in outcome.stderr


def test_launcher_is_the_program():
    launched = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "launcher.py"), "--version"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert (launched.returncode, launched.stdout.split()[0]) == (0, "strongroom"), launched.stderr


def test_ci_runs_what_a_newcomer_runs():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    for command in ("make setup", "make test", "make lint", "make types"):
        assert command in text
    subprocess.run(["bash", "-n", str(script)], check=True)

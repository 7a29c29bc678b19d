# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The session bus of a process: the user's own one, or none. Never one that a library starts."""

import os
import socket
import subprocess
import sys

import pytest

from strongroom.confinement.session_bus import NO_BUS, settle_session_bus

if sys.platform != "linux":
    pytest.skip("the session bus is Linux's", allow_module_level=True)

VARIABLE = "DBUS_SESSION_BUS_ADDRESS"


def settled(**environment: str) -> str:
    settle_session_bus(environment)
    return environment[VARIABLE]


@pytest.fixture
def user_bus(tmp_path):
    """A socket where the user's bus is; nobody answers on it."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        listener.listen()
        yield listener


def test_an_address_that_is_there_stays(tmp_path, user_bus):
    given = "unix:path=/some/where,guid=1;tcp:host=localhost"
    assert settled(**{VARIABLE: given, "XDG_RUNTIME_DIR": str(tmp_path)}) == given


@pytest.mark.parametrize("nothing", [{}, {VARIABLE: ""}], ids=["unset", "empty"])
def test_the_bus_of_the_user_is_found_where_the_environment_does_not_name_it(tmp_path, user_bus, nothing):
    assert settled(**nothing, XDG_RUNTIME_DIR=str(tmp_path)) == f"unix:path={tmp_path}/bus"


def test_no_bus_is_named_where_there_is_none(tmp_path, monkeypatch):
    assert settled() == NO_BUS
    assert settled(XDG_RUNTIME_DIR=str(tmp_path)) == NO_BUS
    (tmp_path / "bus").write_text("a file is no socket")
    assert settled(XDG_RUNTIME_DIR=str(tmp_path)) == NO_BUS


def test_a_relative_runtime_folder_is_not_used(tmp_path, user_bus, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settled(XDG_RUNTIME_DIR=".") == NO_BUS


def test_the_bus_of_somebody_else_is_not_used(tmp_path, user_bus, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert settled(XDG_RUNTIME_DIR=str(tmp_path)) == NO_BUS


def test_an_unusual_path_is_escaped(tmp_path):
    folder = tmp_path / "a;b,c=d"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "bus"))
        assert settled(XDG_RUNTIME_DIR=str(folder)) == f"unix:path={tmp_path}/a%3bb%2cc%3dd/bus"


KEYRING_OF_THE_DESKTOP = """
import os
from keyring.backends import SecretService
from strongroom.confinement.session_bus import settle_session_bus
settle_session_bus(os.environ)
try:
    SecretService.Keyring.priority
except RuntimeError as error:
    print(error)
"""


def test_the_keyring_takes_no_bus_for_an_answer(tmp_path):
    """As it does where the environment names none: the app then asks for a passphrase."""
    environment = {name: value for name, value in os.environ.items() if name not in (VARIABLE, "XDG_RUNTIME_DIR")}
    ended = subprocess.run(
        [sys.executable, "-c", KEYRING_OF_THE_DESKTOP], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.stderr == ""
    assert ended.stdout.startswith("Unable to initialize SecretService")


def test_the_keyring_asks_the_bus_of_the_user(tmp_path, user_bus):
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment["XDG_RUNTIME_DIR"] = str(tmp_path)
    user_bus.settimeout(60)
    asking = subprocess.Popen([sys.executable, "-c", KEYRING_OF_THE_DESKTOP], env=environment, stdout=subprocess.PIPE)
    connection, _ = user_bus.accept()
    connection.settimeout(60)
    # The first bytes of the D-Bus protocol, by which a client says who it is.
    assert connection.recv(1) == b"\0"
    connection.close()
    asking.communicate(timeout=60)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What every test gets: no keyring, no data folder and no passphrase of whoever runs it."""

import os
import signal

import keyring
import pytest
from hypothesis import HealthCheck, settings
from keyring.backends.null import Keyring as NullKeyring

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As in a shell's background job. Programs under test would inherit it, and Ctrl+C is a part of what they do.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Some machines set it for the tests' own process. Every program under test would then compile the app anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Qt complains of any other encoding, and what programs under test write is read as UTF-8.
os.environ["LC_ALL"] = "C.UTF-8"

keyring.set_keyring(NullKeyring())

# How long an example takes, or its making, says something about the machine and what else it does. Where time matters,
# a test measures it itself.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def nobody_home(monkeypatch, tmp_path):
    """Point every way to a real user's keys and data into the test's own folder.

    A test may set another keyring; it is gone after it.
    """
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("STRONGROOM_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("STRONGROOM_HOME", str(tmp_path / "home"))
    yield
    keyring.set_keyring(NullKeyring())

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The access token: in a real keyring, or nowhere."""

import keyring
import pytest
from keyring.backend import KeyringBackend

from strongroom.core.errors import UserFacingError
from strongroom.storage import forget_hub_token, hub_token, keep_hub_token


class KeepingKeyring(KeyringBackend):
    """Keeps what it is given; stands in for the system's keyring, which a test must not touch."""

    priority = 9

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


RealKeyring = type("Keyring", (KeepingKeyring,), {"__module__": "keyring.backends.SecretService"})
PlaintextKeyring = type("PlaintextKeyring", (KeepingKeyring,), {"__module__": "keyrings.alt.file"})


@pytest.fixture
def real():
    backend = RealKeyring()
    keyring.set_keyring(backend)
    return backend


def test_a_token_is_kept_in_the_keyring_and_forgotten_again(real):
    assert hub_token() is None
    assert "keyring" in keep_hub_token("  hf_abcDEF123\n")
    assert hub_token() == "hf_abcDEF123"
    assert list(real.kept.values()) == ["hf_abcDEF123"]
    assert forget_hub_token()
    assert not forget_hub_token()
    assert hub_token() is None


def test_a_token_is_refused_without_a_keyring():
    with pytest.raises(UserFacingError) as refusal:
        keep_hub_token("hf_abc")
    assert refusal.value.code == "token.no_keyring"
    assert hub_token() is None


def test_a_token_is_refused_by_a_keyring_that_is_a_plain_file():
    backend = PlaintextKeyring()
    keyring.set_keyring(backend)
    with pytest.raises(UserFacingError) as refusal:
        keep_hub_token("hf_abc")
    assert refusal.value.code == "token.no_keyring"
    assert not backend.kept


@pytest.mark.parametrize("text", ["", "  ", "hf_\x00", "hf abc\ndef", "ключ", "x" * 513])
def test_what_is_no_token_is_refused(real, text):
    with pytest.raises(UserFacingError) as refusal:
        keep_hub_token(text)
    assert refusal.value.code == "token.invalid"
    assert not real.kept

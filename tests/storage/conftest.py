# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A data folder, a store, and an environment in which no test reaches the developer's own keyring."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backends.null import Keyring as NullKeyring

from strongroom.core.paths import DataPaths
from strongroom.storage import KEY_FILE_VARIABLE, ConversationStore, open_conversations


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(KEY_FILE_VARIABLE, raising=False)
    before = keyring.core._keyring_backend
    keyring.set_keyring(NullKeyring())
    yield
    keyring.core._keyring_backend = before


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    data = DataPaths(tmp_path / "data")
    data.ensure()
    return data


@pytest.fixture(scope="session")
def key() -> bytes:
    return bytes(range(32))


@pytest.fixture
def store(paths: DataPaths, key: bytes) -> Iterator[ConversationStore]:
    with closing(open_conversations(paths.chats, key)) as opened:
        yield opened

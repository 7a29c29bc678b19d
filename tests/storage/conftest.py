# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A data folder, a store, and an environment in which no test reaches the developer's own keyring."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from strongroom.core.paths import DataPaths
from strongroom.storage import KEY_FILE_VARIABLE, ConversationStore, open_conversations


@pytest.fixture(autouse=True)
def _no_key_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_FILE_VARIABLE, raising=False)


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

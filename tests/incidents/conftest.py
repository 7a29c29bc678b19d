# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A log on the disk, and ways to do to its file what only an attacker with the key could do."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from strongroom.core.incident import IncidentEntry, IncidentEvent, IncidentRecord, IncidentVerification
from strongroom.incidents import IncidentLog, verify_log

KEY = bytes(range(32))

RECORD = IncidentRecord(
    event=IncidentEvent.FILTER_MASK,
    category="pii",
    rule_id="email",
    action="mask",
    direction="answer",
    confidence_percent=98,
    policy_name="default",
    policy_version="1",
    policy_digest="sha256:" + "a" * 64,
    model_digest="b" * 64,
    conversation_id=1,
    text_length=20,
    text_hmac="hmac-sha256:" + "c" * 64,
    details={"detector": "email", "dry_run": False, "tries": 2},
)


@dataclass(frozen=True)
class LogFiles:
    """The files of one log."""

    folder: Path
    key: bytes = KEY

    @property
    def path(self) -> Path:
        return self.folder / "incidents.db"

    @property
    def anchor(self) -> Path:
        return self.folder / "incidents.anchor"

    def open(self) -> IncidentLog:
        return IncidentLog.open(self.path, self.anchor, KEY)

    def fill(self, count: int, record: IncidentRecord = RECORD) -> list[IncidentEntry]:
        """Append records and close the log. A new one is filled in memory first: waiting for a disk takes its time."""
        is_new = not self.path.exists()
        with closing(IncidentLog.open(None, None, None) if is_new else self.open()) as log:
            entries = [log.append(replace(record, text_length=number)) for number in range(count)]
            if is_new:
                log.copy_to(self.path, self.anchor, self.key)
            return entries

    def verify(self) -> IncidentVerification:
        return verify_log(self.path, self.anchor, KEY)

    def problems(self) -> list[tuple[str, int | None]]:
        return [(problem.kind.value, problem.sequence) for problem in self.verify().problems]

    def tamper(self, *statements: tuple[str, tuple[Any, ...]]) -> None:
        """Change rows as somebody who has the key and drops the triggers first."""
        with closing(sqlcipher.connect(str(self.path), isolation_level=None)) as connection:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("DROP TRIGGER IF EXISTS incidents_forbid_update")
            connection.execute("DROP TRIGGER IF EXISTS incidents_forbid_delete")
            for sql, parameters in statements:
                connection.execute(sql, parameters)

    def rows(self) -> list[tuple[Any, ...]]:
        with closing(sqlcipher.connect(str(self.path), isolation_level=None)) as connection:
            connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
            found: list[tuple[Any, ...]] = connection.execute("SELECT * FROM incidents ORDER BY sequence").fetchall()
            return found


@pytest.fixture
def files(tmp_path: Path) -> LogFiles:
    return LogFiles(tmp_path)


@pytest.fixture
def log(files: LogFiles) -> Iterator[IncidentLog]:
    with closing(files.open()) as opened:
        yield opened


@pytest.fixture(scope="session")
def record() -> IncidentRecord:
    return RECORD


@pytest.fixture(scope="session")
def make_files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], LogFiles]:
    """For properties, which need a fresh folder in every example."""
    return lambda: LogFiles(tmp_path_factory.mktemp("log"))

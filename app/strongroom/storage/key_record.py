# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``keys.json``: how the databases of a data folder are locked. It holds no key, except wrapped under a passphrase."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from strongroom.core.durable import create_durably
from strongroom.storage.errors import KeyProblem, KeyRefused

VERSION = 1


class KeySource(StrEnum):
    """Where the keys of the databases come from."""

    KEYRING = "keyring"
    """The operating system's keyring."""
    KEY_FILE = "key_file"
    """A file that ``STRONGROOM_KEY_FILE`` names."""
    PASSPHRASE = "passphrase"  # noqa: S105 - a name, not a secret
    """Random keys, wrapped under a key that Argon2id makes from a passphrase."""
    MEMORY = "memory"
    """None: nothing is kept."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The two independent keys, 32 random bytes each. Its ``repr`` does not show them."""

    chats: bytes = field(repr=False)
    incidents: bytes = field(repr=False)

    @property
    def check(self) -> str:
        """A name for these keys that reveals nothing of them; it tells a wrong key before a database is touched."""
        return hashlib.sha256(b"strongroom keys\0" + self.chats + self.incidents).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What ``keys.json`` says."""

    source: KeySource
    check: str
    """:attr:`KeyPair.check` of the databases' keys."""
    facts: Mapping[str, Any]
    """What the source needs to find or unwrap the keys."""

    def require(self, keys: KeyPair, where: str) -> KeyPair:
        """Return ``keys`` if they are the databases' keys.

        Raises:
            KeyRefused: They are not.
        """
        if not hmac.compare_digest(keys.check, self.check):
            raise KeyRefused(KeyProblem.WRONG_KEYS, where=where)
        return keys


def read_key_record(path: Path) -> KeyRecord | None:
    """Return the record, or None where there is none.

    Raises:
        KeyRefused: It cannot be read, or is not a record of this version.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.keys() != {"version", "source", "check", "facts"} or content["version"] != VERSION:
            raise ValueError("it is not a key record of version 1")
        source, check, facts = KeySource(content["source"]), content["check"], content["facts"]
        if source is KeySource.MEMORY or not isinstance(check, str) or not isinstance(facts, dict):
            raise ValueError("its fields are not those of a key record")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise record_damaged(path, str(error)) from error
    return KeyRecord(source, check, facts)


def create_key_record(path: Path, record: KeyRecord) -> None:
    """Write the record of a new data folder.

    Raises:
        FileExistsError: Another process made one in the meantime; it counts, and this one's keys do not.
        OSError: It could not be written.
    """
    content = {"version": VERSION, "source": record.source.value, "check": record.check, "facts": dict(record.facts)}
    create_durably(path, (json.dumps(content, indent=2, sort_keys=True) + "\n").encode())


def record_damaged(path: Path, detail: str) -> KeyRefused:
    """Return the refusal of a record that says something impossible."""
    return KeyRefused(KeyProblem.RECORD_DAMAGED, path=path, detail=detail)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a database file or with its key."""

from enum import StrEnum

from strongroom.core.errors import UserFacingError
from strongroom.core.statement import GivenFact


class StorageProblem(StrEnum):
    """Why a database was refused, or a write failed."""

    WRONG_KEY = "wrong_key"
    """The key does not fit, or the beginning of the file is damaged: the two cannot be told apart."""
    PLAINTEXT = "plaintext"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    OTHER_APP = "other_app"
    NEWER = "newer"
    FULL = "full"
    BUSY = "busy"
    NOT_WRITABLE = "not_writable"
    NOT_FOUND = "not_found"
    """There is no such conversation or message."""
    OTHER_CONVERSATION = "other_conversation"
    """A parent or a head was to be a message of another conversation."""
    EXISTS = "exists"
    """A copy would have replaced a database."""

    @property
    def is_about_content(self) -> bool:
        """Whether the file itself is not what it should be, as opposed to its surroundings."""
        return self in _ABOUT_CONTENT


_ABOUT_CONTENT = frozenset(
    (
        StorageProblem.WRONG_KEY,
        StorageProblem.PLAINTEXT,
        StorageProblem.TRUNCATED,
        StorageProblem.DAMAGED,
        StorageProblem.OTHER_APP,
    )
)


class StorageError(UserFacingError):
    """A database could not be opened, read or written. Its ``code`` is ``storage.`` and the problem's name.

    A refusal to open leaves the file as it was.
    """

    def __init__(self, problem: StorageProblem, **facts: GivenFact) -> None:
        super().__init__(f"storage.{problem.value}", **facts)
        self.problem = problem


class KeyProblem(StrEnum):
    """Why no key could be had."""

    RECORD_DAMAGED = "record_damaged"
    RECORD_MISSING = "record_missing"
    """There are databases, but nothing says how they are locked."""
    RECORD_EXISTS = "record_exists"
    """A passphrase was to be set, but the databases are locked in another way already."""
    KEYRING_UNAVAILABLE = "keyring_unavailable"
    KEYRING_LOCKED = "keyring_locked"
    KEYRING_CHANGED = "keyring_changed"
    """Another kind of keyring is in use than the one that holds the keys."""
    KEYRING_EMPTY = "keyring_empty"
    KEY_FILE_MISSING = "key_file_missing"
    KEY_FILE_EXPOSED = "key_file_exposed"
    """Others may read the key file, or it belongs to somebody else."""
    KEY_FILE_MALFORMED = "key_file_malformed"
    KEY_FILE_UNREADABLE = "key_file_unreadable"
    WRONG_KEYS = "wrong_keys"
    """The source holds keys, but not those that the databases were made with."""
    PASSPHRASE_NEEDED = "passphrase_needed"  # noqa: S105 - a name, not a secret
    PASSPHRASE_WRONG = "passphrase_wrong"  # noqa: S105 - a name, not a secret
    PASSPHRASE_TOO_SHORT = "passphrase_too_short"  # noqa: S105 - a name, not a secret


class KeyRefused(UserFacingError):
    """No key, and why. Its ``code`` is ``keys.`` and the problem's name."""

    def __init__(self, problem: KeyProblem, **facts: GivenFact) -> None:
        super().__init__(f"keys.{problem.value}", **facts)
        self.problem = problem

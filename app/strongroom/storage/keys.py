# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How the databases get their keys: keyring, else key file, else passphrase, else none and nothing is kept.

The first start decides and writes it down (``keys.json``); every later start uses that source or says why it cannot.
There is no silent change of source, no new key over an old database, and no database without encryption.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from strongroom.core.paths import DataPaths
from strongroom.core.statement import Statement
from strongroom.storage.errors import KeyProblem, KeyRefused
from strongroom.storage.key_file import KEY_FILE_VARIABLE, make_key_file, named_key_file, read_key_file
from strongroom.storage.key_record import (
    KeyPair,
    KeyRecord,
    KeySource,
    create_key_record,
    read_key_record,
    record_damaged,
)
from strongroom.storage.os_keyring import REAL_BACKENDS, OsKeyring, find_keyrings
from strongroom.storage.passphrase import unwrap_keys, wrap_keys

PassphrasePrompt = Callable[[bool], str | None]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a data folder, 32 bytes each; None for a session that keeps nothing."""

    source: KeySource
    chats: bytes | None = field(repr=False)
    incidents: bytes | None = field(repr=False)
    description: Statement
    """One sentence for the user: how the databases are locked, or that nothing is kept and why."""


def obtain_keys(paths: DataPaths, *, passphrase: PassphrasePrompt | None = None) -> Keys:
    """Return the keys of a data folder, and decide on a source at its first start.

    Args:
        paths: The data folder; it exists.
        passphrase: Asked only where a passphrase is needed or would help; True means that a new one is being chosen.
            None as its answer means: no passphrase.

    Raises:
        KeyRefused: The recorded source does not give the keys, or there are databases and no record.
    """
    record = read_key_record(paths.key_record)
    if record is None:
        _require_fresh(paths)
        return _choose(paths, passphrase)
    return _reopen(paths, record, passphrase)


def set_passphrase(paths: DataPaths, passphrase: str) -> Keys:
    """Make keys for a data folder that kept nothing so far, and lock them with ``passphrase``.

    The next start asks for it. What this session holds in memory can be taken along with the ``copy_to`` of the
    conversations and of the incident log.

    Raises:
        KeyRefused: The folder has keys already, or the passphrase is too short.
        OSError: The record cannot be written.
    """
    if read_key_record(paths.key_record) is not None:
        raise _already_locked(paths)
    _require_fresh(paths)
    keys = KeyPair(secrets.token_bytes(32), secrets.token_bytes(32))
    record = KeyRecord(KeySource.PASSPHRASE, keys.check, wrap_keys(keys, passphrase))
    try:
        create_key_record(paths.key_record, record)
    except FileExistsError as error:
        raise _already_locked(paths) from error
    return _keys(record, keys)


def _require_fresh(paths: DataPaths) -> None:
    """Refuse to make new keys where a database, or what is left of one, waits for its old ones."""
    for file in (paths.chats, paths.incidents, paths.incident_anchor, paths.egress, paths.egress_anchor):
        if file.exists():
            raise KeyRefused(
                KeyProblem.RECORD_MISSING,
                file=file,
                record=paths.key_record,
                record_name=paths.key_record.name,
                file_name=file.name,
            )


def _already_locked(paths: DataPaths) -> KeyRefused:
    return KeyRefused(KeyProblem.RECORD_EXISTS, record=paths.key_record)


def _choose(paths: DataPaths, passphrase: PassphrasePrompt | None) -> Keys:
    """Take the first source that works here, and write it down before any database is made."""
    reasons: list[Statement] = []
    made = _from_keyring(reasons) or _from_key_file()
    if made is None:
        chosen = passphrase(True) if passphrase is not None else None
        if chosen:
            return set_passphrase(paths, chosen)
        return _memory_only(reasons)
    record, keys = made
    try:
        create_key_record(paths.key_record, record)
    except FileExistsError:
        # Another process was quicker; the databases are, or will be, locked with its keys.
        _forget(record)
        return obtain_keys(paths, passphrase=passphrase)
    return _keys(record, keys)


def _from_keyring(reasons: list[Statement]) -> tuple[KeyRecord, KeyPair] | None:
    try:
        keyrings = find_keyrings()
        if not keyrings:
            reasons.append(Statement("keys.no_keyring"))
            return None
        keys = KeyPair(secrets.token_bytes(32), secrets.token_bytes(32))
        # Each data folder has entries of its own, which stay its own when the folder is moved.
        folder_id = secrets.token_hex(8)
        keyrings[0].put(f"{folder_id}/chats", keys.chats.hex())
        keyrings[0].put(f"{folder_id}/incidents", keys.incidents.hex())
    except KeyRefused as refusal:
        reasons.append(Statement("keys.keyring_refused", refusal=refusal.statement))
        return None
    return KeyRecord(KeySource.KEYRING, keys.check, {"backend": keyrings[0].name, "folder_id": folder_id}), keys


def _from_key_file() -> tuple[KeyRecord, KeyPair] | None:
    path = named_key_file()
    if path is None:
        return None
    keys = make_key_file(path)
    return KeyRecord(KeySource.KEY_FILE, keys.check, {"path": str(path)}), keys


def _forget(record: KeyRecord) -> None:
    if record.source is not KeySource.KEYRING:
        return
    for keyring in find_keyrings():
        if keyring.name == record.facts["backend"]:
            keyring.remove(f"{record.facts['folder_id']}/chats")
            keyring.remove(f"{record.facts['folder_id']}/incidents")


def _memory_only(reasons: list[Statement]) -> Keys:
    reasons += [Statement("keys.no_key_file", variable=KEY_FILE_VARIABLE), Statement("keys.no_passphrase")]
    return Keys(KeySource.MEMORY, None, None, Statement("keys.memory_only", reasons=tuple(reasons)))


def _reopen(paths: DataPaths, record: KeyRecord, passphrase: PassphrasePrompt | None) -> Keys:
    try:
        if record.source is KeySource.KEYRING:
            keys = _reopen_keyring(record)
        elif record.source is KeySource.KEY_FILE:
            # The environment may name a new place; the record's check tells whether it holds the same keys.
            path = named_key_file() or Path(record.facts["path"])
            keys = record.require(read_key_file(path), str(path))
        else:
            keys = record.require(unwrap_keys(record.facts, _ask(passphrase)), str(paths.key_record))
    except (KeyError, TypeError, ValueError) as error:
        raise record_damaged(paths.key_record, str(error)) from error
    return _keys(record, keys)


def _reopen_keyring(record: KeyRecord) -> KeyPair:
    keyring = _recorded_keyring(record)
    folder_id = record.facts["folder_id"]
    found = [keyring.get(f"{folder_id}/{name}") for name in ("chats", "incidents")]
    if found[0] is None or found[1] is None:
        raise KeyRefused(KeyProblem.KEYRING_EMPTY, keyring=keyring.label)
    return record.require(KeyPair(_from_hex(found[0]), _from_hex(found[1])), keyring.label)


def _from_hex(secret: str) -> bytes:
    """Return the key of a keyring's entry; what is no key is simply none of the databases' keys."""
    try:
        return bytes.fromhex(secret)
    except ValueError:
        return b""


def _recorded_keyring(record: KeyRecord) -> OsKeyring:
    wanted = record.facts["backend"]
    keyrings = find_keyrings()
    for keyring in keyrings:
        if keyring.name == wanted:
            return keyring
    label = REAL_BACKENDS.get(wanted, wanted)
    instead = (
        Statement("keys.other_keyring", keyring=keyrings[0].label) if keyrings else Statement("keys.keyring_absent")
    )
    raise KeyRefused(KeyProblem.KEYRING_CHANGED, keyring=label, instead=instead)


def _ask(passphrase: PassphrasePrompt | None) -> str:
    answer = passphrase(False) if passphrase is not None else None
    if not answer:
        raise KeyRefused(KeyProblem.PASSPHRASE_NEEDED)
    return answer


def _keys(record: KeyRecord, keys: KeyPair) -> Keys:
    if record.source is KeySource.KEYRING:
        how = Statement("keys.in_keyring", keyring=REAL_BACKENDS[record.facts["backend"]])
    elif record.source is KeySource.KEY_FILE:
        how = Statement("keys.in_key_file", path=named_key_file() or str(record.facts["path"]))
    else:
        how = Statement("keys.in_passphrase")
    return Keys(record.source, keys.chats, keys.incidents, how)

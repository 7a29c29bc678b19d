# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The key file: two keys in hex, for servers and tests, kept by whoever names it."""

import os
import re
import secrets
import stat
from pathlib import Path

from strongroom.core.durable import create_durably
from strongroom.storage.errors import KeyProblem, KeyRefused
from strongroom.storage.key_record import KeyPair

KEY_FILE_VARIABLE = "STRONGROOM_KEY_FILE"

_FORM = re.compile(rb"strongroom-keys 1\nchats ([0-9a-f]{64})\nincidents ([0-9a-f]{64})\n")
_MOST_BYTES = 4096


def named_key_file() -> Path | None:
    """Return the key file that the environment names, or None."""
    chosen = os.environ.get(KEY_FILE_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else None


def make_key_file(path: Path) -> KeyPair:
    """Return the keys of ``path``, which is made with fresh ones if missing.

    Raises:
        KeyRefused: It cannot be made, or what is there is not a key file that only its owner can read.
    """
    keys = KeyPair(secrets.token_bytes(32), secrets.token_bytes(32))
    content = f"strongroom-keys 1\nchats {keys.chats.hex()}\nincidents {keys.incidents.hex()}\n"
    try:
        create_durably(path, content.encode("ascii"))
    except FileExistsError:
        return read_key_file(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    return keys


def read_key_file(path: Path) -> KeyPair:
    """Return the keys of an existing key file.

    Raises:
        KeyRefused: It is missing, readable by others, somebody else's, or not a key file.
    """
    try:
        # Without O_NONBLOCK, a named pipe in its place would hang the start.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise KeyRefused(KeyProblem.KEY_FILE_MISSING, path=path, variable=KEY_FILE_VARIABLE) from error
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        # Asked of the descriptor, not of the path: nobody can exchange the file in between.
        _require_private(path, os.fstat(descriptor))
        content = os.read(descriptor, _MOST_BYTES)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    found = _FORM.fullmatch(content)
    if found is None:
        raise KeyRefused(KeyProblem.KEY_FILE_MALFORMED, path=path)
    return KeyPair(bytes.fromhex(found[1].decode()), bytes.fromhex(found[2].decode()))


def _require_private(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise KeyRefused(KeyProblem.KEY_FILE_MALFORMED, case="not_a_file", path=path)
    if os.name == "nt":
        return  # Windows keeps access lists, of which these bits say nothing; a profile is private by default.
    if facts.st_uid != os.geteuid():
        raise KeyRefused(KeyProblem.KEY_FILE_EXPOSED, case="other_owner", path=path)
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise KeyRefused(KeyProblem.KEY_FILE_EXPOSED, path=path, mode=stat.S_IMODE(facts.st_mode))


def _unreadable(path: Path, error: OSError) -> KeyRefused:
    return KeyRefused(
        KeyProblem.KEY_FILE_UNREADABLE, path=path, reason=error.strerror or str(error), variable=KEY_FILE_VARIABLE
    )

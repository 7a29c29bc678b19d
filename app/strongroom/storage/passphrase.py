# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Random keys, wrapped with AES-256-GCM under a key that Argon2id makes from a passphrase."""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from strongroom.storage.errors import KeyProblem, KeyRefused
from strongroom.storage.key_record import KeyPair

LEAST_CHARACTERS = 8
"""NIST SP 800-63B's floor; a guess costs a fifth of a second and 64 MiB."""


@dataclass(frozen=True, slots=True)
class ArgonCost:
    """The cost of one guess. The default is the second recommended option of RFC 9106."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        """Refuse costs that are no protection, or that would exhaust the machine.

        Raises:
            ValueError: A number is out of its range.
        """
        in_range = 8 * 1024 <= self.memory_kib <= 4 * 1024 * 1024 and 1 <= self.passes <= 100 and 1 <= self.lanes <= 64
        if not in_range:
            raise ValueError(f"these Argon2id costs are not acceptable: {self}")


def wrap_keys(keys: KeyPair, passphrase: str, cost: ArgonCost | None = None) -> dict[str, Any]:
    """Return what has to be kept so that :func:`unwrap_keys` can return ``keys``.

    Raises:
        KeyRefused: The passphrase is shorter than :data:`LEAST_CHARACTERS`.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise KeyRefused(KeyProblem.PASSPHRASE_TOO_SHORT, least=LEAST_CHARACTERS)
    cost = cost or ArgonCost()
    salt = secrets.token_bytes(16)
    cipher = AESGCM(_stretch(passphrase, salt, cost))
    wrapped = {}
    for name, key in (("chats", keys.chats), ("incidents", keys.incidents)):
        nonce = secrets.token_bytes(12)
        wrapped[name] = (nonce + cipher.encrypt(nonce, key, _purpose(name))).hex()
    return {
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": salt.hex(),
        "cipher": "aes-256-gcm",
        **wrapped,
    }


def unwrap_keys(facts: Mapping[str, Any], passphrase: str) -> KeyPair:
    """Return the keys that :func:`wrap_keys` wrapped.

    Raises:
        KeyRefused: It is not the passphrase.
        ValueError: ``facts`` are not what :func:`wrap_keys` returned.
    """
    try:
        if facts["kdf"] != "argon2id" or facts["cipher"] != "aes-256-gcm":
            raise ValueError("it names a method that this app does not know")
        cost = ArgonCost(int(facts["memory_kib"]), int(facts["passes"]), int(facts["lanes"]))
        salt = bytes.fromhex(facts["salt"])
        wrapped = {name: bytes.fromhex(facts[name]) for name in ("chats", "incidents")}
    except (KeyError, TypeError) as error:
        raise ValueError(f"its facts about the passphrase are incomplete ({error})") from error
    if len(salt) != 16 or any(len(blob) != 12 + 32 + 16 for blob in wrapped.values()):
        raise ValueError("its wrapped keys have the wrong length")
    cipher = AESGCM(_stretch(passphrase, salt, cost))
    try:
        keys = {name: cipher.decrypt(blob[:12], blob[12:], _purpose(name)) for name, blob in wrapped.items()}
    except InvalidTag as error:
        raise KeyRefused(KeyProblem.PASSPHRASE_WRONG) from error
    return KeyPair(keys["chats"], keys["incidents"])


def _stretch(passphrase: str, salt: bytes, cost: ArgonCost) -> bytes:
    # One keyboard sends é as one code point, another as two: both must open the same file.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    stretched: bytes = Argon2id(
        salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(secret)
    return stretched


def _purpose(name: str) -> bytes:
    """Bind a wrapped key to its use, so that the two cannot be exchanged."""
    return f"strongroom {name} key 1".encode()

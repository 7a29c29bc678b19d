# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The operating system's keyring, and only a real one.

The keyring package may be handed backends that keep secrets in a plain file. Those are not on the list below, and so
are never used. Everything here runs with a time limit: a D-Bus that accepts a call and never answers must not hang the
start of the app.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked

from strongroom.core.statement import Statement
from strongroom.core.translatable import translatable
from strongroom.storage.errors import KeyProblem, KeyRefused

REAL_BACKENDS = {
    "keyring.backends.SecretService": translatable("the desktop's keyring (Secret Service)"),
    "keyring.backends.kwallet": translatable("KWallet"),
    "keyring.backends.macOS": translatable("the macOS keychain"),
    "keyring.backends.Windows": translatable("the Windows credential vault"),
}
"""Modules of the backends that encrypt what they keep, and what the user knows them as."""

PROBE_LIMIT_S = 5.0
"""For finding out whether there is a keyring."""
ACCESS_LIMIT_S = 60.0
"""For reading or writing an entry: the system may be asking the user to unlock the keyring."""

_SERVICE = "strongroom"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OsKeyring:
    """One real keyring."""

    backend: KeyringBackend

    @property
    def name(self) -> str:
        """The backend's module: what the key record remembers."""
        return type(self.backend).__module__

    @property
    def label(self) -> str:
        """What the user knows it as."""
        return REAL_BACKENDS[self.name]

    def get(self, account: str) -> str | None:
        """Return the secret of ``account``, or None if it has none.

        Raises:
            KeyRefused: The keyring is locked, failed, or did not answer.
        """
        return _guarded(lambda: self.backend.get_password(_SERVICE, account), ACCESS_LIMIT_S, self.label)

    def put(self, account: str, secret: str) -> None:
        """Keep the secret of ``account``.

        Raises:
            KeyRefused: The keyring is locked, failed, did not answer, or does not return what it was given.
        """
        _guarded(lambda: self.backend.set_password(_SERVICE, account, secret), ACCESS_LIMIT_S, self.label)
        if self.get(account) != secret:
            raise _unavailable(self.label, Statement("keys.not_kept"))

    def remove(self, account: str) -> None:
        """Forget ``account``.

        Raises:
            KeyRefused: As for :meth:`put`.
        """
        _guarded(lambda: self.backend.delete_password(_SERVICE, account), ACCESS_LIMIT_S, self.label)


def find_keyrings() -> list[OsKeyring]:
    """Return the real keyrings in use here, the preferred one first; none is an ordinary answer.

    Raises:
        KeyRefused: Looking for one failed or took longer than :data:`PROBE_LIMIT_S`.
    """
    backend = _guarded(_candidates, PROBE_LIMIT_S, "the keyring")
    return [OsKeyring(candidate) for candidate in backend if type(candidate).__module__ in REAL_BACKENDS]


def _candidates() -> list[KeyringBackend]:
    chosen = keyring.get_keyring()
    # The chain would hand a secret to whatever stands first in it, real or not; so it is taken apart.
    return list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]


def _guarded(step: Callable[[], T], limit_s: float, label: str) -> T:
    """Run ``step`` with a time limit; every failure becomes a sentence.

    A thread that does not come back is abandoned: it is a daemon and holds nothing of ours.
    """
    done: list[T] = []
    failed: list[Exception] = []
    ended = threading.Event()

    def run() -> None:
        try:
            done.append(step())
        except Exception as error:  # noqa: BLE001 - backends raise whatever their platform's library raises
            failed.append(error)
        ended.set()

    threading.Thread(target=run, name="keyring", daemon=True).start()
    if not ended.wait(limit_s):
        raise _unavailable(label, Statement("keys.no_answer", seconds=limit_s))
    if done:
        return done[0]
    error = failed[0]
    if isinstance(error, KeyringLocked):
        raise KeyRefused(KeyProblem.KEYRING_LOCKED, keyring=label) from error
    raise _unavailable(label, str(error) or type(error).__name__) from error


def _unavailable(label: str, detail: str | Statement) -> KeyRefused:
    return KeyRefused(KeyProblem.KEYRING_UNAVAILABLE, keyring=label, detail=detail)

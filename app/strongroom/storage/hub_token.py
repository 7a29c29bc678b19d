# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The access token for gated models: in the operating system's keyring, and nowhere else.

It is in no file, no log, no setting, no environment variable and no process's arguments. Where there is no real
keyring there is no token.
"""

from strongroom.core.errors import UserFacingError
from strongroom.storage.os_keyring import OsKeyring, find_keyrings

_ACCOUNT = "hub-token"
_LONGEST = 512


def hub_token() -> str | None:
    """Return the token, or None where none was kept or there is no real keyring.

    Raises:
        KeyRefused: The keyring is locked, failed or did not answer.
    """
    keyrings = find_keyrings()
    return keyrings[0].get(_ACCOUNT) if keyrings else None


def keep_hub_token(token: str) -> str:
    """Keep ``token`` in the place of any former one; return what the user knows that place as.

    Raises:
        UserFacingError: It is no token (``token.invalid``), or there is no real keyring (``token.no_keyring``).
        KeyRefused: The keyring is locked, failed or did not answer.
    """
    stripped = token.strip()
    if not stripped or len(stripped) > _LONGEST or not (stripped.isascii() and stripped.isprintable()):
        raise UserFacingError("token.invalid")
    keyring = _require_keyring()
    keyring.put(_ACCOUNT, stripped)
    return keyring.label


def forget_hub_token() -> bool:
    """Take the token out of the keyring; return whether there was one.

    Raises:
        UserFacingError: There is no real keyring (``token.no_keyring``).
        KeyRefused: The keyring is locked, failed or did not answer.
    """
    keyring = _require_keyring()
    if keyring.get(_ACCOUNT) is None:
        return False
    keyring.remove(_ACCOUNT)
    return True


def _require_keyring() -> OsKeyring:
    keyrings = find_keyrings()
    if not keyrings:
        raise UserFacingError("token.no_keyring")
    return keyrings[0]

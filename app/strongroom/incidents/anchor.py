# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The head of the chain, kept in a small file of its own outside the log.

The chain alone cannot tell that its last records are gone. The anchor can: it names the last record, under an HMAC
whose key is derived from the log's key, so that nobody without that key can make one.
"""

import hmac
import json
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from strongroom.core.durable import replace_durably
from strongroom.core.statement import Statement
from strongroom.incidents.header import ALGORITHM, GENESIS

_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last record that is known for certain; sequence 0 for a log without records."""

    sequence: int = 0
    head: str = GENESIS


class AnchorRefused(ValueError):
    """The anchor file is not one that this log's key made.

    Args:
        found: What is wrong with it.
    """

    def __init__(self, found: Statement) -> None:
        super().__init__(str(found))
        self.found = found


class AnchorFile:
    """Reads and writes the anchor. Writers hold the log's lock.

    Args:
        path: The file.
        log_key: The key of the log, 32 bytes.
    """

    def __init__(self, path: Path, log_key: bytes) -> None:
        self.path = path
        self._key = derived_key(log_key, "anchor")

    def read(self) -> Anchor | None:
        """Return the anchor, or None where there is no such file.

        Raises:
            AnchorRefused: It was not made with this log's key, or is damaged or unreadable.
        """
        try:
            with self.path.open("rb") as stream:
                content = json.loads(stream.read(_MOST_BYTES))
            anchor = Anchor(content["seq"], content["head"])
            is_shaped = type(anchor.sequence) is int and anchor.sequence >= 0 and isinstance(anchor.head, str)
            is_shaped = is_shaped and content == _content(anchor) | {"hmac": content["hmac"]}
            is_genuine = hmac.compare_digest(str(content["hmac"]).encode(), self._seal(anchor).encode())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise AnchorRefused(Statement("log.anchor_unreadable", file=self.path.name, detail=str(error))) from error
        if not (is_shaped and is_genuine):
            raise AnchorRefused(Statement("log.anchor_foreign", file=self.path.name))
        return anchor

    def write(self, anchor: Anchor) -> None:
        """Put ``anchor`` on the disk, whole or not at all.

        Raises:
            OSError: It could not be written; the former one is untouched.
        """
        content = _content(anchor) | {"hmac": self._seal(anchor)}
        replace_durably(self.path, rfc8785.dumps(content) + b"\n")

    def _seal(self, anchor: Anchor) -> str:
        return "hmac-sha256:" + hmac.digest(self._key, rfc8785.dumps(_content(anchor)), "sha256").hex()


def derived_key(log_key: bytes, purpose: str) -> bytes:
    """Return a key for one purpose; the log's own key is used for the database only."""
    return hmac.digest(log_key, f"strongroom incidents {purpose} 1".encode(), "sha256")


def egress_key(log_key: bytes) -> bytes:
    """Return the key of the egress ledger that is kept beside an incident log with ``log_key``."""
    return derived_key(log_key, "egress ledger")


def _content(anchor: Anchor) -> dict[str, int | str]:
    return {"seq": anchor.sequence, "head": anchor.head, "algorithm": ALGORITHM}

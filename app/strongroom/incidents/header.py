# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A record as bytes that are the same on every machine, and its link in the chain.

The header is canonical JSON (RFC 8785). The chain value of a record is SHA-256 over the algorithm's name, the chain
value of the record before it, and the header, each with its length in front, so that no two triples give one input.
"""

import hashlib
import json
from typing import Any

import rfc8785

from strongroom.core.incident import IncidentEntry, IncidentEvent, IncidentRecord

ALGORITHM = "sha256"
GENESIS = ""
"""What stands in for the chain value before the first record."""

_VERSION = 1
_TEXTS = (
    "category", "rule_id", "action", "direction", "policy_name", "policy_version", "policy_digest", "model_digest",
    "text_hmac",
)  # fmt: skip
_NUMBERS = ("confidence_percent", "conversation_id", "text_length")
_FIELDS = frozenset(("version", "algorithm", "sequence", "recorded_at", "event", "details", *_TEXTS, *_NUMBERS))


def encode_header(sequence: int, recorded_at: str, record: IncidentRecord) -> bytes:
    """Return the canonical header of a record.

    Characters that UTF-8 cannot hold (an odd file name has them) are written as escapes: they must not keep an incident
    from being recorded.

    Raises:
        ValueError: A detail is not a text, an integer below 2**53 or a boolean.
    """
    content: dict[str, Any] = {
        "version": _VERSION,
        "algorithm": ALGORITHM,
        "sequence": sequence,
        "recorded_at": recorded_at,
        "event": record.event.value,
        "details": {_clean(name): _detail(value) for name, value in record.details.items()},
    }
    content |= {name: _clean(getattr(record, name)) for name in _TEXTS}
    content |= {name: getattr(record, name) for name in _NUMBERS}
    return rfc8785.dumps(content)


def decode_header(header: bytes, chain: str) -> IncidentEntry:
    """Return the record of :func:`encode_header`, with the ``chain`` value that is kept beside it.

    Raises:
        ValueError: The bytes are not such a header.
    """
    content = json.loads(header)
    if not isinstance(content, dict) or content.keys() != _FIELDS:
        raise ValueError("its fields are not those of a record")
    if content["version"] != _VERSION or content["algorithm"] != ALGORITHM:
        raise ValueError("it has another version or algorithm")
    for name in ("recorded_at", "event", *_TEXTS):
        _require(content, name, str)
    _require(content, "sequence", int)
    for name in _NUMBERS:
        if content[name] is not None:
            _require(content, name, int)
    details = {name: _detail(value) for name, value in _require(content, "details", dict).items()}
    record = IncidentRecord(
        event=IncidentEvent(content["event"]),
        details=details,
        **{name: content[name] for name in (*_TEXTS, *_NUMBERS)},
    )
    return IncidentEntry(content["sequence"], content["recorded_at"], record, chain)


def chain_value(previous: str, header: bytes) -> str:
    """Return the chain value of a record: the algorithm's name, a colon, and the digest in hex."""
    digest = hashlib.sha256()
    for part in (ALGORITHM.encode(), previous.encode("utf-8", "surrogatepass"), header):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return f"{ALGORITHM}:{digest.hexdigest()}"


def _require(content: dict[str, Any], name: str, kind: type) -> Any:
    if type(content[name]) is not kind:
        raise ValueError(f"its field {name} is not of the right type")
    return content[name]


def _detail(value: Any) -> str | int | bool:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, int):
        return value
    raise ValueError(f"a detail is a text, an integer or a boolean, not {value!r}")


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Text from another process, made fit to be shown or logged."""


def printable(untrusted_text: bytes | str, limit: int) -> str:
    """Return foreign text cut to ``limit`` characters, with a question mark for everything that is not printable."""
    text = untrusted_text.decode("utf-8", "replace") if isinstance(untrusted_text, bytes) else untrusted_text
    return "".join(character if character.isprintable() else "?" for character in text.strip()[:limit])

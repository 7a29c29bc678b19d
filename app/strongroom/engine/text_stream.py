# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From a model's bytes to text: characters that span tokens, and stop texts that must never show, not even in part."""

import codecs
from collections.abc import Sequence


class TextStream:
    """Turns the pieces of one answer into text.

    Bytes that are no UTF-8 become U+FFFD. Text is held back as long as it could be the beginning of a stop text; when a
    stop text is complete, it and everything after it is dropped.
    """

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(stop)
        self._held = ""
        self._is_stopped = False

    @property
    def is_stopped(self) -> bool:
        """Whether a stop text was reached."""
        return self._is_stopped

    def feed(self, piece: bytes) -> str:
        """Return the text that ``piece`` completes; empty while it is held back."""
        return self._release(self._decoder.decode(piece))

    def finish(self) -> str:
        """Return the rest: what was held back in vain, and U+FFFD for a character that was not completed."""
        released = self._release(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        return released if self._is_stopped else released + held

    def _release(self, text: str) -> str:
        if self._is_stopped:
            return ""
        if not self._stop:
            return text
        self._held += text
        # The stop text that was complete first decides, so that the cutting into tokens makes no difference.
        found = [(place + len(stop), place) for stop in self._stop if (place := self._held.find(stop)) >= 0]
        if found:
            self._is_stopped = True
            released, self._held = self._held[: min(found)[1]], ""
            return released
        keep = max(_overlap(self._held, stop) for stop in self._stop)
        cut = len(self._held) - keep
        released, self._held = self._held[:cut], self._held[cut:]
        return released


def _overlap(text: str, stop: str) -> int:
    """Return the length of the longest end of ``text`` with which ``stop`` begins."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if stop.startswith(text[-length:]):
            return length
    return 0

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which part of an answer a place belongs to: what it says, its code blocks, or the model's reasoning.

A fence is three or more backticks or tildes at the beginning of a line, as in CommonMark; reasoning stands between the
tags that models are trained to put around it. A place belongs to what was begun before it: later text changes nothing.
"""

import re
from bisect import bisect_right

from strongroom.core.findings import Scope

_FENCE = re.compile(r" {0,3}(`{3}|~{3})")
_FENCE_BEGUN = re.compile(r" {0,3}(?:`{0,2}|~{0,2})")
_TAG = re.compile(r"</?(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_TAG_BEGUN = re.compile(r"</?[A-Za-z]{0,9}\Z")
_LONGEST_TAG = len("</reasoning>")
_INTERESTING = re.compile(r"[`~<\n]")


class Segments:
    """Follows one answer through its parts."""

    def __init__(self) -> None:
        self._length = 0
        self._kept = ""
        """The end of the text that a fence or a tag may begin in."""
        self._is_line_start = True
        """Whether what is kept, or else what comes next, begins a line."""
        self._fence = ""
        self._is_reasoning = False
        self._offsets = [0]
        self._scopes = [Scope.ANSWER]

    def feed(self, piece: str) -> None:
        """Take in more of the answer."""
        if not self._kept and not self._is_line_start and _INTERESTING.search(piece) is None:
            self._length += len(piece)
            return
        text = self._kept + piece
        base = self._length - len(self._kept)
        self._length += len(piece)
        at = 0
        while at < len(text):
            if self._is_line_start:
                if fence := _FENCE.match(text, at):
                    at = fence.end()
                    self._is_line_start = False
                    self._toggle(fence.group(1), base + at)
                    continue
                if _FENCE_BEGUN.fullmatch(text, at):
                    break
            self._is_line_start = False
            following = _INTERESTING.search(text, at)
            if following is None:
                at = len(text)
                break
            at = following.start()
            if text[at] == "<":
                if _TAG_BEGUN.match(text, at) and len(text) - at < _LONGEST_TAG:
                    break
                tag = _TAG.match(text, at)
                at = tag.end() if tag else at + 1
                if tag:
                    self._is_reasoning = "/" not in tag.group()
                    self._note(base + at)
                continue
            self._is_line_start = text[at] == "\n"
            at += 1
        self._kept = text[at:]

    def scope(self, offset: int) -> Scope:
        """Return the part that the place ``offset`` of the answer belongs to."""
        return self._scopes[bisect_right(self._offsets, offset) - 1]

    def forget(self, offset: int) -> None:
        """Drop what is known of places before ``offset``."""
        behind = bisect_right(self._offsets, offset) - 1
        del self._offsets[:behind], self._scopes[:behind]

    def _toggle(self, fence: str, offset: int) -> None:
        if not self._fence:
            self._fence = fence
        elif self._fence == fence:
            self._fence = ""
        self._note(offset)

    def _note(self, offset: int) -> None:
        scope = Scope.REASONING if self._is_reasoning else Scope.CODE if self._fence else Scope.ANSWER
        if scope is not self._scopes[-1]:
            self._offsets.append(offset)
            self._scopes.append(scope)

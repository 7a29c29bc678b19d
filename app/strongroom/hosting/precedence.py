# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whoever waits for an answer comes first: background work rests while a foreground answer is made."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from strongroom.engine import Engine


class Precedence:
    """Pauses the engines of background work while there is foreground work. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._foreground = 0
        self._background: list[Engine] = []

    @contextmanager
    def foreground(self) -> Iterator[None]:
        """Do foreground work: what runs in the background rests until it is done."""
        with self._lock:
            self._foreground += 1
            if self._foreground == 1:
                for engine in self._background:
                    engine.pause()
        try:
            yield
        finally:
            with self._lock:
                self._foreground -= 1
                if not self._foreground:
                    for engine in self._background:
                        engine.resume()

    @contextmanager
    def background(self, engine: Engine) -> Iterator[None]:
        """Let an engine work in the background: it rests whenever there is foreground work."""
        with self._lock:
            self._background.append(engine)
            if self._foreground:
                engine.pause()
        try:
            yield
        finally:
            with self._lock:
                self._background.remove(engine)
                engine.resume()

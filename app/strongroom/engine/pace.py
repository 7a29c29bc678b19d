# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a worker may compute now: the app pauses one whose answer can wait for another's."""

import threading


class Pace:
    """Held up by the thread that reads commands, waited for by the one that computes."""

    def __init__(self) -> None:
        self._may_go_on = threading.Event()
        self._may_go_on.set()

    def pause(self) -> None:
        """Let :meth:`wait` wait."""
        self._may_go_on.clear()

    def resume(self) -> None:
        """Let it return."""
        self._may_go_on.set()

    def wait(self) -> None:
        """Return when the next piece of work may begin."""
        self._may_go_on.wait()

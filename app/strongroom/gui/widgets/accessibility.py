# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a screen reader is told at the moment that it happens: once, and only what matters."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent


class Announcer(QObject):
    """Speaks for one widget.

    Signals:
        announced: The sentence that was just handed to the screen reader.
    """

    announced = Signal(str)

    def __init__(self, speaker: QObject) -> None:
        super().__init__(speaker)
        self._speaker = speaker

    def announce(self, sentence: str) -> None:
        """Have ``sentence`` spoken when the reader has finished what it is saying."""
        event = QAccessibleAnnouncementEvent(self._speaker, sentence)
        QAccessible.updateAccessibility(event)
        self.announced.emit(sentence)

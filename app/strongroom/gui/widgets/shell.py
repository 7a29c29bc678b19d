# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the window does for a feature: the only way from a feature to the window."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QDialog

from strongroom.gui.widgets.banner import BannerKind, Notice
from strongroom.gui.widgets.card import Card


class Shell(Protocol):
    """The window as a feature sees it."""

    @property
    def page(self) -> str:
        """The name of the feature whose page is shown."""

    def show_page(self, name: str) -> None:
        """Show a feature's page.

        Args:
            name: The feature's name.
        """

    def notify(self, notice: Notice, *, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Show a notice, in place of one with the same key: what is done as a toast, what lasts above the pages.

        Args:
            notice: What it says.
            action: The words of its button, and what the button does.
        """

    def retract(self, key: str) -> None:
        """Take the notice with this key away, when it is there."""

    def show_error(self, error: BaseException) -> None:
        """Say what went wrong: as a notice when the user can act on it, as a defect otherwise."""

    def inspect(self, card: Card) -> None:
        """Show a card in the inspector."""

    def release(self, owner: object) -> None:
        """Take the card of this owner out of the inspector, because another one is shown from now on."""

    def announce(self, sentence: str) -> None:
        """Have a screen reader speak a sentence."""

    def ask(self, dialog: QDialog) -> None:
        """Open a dialog over the window; it deletes itself when it is closed. Returns at once."""


def inform(
    shell: Shell,
    key: str,
    title: str,
    message: str,
    *,
    details: str = "",
    action: tuple[str, Callable[[], object]] | None = None,
) -> None:
    """Say in a toast that something is done."""
    shell.notify(Notice(BannerKind.INFO, title, message, details=details, key=key), action=action)

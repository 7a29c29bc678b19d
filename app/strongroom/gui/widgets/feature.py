# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the window knows of a feature: its page, its place, its keys, its facts; and when it begins and ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from strongroom.gui.widgets.card import Card
from strongroom.gui.widgets.icons import Glyph
from strongroom.gui.widgets.page_view import PageView
from strongroom.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A key, and what it does."""

    keys: str
    """As :class:`QKeySequence` reads it: ``Ctrl+K``."""
    text: str
    """What it does, for the overview of all keys."""
    action: Callable[[], object] | None = None
    """Called wherever in the window it is pressed; None for a key that the page itself listens to."""


class StatusFact(QObject):
    """One fact of the status bar, a button to what is behind it.

    Args:
        name: What it is called in the program.
        glyph: Its icon; None for words alone.
        on_chosen: Called when the user wants to know more about it.
        place: Its place in the status bar, counted from the left; the smallest stands first.
        gives_way: Which of the facts is left out where there is no room: 1 first, then 2; 0 never.
        keeps_icon: Whether the icon alone stays where there is no room even so.
        is_at_end: Whether it stands at the far end of the status bar.
        parent: The feature.

    Signals:
        changed: It says something else.
    """

    changed = Signal()

    def __init__(
        self,
        name: str,
        glyph: Glyph | None,
        on_chosen: Callable[[], object],
        *,
        place: int = 0,
        gives_way: int = 0,
        keeps_icon: bool = False,
        is_at_end: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.on_chosen = on_chosen
        self.place = place
        self.gives_way = gives_way
        self.keeps_icon = keeps_icon
        self.is_at_end = is_at_end
        self.glyph = glyph
        self.color = "muted"
        """The name of the icon's color token."""
        self.sentence = ""
        """What it says; a fact that says nothing is not shown."""
        self.why = ""
        """What the tool tip and a screen reader say beside it."""

    def say(self, sentence: str, why: str = "", *, look: tuple[Glyph, str] | None = None) -> None:
        """Say something else.

        Args:
            sentence: The fact; empty to say nothing.
            why: More about it.
            look: Another icon and the name of its color token.
        """
        self.sentence, self.why = sentence, why
        if look is not None:
            self.glyph, self.color = look
        self.changed.emit()


class Feature(QObject):
    """A page of the window with everything behind it.

    A subclass makes its desks and its page, connects them, and gets the window's services as a
    :class:`~strongroom.gui.widgets.shell.Shell`. The window knows nothing else about it than what is here.

    Args:
        name: What it is called in the program.
        title: What it is called in the window.
        glyph: Its icon in the rail.
        keys: The shortcut that shows its page.
        place: Its place in the rail, counted from the top; the smallest is shown first.
        is_at_foot: Whether it stands at the foot of the rail.
        page: Its page.
        parent: The window.
    """

    def __init__(
        self,
        name: str,
        title: str,
        glyph: Glyph,
        keys: str,
        *,
        place: int,
        page: PageView,
        is_at_foot: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.title = title
        self.glyph = glyph
        self.keys = keys
        self.place = place
        self.is_at_foot = is_at_foot
        self.page = page

    def shortcuts(self) -> Sequence[Shortcut]:
        """Return the keys that it adds to the window, and those of its page that are worth knowing."""
        return ()

    def facts(self) -> Sequence[StatusFact]:
        """Return what it tells in the status bar."""
        return ()

    def job_names(self) -> Mapping[str, str]:
        """Return how a job of each kind that it begins is called: ``Download {name}``, with the job's own name."""
        return {}

    def attach(self, workspace: Workspace) -> None:
        """Begin: the workspace is open. Features begin in the order in which they were made."""

    def show_policy(self) -> None:
        """Show what the policy in force says; called when it has changed since the feature began."""

    def stop(self) -> None:
        """End what must not go on without a window, as an answer that is being written."""

    def close(self) -> None:
        """Let nothing wait for this window any more. Features end in the opposite order."""

    def refresh(self) -> None:
        """Read anew what the page shows; called whenever the page is opened."""

    def find(self) -> bool:
        """Go to the page's search; return False where it has none."""
        return False

    def start_new(self) -> bool:
        """Begin a new one of what the page holds; return False where nothing can be begun."""
        return False

    def card(self) -> Card | None:
        """Return what the inspector shows before anything was asked for; None for nothing."""
        return None

    def answer_error(self, error: BaseException) -> bool:  # noqa: ARG002 - a feature that answers uses it
        """Answer an error with a question, wherever it came up; return False where it is none of this feature's."""
        return False


def in_rail_order(features: Sequence[Feature]) -> list[Feature]:
    """Return features as the rail shows them, from top to bottom."""
    return sorted(features, key=lambda feature: (feature.is_at_foot, feature.place))

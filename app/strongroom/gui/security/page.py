# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the app cannot do, tried, and what left the machine, listed: two views, one at a time."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from strongroom.gui.security.desk import SecurityDesk
from strongroom.gui.security.egress_desk import EgressDesk
from strongroom.gui.security.isolation_view import IsolationView
from strongroom.gui.security.network_view import NetworkView
from strongroom.gui.widgets.controls import push_button
from strongroom.gui.widgets.icons import Glyph, icon
from strongroom.gui.widgets.page_view import PageHeader, PageView
from strongroom.gui.widgets.segmented import SegmentedControl
from strongroom.gui.widgets.theme import Theme
from strongroom.words import translate

_ISOLATION, _NETWORK = 0, 1


class SecurityPage(PageView):
    """Isolation and network.

    Signals:
        card_wanted: The :class:`~strongroom.gui.widgets.card.Card` of a request.
        export_wanted: The ledger is to be written to a file.
    """

    card_wanted = Signal(object)
    export_wanted = Signal()

    def __init__(self, security: SecurityDesk, egress: EgressDesk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(PageHeader(theme, translate("SecurityPage", "Security")), parent)
        self._security = security
        self._theme = theme
        self._is_narrow = False
        self._is_busy = self._is_empty = False
        self.switch = SegmentedControl(
            translate("SecurityPage", "Isolation or network"),
            [translate("SecurityPage", "Isolation"), translate("SecurityPage", "Network")],
            self.header,
        )
        self.test_button = push_button(translate("SecurityPage", "Test now"), role="primary")
        self.test_button.clicked.connect(security.measure)
        self.export_button = push_button(translate("SecurityPage", "Export…"))
        self.export_button.clicked.connect(self.export_wanted)
        self.verify_button = push_button(translate("SecurityPage", "Verify"), role="primary")
        self.verify_button.setAccessibleName(translate("SecurityPage", "Verify the ledger"))
        self.verify_button.clicked.connect(egress.verify)
        self.header.let_title_give_way()
        self.header.narrowed.connect(self._on_narrowed)
        self.header.add(self.switch)
        self.header.add_stretch()
        for button in (self.test_button, self.export_button, self.verify_button):
            self.header.add(button)
        self.isolation = IsolationView(security, theme, self)
        self.network = NetworkView(egress, theme, self)
        self.network.card_wanted.connect(self.card_wanted)
        self.network.emptied.connect(self._on_emptied)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.isolation)
        self._stack.addWidget(self.network)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._stack, 1)
        self.switch.chosen.connect(self._on_view_chosen)
        egress.busy_changed.connect(self._on_busy_changed)
        theme.changed.connect(self._draw_buttons)
        self._on_view_chosen(_ISOLATION)

    def focus_target(self) -> QWidget:
        """Return where the keyboard begins on this page."""
        return self.network.focus_target() if self.switch.current == _NETWORK else self.test_button

    def show_isolation(self) -> None:
        """Show what the processes cannot do."""
        self.switch.choose(_ISOLATION)

    def show_network(self) -> None:
        """Show what left the machine."""
        self.switch.choose(_NETWORK)

    def refresh(self) -> None:
        """Look anew; called whenever the page is opened. The first time, everything is tried."""
        if self._security.has_measured:
            self._security.look()
        else:
            self._security.measure()
        self.network.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page up and down scroll the processes, wherever the keyboard is."""
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()), 0)
        if pages and self.switch.current == _ISOLATION:
            self.isolation.scroll_page(pages)
        else:
            super().keyPressEvent(event)

    def _on_view_chosen(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self.test_button.setVisible(number == _ISOLATION)
        self.export_button.setVisible(number == _NETWORK)
        self.verify_button.setVisible(number == _NETWORK)

    def _on_narrowed(self, is_narrow: bool) -> None:
        self._is_narrow = is_narrow
        self._draw_buttons()

    def _on_busy_changed(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self._draw_buttons()

    def _on_emptied(self, is_empty: bool) -> None:
        self._is_empty = is_empty
        self._draw_buttons()

    def _draw_buttons(self) -> None:
        self.verify_button.setEnabled(not self._is_busy)
        self.export_button.setEnabled(not self._is_busy and not self._is_empty)
        self.export_button.setText("" if self._is_narrow else translate("SecurityPage", "Export…"))
        self.export_button.setIcon(icon(Glyph.EXPORT, self._theme.tokens) if self._is_narrow else QIcon())
        self.export_button.setToolTip(translate("SecurityPage", "Export…") if self._is_narrow else "")

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens turned into a palette, a style sheet and fonts.

The theme follows the system's light or dark and its font size while the app runs, and takes its accent color at the
start; the setting ``appearance`` overrides the first.
"""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from strongroom.gui.widgets.style_sheet import style_sheet
from strongroom.gui.widgets.tokens import DARK, LIGHT, Tokens, mix, with_accent

BODY_POINTS = 10.5
_SMALL = 9 / BODY_POINTS
_TITLE = 14 / BODY_POINTS
_CODE = 10 / BODY_POINTS
_DEFAULT_SYSTEM_POINTS = 10.0
LINE_HEIGHT_PERCENT = 145.0


class Theme(QObject):
    """Keeps the application's palette, style sheet and fonts in step with the system and the setting.

    Signals:
        changed: Colors or font sizes are new; views that paint for themselves paint again.
    """

    changed = Signal()

    def __init__(self, application: QApplication, appearance: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._appearance = appearance
        self._system_accent = _explicit_accent(application.palette())
        self.tokens = LIGHT
        # A style of one's own, so that the measures below are the same on every desktop.
        application.setStyle(QStyleFactory.create("Fusion"))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        self.apply()

    @property
    def appearance(self) -> str:
        """``system``, ``light`` or ``dark``, as set."""
        return self._appearance

    def set_appearance(self, appearance: str) -> None:
        """Follow the system, or stay ``light`` or ``dark``."""
        if appearance != self._appearance:
            self._appearance = appearance
            self.apply()

    def apply(self) -> None:
        """Compute the tokens and give them to the application."""
        self.tokens = with_accent(DARK if self._wants_dark() else LIGHT, self._system_accent)
        self._application.setFont(self.body_font())
        self._application.setPalette(_palette(self.tokens))
        self._application.setStyleSheet(
            style_sheet(self.tokens, small=self.small_font().pointSizeF(), title=self.title_font().pointSizeF())
        )
        self.changed.emit()

    def body_font(self) -> QFont:
        """The system's font at 10.5 pt, or larger in step with the system's own size."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        factor = max(1.0, font.pointSizeF() / _DEFAULT_SYSTEM_POINTS)
        font.setPointSizeF(BODY_POINTS * factor)
        return font

    def small_font(self) -> QFont:
        """The font of muted lines."""
        return self._scaled(_SMALL)

    def title_font(self) -> QFont:
        """The font of titles, semibold."""
        font = self._scaled(_TITLE)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def code_font(self) -> QFont:
        """The system's monospace font."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.body_font().pointSizeF() * _CODE)
        return font

    def watch(self, window: QWidget) -> None:
        """Learn from ``window``, to which the system says so, when its font size changes."""
        # A filter on the application would see every event of every object.
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - Qt's signature
        """Notice a new system font."""
        if event.type() == QEvent.Type.ThemeChange:
            self.apply()
        return False

    def _scaled(self, factor: float) -> QFont:
        font = self.body_font()
        font.setPointSizeF(font.pointSizeF() * factor)
        return font

    def _wants_dark(self) -> bool:
        if self._appearance != "system":
            return self._appearance == "dark"
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark

    def _on_color_scheme_changed(self) -> None:
        self.apply()


def _explicit_accent(palette: QPalette) -> QColor | None:
    """Return the accent that the desktop names, or None where Qt only guesses."""
    group, role = QPalette.ColorGroup.Active, QPalette.ColorRole.Accent
    return palette.color(group, role) if palette.isBrushSet(group, role) else None


def _palette(tokens: Tokens) -> QPalette:
    roles = QPalette.ColorRole
    colors = {
        roles.Window: tokens.background,
        roles.WindowText: tokens.text,
        roles.Base: tokens.background,
        roles.AlternateBase: tokens.raised,
        roles.Text: tokens.text,
        roles.Button: tokens.raised,
        roles.ButtonText: tokens.text,
        roles.BrightText: tokens.danger,
        roles.ToolTipBase: tokens.raised,
        roles.ToolTipText: tokens.text,
        roles.PlaceholderText: tokens.muted,
        roles.Highlight: tokens.selection,
        roles.HighlightedText: tokens.text,
        roles.Accent: tokens.accent,
        roles.Link: tokens.accent,
        roles.LinkVisited: tokens.accent,
        roles.Light: tokens.raised,
        roles.Midlight: tokens.hover,
        roles.Mid: tokens.line,
        roles.Dark: tokens.line,
        roles.Shadow: tokens.line,
    }
    palette = QPalette()
    for role, color in colors.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(mix(tokens.background, tokens.muted, 0.7)))
    return palette

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The colors of the window: the only literals there are, and what is mixed from them."""

from dataclasses import dataclass, fields

from PySide6.QtGui import QColor

TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colors of one appearance, as ``#rrggbb``."""

    background: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    warning: str
    danger: str
    good: str

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than its background."""
        return QColor(self.text).lightness() > QColor(self.background).lightness()

    @property
    def on_accent(self) -> str:
        """The text color on a filled accent."""
        return max((self.background, self.text), key=lambda color: contrast(color, self.accent))

    @property
    def soft(self) -> str:
        """The fill of a user's turn: a breath of accent."""
        return mix(self.background, self.accent, 0.10)

    @property
    def pill(self) -> str:
        """The fill of a masked passage."""
        return mix(self.background, self.accent, 0.18)

    @property
    def hover(self) -> str:
        """The fill under the pointer."""
        return mix(self.background, self.text, 0.07)

    @property
    def pressed(self) -> str:
        """The fill of what is pressed or chosen."""
        return mix(self.background, self.text, 0.12)

    @property
    def selection(self) -> str:
        """The fill behind selected text."""
        return mix(self.background, self.accent, 0.30)

    @property
    def control(self) -> str:
        """The outline of fields and buttons, at least 3:1 on both grounds."""
        return mix(self.background, self.muted, 0.72)

    @property
    def accent_hover(self) -> str:
        """A filled accent under the pointer."""
        return mix(self.accent, self.background, 0.12)

    @property
    def scroll(self) -> str:
        """The handle of a scroll bar."""
        return mix(self.background, self.muted, 0.45)

    @property
    def caution(self) -> str:
        """The fill of a card that warns."""
        return mix(self.background, self.warning, 0.10)

    @property
    def alarm(self) -> str:
        """The fill of a card about loss or danger."""
        return mix(self.background, self.danger, 0.08)


LIGHT = Tokens(
    background="#FFFFFF",
    raised="#F6F7F9",
    line="#E3E6EB",
    text="#1B1F27",
    muted="#5B6472",
    accent="#2F6F6A",
    warning="#9A6700",
    danger="#B42318",
    good="#1A7F4B",
)
DARK = Tokens(
    background="#15181D",
    raised="#1D2127",
    line="#2C323B",
    text="#E8EBF0",
    muted="#98A2B3",
    accent="#6FC2B8",
    warning="#E3B341",
    danger="#FF8A80",
    good="#6CD49A",
)


def mix(ground: str, over: str, share: float) -> str:
    """Return ``over`` laid on ``ground`` at ``share`` (0 to 1) of opacity."""
    low, high = QColor(ground), QColor(over)
    channels = (
        round(a + (b - a) * share)
        for a, b in ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    )
    return QColor(*channels).name()


def contrast(first: str, second: str) -> float:
    """Return the WCAG 2 contrast ratio of two colors, 1 to 21."""
    lighter, darker = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def with_accent(tokens: Tokens, accent: QColor | None) -> Tokens:
    """Return ``tokens`` with the system's accent, darkened or lightened until it can be read as text."""
    if accent is None:
        return tokens
    color = accent.name()
    for _ in range(20):
        if min(contrast(color, tokens.background), contrast(color, tokens.raised)) >= TEXT_CONTRAST:
            break
        color = mix(color, tokens.text, 0.15)
    values = {row.name: getattr(tokens, row.name) for row in fields(Tokens)}
    return Tokens(**{**values, "accent": color})

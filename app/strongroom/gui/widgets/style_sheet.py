# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The style sheet, filled with a theme's tokens. Spacing is 4, 8, 12, 16, 24, 32; radius 8, controls 6."""

from string import Template

from strongroom.core.paths import resource_path
from strongroom.gui.widgets.tokens import Tokens

_SHEET = Template("""
QWidget { color: $text; selection-background-color: $selection; selection-color: $text; }
QMainWindow, QDialog, QWidget#page, QStackedWidget { background: $background; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${title}pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${small}pt; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="good"] { color: $good; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }

QFrame#rail { background: $raised; border: none; border-right: 1px solid $line; }
QFrame#listColumn { background: $raised; border: none; border-right: 1px solid $line; }
QFrame#inspector { background: $background; border: none; border-left: 1px solid $line; }
QFrame#topBar { background: $background; border: none; border-bottom: 1px solid $line; }
QFrame#resultColumn { background: $background; border: none; border-right: 1px solid $line; }
QFrame#downloads { background: $raised; border: none; border-top: 1px solid $line; }
QFrame#statusBar { background: $raised; border: none; border-top: 1px solid $line; }
QFrame#card { background: $raised; border: 1px solid $line; border-radius: 8px; }
QFrame#composer { background: $background; border: 1px solid $control; border-radius: 12px; }
QFrame#composer[focused="true"] { border: 2px solid $accent; }
QFrame#toast, QFrame#popover { background: $raised; border: 1px solid $control; border-radius: 8px; }
QFrame#banner { background: $raised; border: 1px solid $line; border-radius: 8px; }
QFrame#banner[kind="warning"] { background: $caution; border-color: $warning; }
QFrame#banner[kind="danger"] { background: $alarm; border-color: $danger; }

QPushButton { background: $background; border: 1px solid $control; border-radius: 6px; padding: 5px 12px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QPushButton:disabled { border-color: $line; color: $muted; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $pressed; border-color: $pressed; color: $muted; }
QPushButton[role="pill"] { background: $raised; border: 1px solid $control; border-radius: 15px; padding: 5px 14px; }
QPushButton[role="pill"]:hover { background: $pressed; }
QPushButton[role="pill"]:focus { border: 2px solid $accent; padding: 4px 13px; }

QFrame#segmented { background: $raised; border: 1px solid $line; border-radius: 8px; }
QPushButton[role="segment"] { background: transparent; border: 2px solid transparent; border-radius: 6px;
    color: $muted; padding: 3px 12px; }
QPushButton[role="segment"]:hover { color: $text; }
QPushButton[role="segment"]:checked { background: $pill; color: $text; font-weight: 600; }
QPushButton[role="segment"]:focus { border: 2px solid $accent; padding: 3px 12px; }

QToolButton { background: transparent; border: 2px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $pressed; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton:disabled { color: $muted; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[role="rail"] { color: $muted; font-size: ${small}pt; padding: 6px 0; }
QToolButton[role="rail"]:checked { background: $pill; color: $text; }
QToolButton[role="fact"] { color: $muted; font-size: ${small}pt; padding: 2px 6px; }
QToolButton[role="fact"]:hover { color: $text; }
QToolButton[role="picker"] { padding: 4px 8px; font-weight: 600; }
QToolButton[role="link"] { color: $accent; padding: 2px 4px; }
QToolButton[role="send"] { background: $accent; border-radius: 8px; padding: 5px; }
QToolButton[role="send"]:hover { background: $accent_hover; }
QToolButton[role="send"]:focus { border: 2px solid $text; }
QToolButton[role="send"]:disabled { background: $pressed; }

QLineEdit, QSpinBox, QDoubleSpinBox, QDateEdit, QComboBox, QPlainTextEdit#field {
    background: $background; border: 1px solid $control; border-radius: 6px; padding: 5px 8px; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus, QComboBox:focus, QPlainTextEdit#field:focus {
    border: 2px solid $accent; padding: 4px 7px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    background: $raised; color: $muted; border-color: $line; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
    background: transparent; border: none; padding: 0 8px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
    width: 0; border: none; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url("$caret"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $background; border: 1px solid $line; outline: 0; padding: 4px;
    selection-background-color: $pressed; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 4px; border-radius: 4px; }
QCheckBox { spacing: 8px; padding: 2px; }
QCheckBox::indicator, QTableView::indicator { width: 14px; height: 14px; background: $background;
    border: 1px solid $control; border-radius: 4px; }
QCheckBox::indicator:hover { background: $hover; }
QCheckBox::indicator:checked, QTableView::indicator:checked { background: $accent; border-color: $accent;
    image: url("$check"); }
QCheckBox::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QCheckBox::indicator:checked:focus { border-color: $text; }
QCheckBox:disabled { color: $muted; }
QCheckBox::indicator:disabled { border-color: $line; }
QPlainTextEdit#composerText { background: transparent; border: none; padding: 0; }
QTextBrowser, QScrollArea, QScrollArea > QWidget > QWidget#scrolled { background: $background; border: none; }
QScrollArea#downloadsArea, QScrollArea#downloadsArea > QWidget > QWidget#scrolled { background: $raised; }
QTextBrowser[role="flat"], QPlainTextEdit[role="flat"] { background: $raised; border: 1px solid $line;
    border-radius: 6px; padding: 8px; }

QListView { background: transparent; border: none; outline: 0; }
QTableView { background: $background; border: none; outline: 0; gridline-color: transparent;
    selection-background-color: $pill; }
QTableView::item { border-bottom: 1px solid $line; padding: 0 12px; }
QTableView::item:selected { background: $pill; color: $text; }
QTableView::item:focus { border: 1px solid $accent; }
QTreeView { background: transparent; border: none; outline: 0; }
QTreeView::item { border: none; padding: 0 4px; }
QHeaderView { background: $background; border: none; }
QHeaderView::section { background: $background; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 6px 12px; font-size: ${small}pt; }
QTreeView QHeaderView, QTreeView QHeaderView::section { background: $raised; }
QTableCornerButton::section { background: $background; border: none; }

QMenu { background: $background; border: 1px solid $line; border-radius: 8px; padding: 6px; }
QMenu::item { padding: 7px 28px 7px 12px; border-radius: 5px; }
QMenu::item:selected { background: $pressed; }
QMenu::item:disabled { color: $muted; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 6px 4px; }

QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def style_sheet(tokens: Tokens, *, small: float, title: float) -> str:
    """Return the application's style sheet.

    Args:
        tokens: The colors.
        small: The size of small text, in points.
        title: The size of titles, in points.
    """
    return _SHEET.substitute(
        background=tokens.background,
        raised=tokens.raised,
        line=tokens.line,
        text=tokens.text,
        muted=tokens.muted,
        accent=tokens.accent,
        accent_hover=tokens.accent_hover,
        on_accent=tokens.on_accent,
        warning=tokens.warning,
        danger=tokens.danger,
        good=tokens.good,
        hover=tokens.hover,
        pressed=tokens.pressed,
        selection=tokens.selection,
        pill=tokens.pill,
        control=tokens.control,
        caution=tokens.caution,
        alarm=tokens.alarm,
        scroll=tokens.scroll,
        check=resource_path(f"icons/check-{'dark' if tokens.is_dark else 'light'}.svg").as_posix(),
        caret=resource_path("icons/caret-down.svg").as_posix(),
        small=f"{small:.2f}",
        title=f"{title:.2f}",
    )

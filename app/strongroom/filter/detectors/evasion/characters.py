# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The characters that disguises are made of, as classes for RE2 and for Python (without the brackets).

Letters are those of the Latin, Greek and Cyrillic scripts, in which invisible characters have no use within a word.
In Arabic, Persian, the scripts of India, and between the parts of an emoji, joiners and selectors do have one.
"""

LATIN = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF))
GREEK = ((0x370, 0x3FF), (0x1F00, 0x1FFF))
CYRILLIC = ((0x400, 0x52F),)
OTHER_LOOK_ALIKES = ((0x531, 0x586), (0x13A0, 0x13F4))
"""Armenian and Cherokee."""

INVISIBLE = (
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180E),
    (0x200B, 0x200F),
    (0x2060, 0x2064),
    (0x206A, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)
MARKS = (
    (0x300, 0x34E),
    (0x350, 0x36F),
    (0x483, 0x489),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
STROKES = ((0x334, 0x338),)
SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
TAGS = ((0xE0000, 0xE007F),)
REGIONAL = ((0x1F1E6, 0x1F1FF),)
STYLED = ((0x24B6, 0x24E9), (0x1D400, 0x1D7CB), (0x1F110, 0x1F169), (0x1F170, 0x1F189))
"""Circled, squared and mathematical letters."""

Ranges = tuple[tuple[int, int], ...]


def re2_class(*classes: Ranges) -> str:
    """Return the ranges for a class of RE2."""
    return "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for ranges in classes for first, last in ranges)


def python_class(*classes: Ranges) -> str:
    """Return the ranges for a class of Python's ``re``."""
    return "".join(f"\\U{first:08X}-\\U{last:08X}" for ranges in classes for first, last in ranges)


def is_one_of(character: str, ranges: Ranges) -> bool:
    """Whether the character lies in one of the ranges."""
    return any(first <= ord(character) <= last for first, last in ranges)


# ISO 3166-1, and the codes beside it that have a flag of their own (Unicode, emoji-sequences.txt).
_COUNTRIES = {
    "A": "CDEFGILMOQRSTUWXZ",
    "B": "ABDEFGHIJLMNOQRSTVWYZ",
    "C": "ACDFGHIKLMNOPQRUVWXYZ",
    "D": "EGJKMOZ",
    "E": "ACEGHRSTU",
    "F": "IJKMOR",
    "G": "ABDEFGHILMNPQRSTUWY",
    "H": "KMNRTU",
    "I": "CDELMNOQRST",
    "J": "EMOP",
    "K": "EGHIMNPRWYZ",
    "L": "ABCIKRSTUVY",
    "M": "ACDEFGHKLMNOPQRSTUVWXYZ",
    "N": "ACEFGILOPRUZ",
    "O": "M",
    "P": "AEFGHKLMNRSTWY",
    "Q": "A",
    "R": "EOSUW",
    "S": "ABCDEGHIJKLMNORSTVXYZ",
    "T": "ACDFGHJKLMNORTVWZ",
    "U": "AGMNSYZ",
    "V": "ACEGINU",
    "W": "FS",
    "X": "K",
    "Y": "ET",
    "Z": "AMW",
}
"""First letters of countries' codes, with all second letters."""

COUNTRIES = frozenset(first + second for first, seconds in _COUNTRIES.items() for second in seconds)

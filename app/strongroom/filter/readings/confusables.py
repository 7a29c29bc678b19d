# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a character looks like: the table behind the folded reading.

Sources: Unicode's compatibility decompositions (UAX 15), its table of confusable characters (UTS 39) as the package
``confusable_homoglyphs`` carries it, and a few letters that neither has.
"""

import unicodedata
from functools import cache

from confusable_homoglyphs.confusables import confusables_data

SEPARATOR = "\ufffd"
"""Stands for a run of characters that nobody can have meant."""

_INVISIBLE = (
    range(0xFE00, 0xFE10),  # variation selectors
    range(0xE0100, 0xE01F0),  # more of them
    range(0x115F, 0x1161),  # Hangul fillers
    (0x034F, 0x3164, 0xFFA0, 0x2800, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F),
)
_ZALGO = (
    range(0x0300, 0x0370),
    range(0x0483, 0x048A),
    range(0x1AB0, 0x1B00),
    range(0x1DC0, 0x1E00),
    range(0x20D0, 0x2100),
    range(0xFE20, 0xFE30),
)
"""Marks that are laid over letters of any script. Vowels of scripts that write them as marks are no part of these."""
_HANGUL = range(0xAC00, 0xD7A4)

# Letters that look alike in most typefaces, though Unicode's table does not say so.
_MORE = {
    **dict(zip("авгезийкмнопрстухьѵһєґԛԝьъ", "abresuukmhonpctyxbvherqwbb", strict=True)),
    **dict(zip("АВГЕЗИЙКМНОПРСТУХЬѴҺЄҐԚԜ", "ABREEUUKMHONPCTYXBVHERQW", strict=True)),
    **dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "abydeznoiklmvxonpostuoxyw", strict=True)),
    **dict(zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "ABRAEZHOIKAMNEONPETYOXYO", strict=True)),
    **dict(zip("ßøðþłđħŧıȷæœɑɡɩʟʀʏɴɪʜɢʙᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜰꜱ", "sodpldhtijaoagilrynihgbacdejkmoptuvwzfs", strict=True)),
    **dict(zip("ØÐÞŁĐĦŦÆŒƒ", "ODPLDHTAOf", strict=True)),
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "﹣": "-", "－": "-",
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "․": ".", "。": ".", "·": ".", "•": ".", "⁄": "/", "∕": "/", "꞉": ":", "：": ":", "∶": ":", "∗": "*", "＠": "@",
}  # fmt: skip


class _FoldingTable(dict[int, str]):
    """Maps each code point to what it is read as, as it is asked for: often one character, sometimes none or more."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


FOLDING = _FoldingTable()
"""Code point to what it is read as. Ordinary letters of every script are read as themselves."""


def _fold(character: str) -> str:
    code = ord(character)
    if character.isascii():
        return character
    if _is_invisible(character):
        return ""
    if code in _HANGUL:
        return character
    if special := _enclosed(code):
        return special
    if character in _MORE:
        return _MORE[character]
    base = "".join(part for part in unicodedata.normalize("NFKD", character) if not _is_overlaid(part))
    if not base:
        return ""
    looks_like = _look_alikes().get(character)
    if looks_like and not (base.isascii() and base.isalnum()):
        return looks_like
    # Vowels of scripts that write them as marks stay with their letter.
    if base != character and not any(unicodedata.category(part).startswith("M") for part in base):
        return "".join(part if part.isascii() else FOLDING[ord(part)] for part in base)
    if unicodedata.category(character) == "Zs":
        return " "
    return character


def _is_invisible(character: str) -> bool:
    if unicodedata.category(character) == "Cf" or _is_overlaid(character):
        return True
    return any(ord(character) in codes for codes in _INVISIBLE)


def _is_overlaid(character: str) -> bool:
    code = ord(character)
    return any(code in codes for codes in _ZALGO)


def _enclosed(code: int) -> str:
    """Return the letter in a filled circle or square, or of a regional indicator; these have no decomposition."""
    for first, count in ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26)):
        if first <= code < first + count:
            return chr(ord("A") + code - first)
    return ""


@cache
def _look_alikes() -> dict[str, str]:
    """Return the letter or digit of ASCII that a character is confusable with, by Unicode's table."""
    found: dict[str, str] = {}
    for plain, others in confusables_data.items():
        if len(plain) == 1 and plain.isascii() and plain.isalnum():
            for other in others:
                character = other["c"]
                if len(character) == 1 and not character.isascii():
                    found.setdefault(character, plain)
    return found

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reads an administrator's regular expression in RE2's syntax, and refuses by name what a stream cannot decide.

Look-around and back-references are not in RE2, because no engine can match them in linear time. Unbounded repeats are
in RE2, but a match without a longest length would have to be held back for ever. What RE2 reads differently from other
engines without saying so (``{,5}`` is a literal there) is refused too, so that a pattern means what it seems to mean.
"""

from dataclasses import dataclass
from enum import StrEnum

from strongroom.core.statement import Statement
from strongroom.core.translatable import translatable
from strongroom.policy.pattern_tree import Assertion, Character, Choice, Node, Repeat, Sequence

MOST_REPEATS = 1000
"""RE2's own limit for ``{n,m}``."""

DEEPEST_NESTING = 50

_SIMPLE_ESCAPES = frozenset("dDsSwW")
_CONTROL_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")

_LOOK_AROUND = {"(?=": "ahead", "(?!": "ahead", "(?<=": "behind", "(?<!": "behind"}


class RefusalKind(StrEnum):
    """Why a pattern is refused."""

    LOOK_AROUND = "look-around"
    BACK_REFERENCE = "back-reference"
    UNBOUNDED = "unbounded repeat"
    TOO_LONG = "match too long"
    MATCHES_EMPTY = "matches the empty text"
    TOO_COMPLEX = "too complex"
    UNSUPPORTED = "not supported"
    SYNTAX = "syntax"


class PatternRefused(ValueError):
    """A pattern that the filter cannot use.

    Args:
        kind: Why.
        reason: For the administrator, with the remedy: a marked text, or a statement.
        offset: Where in the pattern, in code points from 0.
    """

    def __init__(self, kind: RefusalKind, reason: str | Statement, offset: int = 0) -> None:
        super().__init__(str(reason))
        self.kind = kind
        self.reason = reason
        self.offset = offset


@dataclass(slots=True)
class _Flags:
    ignore_case: bool
    is_multi_line: bool = False
    dot_is_any: bool = False

    def copy(self) -> "_Flags":
        return _Flags(self.ignore_case, self.is_multi_line, self.dot_is_any)


def parse_pattern(text: str, *, ignore_case: bool = False) -> Node:
    """Return the tree of ``text``.

    Raises:
        PatternRefused: The pattern is not well formed, or uses something that cannot be decided on a stream.
    """
    parser = _Parser(text)
    node = parser.parse_choice(_Flags(ignore_case), depth=0)
    if parser.at < len(text):
        raise PatternRefused(
            RefusalKind.SYNTAX, translatable("This ) closes no group. Write \\) for the character."), parser.at
        )
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def parse_choice(self, flags: _Flags, depth: int) -> Node:
        """Read up to the end of the group. ``flags`` change for the rest of it where it says so."""
        if depth > DEEPEST_NESTING:
            raise PatternRefused(
                RefusalKind.TOO_COMPLEX, Statement("policy.pattern.nested", most=DEEPEST_NESTING), self.at
            )
        options = [self._parse_sequence(flags, depth)]
        while self._peek("|"):
            self.at += 1
            options.append(self._parse_sequence(flags, depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _parse_sequence(self, flags: _Flags, depth: int) -> Node:
        items: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            item = self._parse_item(flags, depth)
            if item is not None:
                items.append(self._parse_repeats(item))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _parse_item(self, flags: _Flags, depth: int) -> Node | None:
        """Return the next item without its repeats; None for a group that only sets flags."""
        character = self.text[self.at]
        if character == "(":
            return self._parse_group(flags, depth)
        if character == "[":
            return _character(self._read_class(), flags)
        if character == "\\":
            return self._parse_escape(flags)
        if character in "*+?":
            raise self._refused(RefusalKind.SYNTAX, Statement("policy.pattern.nothing_to_repeat", character=character))
        if character == "{":
            raise self._refused(RefusalKind.SYNTAX, translatable("A { that is meant as a character is written \\{."))
        self.at += 1
        if character == ".":
            return Character("(?s:.)" if flags.dot_is_any else "[^\\n]")
        if character == "^":
            return Assertion("(?m:^)" if flags.is_multi_line else "\\A")
        if character == "$":
            return Assertion("(?m:$)" if flags.is_multi_line else "\\z")
        return _literal(character, flags)

    def _parse_group(self, flags: _Flags, depth: int) -> Node | None:
        start = self.at
        self._refuse_group_kinds()
        if self._peek("(?P<") or self._peek("(?<"):
            name_end = self.text.find(">", self.at)
            if name_end < 0:
                raise self._refused(RefusalKind.SYNTAX, translatable("The group's name has no closing >."))
            self.at = name_end + 1
            inner = flags.copy()
        elif self._peek("(?"):
            is_scoped, changed = self._read_flags(flags.copy())
            if not is_scoped:
                flags.ignore_case, flags.is_multi_line = changed.ignore_case, changed.is_multi_line
                flags.dot_is_any = changed.dot_is_any
                return None
            inner = changed
        else:
            self.at += 1
            inner = flags.copy()
        node = self.parse_choice(inner, depth + 1)
        if not self._peek(")"):
            raise PatternRefused(RefusalKind.SYNTAX, translatable("This group has no closing )."), start)
        self.at += 1
        return node

    def _refuse_group_kinds(self) -> None:
        for opening, name in _LOOK_AROUND.items():
            if self._peek(opening):
                raise self._refused(
                    RefusalKind.LOOK_AROUND,
                    Statement("policy.pattern.look_around", case=name, opening=opening),
                )
        if self._peek("(?P="):
            raise self._back_reference("(?P=…)")
        if self._peek("(?("):
            raise self._back_reference("the condition (?(…)…)")
        if self._peek("(?>"):
            raise self._refused(
                RefusalKind.UNSUPPORTED,
                translatable("The atomic group (?>…) is not supported. Write (?:…); it is never slow here."),
            )
        if self._peek("(?#"):
            raise self._refused(
                RefusalKind.UNSUPPORTED,
                translatable("Comments (?#…) are not supported. Write a TOML comment above the pattern."),
            )

    def _read_flags(self, flags: _Flags) -> tuple[bool, _Flags]:
        """Read ``(?ims-ims)`` or ``(?ims-ims:``; return whether a group follows, and the flags."""
        start = self.at
        self.at += 2
        value = True
        while self.at < len(self.text) and self.text[self.at] not in ":)":
            flag = self.text[self.at]
            if flag == "-" and value:
                value = False
            elif flag == "i":
                flags.ignore_case = value
            elif flag == "m":
                flags.is_multi_line = value
            elif flag == "s":
                flags.dot_is_any = value
            else:
                raise self._refused(
                    RefusalKind.UNSUPPORTED, Statement("policy.pattern.flag", flag=flag), offset=self.at
                )
            self.at += 1
        if self.at >= len(self.text):
            raise PatternRefused(RefusalKind.SYNTAX, translatable("This group has no closing )."), start)
        self.at += 1
        return self.text[self.at - 1] == ":", flags

    def _parse_escape(self, flags: _Flags) -> Node:
        start = self.at
        if start + 1 >= len(self.text):
            raise self._refused(
                RefusalKind.SYNTAX, translatable("A \\ stands at the end. Write \\\\ for the character.")
            )
        escaped = self.text[start + 1]
        self.at += 2
        if escaped in _SIMPLE_ESCAPES:
            return _character(f"\\{escaped}", flags)
        if escaped in "bBAz":
            return Assertion(f"\\{escaped}")
        if escaped in "pP":
            return _character(self._read_property(start), flags)
        if escaped == "x":
            return _literal(self._read_hexadecimal(start), flags)
        if escaped in _CONTROL_ESCAPES:
            return _literal(_CONTROL_ESCAPES[escaped], flags)
        if escaped in "123456789" or escaped in "kg":
            raise self._back_reference(f"\\{escaped}", offset=start)
        if escaped == "Z":
            raise self._refused(
                RefusalKind.UNSUPPORTED, translatable("The end of the text is written \\z here."), offset=start
            )
        if escaped.isascii() and not escaped.isalnum():
            return _literal(escaped, flags)
        raise self._refused(RefusalKind.UNSUPPORTED, Statement("policy.pattern.escape", escaped=escaped), offset=start)

    def _read_property(self, start: int) -> str:
        if self._peek("{"):
            end = self.text.find("}", self.at)
            if end < 0:
                raise self._refused(
                    RefusalKind.SYNTAX, translatable("The class's name has no closing }."), offset=start
                )
            self.at = end + 1
        else:
            self.at += 1
        return self.text[start : self.at]

    def _read_hexadecimal(self, start: int) -> str:
        if self._peek("{"):
            end = self.text.find("}", self.at)
            digits = self.text[self.at + 1 : end] if end > 0 else ""
            self.at = end + 1
        else:
            digits = self.text[self.at : self.at + 2]
            self.at += 2
            if len(digits) < 2:
                digits = ""
        if not digits or not _HEX_DIGITS.issuperset(digits) or len(digits) > 6 or int(digits, 16) > 0x10FFFF:
            raise self._refused(
                RefusalKind.SYNTAX,
                translatable("A code point is written \\x41 or \\x{1F600}, up to 10FFFF."),
                offset=start,
            )
        return chr(int(digits, 16))

    def _read_class(self) -> str:
        """Return the text of ``[…]``. RE2 checks what is inside."""
        start = self.at
        self.at += 2 if self._peek("[^") else 1
        if self._peek("]"):
            self.at += 1
        while not self._peek("]"):
            if self.at >= len(self.text):
                raise self._refused(RefusalKind.SYNTAX, translatable("This [ has no closing ]."), offset=start)
            if self._peek("[:"):
                end = self.text.find(":]", self.at + 2)
                self.at = end + 2 if end > 0 else self.at + 2
            elif self._peek("\\"):
                self.at += 1
                if self._peek("p{") or self._peek("P{") or self._peek("x{"):
                    end = self.text.find("}", self.at)
                    self.at = end if end > 0 else self.at
                self.at += 1
            else:
                self.at += 1
        self.at += 1
        return self.text[start : self.at]

    def _parse_repeats(self, item: Node) -> Node:
        start = self.at
        bounds = self._read_bounds()
        if bounds is None:
            return item
        least, most = bounds
        is_lazy = self._peek("?")
        self.at += is_lazy
        if self._peek("+"):
            raise self._refused(
                RefusalKind.UNSUPPORTED,
                translatable("The possessive + is not supported. Leave it out; it is never slow here."),
            )
        if self.at < len(self.text) and self.text[self.at] in "*+?{":
            raise self._refused(
                RefusalKind.SYNTAX, translatable("A repeat of a repeat needs a group, like (?:a{2}){3}.")
            )
        if most > MOST_REPEATS or least > most:
            raise PatternRefused(
                RefusalKind.SYNTAX,
                Statement("policy.pattern.repeat_bounds", most=MOST_REPEATS),
                start,
            )
        return Repeat(item, least, most, is_lazy)

    def _read_bounds(self) -> tuple[int, int] | None:
        start = self.at
        if self._peek("?"):
            self.at += 1
            return 0, 1
        if self._peek("*") or self._peek("+"):
            mark = self.text[start]
            raise self._unbounded(mark, "{0,40}" if mark == "*" else "{1,40}", start)
        if not self._peek("{"):
            return None
        end = self.text.find("}", start)
        least, comma, most = (self.text[start + 1 : end] if end > 0 else "").partition(",")
        if not least.isascii() or not least.isdigit() or len(least) > 6 or (most and not most.isascii()):
            raise self._refused(
                RefusalKind.SYNTAX,
                translatable("A repeat is written {3} or {0,5}; a { that is meant as a character is \\{."),
            )
        if comma and not most:
            raise self._unbounded(f"{{{least},}}", f"{{{least},{int(least) + 40}}}", start)
        if most and (not most.isdigit() or len(most) > 6):
            raise self._refused(RefusalKind.SYNTAX, translatable("A repeat is written {3} or {0,5}."))
        self.at = end + 1
        return int(least), int(most or least)

    def _unbounded(self, written: str, remedy: str, offset: int) -> PatternRefused:
        return PatternRefused(
            RefusalKind.UNBOUNDED,
            Statement("policy.pattern.unbounded", written=written, remedy=remedy),
            offset,
        )

    def _back_reference(self, written: str, offset: int | None = None) -> PatternRefused:
        return self._refused(
            RefusalKind.BACK_REFERENCE,
            Statement("policy.pattern.back_reference", written=written),
            offset=offset,
        )

    def _refused(self, kind: RefusalKind, reason: str | Statement, *, offset: int | None = None) -> PatternRefused:
        return PatternRefused(kind, reason, self.at if offset is None else offset)

    def _peek(self, wanted: str) -> bool:
        return self.text.startswith(wanted, self.at)


def _character(written: str, flags: _Flags) -> Character:
    return Character(f"(?i:{written})" if flags.ignore_case else written)


def _literal(character: str, flags: _Flags) -> Character:
    is_plain = character.isascii() and character.isalnum()
    return _character(character if is_plain else f"\\x{{{ord(character):X}}}", flags)

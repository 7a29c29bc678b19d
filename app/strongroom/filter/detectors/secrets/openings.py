# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the text before a value: which name it is given, and by what.

Assignments of all kinds of languages and files, flags, calls, tables, sentences:
``API_KEY = "``, ``api_key: str = '``, ``'apiKey' => '``, ``getenv("KEY", "``, ``<key>``, ``--token ``,
``the password for 'joe' is "``.
"""

import re
from dataclasses import dataclass

from strongroom.policy import compile_expression

_QUOTE = "[\"'`]"
_CLOSE = r"(?:\\?[\"'`\])}*_])*"
# What stands around a value in some languages: new Key("…"), b'…', @"…", {"…", Bearer ….
_SCHEME = (
    r"(?:(?i:bearer|basic|token|apikey|api-key|api-token|ssws|geniekey|splunk|oauth|jwt|key|hmac|negotiate|bot|flyv1"
    r"|personal|secret)[ =]\s*)"
)
_WRAP = rf"(?:(?:new\s+)?[\w.]+\(\s*|[\[({{]\s*|@?\\?{_QUOTE}{_SCHEME}|{_SCHEME}|\*\*\s?|&quot;|[*_]+|[A-Z]{{2,8}}\s)?"
_ASSIGN = (
    r"\s*\??(?::\s?[A-Za-z_&*][\w<>\[\]?.*]{0,24}\s*)?\s*"
    r"(?:=>|={1,3}|!={1,2}|:{1,3}=|\?=|\|\|=|\+=|->|<-|:|\|\||\?\?|\bor\b)[*_]*\s*"
)
# {"name": "KEY", "value": "…"}, <add key="KEY" value="…">, variable "key" { default = "…", #define KEY "…"
_PAIR = (
    r"\s*[,{;]*\s*[{(]?\s*\\?[\"']?(?:value|val|default|secret_value|content|data|text|string)\\?[\"']?\s*"
    r"(?:xsi:type=\"xsd:string\")?\s*[=:]?>?\s*"
)
_TAIL = compile_expression(
    r"(?s)(-{0,2}[\pL_$][\pL\pN\pM_.$\-]*(?: [\pL\pN_]+){0,3}?)"
    rf"{_CLOSE}(?:({_ASSIGN})|({_PAIR})|(\s*,\s*)|(\(\s*)"
    r"|(\s*(?:</[\w:]+>\s*<[\w:]+[^<>]*)?>\s*)|(\s*\|\s*|\s+-{2,}\s+)|(\s+))"
    rf"({_WRAP})(\\?{_QUOTE}?)\z"
)
_SENTENCE = compile_expression(
    rf"(?is)([\pL\pM_\-]+(?: [\pL\pM]+){{0,2}}?){_CLOSE}"
    rf"(?: (?:for|of|para|für|pour) (?:the |my |our |your )?(?:[\pL]+ ){{0,2}}[*_]*"
    rf"(?:{_QUOTE}?[\w.@\-]+{_QUOTE}?)?[*_]*)?"
    r"\s*(?:,\s*)?(?: (?:now |still |always |currently |just |again )?"
    r"(?:is|was|are|be|equals|becomes|ist|lautet|war|est|es|era|é|è|jest|to))"
    rf"(?: (?:set to|now|currently|still|simply|just))?\s*:?\s*(?:\n\s*)?[*_]*({_QUOTE}?)\z"
)
_SPLIT = re.compile(r"[^\W\d_]+|\d+")
_HUMPS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-zß-ɏ]+|[^\W\da-z_]+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Binding:
    """A name, and how a value is given to it."""

    name: str
    how: str
    """``assign``, ``pair``, ``comma``, ``call``, ``element``, ``table``, ``space`` or ``sentence``."""
    quote: str = ""
    has_scheme: bool = False
    """Whether a word such as Bearer stands before the value."""


def binding(left: str) -> Binding | None:
    """Return what ``left`` gives the value after it to; None if nothing."""
    found = _TAIL.search(left.encode("utf-8", "surrogatepass"))
    if found is None:
        return None
    name, *_, wrap, quote = ((group or b"").decode("utf-8", "replace") for group in found.groups())
    how = next(kind for kind, number in zip(_KINDS, range(2, 9), strict=True) if found.group(number) is not None)
    quote = quote.lstrip("\\")
    between = next(group for group in (found.group(number) for number in range(2, 9)) if group is not None)
    if b"\n" in between and not (quote or wrap):
        return None  # an empty assignment, and the next line
    if not quote and wrap[:1] in _QUOTES:
        quote = wrap[0]
    return Binding(name, how, quote, bool(_SCHEME_WORD.search(wrap)))


def sentence(left: str) -> Binding | None:
    """Return what ``left`` says that the value after it is; None if it says nothing."""
    found = _SENTENCE.search(left.encode("utf-8", "surrogatepass"))
    if found is None:
        return None
    return Binding(found.group(1).decode("utf-8", "replace"), "sentence", (found.group(2) or b"").decode())


def words_of(name: str) -> list[str]:
    """Return the words of an identifier or a phrase: ``AWS_secretKey2`` is aws, secret, key."""
    return [word.lower() for part in _SPLIT.findall(name) for word in _HUMPS.findall(part)]


_KINDS = ("assign", "pair", "comma", "call", "element", "table", "space")
_QUOTES = ("'", '"', "`")
_SCHEME_WORD = re.compile(r"[A-Za-z]{3,}[ =:]")

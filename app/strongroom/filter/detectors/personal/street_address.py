# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Street addresses: a house number and a street's name with a word or an ending that only streets have.

A name of a street without its number is none, and neither is the name of a town. After a number the words must be in
capitals, so that ordinary text with numbers in it is not held back.
"""

import re

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.context import ContextWords
from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

CONFIDENCE = 0.75
WITH_CONTEXT = 0.85
YEAR_CONFIDENCE = 0.45
"""For a house number that could be a year, as in "the 2008 Wall Street crash"."""

_LETTER = "[A-Za-zÀ-ɏ]"
_CAPITAL = "[A-ZÀ-Þ]"
_WORD = "[A-ZÀ-Þ][A-Za-zÀ-ɏ'’.-]{0,19}"
_HOUSE = "[0-9]{1,5}(?:[A-Za-z]|[-/][0-9]{1,4})?"

_ENGLISH_STREETS = (
    "Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Circle|Cir|Place|Pl|Square|Sq|Terrace|"
    "Ter|Way|Parkway|Pkwy|Highway|Hwy|Crescent|Cres|Close|Grove|Gardens|Mews|Row|Trail|Trl|Turnpike|Pike|Alley|Loop|"
    "Plaza|Parade|Esplanade|Quay|Heights|Hill"
)
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm)\.? ?[0-9A-Z][0-9A-Z-]{0,5}|,? ?# ?[0-9]{1,5})?"
_TOWN = f"(?:,? (?:{_WORD} ){{0,2}}{_WORD},? [A-Z]{{2}} [0-9]{{5}}(?:-[0-9]{{4}})?)?"
_ENGLISH = (
    rf"{_HOUSE} (?:[NSEW]{{1,2}}\.? |North |South |East |West )?(?:[0-9]{{1,3}}(?:st|nd|rd|th) |(?:{_WORD} ){{1,3}}?)"
    rf"(?:{_ENGLISH_STREETS})\b\.?(?: [NSEW]{{1,2}}\b)?{_UNIT}{_TOWN}"
)

_GERMANIC_ENDINGS = (
    r"straße|strasse|str\.|gasse|weg|platz|allee|ring|damm|ufer|straat|laan|plein|gracht|kade|dijk|singel|gatan|vägen|vej|"
    "gade|veien|gata|katu|tie"
)
_GERMANIC_WORDS = r"Straße|Strasse|Str\.|Gasse|Weg|Platz|Allee|Ring|Damm|Ufer"
_GERMANIC = (
    f"(?:{_CAPITAL}{_LETTER}{{1,24}}?(?:{_GERMANIC_ENDINGS})|{_WORD}[- ](?:{_GERMANIC_WORDS}))"
    rf" [0-9]{{1,4}}(?: ?[A-Za-z])?\b(?:,? [0-9]{{4,5}} {_WORD})?"
)

_FRENCH_STREETS = (
    r"[Rr]ue|[Aa]venue|av\.|[Bb]oulevard|bd|[Pp]lace|chemin|allée|impasse|quai|route|cours|passage|square|faubourg"
)
_FRENCH = (
    f"[0-9]{{1,4}}(?: (?:bis|ter|quater))?,? (?:{_FRENCH_STREETS})(?: (?:de la|de|du|des|d['’]|la|le|les|l['’]))?"
    f" ?{_WORD}(?:[ -](?:{_WORD}|de|du|des)){{0,3}}"
)

_ROMANCE_STREETS = (
    r"Calle|C/|Avenida|Avda\.|Av\.|Paseo|Plaza|Carrera|Camino|Ronda|Via|Viale|Piazza|Corso|Largo|Vicolo|Strada|Rua|"
    "Travessa|Praça"
)
_ROMANCE_PARTS = "(?:de la|de los|de las|del|della|delle|dei|degli|di|da|do|dos|das|de) "
_ROMANCE = (
    f"(?:{_ROMANCE_STREETS}) ?(?:{_ROMANCE_PARTS})?{_WORD}(?: (?:{_ROMANCE_PARTS})?{_WORD}){{0,2}},?"
    r" (?:n\.?º |nº |n\. |# )?[0-9]{1,5}"
)

_UNIT_ALONE = rf"{_HOUSE} (?:{_WORD} ){{1,3}}(?:[0-9]{{1,4}} )?(?:Apt|Suite|Unit)\.? [0-9]{{1,4}}"
_POST_BOX = (
    r"(?:PSC|Unit) [0-9]{4},? Box [0-9]{4}|(?:P\.? ?O\.? ?|Post Office )[Bb]ox:? [0-9]{1,6}|"
    "Postfach [0-9]{1,3}(?: [0-9]{2}){0,2}|Apartado(?: de Correos)? [0-9]{1,5}"
)

_BEGINS_WITH_NUMBER = re.compile("[0-9]")
_IS_YEAR = re.compile("(?:19|20)[0-9]{2} ")
# "Chapter 3 The Long Road", "In 1929 Wall Street", "Top 10 Places".
_NUMBERED = re.compile(
    r"(?i)(?:chapter|section|figure|table|part|page|step|level|episode|season|volume|vol|version|top|windows|article|day|"
    r"week|of|in|since|until|by|january|february|march|april|may|june|july|august|september|october|november|december)"
    r"\.? ?\Z"
)
_WORDS = ContextWords(
    (
        *(
            "address",
            "addresses",
            "lives",
            "live",
            "living",
            "resides",
            "residence",
            "located",
            "home",
            "mailing",
            "ship",
        ),
        *("shipping", "billing", "headquartered", "office", "adresse", "wohnhaft", "wohnt", "anschrift", "domicilié"),
        *(
            "demeurant",
            "habite",
            "dirección",
            "domicilio",
            "vive",
            "indirizzo",
            "residente",
            "abita",
            "endereço",
            "morada",
        ),
        *("adres", "woont"),
    ),
    reach=48,
)


def street_address_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for street addresses and post office boxes."""
    pattern = "|".join((_ENGLISH, _FRENCH, _GERMANIC, _ROMANCE, _UNIT_ALONE, _POST_BOX))
    return CheckedScanner(
        analyze_pattern(f"(?:{pattern})"),
        _check,
        not_after="0-9A-Za-z_.,/$€£#+-",
        threshold=threshold,
        left_context=_WORDS.left_context,
    )


def _check(text: str, start: int, end: int) -> Match | int:
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        return start + 1
    if _WORDS.before(text, start):
        return Match(start, end, WITH_CONTEXT, Evidence.CONTEXT)
    if _BEGINS_WITH_NUMBER.match(text, start) and _NUMBERED.search(text[max(0, start - 12) : start]):
        return start + 1
    if _IS_YEAR.match(text, start):
        return Match(start, end, YEAR_CONFIDENCE)
    return Match(start, end, CONFIDENCE)


SCANNERS: Scanners = {"street_address": street_address_scanner}

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Dates of birth: a date, and words before it that say that somebody was born then."""

import re

from strongroom.core.findings import Evidence
from strongroom.filter.detectors.context import ContextWords
from strongroom.filter.scanner import CheckedScanner, Match, Scanners
from strongroom.policy import analyze_pattern

LABELED_CONFIDENCE = 0.85
TOLD_CONFIDENCE = 0.65
"""For somebody who "was born": most of those whom an answer tells of are known to everybody."""
EARLIEST_YEAR = 1905
"""Whoever was born before is not alive."""

_DAY = "[0-3]?[0-9]"
_YEAR = "(?:1[89][0-9]{2}|20[0-9]{2})"
_MONTHS = (
    "Jan|January|Januar|Janvier|Janv|Enero|Ene|Gennaio|Gen|Janeiro|Januari|"
    "Feb|February|Februar|Février|Febrero|Febbraio|Fevereiro|Februari|"
    "Mar|March|März|Mars|Marzo|Março|Maart|Apr|April|Avril|Abril|Aprile|"
    "May|Mai|Mayo|Maggio|Maio|Mei|Jun|June|Juni|Juin|Junio|Giugno|Junho|"
    "Jul|July|Juli|Juillet|Julio|Luglio|Julho|Aug|August|Août|Agosto|Augustus|"
    "Sep|Sept|September|Septembre|Septiembre|Settembre|Setembro|"
    "Oct|Okt|October|Oktober|Octobre|Octubre|Ottobre|Outubro|Nov|November|Novembre|Noviembre|Novembro|"
    "Dec|Dez|December|Dezember|Décembre|Diciembre|Dicembre|Dezembro"
)
_MONTH = f"(?i:{_MONTHS})"
_DATE = "|".join(
    (
        f"{_DAY}[./-]{_DAY}[./-](?:{_YEAR}|[0-9]{{2}})",
        f"{_YEAR}[./-]{_DAY}[./-]{_DAY}",
        f"{_DAY}(?:st|nd|rd|th|er|º|\\.)?[ -](?:of |de |di )?{_MONTH}\\.?,?[ -](?:de |of )?{_YEAR}",
        f"{_MONTH}\\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
        f"{_YEAR}年[0-9]{{1,2}}月[0-9]{{1,2}}日",
    )
)
_REACH = 32
_LABELS = ContextWords(
    (
        *("date of birth", "birth date", "birthdate", "birthday", "birthdays", "dob", "d o b", "geburtsdatum"),
        *("geburtstag", "compleanno", "geboortedatum", "verjaardag", "naissance", "anniversaire", "nascita"),
        *("nacimiento", "cumpleaños", "nascimento", "data urodzenia", "дата рождения", "生日", "生年月日"),
    ),
    reach=_REACH,
)
_TALES = ContextWords(
    (
        *("born", "geboren", "geb", "né", "née", "nacido", "nacida", "nació", "nato", "nata", "nascido", "nascida"),
        *("nasceu", "född", "født", "syntynyt", "urodzony", "urodzona", "родился", "родилась", "出生"),
    ),
    reach=_REACH,
)
_WRITTEN_YEAR = re.compile(_YEAR)


def birth_date_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for dates of birth."""
    return CheckedScanner(
        analyze_pattern(f"(?:{_DATE})"),
        _check,
        not_after="0-9A-Za-z_./-",
        threshold=threshold,
        left_context=_LABELS.left_context,
    )


def _check(text: str, start: int, end: int) -> Match | int:
    goes_on = end < len(text) and (text[end].isalnum() or text[end] in "_/-")
    year = _WRITTEN_YEAR.search(text, start, end)
    if goes_on or (year and int(year[0]) < EARLIEST_YEAR):
        return start + 1
    if _LABELS.before(text, start):
        return Match(start, end, LABELED_CONFIDENCE, Evidence.CONTEXT)
    return Match(start, end, TOLD_CONFIDENCE, Evidence.CONTEXT) if _TALES.before(text, start) else start + 1


SCANNERS: Scanners = {"birth_date": birth_date_scanner}

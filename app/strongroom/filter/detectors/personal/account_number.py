# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""National bank account numbers and the codes of banks.

Nearly all of them are bare digits, so words have to say what they are. An IBAN is another detector's.
"""

from phonenumbers import SUPPORTED_REGIONS
from stdnum.cz import bankaccount as cz_account
from stdnum.es import ccc as es_account
from stdnum.no import kontonr as no_account
from stdnum.nz import bankaccount as nz_account
from stdnum.us import rtn as us_routing

from strongroom.filter.detectors.personal.forms import SPACE, Form, compact, form_scanner
from strongroom.filter.scanner import CheckedScanner, Scanners

_ACCOUNT = frozenset({"bank_account"})
_BANK = frozenset({"bank_routing"})
_SORT_CODE = frozenset({"sort_code", "bank_account"})

_FEWEST_DIGITS = 6
_GAP = f"{SPACE}?"
_CLABE_WEIGHTS = (3, 7, 1)


def _is_account(written: str) -> bool:
    return len(compact(written)) >= _FEWEST_DIGITS


def _is_clabe(written: str) -> bool:
    """Weights 3, 7, 1; the last digit of each product counts (CECOBAN, CLABE standard of Mexico)."""
    total = sum(int(digit) * _CLABE_WEIGHTS[index % 3] % 10 for index, digit in enumerate(written[:17]))
    return (10 - total % 10) % 10 == int(written[17])


def _has_country(written: str) -> bool:
    """Whether the fifth and sixth letters of a BIC name a country (ISO 9362). Kosovo's code is not in ISO 3166."""
    return written[4:6] in SUPPORTED_REGIONS


def _has_branch_digits(written: str) -> bool:
    return sum(character.isdigit() for character in written) > len(written) // 2


_FORMS = (
    Form("us_routing", "[0-9]{9}", us_routing.is_valid, 0.0, _BANK),
    Form("bank_code", f"[0-9]{{3}}[ -]?[0-9]{{3}}(?:{_GAP}[0-9]{{2,3}})?", None, 0.0, _BANK),
    Form("gb_sort_code", "[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}", None, 0.0, _SORT_CODE),
    Form("gb_account", "[0-9]{2}-[0-9]{2}-[0-9]{2}[ /]{1,2}[0-9]{8}", None, 0.65, _SORT_CODE),
    Form("swift", "[A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?", _has_country, 0.0, frozenset({"swift"}), is_checked=False),
    Form("in_ifsc", "[A-Z]{4}0[0-9A-Z]{6}", _has_branch_digits, 0.65, _ACCOUNT | _BANK, is_checked=False),
    Form("mx_clabe", "[0-9]{18}", _is_clabe, 0.0, _ACCOUNT),
    Form("es_account", "[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{2}[ -]?[0-9]{10}", es_account.is_valid, 0.0, _ACCOUNT),
    Form("no_account", r"[0-9]{4}[. ][0-9]{2}[. ][0-9]{5}", no_account.is_valid, 0.75, _ACCOUNT),
    Form("cz_account", "(?:[0-9]{1,6}-)?[0-9]{2,10}/[0-9]{4}", cz_account.is_valid, 0.0, _ACCOUNT),
    Form("nz_account", "[0-9]{2}-[0-9]{4}-[0-9]{7}-[0-9]{2,3}", nz_account.is_valid, 0.85, _ACCOUNT),
    Form(
        "",
        "[0-9]{6,17}|[0-9]{2,6}(?:[ -][0-9]{2,6}){1,4}(?:-[0-9])?",
        _is_account,
        0.0,
        _ACCOUNT,
        is_checked=False,
    ),
)


def bank_account_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for account numbers and bank codes that are no IBAN."""
    return form_scanner(_FORMS, threshold)


SCANNERS: Scanners = {"bank_account": bank_account_scanner}

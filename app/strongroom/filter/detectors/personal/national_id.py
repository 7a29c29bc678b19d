# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The identity numbers of states: how each is written, and how its check digits are computed.

python-stdnum computes nearly all of them. A number stands alone here if its structure and check digits together fit to
less than about one in a thousand numbers of its form, or if no other number is written like it.
"""

from collections.abc import Callable

from stdnum.ar import dni as ar_dni
from stdnum.at import vnr as at_svnr
from stdnum.be import nn as be_nn
from stdnum.bg import egn as bg_egn
from stdnum.br import cpf as br_cpf
from stdnum.ca import sin as ca_sin
from stdnum.ch import ssn as ch_ahv
from stdnum.cl import rut as cl_rut
from stdnum.cn import ric as cn_ric
from stdnum.cz import rc as cz_rc
from stdnum.dk import cpr as dk_cpr
from stdnum.do import cedula as do_cedula
from stdnum.ee import ik as ee_ik
from stdnum.es import dni as es_dni
from stdnum.es import nie as es_nie
from stdnum.fi import hetu as fi_hetu
from stdnum.fr import nir as fr_nir
from stdnum.gb import nhs as gb_nhs
from stdnum.gr import amka as gr_amka
from stdnum.hr import oib as hr_oib
from stdnum.ie import pps as ie_pps
from stdnum.il import idnr as il_id
from stdnum.in_ import aadhaar as in_aadhaar
from stdnum.is_ import kennitala as is_kennitala
from stdnum.it import codicefiscale
from stdnum.mx import curp as mx_curp
from stdnum.my import nric as my_nric
from stdnum.nl import bsn as nl_bsn
from stdnum.no import fodselsnummer as no_fnr
from stdnum.pk import cnic as pk_cnic
from stdnum.pl import pesel as pl_pesel
from stdnum.pt import cc as pt_cc
from stdnum.ro import cnp as ro_cnp
from stdnum.se import personnummer as se_personnummer
from stdnum.th import pin as th_pin
from stdnum.tr import tckimlik as tr_tckn
from stdnum.za import idnr as za_id

from strongroom.filter.detectors.personal.forms import SPACE, Form, compact, form_scanner
from strongroom.filter.scanner import CheckedScanner, Scanners

_GAP = f"{SPACE}?"
_GAP_OR_HYPHEN = "[ \u00a0\u202f-]?"
_MONTH_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"

_NINO_PREFIXES_NOT_USED = frozenset({"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})
_HONG_KONG_LETTERS = " ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_SINGAPORE_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)


def is_ssn(written: str) -> bool:
    """Return whether nine digits can be a Social Security number: no area 000, 666, 9xx, no group 00, no serial 0000.

    Source: Social Security Administration, "Social Security Number Randomization".
    """
    digits = compact(written)
    if digits[:3] in ("000", "666") or digits[0] == "9" or digits[3:5] == "00" or digits[5:] == "0000":
        return False
    # All the same digits, or in a row: an example of a number and not a number.
    return len(set(digits)) > 1


def _is_my_number(written: str) -> bool:
    """Weights 2 to 7 and again from the right, modulo 11 (Ordinance No. 85 of 2014 of Japan's MIC, article 5)."""
    digits = [int(digit) for digit in compact(written)]
    total = sum(digit * (2 + index % 6) for index, digit in enumerate(reversed(digits[:-1])))
    return digits[-1] == (0 if total % 11 <= 1 else 11 - total % 11)


def _is_singapore(written: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(written[1:8], _SINGAPORE_WEIGHTS, strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(written[0], 0)
    if written[0] == "M":
        return written[8] == "XWUTRQPNJLK"[10 - total % 11]
    return written[8] == ("JZIHGFEDCBA" if written[0] in "ST" else "XWUTRQPNMLK")[total % 11]


def _is_hong_kong(written: str) -> bool:
    number = written.replace("(", "").replace(")", "").rjust(9)
    letters = [36 if letter == " " else _HONG_KONG_LETTERS.index(letter) + 9 for letter in number[:2]]
    values = letters + [int(digit) for digit in number[2:8]]
    total = sum(value * (9 - index) for index, value in enumerate(values))
    check = 10 if number[8] == "A" else int(number[8])
    return (total + check) % 11 == 0


def _is_taiwan(written: str) -> bool:
    letter = _TAIWAN_LETTERS.index(written[0]) + 10
    digits = [int(digit) for digit in written[1:]]
    total = letter // 10 + letter % 10 * 9 + sum(digit * (8 - index) for index, digit in enumerate(digits[:8]))
    return (total + digits[8]) % 10 == 0


def _form(
    kind: str,
    expression: str,
    is_valid: Callable[[str], bool] | None,
    alone: float = 0.0,
    more_topics: tuple[str, ...] = (),
    *,
    is_checked: bool = True,
) -> Form:
    return Form(kind, expression, is_valid, alone, frozenset({kind, "national_id", *more_topics}), is_checked)


def _is_nino(written: str) -> bool:
    return written[:2] not in _NINO_PREFIXES_NOT_USED


_AMERICAN = (
    _form("us_ssn", "[0-9]{3}-[0-9]{2}-[0-9]{4}", is_ssn, 0.85, ("tax_id",), is_checked=False),
    _form("us_ssn", f"[0-9]{{3}}{SPACE}[0-9]{{2}}{SPACE}[0-9]{{4}}", is_ssn, 0.65, ("tax_id",), is_checked=False),
    _form("us_ssn", r"[0-9]{3}\.[0-9]{2}\.[0-9]{4}", is_ssn, 0.65, ("tax_id",), is_checked=False),
    Form("us_ssn", "[0-9]{9}", is_ssn, 0.0, frozenset({"us_ssn"}), is_checked=False),
    _form("ca_sin", "[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}", ca_sin.is_valid),
    _form("br_cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", br_cpf.is_valid, 0.95),
    _form("br_cpf", "[0-9]{9}-?[0-9]{2}", br_cpf.is_valid),
    _form("mx_curp", "[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[0-9A-Z][0-9]", mx_curp.is_valid, 0.95),
    _form("cl_rut", r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9Kk]", cl_rut.is_valid, 0.85),
    _form("ar_dni", r"[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}", ar_dni.is_valid, 0.0, ("es_dni",), is_checked=False),
    _form("do_cedula", "[0-9]{3}-[0-9]{7}-[0-9]", do_cedula.is_valid, 0.85),
)

_BRITISH = (
    _form("gb_nhs", f"[0-9]{{3}}{_GAP_OR_HYPHEN}[0-9]{{3}}{_GAP_OR_HYPHEN}[0-9]{{4}}", gb_nhs.is_valid),
    _form(
        "gb_nino",
        f"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[A-D]",
        _is_nino,
        0.85,
        is_checked=False,
    ),
    _form("ie_pps", "[0-9]{7}[A-W][ABHWTX]?", ie_pps.is_valid),
)

_WESTERN_EUROPEAN = (
    _form(
        "fr_nir",
        f"[12]{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9][0-9AB]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2}}",
        fr_nir.is_valid,
        0.85,
    ),
    _form("es_dni", "[0-9]{8}[ -]?[A-HJ-NP-TV-Z]", es_dni.is_valid, 0.75),
    _form("es_nie", "[XYZ][ -]?[0-9]{7}[ -]?[A-HJ-NP-TV-Z]", es_nie.is_valid, 0.85, ("es_dni",)),
    _form(
        "it_codice_fiscale",
        "[A-Za-z]{6}[0-9LMNP-Vlmnp-v]{2}[A-Ea-eHhLlMmPpR-Tr-t][0-9LMNP-Vlmnp-v]{2}[A-Za-z][0-9LMNP-Vlmnp-v]{3}[A-Za-z]",
        codicefiscale.is_valid,
        0.95,
        ("tax_id",),
    ),
    _form("nl_bsn", r"[0-9]{8,9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}", nl_bsn.is_valid),
    _form("be_nn", r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", be_nn.is_valid, 0.95),
    _form("be_nn", "[0-9]{6}[ -]?[0-9]{3}[ -]?[0-9]{2}", be_nn.is_valid),
    _form("ch_ahv", r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}", ch_ahv.is_valid, 0.95),
    _form("ch_ahv", "756[0-9]{10}", ch_ahv.is_valid, 0.75),
    _form("at_svnr", f"[0-9]{{4}}{_GAP}[0-9]{{6}}", at_svnr.is_valid, 0.0, ("ch_ahv",)),
    _form("pt_cc", f"[0-9]{{8}}{_GAP}[0-9]{_GAP}[0-9A-Z]{{2}}[0-9]", pt_cc.is_valid),
)

_NORTHERN_EUROPEAN = (
    _form("se_personnummer", f"(?:19|20)?[0-9]{{2}}{_MONTH_DAY}[+-][0-9]{{4}}", se_personnummer.is_valid, 0.85),
    _form("se_personnummer", f"(?:19|20)?[0-9]{{2}}{_MONTH_DAY}[0-9]{{4}}", se_personnummer.is_valid),
    _form("dk_cpr", "[0-9]{6}-[0-9]{4}", dk_cpr.is_valid, 0.65, is_checked=False),
    _form("dk_cpr", "[0-9]{10}", dk_cpr.is_valid, is_checked=False),
    _form("fi_hetu", "[0-9]{6}[A-FU-Y+-][0-9]{3}[0-9A-FHJ-NPR-Y]", fi_hetu.is_valid, 0.95),
    _form("no_fnr", f"[0-9]{{6}}{SPACE}[0-9]{{5}}", no_fnr.is_valid, 0.85),
    _form("no_fnr", "[0-9]{11}", no_fnr.is_valid, 0.0, ("dk_cpr",)),
    _form("is_kennitala", "[0-9]{6}-[0-9]{4}", is_kennitala.is_valid, 0.75),
    _form("ee_ik", "[1-8][0-9]{10}", ee_ik.is_valid),
)

_EASTERN_EUROPEAN = (
    _form("pl_pesel", "[0-9]{11}", pl_pesel.is_valid),
    _form("cz_rodne_cislo", "[0-9]{6}/[0-9]{3,4}", cz_rc.is_valid, 0.85),
    _form("ro_cnp", "[1-9][0-9]{12}", ro_cnp.is_valid),
    _form("hr_oib", "[0-9]{11}", hr_oib.is_valid),
    _form("bg_egn", "[0-9]{10}", bg_egn.is_valid),
    _form("gr_amka", "[0-9]{11}", gr_amka.is_valid),
    _form("tr_tckn", "[1-9][0-9]{10}", tr_tckn.is_valid),
)

_ASIAN_AND_AFRICAN = (
    _form("in_aadhaar", f"[2-9][0-9]{{3}}{SPACE}[0-9]{{4}}{SPACE}[0-9]{{4}}", in_aadhaar.is_valid, 0.75),
    _form("in_aadhaar", "[2-9][0-9]{3}-?[0-9]{4}-?[0-9]{4}", in_aadhaar.is_valid),
    _form("cn_ric", f"[1-9][0-9]{{5}}(?:19|20)[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}[0-9Xx]", cn_ric.is_valid, 0.95),
    _form("kr_rrn", f"[0-9]{{2}}{_MONTH_DAY}-[1-8][0-9]{{6}}", None, 0.85),
    _form("jp_my_number", "[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", _is_my_number),
    _form("sg_nric", "[STFGM][0-9]{7}[A-Z]", _is_singapore, 0.85),
    _form("hk_id", r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)", _is_hong_kong, 0.95),
    _form("tw_id", "[A-Z][12][0-9]{8}", _is_taiwan, 0.75),
    _form("my_nric", f"[0-9]{{2}}{_MONTH_DAY}-[0-9]{{2}}-[0-9]{{4}}", my_nric.is_valid, 0.85, is_checked=False),
    _form("th_pin", "[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", th_pin.is_valid, 0.95),
    _form("pk_cnic", "[0-9]{5}-[0-9]{7}-[0-9]", pk_cnic.is_valid, 0.85, is_checked=False),
    _form("il_id", "[0-9]{9}", il_id.is_valid),
    _form("za_id", f"[0-9]{{2}}{_MONTH_DAY}[0-9]{{4}}[01][0-9]{{2}}", za_id.is_valid),
)

_FORMS = _AMERICAN + _BRITISH + _WESTERN_EUROPEAN + _NORTHERN_EUROPEAN + _EASTERN_EUROPEAN + _ASIAN_AND_AFRICAN


def national_id_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for national identity numbers."""
    return form_scanner(_FORMS, threshold)


SCANNERS: Scanners = {"national_id": national_id_scanner}

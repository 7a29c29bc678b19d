# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Tax numbers of people and firms, value added tax numbers included; the kind says which."""

from collections.abc import Callable

from stdnum.ar import cuit as ar_cuit
from stdnum.au import abn as au_abn
from stdnum.au import tfn as au_tfn
from stdnum.br import cnpj as br_cnpj
from stdnum.ch import uid as ch_uid
from stdnum.de import idnr as de_idnr
from stdnum.es import cif as es_cif
from stdnum.eu import vat as eu_vat
from stdnum.gb import utr as gb_utr
from stdnum.gb import vat as gb_vat
from stdnum.in_ import gstin as in_gstin
from stdnum.in_ import pan as in_pan
from stdnum.it import iva as it_iva
from stdnum.mx import rfc as mx_rfc
from stdnum.nz import ird as nz_ird
from stdnum.pl import nip as pl_nip
from stdnum.pt import nif as pt_nif
from stdnum.ru import inn as ru_inn
from stdnum.us import ein as us_ein
from stdnum.us import itin as us_itin

from strongroom.filter.detectors.personal.forms import SPACE, Form, form_scanner
from strongroom.filter.scanner import CheckedScanner, Scanners

_GAP = f"{SPACE}?"
_FEWEST_DIGITS = 6
_VAT_COUNTRIES = "A[T]|B[EG]|C[YZ]|D[EK]|E[ELS]|F[IR]|GB|H[RU]|I[ET]|L[TUV]|MT|NL|P[LT]|RO|S[EIK]|XI"


def _is_vat(written: str) -> bool:
    if written.startswith(("GB", "XI")):
        return bool(gb_vat.is_valid(written))
    return bool(eu_vat.is_valid(written))


def _is_european_vat_without_country(written: str) -> bool:
    return any(eu_vat.is_valid(country + written) for country in ("DE", "IT", "NL", "FR", "BE", "ES", "AT", "PL"))


def _has_digits(written: str) -> bool:
    return sum(character.isdigit() for character in written) >= _FEWEST_DIGITS


def _form(
    kind: str,
    expression: str,
    is_valid: Callable[[str], bool],
    alone: float = 0.0,
    *more_topics: str,
    is_checked: bool = True,
) -> Form:
    return Form(kind, expression, is_valid, alone, frozenset({kind, "tax_id", *more_topics}), is_checked)


_FORMS = (
    _form("us_ein", "[0-9]{2}-?[0-9]{7}", us_ein.is_valid, is_checked=False),
    _form("us_itin", "9[0-9]{2}-[0-9]{2}-[0-9]{4}", us_itin.is_valid, 0.85, "us_ssn", is_checked=False),
    _form("de_idnr", f"[1-9][0-9]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}", de_idnr.is_valid),
    _form("de_steuernummer", "[0-9]{2,3}/[0-9]{3,4}/[0-9]{4,5}", _has_digits, is_checked=False),
    Form("vat", f"(?:{_VAT_COUNTRIES}){_GAP}[0-9A-Z]{{8,12}}", _is_vat, 0.75, frozenset({"vat", "tax_id"})),
    Form("vat", "[0-9]{9,11}", _is_european_vat_without_country, 0.0, frozenset({"vat"})),
    _form("ch_uid", r"CHE-?[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}", ch_uid.is_valid, 0.85, "vat"),
    _form("gb_utr", f"[0-9]{{5}}{_GAP}[0-9]{{5}}", gb_utr.is_valid),
    _form("es_cif", "[A-HJNP-SUVW]-?[0-9]{7}-?[0-9A-J]", es_cif.is_valid, 0.0, "vat"),
    _form("it_iva", "[0-9]{11}", it_iva.is_valid, 0.0, "vat"),
    _form("pl_nip", "[0-9]{3}-[0-9]{3}-[0-9]{2}-[0-9]{2}", pl_nip.is_valid, 0.85, "vat"),
    _form("pl_nip", "[0-9]{10}", pl_nip.is_valid),
    _form("pt_nif", f"[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}", pt_nif.is_valid, 0.0, "es_dni"),
    _form("ru_inn", "(?:[0-9]{2})?[0-9]{10}", ru_inn.is_valid),
    _form("in_pan", "[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]", in_pan.is_valid, 0.85, is_checked=False),
    _form("in_gstin", "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]", in_gstin.is_valid, 0.95),
    _form("br_cnpj", r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}-[0-9]{2}", br_cnpj.is_valid, 0.95),
    _form("br_cnpj", "[0-9]{14}", br_cnpj.is_valid),
    _form("ar_cuit", "[0-9]{2}-[0-9]{8}-[0-9]", ar_cuit.is_valid, 0.85),
    _form("mx_rfc", "[A-ZÑ&]{3,4}[0-9]{6}[0-9A-Z]{3}", mx_rfc.is_valid, 0.75, is_checked=False),
    _form("au_tfn", f"[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2,3}}", au_tfn.is_valid),
    _form("au_abn", f"[0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}", au_abn.is_valid),
    _form("nz_ird", "[0-9]{2,3}-?[0-9]{3}-?[0-9]{3}", nz_ird.is_valid),
    Form("", "[0-9A-Z]{1,3}-?[0-9A-Z]{5,12}", _has_digits, 0.0, frozenset({"tax_id"}), is_checked=False),
)


def tax_id_scanner(threshold: float) -> CheckedScanner:
    """Return the scanner for tax numbers."""
    return form_scanner(_FORMS, threshold)


SCANNERS: Scanners = {"tax_id": tax_id_scanner}

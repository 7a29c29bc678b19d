# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Every detector, one row each: what a policy accepts, explains and calls by name follows from here.

What finds the passages is a module of its own under ``filter/detectors``, which names the row's type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from strongroom.core.translatable import translatable
from strongroom.policy.categories import CATEGORY_GROUPS
from strongroom.policy.detector_options import LinkDetector, PatternDetector, StrictModel, TermsDetector

OptionsModel: TypeAlias = type[StrictModel]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of what a detector finds; a finding has it at the end of its category (``pii.ip_address.ipv6``)."""

    title: str
    """What people call it."""
    stands_alone: bool = False
    """Whether the title says all; else it stands in parentheses behind that of the category."""
    finds: str = ""
    """Completes "Looks for …" where a rule looks for this kind only."""


@dataclass(frozen=True, slots=True)
class DetectorDeclaration:
    """What is known about a detector but how it finds anything."""

    type: str
    """Its name in a policy."""
    label: str
    """What a masked passage is called where the rule does not say: ``[label masked]``; a part of the text."""
    finds: str
    """Completes "Looks for …"."""
    category: str
    """The category that its rules usually have."""
    title: str
    """What people call that category."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    options: OptionsModel | None = None
    """The table of its options; None for a detector that has none."""
    is_opt_in: bool = False
    """Whether the policy that ships with the app does without it."""


DETECTORS = (
    DetectorDeclaration(
        "email", "e-mail", translatable("e-mail addresses"), "pii.email", translatable("E-mail address")
    ),
    DetectorDeclaration(
        "payment_card",
        "card number",
        translatable("payment card numbers with a valid check digit"),
        "pii.payment_card",
        translatable("Payment card number"),
    ),
    DetectorDeclaration(
        "iban",
        "IBAN",
        translatable("IBANs with valid check digits"),
        "pii.iban",
        translatable("Bank account number"),
    ),
    DetectorDeclaration(
        "phone",
        "phone number",
        translatable("telephone numbers"),
        "pii.phone",
        translatable("Phone number"),
    ),
    DetectorDeclaration(
        "national_id",
        "national identifier",
        translatable("national identifiers"),
        "pii.national_id",
        translatable("National identifier"),
        kinds={
            "us_ssn": Kind(translatable("US Social Security number")),
            "gb_nhs": Kind(translatable("UK NHS number")),
        },
    ),
    DetectorDeclaration(
        "ip_address",
        "IP address",
        translatable("IP addresses"),
        "pii.ip_address",
        translatable("IP address"),
        kinds={
            "ipv4": Kind("IPv4"),
            "ipv6": Kind("IPv6"),
        },
    ),
    DetectorDeclaration(
        "mac_address",
        "MAC address",
        translatable("MAC addresses"),
        "pii.mac_address",
        translatable("Network card's address"),
    ),
    DetectorDeclaration(
        "crypto_address",
        "crypto address",
        translatable("addresses of crypto currencies"),
        "pii.crypto_address",
        translatable("Cryptocurrency address"),
        kinds={
            "bitcoin": Kind("Bitcoin"),
            "bitcoin_cash": Kind("Bitcoin Cash"),
            "ethereum": Kind("Ethereum"),
            "monero": Kind("Monero"),
        },
    ),
    DetectorDeclaration(
        "passport",
        "passport number",
        translatable("passport numbers"),
        "pii.passport",
        translatable("Passport number"),
    ),
    DetectorDeclaration(
        "driver_license",
        "driver's license",
        translatable("numbers of driver's licenses"),
        "pii.driver_license",
        translatable("Driver's license"),
    ),
    DetectorDeclaration(
        "tax_id",
        "tax identifier",
        translatable("tax identifiers"),
        "pii.tax_id",
        translatable("Tax identifier"),
        kinds={
            "us_ein": Kind(translatable("US employer identification number")),
            "us_itin": Kind(translatable("US individual taxpayer number")),
        },
    ),
    DetectorDeclaration(
        "bank_account",
        "bank account",
        translatable("national bank account numbers"),
        "pii.bank_account",
        translatable("National bank account number"),
    ),
    DetectorDeclaration(
        "birth_date",
        "date of birth",
        translatable("dates of birth"),
        "pii.birth_date",
        translatable("Date of birth"),
    ),
    DetectorDeclaration(
        "street_address",
        "address",
        translatable("street addresses"),
        "pii.street_address",
        translatable("Street address"),
    ),
    DetectorDeclaration(
        "medical_record",
        "medical record number",
        translatable("medical record numbers"),
        "pii.medical_record",
        translatable("Medical record number"),
    ),
    DetectorDeclaration(
        "provider_key",
        "key",
        translatable("keys and tokens of known providers"),
        "secret.provider_key",
        translatable("Key or token of a service"),
    ),
    DetectorDeclaration(
        "private_key",
        "private key",
        translatable("private keys"),
        "secret.private_key",
        translatable("Private key"),
    ),
    DetectorDeclaration(
        "connection_string",
        "connection string",
        translatable("connection strings with a password"),
        "secret.connection_string",
        translatable("Connection string with a password"),
    ),
    DetectorDeclaration(
        "jwt",
        "token",
        translatable("JSON web tokens"),
        "secret.jwt",
        translatable("JSON web token"),
    ),
    DetectorDeclaration(
        "password",
        "password",
        translatable("passwords next to their keyword"),
        "secret.password",
        translatable("Password"),
    ),
    DetectorDeclaration(
        "credential",
        "credential",
        translatable("keys and tokens next to their keyword"),
        "secret.credential",
        translatable("Credential"),
    ),
    DetectorDeclaration(
        "dangerous_code",
        "code",
        translatable("code that does harm when it is run"),
        "code.dangerous",
        translatable("Dangerous code"),
        kinds={
            "shell": Kind(translatable("Dangerous shell command"), stands_alone=True),
            "deserialization": Kind(translatable("Code that runs what it reads"), stands_alone=True),
            "injection": Kind(translatable("Code that lets its input become code"), stands_alone=True),
            "persistence": Kind(translatable("Code that makes itself stay"), stands_alone=True),
            "transport": Kind(translatable("Code that trusts any connection"), stands_alone=True),
        },
    ),
    DetectorDeclaration(
        "evasion",
        "hidden text",
        translatable("text that is hidden from a filter"),
        "evasion",
        translatable("Disguised text"),
        kinds={
            "invisible": Kind(translatable("Invisible characters"), stands_alone=True),
            "bidi": Kind(translatable("Reversed reading order"), stands_alone=True),
            "mixed_script": Kind(translatable("Look-alike letters"), stands_alone=True),
            "spaced": Kind(translatable("Letters set apart"), stands_alone=True),
            "stacked_marks": Kind(translatable("Stacked marks"), stands_alone=True),
            "tag": Kind(translatable("Invisible tag characters"), stands_alone=True),
        },
    ),
    DetectorDeclaration(
        "link",
        "link",
        translatable("links"),
        "link",
        translatable("Link"),
        kinds={
            "web": Kind(translatable("Link to a web page"), stands_alone=True, finds=translatable("ordinary links")),
            "punycode": Kind(
                translatable("Link whose host has look-alike letters"),
                stands_alone=True,
                finds=translatable("links whose host shows other letters than it has"),
            ),
            "data": Kind(
                translatable("Link that holds its content itself"),
                stands_alone=True,
                finds=translatable("links that carry their content"),
            ),
            "script": Kind(
                translatable("Link that runs a script"), stands_alone=True, finds=translatable("links that run code")
            ),
            "file": Kind(translatable("Link to a local file"), stands_alone=True, finds=translatable("links to files")),
        },
        options=LinkDetector,
    ),
    DetectorDeclaration(
        "terms",
        "term",
        translatable("the terms of a list"),
        "term",
        translatable("Term"),
        options=TermsDetector,
        is_opt_in=True,
    ),
    DetectorDeclaration(
        "pattern",
        "passage",
        translatable("what a regular expression matches"),
        "term",
        translatable("Term"),
        options=PatternDetector,
        is_opt_in=True,
    ),
)

DETECTORS_BY_TYPE: Mapping[str, DetectorDeclaration] = MappingProxyType(
    {declared.type: declared for declared in DETECTORS}
)


def _category_titles() -> dict[str, str]:
    titles = {group.name: group.title for group in CATEGORY_GROUPS}
    for declared in DETECTORS:
        titles.setdefault(declared.category, declared.title)
        group = declared.category.partition(".")[0]
        for name, kind in declared.kinds.items():
            if kind.stands_alone:
                titles[f"{declared.category}.{name}"] = titles[f"{group}.{name}"] = kind.title
    return titles


CATEGORY_TITLES: Mapping[str, str] = MappingProxyType(_category_titles())
"""What people call each category that is declared, by its name."""

KIND_TITLES: Mapping[str, str] = MappingProxyType(
    {name: kind.title for declared in DETECTORS for name, kind in declared.kinds.items() if not kind.stands_alone}
)
"""What people call each declared kind that stands behind its category's title."""

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy in plain sentences, for ``policy show`` and for the window. Data only; the doors print it."""

from dataclasses import dataclass

from strongroom.core.findings import Action, Scope
from strongroom.policy.detectors import PatternDetector, TermsDetector
from strongroom.policy.loading import Policy
from strongroom.policy.patterns import analyze_pattern
from strongroom.policy.schema import Rule

_FINDS = {
    "email": "e-mail addresses",
    "payment_card": "payment card numbers with a valid check digit",
    "iban": "IBANs with valid check digits",
    "phone": "telephone numbers",
    "national_id": "national identifiers",
    "ip_address": "IP addresses",
    "mac_address": "MAC addresses",
    "crypto_address": "addresses of crypto currencies",
    "passport": "passport numbers",
    "driver_license": "numbers of driver's licenses",
    "tax_id": "tax identifiers",
    "bank_account": "national bank account numbers",
    "birth_date": "dates of birth",
    "street_address": "street addresses",
    "medical_record": "medical record numbers",
    "provider_key": "keys and tokens of known providers",
    "private_key": "private keys",
    "connection_string": "connection strings with a password",
    "jwt": "JSON web tokens",
    "password": "passwords next to their keyword",
    "credential": "keys and tokens next to their keyword",
    "dangerous_code": "code that does harm when it is run",
    "evasion": "text that is hidden from a filter",
    "link": "links",
}


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """What one rule does."""

    rule_id: str
    category: str
    scopes: tuple[Scope, ...]
    finds: str
    """For example ``e-mail addresses`` or ``12 terms, as whole words``."""
    does: str
    """For example ``puts [e-mail masked] in its place``."""
    is_active: bool
    """Whether the rule is enabled."""
    is_dry_run: bool


def explain(policy: Policy) -> tuple[RuleExplanation, ...]:
    """Return what each rule of ``policy`` finds and does, in the policy's order."""
    return tuple(
        RuleExplanation(
            rule.id,
            rule.category,
            tuple(scope for scope in Scope if scope in rule.scopes),
            _finds(rule, len(policy.term_lists.get(rule.id, ()))),
            _does(rule),
            rule.enabled,
            rule.dry_run,
        )
        for rule in policy.rules
    )


def _finds(rule: Rule, terms: int) -> str:
    detector = rule.detector
    if isinstance(detector, TermsDetector):
        return f"{terms:,} term{'' if terms == 1 else 's'}" + (", as whole words" if detector.whole_words else "")
    if isinstance(detector, PatternDetector):
        length = analyze_pattern(detector.pattern, ignore_case=detector.ignore_case).max_length
        return f"the pattern {detector.pattern}, up to {length:,} characters"
    return _FINDS[detector.type]


def _does(rule: Rule) -> str:
    what = {
        Action.ALLOW: "reports the passage and leaves it as it is, without a record",
        Action.LOG: "records the passage and leaves it as it is",
        Action.WARN: "records the passage and points at it",
        Action.MASK: f"puts [{rule.shown_label} masked] in its place",
        Action.REPLACE: f"puts {rule.replacement!r} in its place",
        Action.BLOCK: "ends the text before it",
    }[rule.action]
    return f"would do this, but only records it: {what}" if rule.dry_run and rule.action is not Action.ALLOW else what

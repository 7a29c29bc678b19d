# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``policy.toml``, version 1: every key, its type, its bounds and one sentence.

The models are the format: the JSON Schema, the checks and ``docs/policy.md`` follow from them. Types are strict, so
that ``threshold = "0.5"`` is an error and not a guess.
"""

import ipaddress
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from strongroom.core.findings import Action, Direction
from strongroom.policy.pattern_parser import PatternRefused
from strongroom.policy.patterns import analyze_pattern

FORMAT_VERSION = 1
LONGEST_TERM = 256
"""Characters."""
MOST_TERMS = 200_000
"""In one rule, its file included."""
MOST_RULES = 1_000

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)+$", max_length=64)]
Label = Annotated[str, StringConstraints(pattern=r"^[^\[\]\x00-\x1f\x7f]*$", max_length=40)]
Term = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TERM)]
Confidence = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class RuleDirection(StrEnum):
    """Which texts a rule looks at."""

    PROMPT = "prompt"
    ANSWER = "answer"
    BOTH = "both"

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that this stands for."""
        return tuple(Direction) if self is RuleDirection.BOTH else (Direction(self.value),)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class BuiltInDetector(_Model):
    """A detector that needs no options."""

    type: Literal[
        "email",
        "payment_card",
        "iban",
        "phone",
        "national_id",
        "ip_address",
        "mac_address",
        "crypto_address",
        "passport",
        "driver_license",
        "tax_id",
        "bank_account",
        "birth_date",
        "street_address",
        "medical_record",
        "provider_key",
        "private_key",
        "connection_string",
        "jwt",
        "password",
        "credential",
        "dangerous_code",
        "evasion",
    ] = Field(description="Finds one kind of passage; docs/filter.md says which forms exactly.")


class LinkDetector(_Model):
    """Links, all of them or those of a list of domains."""

    type: Literal["link"] = Field(description="Finds links.")
    domains: Annotated[tuple[str, ...], Strict(strict=False)] = Field(
        default=(), max_length=MOST_TERMS, description="Only links to these domains and what is below them."
    )
    except_domains: Annotated[tuple[str, ...], Strict(strict=False)] = Field(
        default=(), max_length=MOST_TERMS, description="No links to these domains and what is below them."
    )
    kinds: Annotated[tuple[Literal["web", "punycode", "data", "script", "file"], ...], Strict(strict=False)] = Field(
        default=(), description="Only links of these kinds; all of them if empty."
    )


class TermsDetector(_Model):
    """The organization's own words."""

    type: Literal["terms"] = Field(description="Finds the terms of a list, in upper and lower case alike.")
    terms: Annotated[tuple[Term, ...], Strict(strict=False)] = Field(
        default=(), description="The terms, each of up to 256 characters.", max_length=MOST_TERMS
    )
    file: str | None = Field(
        default=None,
        min_length=1,
        description="A file of more terms, one a line, UTF-8; lines that begin with # are comments. The path is"
        " relative to the policy's folder.",
    )
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="The SHA-256 digest of that file, so that the policy's own digest stands for the terms as well.",
    )
    whole_words: bool = Field(
        default=True,
        description="A term counts only where it does not continue a word. Set false for scripts without spaces.",
    )
    confidence: Confidence = Field(default=1.0, description="How sure a match of this list is.")

    @field_validator("terms")
    @classmethod
    def _refuse_blank_terms(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        for number, term in enumerate(terms):
            if problem := term_problem(term):
                raise PydanticCustomError("term", "{reason}", {"reason": problem, "index": number})
        return terms

    @model_validator(mode="after")
    def _require_terms(self) -> Self:
        if not self.terms and self.file is None:
            raise PydanticCustomError("terms_missing", "needs terms, or a file of terms")
        if self.file is None and self.sha256 is not None:
            raise PydanticCustomError("sha256_alone", "has a sha256, but no file that it could belong to")
        return self


class PatternDetector(_Model):
    """The administrator's own regular expression."""

    type: Literal["pattern"] = Field(description="Finds what a regular expression matches.")
    pattern: str = Field(
        min_length=1,
        description="A regular expression in RE2's syntax, without unbounded repeats; the longest match has up to 1,024"
        " characters.",
    )
    ignore_case: bool = Field(default=False, description="Upper and lower case are the same.")
    confidence: Confidence = Field(default=1.0, description="How sure a match of this pattern is.")

    @field_validator("pattern")
    @classmethod
    def _refuse_undecidable(cls, pattern: str) -> str:
        try:
            analyze_pattern(pattern)
        except PatternRefused as refusal:
            raise PydanticCustomError(
                "pattern",
                "{reason}",
                {"reason": refusal.reason, "offset": refusal.offset, "kind": refusal.kind.value},
            ) from refusal
        return pattern


BUILT_IN_DETECTORS: tuple[str, ...] = get_args(BuiltInDetector.model_fields["type"].annotation)
"""The types of the detectors without options."""

Detector = Annotated[BuiltInDetector | LinkDetector | TermsDetector | PatternDetector, Field(discriminator="type")]

FORMS = {
    "id": "must be 1 to 64 of a-z, 0-9, - and _, and begin with a letter or a digit",
    "category": "must be a dotted name like pii.email, in a-z, 0-9 and _",
    "label": "must not contain brackets, line breaks or control characters",
    "sha256": "must be 64 hexadecimal digits in lower case",
}
"""What a text that has to match a pattern must look like, by its key."""

DEFAULT_LABELS = {
    "email": "e-mail",
    "payment_card": "card number",
    "iban": "IBAN",
    "phone": "phone number",
    "national_id": "national identifier",
    "ip_address": "IP address",
    "mac_address": "MAC address",
    "crypto_address": "crypto address",
    "passport": "passport number",
    "driver_license": "driver's license",
    "tax_id": "tax identifier",
    "bank_account": "bank account",
    "birth_date": "date of birth",
    "street_address": "address",
    "medical_record": "medical record number",
    "provider_key": "key",
    "private_key": "private key",
    "connection_string": "connection string",
    "jwt": "token",
    "password": "password",
    "credential": "credential",
    "dangerous_code": "code",
    "evasion": "hidden text",
    "link": "link",
    "terms": "term",
    "pattern": "passage",
}


class Rule(_Model):
    """One thing to look for, and what to do when it is found."""

    id: RuleId = Field(description="The rule's name in findings and incidents. No two rules share one.")
    category: Category = Field(description="A dotted name, for example pii.email or term.project.")
    direction: Annotated[RuleDirection, Strict(strict=False)] = Field(
        default=RuleDirection.BOTH, description="Whether prompts, answers or both are looked at."
    )
    detector: Detector = Field(description="What finds the passages, with its options.")
    action: Annotated[Action, Strict(strict=False)] = Field(
        description="allow reports without a record; log records; warn also points at the passage; mask puts a"
        " placeholder in its place; replace puts the replacement there; block ends the text before it."
    )
    threshold: Confidence = Field(default=0.5, description="Findings of less confidence are ignored.")
    label: Label = Field(
        default="", description="What a masked passage is called: [label masked]. Empty for the detector's own word."
    )
    message: str = Field(default="", max_length=500, description="A sentence for the user beside the passage.")
    replacement: str | None = Field(
        default=None, min_length=1, max_length=500, description="What the action replace puts in the passage's place."
    )
    dry_run: bool = Field(default=False, description="Report and record, but leave the text as it is.")
    enabled: bool = Field(default=True, description="A rule that is not enabled is checked, but finds nothing.")

    @model_validator(mode="after")
    def _match_replacement_and_action(self) -> Self:
        if self.action is Action.REPLACE and self.replacement is None:
            raise PydanticCustomError("replacement_missing", 'needs a replacement, because its action is "replace"')
        if self.action is not Action.REPLACE and self.replacement is not None:
            raise PydanticCustomError(
                "replacement_idle", 'has a replacement that the action "{action}" never uses', {"action": self.action}
            )
        return self

    @property
    def shown_label(self) -> str:
        """What a masked passage is called."""
        return self.label or DEFAULT_LABELS[self.detector.type]


class ModelsTable(_Model):
    """What holds for every model file."""

    sealed_copy: bool = Field(
        default=False,
        description="Run a model from a sealed copy in memory, which nobody can write to, not even an administrator;"
        " Linux only, and the copy takes as much memory as the model's files.",
    )


class HubTable(_Model):
    """What the app may fetch models from."""

    is_allowed: bool = Field(default=True, description="Whether models may be searched for and downloaded at all.")
    endpoint: str = Field(
        default="",
        max_length=500,
        description="The address of the only hub that may be used, with https, or with http on this machine itself."
        " Empty for the one in the settings.",
    )

    @field_validator("endpoint")
    @classmethod
    def _require_safe_endpoint(cls, endpoint: str) -> str:
        if endpoint and (problem := endpoint_problem(endpoint)):
            raise PydanticCustomError("endpoint", "{reason}", {"reason": problem})
        return endpoint


class PolicyDocument(_Model):
    """The content of one policy.toml."""

    model_config = ConfigDict(title="Strongroom policy, version 1")

    version: Literal[1] = Field(description="The version of this format.")
    name: str = Field(min_length=1, max_length=80, description="The policy's name, shown to users.")
    revision: str = Field(
        min_length=1, max_length=40, description="The administrator's own version of the content, for example a date."
    )
    description: str = Field(default="", max_length=2_000, description="What the policy is for.")
    rules: Annotated[tuple[Rule, ...], Strict(strict=False)] = Field(
        max_length=MOST_RULES, description="The rules. Where two of one action overlap, the earlier passage wins."
    )

    models: ModelsTable = Field(default=ModelsTable(), description="How model files are handled.")
    hub: HubTable = Field(default=HubTable(), description="Whether, and from where, models may be downloaded.")

    @field_validator("version", mode="before")
    @classmethod
    def _refuse_true(cls, version: Any) -> Any:
        if isinstance(version, bool):
            raise PydanticCustomError("version", "must be a number")
        return version


def term_problem(term: str) -> str:
    """Return what is wrong with a term, or an empty text."""
    if term != term.strip() or not term:
        return f"the term {term!r} begins or ends with white space"
    if len(term) > LONGEST_TERM:
        return f"a term has {len(term):,} characters; {LONGEST_TERM} are the most"
    return ""


def endpoint_problem(address: str) -> str:
    """Return what is wrong with a hub's address, or an empty text."""
    form = "must be an address like https://hub.example.org, without a user, a query or white space"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return form
    has_more = parts.username is not None or parts.password is not None or "?" in address or "#" in address
    is_plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    if parts.scheme not in ("https", "http") or not host or has_more or not is_plain:
        return form
    if parts.scheme == "http" and not _is_this_machine(host):
        return "must begin with https://, because what is fetched over http can be read and changed on the way"
    return ""


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the format."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PolicyDocument.model_json_schema()}

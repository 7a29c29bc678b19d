# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The options of the detectors that have some, as a policy writes them."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from strongroom.core.translatable import translatable
from strongroom.policy.values import LONGEST_TERM, require_domain, require_pattern, require_term

MOST_TERMS = 200_000
"""In one rule, its file included."""

MOST_DOMAINS = 200_000
"""In one list."""

Term = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TERM), AfterValidator(require_term)]
Pattern = Annotated[str, AfterValidator(require_pattern)]
Domains = Annotated[tuple[Annotated[str, AfterValidator(require_domain)], ...], Strict(strict=False)]
Confidence = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class StrictModel(BaseModel):
    """A table of a policy: no key beyond those named, no value of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class LinkDetector(StrictModel):
    """Links, all of them or those of a list of domains."""

    type: Literal["link"] = Field(description="Finds links.")
    domains: Domains = Field(
        default=(), max_length=MOST_DOMAINS, description="Only links to these domains and what is below them."
    )
    except_domains: Domains = Field(
        default=(), max_length=MOST_DOMAINS, description="No links to these domains and what is below them."
    )
    kinds: Annotated[tuple[Literal["web", "punycode", "data", "script", "file"], ...], Strict(strict=False)] = Field(
        default=(), description="Only links of these kinds; all of them if empty."
    )


class TermsDetector(StrictModel):
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

    @model_validator(mode="after")
    def _require_terms(self) -> Self:
        if not self.terms and self.file is None:
            raise PydanticCustomError("terms_missing", translatable("needs terms, or a file of terms"))
        if self.file is None and self.sha256 is not None:
            raise PydanticCustomError("sha256_alone", translatable("has a sha256, but no file that it could belong to"))
        return self


class PatternDetector(StrictModel):
    """The administrator's own regular expression."""

    type: Literal["pattern"] = Field(description="Finds what a regular expression matches.")
    pattern: Pattern = Field(
        min_length=1,
        description="A regular expression in RE2's syntax, without unbounded repeats; the longest match has up to 1,024"
        " characters.",
    )
    ignore_case: bool = Field(default=False, description="Upper and lower case are the same.")
    confidence: Confidence = Field(default=1.0, description="How sure a match of this pattern is.")

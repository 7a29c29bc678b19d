# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``policy.toml``, version 1: every key, its type, its bounds and one sentence.

The models are the format: the JSON Schema, the checks and ``docs/policy.md`` follow from them. Types are strict, so
that ``threshold = "0.5"`` is an error and not a guess.
"""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, ConfigDict, Field, Strict, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from strongroom.core.findings import Action, Scope, Severity
from strongroom.core.isolation import IsolationLevel
from strongroom.core.translatable import translatable
from strongroom.policy.allow_list import AllowList
from strongroom.policy.declarations import DETECTORS_BY_TYPE
from strongroom.policy.detector_options import Confidence, StrictModel
from strongroom.policy.detectors import Detector
from strongroom.policy.hub_address import endpoint_problem

FORMAT_VERSION = 1
MOST_RULES = 1_000

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*$", max_length=64)]
Selector = Annotated[
    str, StringConstraints(pattern=r"^(\*|[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*(\.\*)?)$", max_length=64)
]
Preset = Literal["general-business", "healthcare", "finance", "legal", "software-team", "education"]
Label = Annotated[str, StringConstraints(pattern=r"^[^\[\]\x00-\x1f\x7f]*$", max_length=40)]


def _refuse_repeated(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise PydanticCustomError("value", translatable("names one of them twice"))
    return names


def _require_scope(scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
    if not scopes:
        raise PydanticCustomError(
            "value", translatable("needs at least one scope; enabled = false switches a rule off")
        )
    _refuse_repeated(scopes)
    return scopes


Scopes = Annotated[
    tuple[Annotated[Scope, Strict(strict=False)], ...], Strict(strict=False), AfterValidator(_require_scope)
]

FORMS = {
    "id": translatable("must be 1 to 64 of a-z, 0-9, - and _, and begin with a letter or a digit"),
    "category": translatable("must be a dotted name like pii.email, in a-z, 0-9 and _"),
    "adjust.category": translatable(
        "must be a category like pii.email, the beginning of some like pii.*, or * for all"
    ),
    "label": translatable("must not contain brackets, line breaks or control characters"),
    "sha256": translatable("must be 64 hexadecimal digits in lower case"),
}
"""What a text that has to match a pattern must look like, by its key, or by its table and its key."""

PRESETS: tuple[Preset, ...] = get_args(Preset)
"""The names of the presets that ship with the app."""


class Rule(StrictModel):
    """One thing to look for, and what to do when it is found."""

    id: RuleId = Field(description="The rule's name in findings and incidents. No two rules share one.")
    category: Category = Field(description="A dotted name, for example pii.email or term.project.")
    scope: Scopes = Field(
        default=tuple(Scope),
        description="What is looked at: prompts, answers, the reasoning and the fenced code in answers, exported text."
        " All of them if left out.",
    )
    detector: Detector = Field(description="What finds the passages, with its options.")
    action: Annotated[Action, Strict(strict=False)] = Field(
        description="allow reports without a record; log records; warn also points at the passage; mask puts a"
        " placeholder in its place; replace puts the replacement there; block ends the text before it."
    )
    threshold: Confidence = Field(default=0.5, description="Findings of less confidence are ignored.")
    severity: Annotated[Severity, Strict(strict=False)] = Field(
        default=Severity.MEDIUM, description="How much a finding matters, for whoever reads the incidents."
    )
    evasion: bool = Field(
        default=False,
        description="Look at disguised readings too: leet, spaced letters, repeated letters, base64, hex, rot13, URL"
        " encoding.",
    )
    allow: AllowList = Field(
        default=AllowList(), description="What is left alone although the detector finds it: a finding is dropped."
    )
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
            raise PydanticCustomError(
                "replacement_missing", translatable('needs a replacement, because its action is "replace"')
            )
        if self.action is not Action.REPLACE and self.replacement is not None:
            raise PydanticCustomError(
                "replacement_idle",
                translatable('has a replacement that the action "{action}" never uses'),
                {"action": self.action},
            )
        return self

    @property
    def scopes(self) -> frozenset[Scope]:
        """The parts of texts that the rule looks at."""
        return frozenset(self.scope)

    @property
    def shown_label(self) -> str:
        """What a masked passage is called."""
        return self.label or DETECTORS_BY_TYPE[self.detector.type].label


class Adjust(StrictModel):
    """A change to every rule of a category, wherever the rule comes from."""

    category: Selector = Field(
        description="Which rules: a category like pii.email, the beginning of some like pii.*, or * for all rules."
    )
    action: Annotated[Action | None, Strict(strict=False)] = Field(default=None, description="The new action.")
    replacement: str | None = Field(
        default=None, min_length=1, max_length=500, description="What the action replace puts in the passage's place."
    )
    threshold: Confidence | None = Field(default=None, description="The new threshold.")
    severity: Annotated[Severity | None, Strict(strict=False)] = Field(default=None, description="The new severity.")
    scope: Scopes | None = Field(default=None, description="The new scope, in place of the old one.")
    evasion: bool | None = Field(default=None, description="Whether disguised readings are looked at too.")
    message: str | None = Field(default=None, max_length=500, description="The new sentence for the user.")
    dry_run: bool | None = Field(default=None, description="Whether findings are only reported and recorded.")
    enabled: bool | None = Field(default=None, description="Whether the rules find anything at all.")
    allow: AllowList | None = Field(
        default=None, description="What is left alone as well; added to the rule's own list."
    )

    @model_validator(mode="after")
    def _require_a_change(self) -> Self:
        if self.model_fields_set <= {"category"}:
            raise PydanticCustomError(
                "adjust_idle", translatable("changes nothing; name an action, a threshold or another key")
            )
        if self.replacement is not None and self.action is not Action.REPLACE:
            raise PydanticCustomError("replacement_idle", translatable('has a replacement, but not action = "replace"'))
        return self


class ModelsTable(StrictModel):
    """What holds for every model file."""

    sealed_copy: bool = Field(
        default=False,
        description="Run a model from a sealed copy in memory, which nobody can write to, not even an administrator;"
        " Linux only, and the copy takes as much memory as the model's files.",
    )
    most_loaded: int = Field(
        default=0,
        ge=0,
        le=64,
        description="How many models may be in memory at the same time; 0 allows as many as have room.",
    )


class IsolationTable(StrictModel):
    """How far the system must isolate the app's processes."""

    minimum: Annotated[IsolationLevel, Strict(strict=False)] = Field(
        default=IsolationLevel.NONE,
        description="The least isolation with which a model is loaded or a hub is asked: full (every rule that the app"
        " puts up holds), reduced (some do, or a GPU's devices are within reach), none.",
    )


class HubTable(StrictModel):
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


class PolicyDocument(StrictModel):
    """The content of one policy.toml."""

    model_config = ConfigDict(
        title="Strongroom policy, version 1",
        json_schema_extra={"anyOf": [{"required": ["rules"]}, {"required": ["presets"]}]},
    )

    version: Literal[1] = Field(description="The version of this format.")
    name: str = Field(min_length=1, max_length=80, description="The policy's name, shown to users.")
    revision: str = Field(
        min_length=1, max_length=40, description="The administrator's own version of the content, for example a date."
    )
    description: str = Field(default="", max_length=2_000, description="What the policy is for.")
    presets: Annotated[tuple[Preset, ...], Strict(strict=False), AfterValidator(_refuse_repeated)] = Field(
        default=(),
        description="Rules that ship with the app, to start from. Where two presets meet, the stricter wins.",
    )
    rules: Annotated[tuple[Rule, ...], Strict(strict=False)] = Field(
        default=(),
        max_length=MOST_RULES,
        description="The policy's own rules. One with the id of a preset's rule replaces it. Required without presets.",
    )
    adjust: Annotated[tuple[Adjust, ...], Strict(strict=False)] = Field(
        default=(), max_length=MOST_RULES, description="Changes to the rules of a category, one after the other."
    )
    models: ModelsTable = Field(default=ModelsTable(), description="How model files are handled.")
    isolation: IsolationTable = Field(
        default=IsolationTable(), description="How much isolation the app's processes must have."
    )
    hub: HubTable = Field(default=HubTable(), description="Whether, and from where, models may be downloaded.")

    @field_validator("version", mode="before")
    @classmethod
    def _refuse_true(cls, version: Any) -> Any:
        if isinstance(version, bool):
            raise PydanticCustomError("version", translatable("must be a number"))
        return version


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the format."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PolicyDocument.model_json_schema()}

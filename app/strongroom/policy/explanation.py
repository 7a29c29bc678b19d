# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy in plain sentences, for ``policy show`` and for the window. Data only; the doors print it."""

from collections.abc import Sequence
from dataclasses import dataclass

from strongroom.core.findings import Action, Scope, Severity
from strongroom.policy.adjusting import changed_keys
from strongroom.policy.allow_list import AllowList
from strongroom.policy.categories import ALL, covers
from strongroom.policy.declarations import DETECTORS_BY_TYPE
from strongroom.policy.detector_options import LinkDetector, PatternDetector, TermsDetector
from strongroom.policy.loading import Policy
from strongroom.policy.patterns import analyze_pattern
from strongroom.policy.presets import preset_origins, read_preset
from strongroom.policy.schema import Adjust, Rule

_PLACES = {
    Scope.PROMPT: "prompts",
    Scope.ANSWER: "answers",
    Scope.REASONING: "reasoning",
    Scope.CODE: "code in answers",
    Scope.EXPORT: "exports",
}
_SHOWN_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """What one rule does."""

    rule_id: str
    category: str
    scopes: tuple[Scope, ...]
    finds: str
    """For example ``e-mail addresses`` or ``12 terms, as whole words``."""
    looks_in: str
    """For example ``prompts and exports``."""
    does: str
    """For example ``puts [e-mail masked] in its place``."""
    leaves_alone: str
    """What its allow-list names, for example ``what is at example.org``; empty if there is none."""
    threshold: float
    severity: Severity
    sees_through_disguise: bool
    """Whether disguised readings are looked at too."""
    is_active: bool
    """Whether the rule is enabled."""
    is_dry_run: bool
    presets: tuple[str, ...]
    """Where the rule comes from; empty for a rule of the policy itself."""
    adjusted_by: tuple[str, ...]
    """The selectors of the policy's changes that were made to it."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The rule in whole sentences."""
        found = f"Looks for {self.finds} in {self.looks_in}, from a confidence of {self.threshold:.0%} on"
        lines = [found + (", disguised ones too." if self.sees_through_disguise else "."), _sentence(self.does)]
        if self.leaves_alone:
            lines.append(f"Leaves alone {self.leaves_alone}.")
        if not self.is_active:
            lines.append("Is switched off, so it finds nothing.")
        if self.presets:
            lines.append(f"Comes from the preset{'s' * (len(self.presets) > 1)} {_listed(self.presets)}.")
        if self.adjusted_by:
            lines.append(f"Adjusted by {_listed(self.adjusted_by)}.")
        return tuple(lines)


def explain(policy: Policy) -> tuple[RuleExplanation, ...]:
    """Return what each rule of ``policy`` finds and does, in the order in which they count."""
    own = {rule.id for rule in policy.document.rules}
    origins = preset_origins(policy.document.presets)
    return tuple(
        RuleExplanation(
            rule_id=rule.id,
            category=rule.category,
            scopes=tuple(scope for scope in Scope if scope in rule.scopes),
            finds=_finds(rule, len(policy.term_lists.get(rule.id, ()))),
            looks_in=_looks_in(rule),
            does=_does(rule),
            leaves_alone=_leaves_alone(rule.allow),
            threshold=rule.threshold,
            severity=rule.severity,
            sees_through_disguise=rule.evasion,
            is_active=rule.enabled,
            is_dry_run=rule.dry_run,
            presets=() if rule.id in own else origins[rule.id],
            adjusted_by=tuple(
                change.category for change in policy.document.adjust if covers(change.category, rule.category)
            ),
        )
        for rule in policy.rules
    )


def explain_origin(policy: Policy) -> tuple[str, ...]:
    """Return, in sentences, how the rules of ``policy`` came about; nothing for one without presets and changes."""
    document = policy.document
    lines = []
    if document.presets:
        titles = _listed([read_preset(name).title for name in document.presets])
        many = "; where they meet, the stricter one holds" if len(document.presets) > 1 else ""
        lines.append(f"Combines the preset{'s' * (len(document.presets) > 1)} {titles}{many}.")
        replaced = sorted(preset_origins(document.presets).keys() & {rule.id for rule in document.rules})
        if replaced:
            lines.append(f"Has its own {_listed(replaced)} in place of the presets'.")
    lines += [_change(change, policy.rules) for change in document.adjust]
    return tuple(lines)


def _change(change: Adjust, rules: Sequence[Rule]) -> str:
    count = sum(covers(change.category, rule.category) for rule in rules)
    values = [_change_of(name, change) for name in changed_keys(change)]
    where = "all categories" if change.category == ALL else change.category
    return f"Adjusts {where} ({count} rule{'s' * (count != 1)}): {', '.join(values)}."


def _change_of(name: str, change: Adjust) -> str:
    if change.allow is not None and name == "allow":
        return f"leaves alone {_leaves_alone(change.allow) or 'nothing more'}"
    if change.scope is not None and name == "scope":
        return f"scope {_listed(change.scope)}"
    value = getattr(change, name)
    shown = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
    return (
        f"{name.replace('_', ' ')} {shown!r}"
        if name in ("message", "replacement")
        else f"{name.replace('_', ' ')} {shown}"
    )


def _finds(rule: Rule, terms: int) -> str:
    detector, declared = rule.detector, DETECTORS_BY_TYPE[rule.detector.type]
    if isinstance(detector, TermsDetector):
        return f"{terms:,} term{'' if terms == 1 else 's'}" + (", as whole words" if detector.whole_words else "")
    if isinstance(detector, PatternDetector):
        length = analyze_pattern(detector.pattern, ignore_case=detector.ignore_case).max_length
        return f"the pattern {detector.pattern}, up to {length:,} characters"
    if isinstance(detector, LinkDetector):
        found = _listed([declared.kinds[kind].finds for kind in detector.kinds]) if detector.kinds else declared.finds
        found += f" to {_some(detector.domains)}" if detector.domains else ""
        return found + (f", but not to {_some(detector.except_domains)}" if detector.except_domains else "")
    return declared.finds


def _looks_in(rule: Rule) -> str:
    if rule.scopes == frozenset(Scope):
        return "everything"
    return _listed([place for scope, place in _PLACES.items() if scope in rule.scopes])


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


def _leaves_alone(allow: AllowList) -> str:
    parts = [_some([repr(term) for term in allow.terms])] if allow.terms else []
    if allow.patterns:
        parts.append(f"what {_some(allow.patterns)} matches")
    if allow.domains:
        parts.append(f"what is at {_some(allow.domains)}")
    if allow.numbers:
        parts.append(f"the number{'s' * (len(allow.numbers) > 1)} {_some(allow.numbers)}")
    return _listed(parts)


def _some(entries: Sequence[str]) -> str:
    """Return the first of ``entries``, and how many more there are."""
    more = len(entries) - _SHOWN_ENTRIES
    if more <= 1:
        return _listed(entries, "or")
    return f"{', '.join(entries[:_SHOWN_ENTRIES])} or {more:,} more"


def _listed(entries: Sequence[str], word: str = "and") -> str:
    if len(entries) < 2:
        return "".join(entries)
    return f"{', '.join(entries[:-1])} {word} {entries[-1]}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."

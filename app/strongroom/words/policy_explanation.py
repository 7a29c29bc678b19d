# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy in plain sentences, for ``policy show`` and for the window."""

from collections.abc import Sequence
from dataclasses import dataclass

from strongroom.core.findings import Action, Scope, Severity
from strongroom.core.translatable import translatable
from strongroom.policy.adjusting import changed_keys
from strongroom.policy.allow_list import AllowList
from strongroom.policy.categories import ALL, covers
from strongroom.policy.declarations import DETECTORS_BY_TYPE
from strongroom.policy.detector_options import LinkDetector, PatternDetector, TermsDetector
from strongroom.policy.loading import Policy
from strongroom.policy.patterns import analyze_pattern
from strongroom.policy.presets import preset_origins, read_preset
from strongroom.policy.schema import Adjust, Rule
from strongroom.words.translation import translate, translate_marked

_PLACES = {
    Scope.PROMPT: translatable("prompts"),
    Scope.ANSWER: translatable("answers"),
    Scope.REASONING: translatable("reasoning"),
    Scope.CODE: translatable("code in answers"),
    Scope.EXPORT: translatable("exports"),
}
_ACTIONS = {
    Action.ALLOW: translatable("reports the passage and leaves it as it is, without a record"),
    Action.LOG: translatable("records the passage and leaves it as it is"),
    Action.WARN: translatable("records the passage and points at it"),
    Action.MASK: translatable("puts [{label} masked] in its place"),
    Action.REPLACE: translatable("puts {replacement} in its place"),
    Action.BLOCK: translatable("ends the text before it"),
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
        openly = translate("PolicyExplanation", "Looks for {what} in {places}, from a confidence of {share:.0%} on.")
        disguised = translate(
            "PolicyExplanation",
            "Looks for {what} in {places}, from a confidence of {share:.0%} on, disguised ones too.",
        )
        found = (disguised if self.sees_through_disguise else openly).format(
            what=self.finds, places=self.looks_in, share=self.threshold
        )
        lines = [found, _sentence(self.does)]
        if self.leaves_alone:
            lines.append(translate("PolicyExplanation", "Leaves alone {what}.").format(what=self.leaves_alone))
        if not self.is_active:
            lines.append(translate("PolicyExplanation", "Is switched off, so it finds nothing."))
        if self.presets:
            one, several = (
                translate("PolicyExplanation", "Comes from the preset {names}."),
                translate("PolicyExplanation", "Comes from the presets {names}."),
            )
            lines.append((several if len(self.presets) > 1 else one).format(names=_listed(self.presets)))
        if self.adjusted_by:
            said = translate("PolicyExplanation", "Adjusted by {names}.")
            lines.append(said.format(names=_listed(self.adjusted_by)))
        return tuple(lines)


def explain_policy(policy: Policy) -> tuple[RuleExplanation, ...]:
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
        one, several = (
            translate("PolicyExplanation", "Combines the preset {titles}."),
            translate("PolicyExplanation", "Combines the presets {titles}; where they meet, the stricter one holds."),
        )
        lines.append((several if len(document.presets) > 1 else one).format(titles=titles))
        replaced = sorted(preset_origins(document.presets).keys() & {rule.id for rule in document.rules})
        if replaced:
            said = translate("PolicyExplanation", "Has its own {rules} in place of the presets'.")
            lines.append(said.format(rules=_listed(replaced)))
    lines += [_change(change, policy.rules) for change in document.adjust]
    return tuple(lines)


def _change(change: Adjust, rules: Sequence[Rule]) -> str:
    count = sum(covers(change.category, rule.category) for rule in rules)
    values = [_change_of(name, change) for name in changed_keys(change)]
    where = translate("PolicyExplanation", "all categories") if change.category == ALL else change.category
    one, several = (
        translate("PolicyExplanation", "Adjusts {where} (1 rule): {values}."),
        translate("PolicyExplanation", "Adjusts {where} ({count} rules): {values}."),
    )
    return (one if count == 1 else several).format(where=where, count=count, values=", ".join(values))


def _change_of(name: str, change: Adjust) -> str:
    if change.allow is not None and name == "allow":
        what = _leaves_alone(change.allow) or translate("PolicyExplanation", "nothing more")
        return translate("PolicyExplanation", "leaves alone {what}").format(what=what)
    if change.scope is not None and name == "scope":
        # Keys and values are those of the policy's text, as they are.
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
        return _terms(terms, are_whole_words=detector.whole_words)
    if isinstance(detector, PatternDetector):
        length = analyze_pattern(detector.pattern, ignore_case=detector.ignore_case).max_length
        said = translate("PolicyExplanation", "the pattern {pattern}, up to {length:,} characters")
        return said.format(pattern=detector.pattern, length=length)
    if isinstance(detector, LinkDetector):
        kinds = [translate_marked(declared.kinds[kind].finds) for kind in detector.kinds]
        found = _listed(kinds) if kinds else translate_marked(declared.finds)
        if detector.domains:
            found = translate("PolicyExplanation", "{links} to {domains}").format(
                links=found, domains=_some(detector.domains)
            )
        if detector.except_domains:
            found = translate("PolicyExplanation", "{links}, but not to {domains}").format(
                links=found, domains=_some(detector.except_domains)
            )
        return found
    return translate_marked(declared.finds)


def _terms(count: int, *, are_whole_words: bool) -> str:
    if are_whole_words:
        one, several = (
            translate("PolicyExplanation", "1 term, as whole words"),
            translate("PolicyExplanation", "{count:,} terms, as whole words"),
        )
    else:
        one, several = translate("PolicyExplanation", "1 term"), translate("PolicyExplanation", "{count:,} terms")
    return one if count == 1 else several.format(count=count)


def _looks_in(rule: Rule) -> str:
    if rule.scopes == frozenset(Scope):
        return translate("PolicyExplanation", "everything")
    return _listed([translate_marked(place) for scope, place in _PLACES.items() if scope in rule.scopes])


def _does(rule: Rule) -> str:
    what = translate_marked(_ACTIONS[rule.action]).format(label=rule.shown_label, replacement=repr(rule.replacement))
    if rule.dry_run and rule.action is not Action.ALLOW:
        return translate("PolicyExplanation", "would do this, but only records it: {what}").format(what=what)
    return what


def _leaves_alone(allow: AllowList) -> str:
    parts = [_some([repr(term) for term in allow.terms])] if allow.terms else []
    if allow.patterns:
        parts.append(translate("PolicyExplanation", "what {patterns} matches").format(patterns=_some(allow.patterns)))
    if allow.domains:
        parts.append(translate("PolicyExplanation", "what is at {domains}").format(domains=_some(allow.domains)))
    if allow.numbers:
        one, several = (
            translate("PolicyExplanation", "the number {numbers}"),
            translate("PolicyExplanation", "the numbers {numbers}"),
        )
        parts.append((several if len(allow.numbers) > 1 else one).format(numbers=_some(allow.numbers)))
    return _listed(parts)


def _some(entries: Sequence[str]) -> str:
    """Return the first of ``entries``, and how many more there are."""
    more = len(entries) - _SHOWN_ENTRIES
    if more <= 1:
        return _listed(entries, translate("PolicyExplanation", "{first} or {last}"))
    said = translate("PolicyExplanation", "{entries} or {count:,} more")
    return said.format(entries=", ".join(entries[:_SHOWN_ENTRIES]), count=more)


def _listed(entries: Sequence[str], joint: str = "") -> str:
    if len(entries) < 2:
        return "".join(entries)
    joint = joint or translate("PolicyExplanation", "{first} and {last}")
    return joint.format(first=", ".join(entries[:-1]), last=entries[-1])


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."

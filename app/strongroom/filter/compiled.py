# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy made ready: each rule with its scanners, in the policy's order, and what is looked at together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from strongroom.core.findings import Action, Direction, Disguise, PolicyIdentity, Scope
from strongroom.filter.allowing import Allowance
from strongroom.filter.detectors import BUILT_IN
from strongroom.filter.detectors.links import link_scanner
from strongroom.filter.detectors.term_list import TermScanner
from strongroom.filter.grouping import Group, grouped
from strongroom.filter.readings import DISGUISES, MOST_IN_DISGUISE, MOST_ORIGINALS, DisguisedReading, folded
from strongroom.filter.scanner import PatternScanner, Scanner
from strongroom.filter.window import LEAST_LEFT_CONTEXT
from strongroom.policy import BuiltInDetector, LinkDetector, PatternDetector, Policy, Rule, analyze_pattern

_SCOPES = {
    Direction.PROMPT: frozenset({Scope.PROMPT}),
    Direction.ANSWER: frozenset({Scope.ANSWER, Scope.REASONING, Scope.CODE}),
    Direction.EXPORT: frozenset({Scope.EXPORT}),
}
"""What a text of each direction can be made of."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One enabled rule and what finds its passages."""

    rule: Rule
    scanner: Scanner
    order: int
    """The rule's place in the policy, from 0."""
    allowance: Allowance = field(default_factory=Allowance)
    disguised: Mapping[Disguise, Scanner] = field(default_factory=dict)
    """What finds them in the readings of disguised text, for a rule that asks for it."""

    @property
    def effective_action(self) -> Action:
        """The action that is carried out: a dry run at most logs."""
        if self.rule.dry_run and self.rule.action is not Action.ALLOW:
            return Action.LOG
        return self.rule.action

    @property
    def is_visible(self) -> bool:
        """Whether a finding changes the visible text or is pointed at in it."""
        return self.effective_action.severity >= Action.WARN.severity

    @property
    def looks_at_folded_text(self) -> bool:
        """Whether the folded reading is for this rule: not for one that looks for what folding takes away."""
        detector = self.rule.detector
        return not (isinstance(detector, BuiltInDetector) and detector.type == "evasion")


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Rules that are asked together, each with its scanner for one reading."""

    group: Group
    members: tuple[tuple[CompiledRule, Scanner], ...]


@dataclass(frozen=True, slots=True)
class LanePlan:
    """The rules that look at one reading."""

    disguise: Disguise
    groups: tuple[GroupPlan, ...]
    left_context: int
    """Characters that a scanner may look back at."""


@dataclass(frozen=True)
class CompiledPolicy:
    """A policy that texts can be filtered with. Stateless: safe to use from several threads."""

    identity: PolicyIdentity
    rules: tuple[CompiledRule, ...]

    def for_direction(self, direction: Direction) -> tuple[CompiledRule, ...]:
        """Return the rules that look at texts of that direction."""
        return tuple(entry for entry in self.rules if entry.rule.scopes & _SCOPES[direction])

    def lanes(self, direction: Direction) -> tuple[LanePlan, ...]:
        """Return what looks at texts of that direction: the plain reading, the folded one, then disguises."""
        return self._lanes[direction]

    @cached_property
    def _lanes(self) -> dict[Direction, tuple[LanePlan, ...]]:
        # Directions mostly share their rules, and groups take a while to compile.
        by_rules: dict[tuple[int, ...], tuple[LanePlan, ...]] = {}
        lanes = {}
        for direction in Direction:
            rules = self.for_direction(direction)
            key = tuple(entry.order for entry in rules)
            if key not in by_rules:
                by_rules[key] = _lane_plans(rules)
            lanes[direction] = by_rules[key]
        return lanes

    def hold_limit(self, direction: Direction) -> int:
        """Return the most characters that a stream ever holds back.

        That is the longest match that could still come about, and before it the longest one that is already certain but
        still runs on into undecided text; each character of it may stand for several of the original.
        """
        rules = self.for_direction(direction)
        undecided = max((entry.scanner.max_length for entry in rules), default=0)
        running = max((entry.scanner.max_length for entry in rules if entry.is_visible), default=0)
        most = MOST_ORIGINALS * (MOST_IN_DISGUISE if any(entry.disguised for entry in rules) else 1)
        return (undecided + running + 1) * most if rules else 0


def compile_policy(policy: Policy) -> CompiledPolicy:
    """Return ``policy`` ready for use. Disabled rules are left out."""
    rules = []
    for order, rule in enumerate(policy.rules):
        terms = policy.term_lists.get(rule.id, ())
        scanner = _scanner(rule, terms) if rule.enabled else None
        if scanner is not None:
            disguised = _disguised_scanners(terms, scanner) if rule.evasion else {}
            rules.append(CompiledRule(rule, scanner, order, Allowance(rule.allow), disguised))
    compiled = CompiledPolicy(policy.identity, tuple(rules))
    compiled.lanes(Direction.ANSWER)  # now, not in the middle of an answer
    return compiled


def _scanner(rule: Rule, terms: tuple[str, ...]) -> Scanner | None:
    """Return what finds the rule's passages; None if nothing it finds could reach the rule's threshold."""
    detector = rule.detector
    if isinstance(detector, BuiltInDetector):
        return BUILT_IN[detector.type](rule.threshold)
    if isinstance(detector, LinkDetector):
        return link_scanner(detector, rule.threshold)
    if detector.confidence < rule.threshold:
        return None
    if isinstance(detector, PatternDetector):
        pattern = analyze_pattern(detector.pattern, ignore_case=detector.ignore_case)
        return PatternScanner(pattern, detector.confidence)
    if not terms:
        return None
    # A term is found as it was written and as it looks, in the text as it is and in the folded one alike.
    spellings = {*terms, *map(folded, terms)}
    return TermScanner(spellings, whole_words=detector.whole_words, confidence=detector.confidence)


def _disguised_scanners(terms: tuple[str, ...], scanner: Scanner) -> dict[Disguise, Scanner]:
    scanners: dict[Disguise, Scanner] = {}
    for disguise, reading in DISGUISES.items():
        if isinstance(scanner, TermScanner):
            if changed := _disguised_terms(terms, reading):
                scanners[disguise] = TermScanner(
                    changed,
                    whole_words=scanner.whole_words and reading.has_words,
                    confidence=scanner.confidence,
                )
        elif not reading.is_for_terms_only:
            scanners[disguise] = scanner
    return scanners


def _disguised_terms(terms: Iterable[str], reading: DisguisedReading) -> set[str]:
    plain = {folded(term) for term in terms}
    canonical = reading.canonical
    return {canonical(term) if canonical else term for term in plain if len(term) >= reading.shortest_term}


def _lane_plans(rules: tuple[CompiledRule, ...]) -> tuple[LanePlan, ...]:
    plain = [(entry, entry.scanner) for entry in rules]
    left_context = max((scanner.left_context for _, scanner in plain), default=LEAST_LEFT_CONTEXT)
    groups = _group_plans([member for member in plain if member[0].looks_at_folded_text])
    others = _group_plans([member for member in plain if not member[0].looks_at_folded_text])
    plans = [
        LanePlan(Disguise.NONE, groups + others, left_context),
        LanePlan(Disguise.FOLDED, groups, left_context),
    ]
    for disguise in DISGUISES:
        members = [(entry, entry.disguised[disguise]) for entry in rules if disguise in entry.disguised]
        if members:
            plans.append(LanePlan(disguise, _group_plans(members), left_context))
    return tuple(plans)


def _group_plans(members: list[tuple[CompiledRule, Scanner]]) -> tuple[GroupPlan, ...]:
    return tuple(
        GroupPlan(group, tuple(members[place] for place in places))
        for group, places in grouped([scanner for _, scanner in members])
    )

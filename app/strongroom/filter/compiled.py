# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A policy made ready: each rule with its scanner, in the policy's order."""

from dataclasses import dataclass

from strongroom.core.findings import Action, Direction, PolicyIdentity, Scope
from strongroom.filter.detectors import BUILT_IN
from strongroom.filter.detectors.term_list import TermScanner
from strongroom.filter.scanner import PatternScanner, Scanner
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


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A policy that texts can be filtered with. Stateless: safe to use from several threads."""

    identity: PolicyIdentity
    rules: tuple[CompiledRule, ...]

    def for_direction(self, direction: Direction) -> tuple[CompiledRule, ...]:
        """Return the rules that look at texts of that direction."""
        return tuple(entry for entry in self.rules if entry.rule.scopes & _SCOPES[direction])

    def hold_limit(self, direction: Direction) -> int:
        """Return the most characters that a stream ever holds back.

        That is the longest match that could still come about, and before it the longest one that is already certain but
        still runs on into undecided text.
        """
        rules = self.for_direction(direction)
        undecided = max((entry.scanner.max_length for entry in rules), default=0)
        running = max((entry.scanner.max_length for entry in rules if entry.is_visible), default=0)
        return undecided + running


def compile_policy(policy: Policy) -> CompiledPolicy:
    """Return ``policy`` ready for use. Disabled rules are left out."""
    rules = []
    for order, rule in enumerate(policy.rules):
        scanner = _scanner(rule, policy.term_lists.get(rule.id, ())) if rule.enabled else None
        if scanner is not None:
            rules.append(CompiledRule(rule, scanner, order))
    return CompiledPolicy(policy.identity, tuple(rules))


def _scanner(rule: Rule, terms: tuple[str, ...]) -> Scanner | None:
    """Return what finds the rule's passages; None if nothing it finds could reach the rule's threshold."""
    detector = rule.detector
    if isinstance(detector, BuiltInDetector):
        return BUILT_IN[detector.type](rule.threshold)
    if isinstance(detector, LinkDetector):
        raise NotImplementedError
    if detector.confidence < rule.threshold:
        return None
    if isinstance(detector, PatternDetector):
        pattern = analyze_pattern(detector.pattern, ignore_case=detector.ignore_case)
        return PatternScanner(pattern, detector.confidence)
    return TermScanner(terms, whole_words=detector.whole_words, confidence=detector.confidence) if terms else None

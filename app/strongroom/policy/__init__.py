# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is allowed: the format of ``policy.toml``, its checks, its explanation.

In: the text of a policy. Out: a frozen, checked policy with its identity, or every problem with line and column. It
also decides which regular expressions a stream can be filtered with, and writes their prefix closures. It never sees a
prompt or an answer, and never guesses what a wrong policy might have meant.
"""

from strongroom.policy.allow_list import AllowList
from strongroom.policy.detectors import BuiltInDetector, LinkDetector, PatternDetector, TermsDetector
from strongroom.policy.explanation import RuleExplanation, explain
from strongroom.policy.loading import BUILT_IN, Policy, PolicyError, PolicyProblem, default_policy, load_policy
from strongroom.policy.pattern_parser import PatternRefused, RefusalKind
from strongroom.policy.patterns import (
    LONGEST_MATCH,
    BoundedPattern,
    analyze_pattern,
    compile_expression,
)
from strongroom.policy.schema import (
    HubTable,
    ModelsTable,
    PolicyDocument,
    Rule,
    policy_schema,
)

__all__ = [
    "BUILT_IN",
    "LONGEST_MATCH",
    "AllowList",
    "BoundedPattern",
    "BuiltInDetector",
    "HubTable",
    "LinkDetector",
    "ModelsTable",
    "PatternDetector",
    "PatternRefused",
    "Policy",
    "PolicyDocument",
    "PolicyError",
    "PolicyProblem",
    "RefusalKind",
    "Rule",
    "RuleExplanation",
    "TermsDetector",
    "analyze_pattern",
    "compile_expression",
    "default_policy",
    "explain",
    "load_policy",
    "policy_schema",
]

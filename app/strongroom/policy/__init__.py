# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is allowed: the format of ``policy.toml``, its checks.

In: the text of a policy, or the places where its file may be. Out: a frozen, checked policy with its identity, or every
problem with line and column; the one in force, watched for changes. It also decides which regular expressions a stream
can be filtered with, and writes their prefix closures. It never sees a prompt or an answer, and never guesses what a
wrong policy might have meant.
"""

from strongroom.policy.allow_list import AllowList
from strongroom.policy.declarations import (
    CATEGORY_TITLES,
    DETECTORS,
    KIND_TITLES,
    DetectorDeclaration,
    Kind,
)
from strongroom.policy.detector_options import LinkDetector, PatternDetector, TermsDetector
from strongroom.policy.detectors import BuiltInDetector
from strongroom.policy.in_force import PolicyChange, PolicyInForce
from strongroom.policy.layers import BUILT_IN_LAYER, Layer, LayerKind, user_layers
from strongroom.policy.loading import BUILT_IN, Policy, default_policy, load_policy
from strongroom.policy.pattern_parser import PatternRefused, RefusalKind
from strongroom.policy.patterns import (
    LONGEST_MATCH,
    MEMORY_OF_A_GROUP,
    BoundedPattern,
    analyze_pattern,
    any_of,
    compile_expression,
    compile_set,
)
from strongroom.policy.presets import PresetPolicy, all_presets, preset_origins
from strongroom.policy.problems import PolicyError, PolicyProblem
from strongroom.policy.samples import Outcome, Sample, SampleRefused, judge, parse_sample
from strongroom.policy.schema import (
    Adjust,
    HubTable,
    IsolationTable,
    ModelsTable,
    PolicyDocument,
    Rule,
    policy_schema,
)
from strongroom.policy.snapshot import PolicySnapshot, ValueOrigin

__all__ = [
    "BUILT_IN",
    "BUILT_IN_LAYER",
    "CATEGORY_TITLES",
    "DETECTORS",
    "KIND_TITLES",
    "LONGEST_MATCH",
    "MEMORY_OF_A_GROUP",
    "Adjust",
    "AllowList",
    "BoundedPattern",
    "BuiltInDetector",
    "DetectorDeclaration",
    "HubTable",
    "IsolationTable",
    "Kind",
    "Layer",
    "LayerKind",
    "LinkDetector",
    "ModelsTable",
    "Outcome",
    "PatternDetector",
    "PatternRefused",
    "Policy",
    "PolicyChange",
    "PolicyDocument",
    "PolicyError",
    "PolicyInForce",
    "PolicyProblem",
    "PolicySnapshot",
    "PresetPolicy",
    "RefusalKind",
    "Rule",
    "Sample",
    "SampleRefused",
    "TermsDetector",
    "ValueOrigin",
    "all_presets",
    "analyze_pattern",
    "any_of",
    "compile_expression",
    "compile_set",
    "default_policy",
    "judge",
    "load_policy",
    "parse_sample",
    "policy_schema",
    "preset_origins",
    "user_layers",
]

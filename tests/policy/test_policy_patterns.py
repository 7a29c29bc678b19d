# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Administrators' patterns: what is refused and why, what the tree means, and the prefix closure."""

import functools
from itertools import product

import pytest
import re2
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from strongroom.core.statement import Statement
from strongroom.policy import LONGEST_MATCH, PatternRefused, RefusalKind, analyze_pattern, compile_expression
from strongroom.policy.pattern_parser import DEEPEST_NESTING, parse_pattern
from strongroom.policy.pattern_tree import Assertion, Character, Choice, Repeat, Sequence, expression
from strongroom.policy.patterns import LONGEST_PATTERN
from strongroom.words import say_statement


def refusal_of(pattern):
    with pytest.raises(PatternRefused) as refused:
        analyze_pattern(pattern)
    return refused.value


def said(refusal):
    """Return the reason as an administrator reads it."""
    return say_statement(Statement("policy.problem.pattern", reason=refusal.reason))


@pytest.mark.parametrize(
    ("pattern", "offset"), [("a(?=b)", 1), ("(?!b)a", 0), ("(?<=x)a", 0), ("ab(?<!x)", 2), ("((?i)(?=b))", 5)]
)
def test_look_around_is_refused_with_the_reason(pattern, offset):
    refusal = refusal_of(pattern)
    assert (refusal.kind, refusal.offset) == (RefusalKind.LOOK_AROUND, offset)
    assert "linear time" in said(refusal)


@pytest.mark.parametrize(
    ("pattern", "offset"),
    [(r"(a)\1", 3), (r"(?P<n>a)(?P=n)", 8), (r"(?<n>a)\k<n>", 7), (r"(a)(?(1)b|c)", 3), (r"\9", 0)],
)
def test_back_references_are_refused_with_the_reason(pattern, offset):
    refusal = refusal_of(pattern)
    assert (refusal.kind, refusal.offset) == (RefusalKind.BACK_REFERENCE, offset)
    assert "linear time" in said(refusal)


@pytest.mark.parametrize(
    ("pattern", "offset", "remedy"),
    [
        ("ab+", 2, "{1,40}"),
        ("a.*", 2, "{0,40}"),
        ("a{3,}", 1, "{3,43}"),
        ("a+?", 1, "{1,40}"),
        ("(?:ab)*c", 6, "{0,40}"),
        ("x(?:a|b{2,}){3}", 7, "{2,42}"),
    ],
)
def test_unbounded_repeats_are_refused_with_the_remedy(pattern, offset, remedy):
    refusal = refusal_of(pattern)
    assert (refusal.kind, refusal.offset) == (RefusalKind.UNBOUNDED, offset)
    assert remedy in said(refusal)


@pytest.mark.parametrize("pattern", ["", "a?", "a{0,3}", "(?:)", r"\b", "^$", "a|", "(?i)", "a{0}", "(?:a{0,2}b?)"])
def test_patterns_that_match_the_empty_text_are_refused(pattern):
    assert refusal_of(pattern).kind is RefusalKind.MATCHES_EMPTY


def test_a_match_longer_than_the_limit_is_refused_and_the_limit_itself_is_not():
    assert LONGEST_MATCH == 1024
    assert analyze_pattern("a{1000}b{24}").max_length == 1024
    refusal = refusal_of("a{1000}b{25}")
    assert refusal.kind is RefusalKind.TOO_LONG
    assert "1,025" in said(refusal)


def test_a_pattern_that_is_itself_too_long_is_refused():
    assert refusal_of("a" * (LONGEST_PATTERN + 1)).kind is RefusalKind.TOO_COMPLEX


def test_a_pattern_too_large_for_re2_is_refused():
    assert analyze_pattern(r"\pL{1,60}").max_length == 60
    assert refusal_of(r"\pL{1,200}").kind is RefusalKind.TOO_COMPLEX


def test_nested_repeats_beyond_re2_are_refused():
    assert refusal_of("(?:(?:a{0,20}b?){0,20}c?){0,20}x").kind in (RefusalKind.TOO_COMPLEX, RefusalKind.TOO_LONG)
    assert refusal_of("(?:(?:a{0}){500}){500}b").kind is RefusalKind.TOO_COMPLEX


def test_nesting_beyond_the_limit_is_refused():
    assert analyze_pattern("(" * DEEPEST_NESTING + "a" + ")" * DEEPEST_NESTING).max_length == 1
    assert refusal_of("(" * (DEEPEST_NESTING + 1) + "a" + ")" * (DEEPEST_NESTING + 1)).kind is RefusalKind.TOO_COMPLEX


@pytest.mark.parametrize(
    ("pattern", "offset"),
    [
        ("(a", 0),
        ("b(?:a", 1),
        ("a)", 1),
        ("[a", 0),
        ("x[^", 1),
        ("[]", 0),
        ("*a", 0),
        ("a|?", 2),
        ("{2}", 0),
        ("a{,5}", 1),
        ("a{x}", 1),
        ("a{2", 1),
        ("a{1,2}{3}", 6),
        ("a??*", 3),
        ("a{5,2}", 1),
        ("a{1001}", 1),
        ("a{1,1001}", 1),
        ("a\\", 1),
        ("\\xg1", 0),
        ("\\x1", 0),
        ("\\x{110000}", 0),
        ("\\x{41", 0),
        ("\\p{Greek", 0),
        ("(?P<n", 0),
        ("(?i", 0),
    ],
)
def test_malformed_patterns_are_refused_at_their_place(pattern, offset):
    refusal = refusal_of(pattern)
    assert (refusal.kind, refusal.offset) == (RefusalKind.SYNTAX, offset)


@pytest.mark.parametrize("pattern", ["[z-a]", "\\pX", "[[:foo:]]", "\\p{Klingon}", "[\\Q]a]", "\ud800"])
def test_what_re2_itself_refuses_is_refused(pattern):
    assert refusal_of(pattern).kind is RefusalKind.SYNTAX


@pytest.mark.parametrize(
    ("pattern", "offset"),
    [
        ("(?>a)", 0),
        ("a++", 0),
        ("a{2}+", 4),
        ("(?#c)a", 0),
        ("(?x)a", 2),
        ("(?U)a", 2),
        ("(?P>n)", 2),
        ("a\\Z", 1),
        ("\\Qa\\E", 0),
        ("\\C", 0),
        ("\\K", 0),
        ("\\R", 0),
        ("\\G", 0),
        ("\\07", 0),
        ("\\é", 0),
    ],
)
def test_what_is_not_supported_is_refused_at_its_place(pattern, offset):
    refusal = refusal_of(pattern)
    if pattern == "a++":
        assert refusal.kind is RefusalKind.UNBOUNDED
    else:
        assert (refusal.kind, refusal.offset) == (RefusalKind.UNSUPPORTED, offset)


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        ("abc", 3, 3),
        ("a|bcd", 1, 3),
        ("a{2,5}b?", 2, 6),
        ("(?:ab|c){3}", 3, 6),
        (r"\bfoo\b", 3, 3),
        ("^a(b{0,2}(c|de)){1,2}$", 2, 9),
        (r"\x41\x{1F600}\pL\p{Greek}[^]a-z][[:alpha:]]\.", 7, 7),
        ("(?i)a(?-i:b)(?s:.)", 3, 3),
        ("é", 1, 1),
    ],
)
def test_lengths(pattern, least, most):
    bounded = analyze_pattern(pattern)
    assert (bounded.min_length, bounded.max_length) == (least, most)


SYNTAX = [
    "abc", "a|b|cd", "(a)(?:b)(?P<x>c)(?<y>d)", "[a-c]x", "[]a]b", "[^]a]b", "[a\\]b]c", "[[:digit:]a]b",
    "[\\d\\x{41}-]b", "[[a]b", "a\\{b", "\\x61b", "(?i)aB(?-i)c", "a(?i)b|c", "(?i:a)b", "(?s).b", "a.b",
    "(?m)^b$", "^a", "a$", "\\Aa\\z", "\\bab\\b", "a\\Bb", "\\d\\D\\w", "\\pLa", "\\PLa", "\\p{Lu}b", "\\p{^Lu}b",
    "a{2}", "a{1,2}b", "a??b", "(?:ab){1,2}?c", "a\\.b", "\\-a", "\\n\\t", "[\\n]a", "a\\_", "é{1,2}", "[é-ü]",
    "(?i)É", "ab?c{0,2}", "(|a)b", "[\\p{Lu}b]", "\\$\\^", "[$^.]a", "}a]",
]  # fmt: skip
TEXTS = st.text(st.sampled_from("abcdABC1 ._-]{}$^\n\téÉü"), max_size=12)


@functools.cache
def rewritten(pattern):
    return analyze_pattern(pattern).expression


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SYNTAX), TEXTS)
def test_the_tree_means_what_re2_reads(pattern, text):
    """The pattern is rewritten from the tree; both forms must match the same passages."""
    ours = compile_expression(rewritten(pattern))
    plain = re2.compile(pattern.encode())
    data = text.encode()
    for start in range(len(data) + 1):
        first, second = ours.search(data, start), plain.search(data, start)
        assert (first and first.span()) == (second and second.span())


# Random trees, for the prefix closure.

CHARACTERS = st.sampled_from(["a", "b", "[ab]", "[^a]", "c"]).map(Character)
ASSERTIONS = st.sampled_from(["\\b", "\\B", "\\A", "\\z"]).map(Assertion)
TREES = st.recursive(
    CHARACTERS | ASSERTIONS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: Sequence(tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: Choice(tuple(options))),
        st.builds(
            lambda item, least, more, lazy: Repeat(item, least, least + more, lazy),
            inner,
            st.integers(0, 2),
            st.integers(0, 2),
            st.booleans(),
        ),
    ),
    max_leaves=7,
)
ALPHABET = "abc"
SHORT_TEXTS = {"".join(letters) for size in range(5) for letters in product(ALPHABET, repeat=size)}
MEMBERS = {"a": "a", "b": "b", "c": "c", "[ab]": "ab", "[^a]": "bc"}


def words(node):
    """Every text over the alphabet that the tree matches, assertions aside."""
    match node:
        case Character(text):
            return set(MEMBERS[text])
        case Assertion():
            return {""}
        case Sequence(items):
            result = {""}
            for item in items:
                result = limited({first + second for first in result for second in words(item)})
            return result
        case Choice(options):
            return limited(set().union(*map(words, options)))
        case Repeat(item, least, most):
            once, result, power = words(item), set(), {""}
            for count in range(most + 1):
                if count >= least:
                    result |= power
                power = limited({first + second for first in power for second in once})
            return limited(result)


def limited(texts):
    assume(len(texts) < 3000)
    return texts


@settings(max_examples=250, deadline=None)
@given(TREES)
def test_a_written_tree_has_its_lengths_and_the_closure_is_exactly_the_set_of_all_beginnings(tree):
    matches = words(tree)
    assume(matches and "" not in matches)
    bounded = analyze_pattern(expression(tree))
    assert bounded.min_length == min(map(len, matches))
    assert bounded.max_length == max(map(len, matches))
    assume(bounded.max_length < 12)
    closure = compile_expression(bounded.mirrored_prefixes)
    beginnings = {word[:length] for word in matches for length in range(len(word) + 1)}
    for text in SHORT_TEXTS | set(sorted(beginnings)[:200]):
        assert bool(closure.fullmatch(text[::-1])) == (text in beginnings), text


def test_flags_end_with_their_group():
    tree = parse_pattern("(?:(?i)a|b)c")
    assert expression(tree) == "(?:(?i:a)|(?i:b))c"

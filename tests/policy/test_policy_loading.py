# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""policy.toml: what is accepted, and how each mistake is refused, with its line and column."""

import hashlib
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Action, Scope, Severity
from strongroom.core.isolation import IsolationLevel
from strongroom.core.paths import resource_path
from strongroom.policy import (
    BUILT_IN,
    DETECTORS,
    AllowList,
    BuiltInDetector,
    HubTable,
    ModelsTable,
    PolicyDocument,
    PolicyError,
    Sample,
    default_policy,
    load_policy,
    parse_sample,
    policy_schema,
)
from strongroom.policy.detectors import BUILT_IN_DETECTORS
from strongroom.policy.schema import PRESETS
from strongroom.words import explain, say_statement

HEAD_VALUES = {"version": 1, "name": "n", "revision": "r", "rules": []}
HEAD = 'version = 1\nname = "n"\nrevision = "r"\n'
RULE = '[[rules]]\nid = "a"\ncategory = "pii.email"\naction = "mask"\ndetector = { type = "email" }\n'


def problems_of(text, source="policy.toml"):
    with pytest.raises(PolicyError) as refused:
        load_policy(text, source)
    assert refused.value.code == "policy.invalid"
    assert isinstance(refused.value, UserFacingError)
    return [
        (problem.line, problem.column, problem.key, say_statement(problem.found)) for problem in refused.value.problems
    ]


def only_problem_of(text, source="policy.toml"):
    problems = problems_of(text, source)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_small_policy_and_its_defaults():
    policy = load_policy(HEAD + RULE, "/etc/strongroom/policy.toml")
    (rule,) = policy.rules
    assert rule.detector == BuiltInDetector(type="email")
    assert (rule.scopes, rule.action, rule.threshold) == (frozenset(Scope), Action.MASK, 0.5)
    assert (rule.severity, rule.evasion, rule.allow) == (Severity.MEDIUM, False, AllowList())
    assert (rule.label, rule.shown_label, rule.message, rule.replacement) == ("", "e-mail", "", None)
    assert (rule.dry_run, rule.enabled) == (False, True)


def test_every_key_of_the_format():
    policy = load_policy(
        HEAD
        + 'description = "d"\n[[rules]]\nid = "r-1"\ncategory = "term.project"\nscope = ["answer", "code"]\n'
        + 'detector = { type = "terms", terms = ["Falcon"], whole_words = false, confidence = 0.75 }\n'
        + 'action = "replace"\n'
        + 'threshold = 1\nlabel = "name"\nmessage = "m"\nreplacement = "x"\ndry_run = true\nenabled = false\n'
        + '[[rules]]\nid = "r-2"\ncategory = "term.case"\naction = "warn"\n[rules.detector]\ntype = "pattern"\n'
        + "pattern = 'C-\\d{4}'\nignore_case = true\nconfidence = 0.9\n",
        "p.toml",
    )
    first, second = policy.rules
    assert (first.threshold, first.replacement, first.dry_run, first.enabled) == (1.0, "x", True, False)
    assert (first.detector.whole_words, first.detector.confidence) == (False, 0.75)
    assert (second.detector.pattern, second.detector.ignore_case) == (r"C-\d{4}", True)
    assert policy.term_lists == {"r-1": ("Falcon",)}


def test_the_identity_is_the_digest_of_the_text():
    text = HEAD + RULE
    identity = load_policy(text, "/p/policy.toml").identity
    assert identity.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    assert (identity.name, identity.version, identity.source) == ("n", "r", "/p/policy.toml")
    assert load_policy(text + "# more\n", "/p/policy.toml").identity.digest != identity.digest


def test_a_byte_order_mark_and_windows_line_ends_are_accepted():
    policy = load_policy("\ufeff" + (HEAD + RULE).replace("\n", "\r\n"), "p.toml")
    assert policy.rules[0].id == "a"


def test_a_policy_without_rules_must_say_so():
    assert load_policy(HEAD + "rules = []\n", "p.toml").rules == ()
    assert only_problem_of(HEAD) == (1, 1, "rules", "is missing; presets can stand for it")


def test_a_policy_cannot_be_changed():
    policy = load_policy(HEAD + RULE, "p.toml")
    with pytest.raises(ValueError, match="frozen"):
        policy.rules[0].enabled = False
    with pytest.raises(TypeError):
        policy.term_lists["a"] = ()


# Refusals. Line 4 is the first after HEAD; a rule begins with [[rules]] there.


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version = \n", (1, 11, "", "Invalid value")),
        ('version = 1\nname = "x\n', (2, 10, "", "Illegal character '\\n'")),
        ("version = 1\nversion = 1\n", (2, 1, "", "this key is already defined above")),
        ("[[rules]]\nid = 1\n  id = 2\n", (3, 3, "", "this key is already defined above")),
        ("rules = [1, 2", (1, 14, "", "Unclosed array")),
        ('name = "\\q"', (1, 11, "", "Unescaped '\\' in a string")),
    ],
)
def test_toml_syntax_errors_are_refused_with_line_and_column(text, problem):
    assert only_problem_of(text) == problem


@pytest.mark.parametrize(
    ("text", "line", "column", "key", "words"),
    [
        ("nmae = 1\n" + HEAD + RULE, 1, 1, "nmae", "unknown key"),
        (HEAD + RULE + "  actoin = 1\n", 9, 3, "rules[0].actoin", "unknown key"),
        (HEAD + RULE + "[rules.options]\n", 9, 1, "rules[0].options", "unknown key"),
        (HEAD + RULE + "[rule]\n", 9, 1, "rule", "unknown key"),
        (HEAD + RULE.replace('email" }', 'email", x = 1 }'), 8, 30, "rules[0].detector.x", "unknown key"),
    ],
)
def test_unknown_keys_are_refused_at_the_key(text, line, column, key, words):
    problem = only_problem_of(text)
    assert problem[:3] == (line, column, key)
    assert words in problem[3]


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("actoin", "did you mean action?"),
        ("treshold", "did you mean threshold?"),
        ("zzz", "known are id, category, scope"),
    ],
)
def test_an_unknown_key_comes_with_a_hint(wrong, hint):
    text = HEAD + RULE.replace('action = "mask"', "") + f"{wrong} = 1\n"
    assert any(hint in message for *_, message in problems_of(text))


@pytest.mark.parametrize(
    ("text", "line", "column", "key", "words"),
    [
        (HEAD.replace("1", "2") + RULE, 1, 11, "version", "must be 1"),
        (HEAD.replace("= 1", '= "1"') + RULE, 1, 11, "version", "must be 1"),
        (HEAD.replace("= 1", "= true") + RULE, 1, 11, "version", "must be 1"),
        (HEAD.replace('"n"', '""') + RULE, 2, 8, "name", "at least 1"),
        (HEAD.replace('"r"', "1") + RULE, 3, 12, "revision", "must be a valid string"),
        (HEAD + "rules = 1\n", 4, 9, "rules", "must be an array"),
        (HEAD + "rules = [1]\n", 4, 10, "rules[0]", "must be a valid dictionary"),
        (HEAD + RULE.replace('"a"', '"A b"'), 5, 6, "rules[0].id", "must be 1 to 64 of a-z"),
        (HEAD + RULE.replace("pii.email", "Pii"), 6, 12, "rules[0].category", "dotted name"),
        (HEAD + RULE.replace("mask", "hide"), 7, 10, "rules[0].action", "must be 'allow', 'log', 'warn'"),
        (HEAD + RULE.replace('"mask"', "1"), 7, 10, "rules[0].action", "must be 'allow', 'log', 'warn'"),
        (HEAD + RULE + 'scope = ["in"]\n', 9, 10, "rules[0].scope[0]", "must be 'prompt', 'answer', 'reasoning'"),
        (HEAD + RULE + 'scope = "prompt"\n', 9, 9, "rules[0].scope", "must be an array"),
        (HEAD + RULE + "scope = []\n", 9, 9, "rules[0].scope", "needs at least one scope"),
        (HEAD + RULE + 'direction = "both"\n', 9, 1, "rules[0].direction", "unknown key"),
        (HEAD + RULE + 'scope = ["code", "code"]\n', 9, 9, "rules[0].scope", "names one of them twice"),
        (HEAD + RULE + 'severity = "grave"\n', 9, 12, "rules[0].severity", "must be 'low', 'medium', 'high' or 'cr"),
        (HEAD + RULE + "evasion = 1\n", 9, 11, "rules[0].evasion", "must be a valid boolean"),
        (HEAD + RULE + "threshold = 1.5\n", 9, 13, "rules[0].threshold", "less than or equal to 1"),
        (HEAD + RULE + "threshold = -1\n", 9, 13, "rules[0].threshold", "greater than or equal to 0"),
        (HEAD + RULE + "threshold = nan\n", 9, 13, "rules[0].threshold", "finite"),
        (HEAD + RULE + 'threshold = "1"\n', 9, 13, "rules[0].threshold", "valid number"),
        (HEAD + RULE + 'dry_run = "no"\n', 9, 11, "rules[0].dry_run", "valid boolean"),
        (HEAD + RULE + "enabled = 1\n", 9, 11, "rules[0].enabled", "valid boolean"),
        (HEAD + RULE + 'label = "a]b"\n', 9, 9, "rules[0].label", "brackets"),
        (HEAD + RULE + 'label = "a\\nb"\n', 9, 9, "rules[0].label", "line breaks"),
        (HEAD + RULE + "message.text = 1\n", 9, 1, "rules[0].message", "must be a valid string"),
        (HEAD + RULE + "message = 1979-05-27\n", 9, 11, "rules[0].message", "valid string"),
        (HEAD + RULE.replace('"email"', '"mail"'), 8, 21, "rules[0].detector.type", "'mail' is no detector"),
        (HEAD + RULE.replace('type = "email"', ""), 8, 12, "rules[0].detector.type", "is missing"),
        (HEAD + RULE.replace('{ type = "email" }', '"email"'), 8, 12, "rules[0].detector", "valid dictionary"),
    ],
)
def test_wrong_values_are_refused_at_the_value(text, line, column, key, words):
    problem = only_problem_of(text)
    assert problem[:3] == (line, column, key)
    assert words in problem[3]


@pytest.mark.parametrize("key", ["id", "category", "action", "detector"])
def test_a_missing_key_is_refused_at_its_rule(key):
    lines = [line for line in RULE.splitlines() if not line.startswith(key)]
    assert only_problem_of(HEAD + "\n".join(lines)) == (4, 1, f"rules[0].{key}", "is missing")


def test_a_replacement_without_the_action_replace_is_refused():
    problem = only_problem_of(HEAD + RULE + 'replacement = "x"\n')
    assert problem[:3] == (4, 1, "rules[0]")
    assert "never uses" in problem[3]


def test_the_action_replace_without_a_replacement_is_refused():
    problem = only_problem_of(HEAD + RULE.replace("mask", "replace"))
    assert problem[:3] == (4, 1, "rules[0]")
    assert "needs a replacement" in problem[3]


def test_an_empty_replacement_is_refused():
    problem = only_problem_of(HEAD + RULE.replace("mask", "replace") + 'replacement = ""\n')
    assert problem[:3] == (9, 15, "rules[0].replacement")


def test_duplicate_rule_ids_are_refused_and_the_first_one_is_named():
    problem = only_problem_of(HEAD + RULE + RULE)
    assert problem == (10, 6, "rules[1].id", "the id 'a' already belongs to the rule in line 5")


@pytest.mark.parametrize(
    ("pattern", "column", "words"),
    [
        ("'ab+'", 45, "no upper bound"),
        ("'a(?=b)'", 44, "look-ahead"),
        ('"a(?=b)"', 42, "look-ahead"),
        (r"'(a)\1'", 46, "back-reference"),
        ("'a?'", 43, "empty text"),
        ("'a{1000}b{25}'", 43, "1,025 characters"),
        ("'[b-a]'", 43, "invalid character class range"),
        ("'(a'", 43, "no closing )"),
    ],
)
def test_a_pattern_is_refused_at_its_place_with_the_reason(pattern, column, words):
    text = HEAD + RULE.replace('type = "email"', f'type = "pattern", pattern = {pattern}')
    problem = only_problem_of(text)
    assert problem[:3] == (8, column, "rules[0].detector.pattern")
    assert words in problem[3]


def test_all_problems_are_reported_in_the_order_of_the_text():
    text = HEAD.replace("1", "7") + RULE.replace("mask", "hide") + "x = 1\n" + RULE.replace("pii.email", "Pii")
    problems = problems_of(text)
    assert [(line, column) for line, column, *_ in problems] == [(1, 11), (7, 10), (9, 1), (11, 6), (12, 12)]
    with pytest.raises(PolicyError) as refused:
        load_policy(text, "/p/policy.toml")
    assert explain(refused.value).message.splitlines()[1] == (
        "/p/policy.toml, line 7, column 10: rules[0].action: "
        "must be 'allow', 'log', 'warn', 'mask', 'replace' or 'block'"
    )


def test_a_long_list_of_problems_is_cut_in_the_message_but_not_in_the_error():
    text = HEAD + RULE + "".join(f"x{number} = 1\n" for number in range(30))
    with pytest.raises(PolicyError) as refused:
        load_policy(text, "p")
    assert len(refused.value.problems) == 30
    assert explain(refused.value).message.splitlines()[-1] == "and 10 more"


def test_half_of_a_surrogate_pair_is_refused():
    assert "surrogate" in only_problem_of(HEAD + 'description = "\ud800"\n')[3]


def test_a_number_beyond_pythons_limit_is_refused():
    assert only_problem_of("version = " + "9" * 5000)[0] == 1


def test_deep_nesting_is_refused():
    assert only_problem_of("a = " + "[" * 100_000)[3] == "values are nested too deeply"


@given(st.text(max_size=60))
def test_any_text_is_refused_with_a_place_or_accepted(text):
    try:
        load_policy(text, "p")
    except PolicyError as error:
        lines = text.replace("\r\n", "\n").split("\n")
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 2


# Lists of terms.


def terms_policy(options):
    return HEAD + RULE.replace('type = "email"', 'type = "terms"' + options)


@pytest.mark.parametrize(
    ("options", "key", "column", "words"),
    [
        ("", "rules[0].detector", 12, "needs terms, or a file"),
        (", terms = []", "rules[0].detector", 12, "needs terms, or a file"),
        (', terms = ["a", " b"]', "rules[0].detector.terms[1]", 44, "white space"),
        (', terms = [""]', "rules[0].detector.terms[0]", 39, "at least 1"),
        (', terms = ["a", 1]', "rules[0].detector.terms[1]", 44, "valid string"),
        (f', terms = ["{"x" * 257}"]', "rules[0].detector.terms[0]", 39, "at most 256"),
        (', terms = ["a"], sha256 = "' + "0" * 64 + '"', "rules[0].detector", 12, "no file"),
        (', file = "x", sha256 = "A"', "rules[0].detector.sha256", 51, "64 hexadecimal digits"),
    ],
)
def test_a_bad_list_of_terms_is_refused(options, key, column, words):
    problem = only_problem_of(terms_policy(options))
    assert problem[:3] == (8, column, key)
    assert words in problem[3]


def file_policy(name, content):
    return terms_policy(f', terms = ["One"], file = "{name}", sha256 = "{hashlib.sha256(content).hexdigest()}"')


def test_a_file_of_terms_is_read_from_beside_the_policy(tmp_path):
    content = "\ufeff# our projects\nFalcon\r\n\n  Blue Heron \nOne\n".encode()
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "terms.txt").write_bytes(content)
    policy = load_policy(file_policy("lists/terms.txt", content), str(tmp_path / "policy.toml"))
    assert policy.term_lists == {"a": ("One", "Falcon", "Blue Heron")}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.txt", "is not there"),
        ("../terms.txt", "below the policy's folder"),
        ("a/../../terms.txt", "below the policy's folder"),
        ("/etc/hostname", "below the policy's folder"),
        ("C:/terms.txt", "below the policy's folder"),
        (".", "is not there, or is no file"),
        ("x\\u0000y", "cannot be read"),
    ],
)
def test_a_file_of_terms_elsewhere_is_refused(tmp_path, name, words):
    problem = only_problem_of(file_policy(name, b""), str(tmp_path / "policy.toml"))
    assert problem[:3] == (8, 54, "rules[0].detector.file")
    assert words in problem[3]


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "outside.txt").write_text("x")
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "terms.txt").symlink_to(tmp_path / "outside.txt")
    problem = only_problem_of(file_policy("terms.txt", b"x"), str(tmp_path / "policies" / "policy.toml"))
    assert "leads out" in problem[3]


def test_a_changed_file_of_terms_is_refused_with_its_digest(tmp_path):
    (tmp_path / "terms.txt").write_bytes(b"Heron\n")
    problem = only_problem_of(file_policy("terms.txt", b"Falcon\n"), str(tmp_path / "policy.toml"))
    assert problem[2] == "rules[0].detector.sha256"
    assert hashlib.sha256(b"Heron\n").hexdigest() in problem[3]


def test_a_file_of_terms_without_its_digest_is_refused_with_the_line_to_add(tmp_path):
    (tmp_path / "terms.txt").write_bytes(b"Heron\n")
    problem = only_problem_of(terms_policy(', file = "terms.txt"'), str(tmp_path / "policy.toml"))
    assert problem[2] == "rules[0].detector.file"
    assert f'sha256 = "{hashlib.sha256(b"Heron" + bytes([10])).hexdigest()}"' in problem[3]


@pytest.mark.parametrize(
    ("content", "words"), [(b"a\n\xff\n", "is not UTF-8 (byte 2)"), (b"a\n" + b"x" * 257, "line 2")]
)
def test_a_bad_file_of_terms_is_refused(tmp_path, content, words):
    (tmp_path / "terms.txt").write_bytes(content)
    assert words in only_problem_of(file_policy("terms.txt", content), str(tmp_path / "policy.toml"))[3]


def test_a_policy_that_is_no_file_cannot_name_one():
    assert "only a policy that is a file" in only_problem_of(file_policy("terms.txt", b""), BUILT_IN)[3]


# Models and downloads.


def test_without_the_tables_files_are_mapped_and_downloads_allowed():
    policy = load_policy(HEAD + RULE, "p.toml")
    assert policy.models == ModelsTable(sealed_copy=False, most_loaded=0)
    assert policy.hub == HubTable(is_allowed=True, endpoint="")
    assert policy.isolation.minimum is IsolationLevel.NONE


def test_the_tables_say_how_models_are_handled_and_where_they_come_from():
    tables = '[models]\nsealed_copy = true\n[isolation]\nminimum = "full"\n[hub]\nis_allowed = false\nendpoint = "https://mirror.example.org/hf"\n'
    for text in (HEAD + RULE + tables, HEAD + tables + RULE):
        policy = load_policy(text, "p.toml")
        assert policy.models.sealed_copy is True
        assert policy.isolation.minimum is IsolationLevel.FULL
        assert (policy.hub.is_allowed, policy.hub.endpoint) == (False, "https://mirror.example.org/hf")


@pytest.mark.parametrize(
    ("table", "column", "key", "words"),
    [
        ("[models]\nsealed_cpoy = true\n", 1, "models.sealed_cpoy", "unknown key; did you mean sealed_copy?"),
        ("[models]\nsealed_copy = 1\n", 15, "models.sealed_copy", "must be a valid boolean"),
        ('[models]\nsealed_copy = "yes"\n', 15, "models.sealed_copy", "must be a valid boolean"),
        ("[models]\nmost_loaded = -1\n", 15, "models.most_loaded", "must be greater than or equal to 0"),
        ("[models]\nmost_loaded = 65\n", 15, "models.most_loaded", "must be less than or equal to 64"),
        ("[models]\nmost_loaded = true\n", 15, "models.most_loaded", "must be a valid integer"),
        ('[isolation]\nleast = "full"\n', 1, "isolation.least", "unknown key; known are minimum"),
        ('[isolation]\nminimum = "total"\n', 11, "isolation.minimum", "must be 'none', 'reduced' or 'full'"),
        ("[hub]\nallowed = true\n", 1, "hub.allowed", "unknown key; did you mean is_allowed?"),
        ("[hub]\nmirror = true\n", 1, "hub.mirror", "unknown key; known are is_allowed, endpoint"),
        ("[hub]\nendpoint = true\n", 12, "hub.endpoint", "must be a valid string"),
        ('[hub]\nendpoint = "http://example.org"\n', 12, "hub.endpoint", "must begin with https://"),
    ],
)
def test_a_mistake_in_a_table_is_refused_at_its_place(table, column, key, words):
    line, found, where, message = only_problem_of(HEAD + RULE + table)
    assert (line, found, where) == (10, column, key)
    assert message.startswith(words)


@pytest.mark.parametrize("name", ["models", "hub"])
def test_a_table_that_is_none_is_refused(name):
    assert only_problem_of(f"{name} = 3\n" + HEAD + RULE)[:3] == (1, len(name) + 4, name)


@pytest.mark.parametrize(
    "address",
    [
        "https://huggingface.co",
        "https://mirror.example.org:8443/hf/",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    ],
)
def test_an_endpoint_over_https_or_on_this_machine_is_accepted(address):
    assert load_policy(HEAD + RULE + f'[hub]\nendpoint = "{address}"\n', "p.toml").document.hub.endpoint == address


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "http://127.0.0.1.example.org",
        "http://localhost@example.org",
        "http://10.0.0.1",
        "https://user:secret@example.org",
        "https://example.org/?a=b",
        "https://example.org/#a",
        "https://",
        "https://example.org:port",
        "https://exa mple.org",
        "https://example.org\\\\@other.org",
        "https://ex\u00e4mple.org",
        "https://[::1",
        "ftp://example.org",
        "file:///etc/passwd",
        "example.org",
        " ",
    ],
)
def test_an_endpoint_that_is_not_safe_is_refused(address):
    assert only_problem_of(HEAD + RULE + f'[hub]\nendpoint = "{address}"\n')[2] == "hub.endpoint"


# Allow-lists.


def test_an_allow_list_names_passages_patterns_domains_and_numbers():
    (rule,) = load_policy(
        HEAD
        + RULE
        + "[rules.allow]\nterms = ['Help@example.org']\npatterns = ['no-reply@[a-z]{1,20}\\.org']\n"
        + "domains = ['example.com', 'localhost', 'm\u00fcnchen.example']\nnumbers = ['4111 1111 1111 1111']\n",
        "p.toml",
    ).rules
    assert rule.allow.terms == ("Help@example.org",)
    assert rule.allow.patterns == (r"no-reply@[a-z]{1,20}\.org",)
    assert rule.allow.domains == ("example.com", "localhost", "m\u00fcnchen.example")
    assert rule.allow.numbers == ("4111 1111 1111 1111",)


@pytest.mark.parametrize(
    ("entry", "key", "column", "words"),
    [
        ("term = []", "term", 1, "unknown key; did you mean terms?"),
        ("terms = ['a', ' b']", "terms[1]", 15, "white space"),
        ("patterns = ['a', 'ab*']", "patterns[1]", 21, "no upper bound"),
        ("domains = ['*.example.org']", "domains[0]", 12, "what is below it is included"),
        ("domains = ['a.org', 'https://example.org/']", "domains[1]", 21, "write the domain alone"),
        ("domains = ['me@example.org']", "domains[0]", 12, "write the domain alone"),
        ("domains = ['exa mple.org']", "domains[0]", 12, "is no domain like example.org"),
        ("domains = ['-example.org']", "domains[0]", 12, "is no domain like example.org"),
        ("numbers = ['4111x']", "numbers[0]", 12, "may hold digits, spaces"),
        ("numbers = ['--']", "numbers[0]", 12, "may hold digits, spaces"),
        ("numbers = [4111]", "numbers[0]", 12, "valid string"),
    ],
)
def test_a_bad_entry_of_an_allow_list_is_refused(entry, key, column, words):
    problem = only_problem_of(HEAD + RULE + f"[rules.allow]\n{entry}\n")
    assert problem[:3] == (10, column, f"rules[0].allow.{key}")
    assert words in problem[3]


def test_a_domain_of_a_link_detector_is_a_domain():
    text = HEAD + RULE.replace('"email" }', '"link", domains = ["https://example.org"] }')
    assert only_problem_of(text)[2] == "rules[0].detector.domains[0]"


# The policy that ships with the app, its schema, its explanation.


def test_the_built_in_policy_looks_everywhere_and_blocks_nothing():
    policy = default_policy()
    assert policy.identity.source == BUILT_IN
    expected = {declared.type for declared in DETECTORS if not declared.is_opt_in}
    assert {rule.detector.type for rule in policy.rules} == expected
    masked = {rule.detector.type for rule in policy.rules if rule.action is Action.MASK}
    assert {"payment_card", "iban", "national_id", "private_key", "provider_key", "email", "phone"} <= masked
    assert {rule.action for rule in policy.rules} == {Action.ALLOW, Action.LOG, Action.WARN, Action.MASK}
    # A finding is recorded by one rule at least, whichever way the text goes, but for ordinary links.
    for kind in {rule.detector.type for rule in policy.rules} - {"link", "dangerous_code"}:
        assert frozenset().union(*(r.scopes for r in policy.rules if r.detector.type == kind)) == frozenset(Scope)
    text = resource_path("policies/default.toml").read_text(encoding="utf-8")
    assert policy.source_text == text
    assert policy.identity.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_the_schema_describes_every_key_and_forbids_others():
    schema = policy_schema()
    json.dumps(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    for model in (schema, *schema["$defs"].values()):
        if model["type"] == "object":
            assert model["additionalProperties"] is False
            for name, row in model["properties"].items():
                assert row.get("description"), name
    assert schema["required"] == ["version", "name", "revision"]
    assert schema["anyOf"] == [{"required": ["rules"]}, {"required": ["presets"]}]
    rule = schema["$defs"]["Rule"]
    assert set(rule["required"]) == {"id", "category", "detector", "action"}
    assert schema["$defs"]["Action"]["enum"] == ["allow", "log", "warn", "mask", "replace", "block"]


def test_the_schema_names_the_same_keys_as_the_built_in_policy():
    document = tomllib.loads(default_policy().source_text)
    schema = policy_schema()
    assert document.keys() <= schema["properties"].keys()
    for rule in document["rules"]:
        assert rule.keys() <= schema["$defs"]["Rule"]["properties"].keys()


def test_the_documentation_has_a_valid_example_and_every_key():
    page = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in page.split("```toml\n")[1:]]
    policy = load_policy(examples[0], "example")
    assert [rule.id for rule in policy.document.rules] == ["projects", "case-numbers", "payment-card"]
    for example in examples[1:]:
        document = {**HEAD_VALUES, **tomllib.loads(example)}
        if allow := document.pop("allow", None):
            AllowList.model_validate(allow)
        PolicyDocument.model_validate(document)
    assert all(f"`{name}`" in page for name in (*BUILT_IN_DETECTORS, *PRESETS, *Scope, *Action, *Severity))
    for line in page.split("```json\n")[1].split("```")[0].splitlines():
        assert parse_sample(line).text
    assert all(f"| `{key}` |" in page for key in Sample.model_fields)
    schema = policy_schema()
    for model in (schema, *schema["$defs"].values()):
        for key in model.get("properties", {}):
            assert f"`{key}`" in page or f"`{key} = " in page, key

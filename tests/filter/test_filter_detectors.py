# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What each detector finds and what it lets pass, counted by hand."""

import pytest

from strongroom.core.findings import Direction
from strongroom.filter import filter_text


def found(compiled, text):
    result = filter_text(compiled, Direction.ANSWER, text)
    return [text[finding.start : finding.end] for finding in result.findings]


@pytest.fixture(scope="module")
def email(compile_rules):
    return compile_rules(("email", '{ type = "email" }', 'action = "mask"'))


@pytest.fixture(scope="module")
def card(compile_rules):
    return compile_rules(("card", '{ type = "payment_card" }', 'action = "mask"'))


@pytest.fixture(scope="module")
def iban(compile_rules):
    return compile_rules(("iban", '{ type = "iban" }', 'action = "mask"'))


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("Write to joe.bloggs@example.co.uk, please.", ["joe.bloggs@example.co.uk"]),
        ("<joe@x.org>", ["joe@x.org"]),
        ("'joe@x.org'", ["joe@x.org"]),
        ("**joe@x.org**", ["joe@x.org"]),
        ("_joe@x.org_", ["joe@x.org"]),
        ("(mailto:joe+news@x.org)", ["joe+news@x.org"]),
        ("O'Brien@x.ie.", ["O'Brien@x.ie"]),
        ("[joe@x.org](mailto:joe@x.org)", ["joe@x.org", "joe@x.org"]),
        ("a@b.org,c@d.org;e@f.org", ["a@b.org", "c@d.org", "e@f.org"]),
        ("joe@x.org-like", ["joe@x.org"]),
        ("jörg@müller.de", ["jörg@müller.de"]),
        ("иван@пример.рф", ["иван@пример.рф"]),
        ("x@xn--e1afmkfd.xn--p1ai!", ["x@xn--e1afmkfd.xn--p1ai"]),
        ("请联系joe@example.com谢谢", ["joe@example.com"]),
        ("https://user:secret@host.example/path", ["secret@host.example"]),
        ("a@b@c.org", ["b@c.org"]),
        ("x" * 70 + "@x.org", ["x" * 64 + "@x.org"]),
        ("joe@10.example.org", ["joe@10.example.org"]),
    ],
)
def test_email_addresses_are_found(email, text, passages):
    assert found(email, text) == passages


@pytest.mark.parametrize(
    "text",
    [
        "joe@localhost",
        "joe@x",
        "joe@x.y",
        "joe@x.123",
        "@property",
        "joe @ x.org",
        "...@x.org",
        "git clone git@github.com:a/b.git",
        "icon@2x.png and logo@3x.jpg",
        "pkg@1.2.3",
        "joe@x..org",
        "A @ B.transpose(1)",
    ],
)
def test_what_is_no_email_address_passes(email, text):
    assert found(email, text) == []


def test_only_the_account_called_git_is_let_through(email):
    assert found(email, "git@x.org legit@x.org my.git@x.org git@y.org") == ["legit@x.org", "my.git@x.org"]


# Test numbers that the card networks publish.
@pytest.mark.parametrize(
    "number",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4222222222222",
        "5555 5555 5555 4444",
        "2223 0031 2200 3222",
        "3782 822463 10005",
        "371449635398431",
        "3056 930902 5904",
        "6011 1111 1111 1117",
        "3530 1113 3330 0000",
        "6200000000000005",
        "6759649826438453",
        "2200 0000 0000 0004",
        "8171 9999 2766 0000",
        "630495060000",
        "213100000000001",
    ],
)
def test_card_numbers_are_found(card, number):
    assert found(card, f"It is {number}.") == [number]
    assert found(card, number) == [number]
    assert found(card, f"id,1,{number},12/29") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # check digit
        "4111 1111 1111 111",  # fifteen digits are no Visa number
        "1111 1111 1111 1117",  # no issuer begins with 1
        "41111111111111111",  # seventeen digits
        "94111111111111111",  # a digit before
        "4111111111111111" * 2,
        "0.4111111111111111",  # a fraction
        "+573001234562",  # a telephone number, whose check digit happens to be right
        "573001234567",  # twelve digits, check digit
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",  # small numbers
        "41 11 11 11 11 11 11 11",
        "4111  1111 1111 1111",
        "3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "2024-11-23 14:02:31.417",
        "978-3-16-148410-0",
    ],
)
def test_what_is_no_card_number_passes(card, text):
    assert found(card, text) == []


def test_a_card_number_ends_where_its_digits_are_valid(card):
    """Nineteen and sixteen digits could both be a Visa number; the check digit holds for the first sixteen only."""
    assert found(card, "4111 1111 1111 1111 202") == ["4111 1111 1111 1111"]
    assert found(card, "1234 4111 1111 1111 1111") == ["4111 1111 1111 1111"]
    assert found(card, "2024 4111 1111 1111 1111 2025") == ["4111 1111 1111 1111"]


def test_a_grouped_card_number_is_surer_than_a_plain_one(card, compile_rules):
    def confidences(compiled):
        text = "4111 1111 1111 1111, 4111111111111111"
        return [finding.confidence for finding in filter_text(compiled, Direction.ANSWER, text).findings]

    assert confidences(card) == [0.95, 0.85]
    short = filter_text(card, Direction.ANSWER, "630495060000").findings
    assert [finding.confidence for finding in short] == [0.65]
    strict = compile_rules(("card", '{ type = "payment_card" }', 'action = "mask"', "threshold = 0.9"))
    assert confidences(strict) == [0.95]


# Examples of the IBAN registry.
@pytest.mark.parametrize(
    "number",
    [
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "de89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "GB29-NWBK-6016-1331-9268-19",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "NL91ABNA0417164300",
        "CH93 0076 2011 6238 5295 7",
    ],
)
def test_ibans_are_found(iban, number):
    assert found(iban, f"IBAN: {number} (main)") == [number]
    assert found(iban, f"{number}.") == [number]
    assert found(iban, f"{number} AND MORE 12") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "DE88 3704 0044 0532 0130 00",  # check digits
        "DE89 3704 0044 0532 0130 0",  # too short
        "DE89 3704 0044 0532 0130 001",  # too long
        "ZZ89 3704 0044 0532 0130 00",  # no such country
        "XDE89370400440532013000",  # continues a word
        "DE89  3704 0044 0532 0130 00",
        "DE89.3704.0044.0532.0130.00",
        "commit de89370400440532013000ab",
    ],
)
def test_what_is_no_iban_passes(iban, text):
    assert found(iban, text) == []


def terms(compile_rules, words, options=""):
    listed = ", ".join(f'"{word}"' for word in words)
    return compile_rules(("terms", f'{{ type = "terms", terms = [{listed}]{options} }}', 'action = "mask"'))


def test_terms_are_found_in_any_case_as_whole_words(compile_rules):
    compiled = terms(compile_rules, ["Falcon", "C++", "#tag", "Blue Heron", "Σίσυφος", "Straße"])
    assert found(compiled, "FALCON falcon, falcons xfalcon falcon_1 (Falcon)") == ["FALCON", "falcon", "Falcon"]
    assert found(compiled, "c++ c++11 C+++ xC++") == ["c++", "c++", "C++"]
    assert found(compiled, "#tag x#TAG #tags") == ["#tag", "#TAG"]
    assert found(compiled, "blue heron, blue  heron") == ["blue heron"]
    assert found(compiled, "σίσυφοσ ΣΊΣΥΦΟΣ") == ["σίσυφοσ", "ΣΊΣΥΦΟΣ"]
    assert found(compiled, "STRAßE STRAẞE STRASSE") == ["STRAßE", "STRAẞE"]
    assert found(compiled, "Falcon\u0301") == ["Falcon"]


def test_the_longest_term_at_a_place_wins_and_the_earlier_place_before_it(compile_rules):
    compiled = terms(compile_rules, ["new", "new york", "york city", "new york times"])
    assert found(compiled, "new york city") == ["new york"]
    assert found(compiled, "new york times") == ["new york times"]
    assert found(compiled, "new york city, new") == ["new york", "new"]
    assert found(compiled, "york city") == ["york city"]


def test_terms_inside_words_where_the_list_asks_for_it(compile_rules):
    compiled = terms(compile_rules, ["密码", "cat"], ", whole_words = false")
    assert found(compiled, "我的密码是concatenate") == ["密码", "cat"]


def test_a_pattern_follows_its_case_option(compile_rules):
    plain = compile_rules(("p", "{ type = 'pattern', pattern = 'Case-[0-9]{2}' }", 'action = "log"'))
    loose = compile_rules(
        ("p", "{ type = 'pattern', pattern = 'Case-[0-9]{2}', ignore_case = true }", 'action = "log"')
    )
    assert found(plain, "Case-12 case-34") == ["Case-12"]
    assert found(loose, "Case-12 case-34") == ["Case-12", "case-34"]


def test_a_detector_below_the_threshold_finds_nothing(compile_rules):
    for detector in (
        '{ type = "terms", terms = ["x"], confidence = 0.4 }',
        "{ type = 'pattern', pattern = 'x', confidence = 0.4 }",
    ):
        assert found(compile_rules(("r", detector, 'action = "mask"')), "x") == []
        assert found(compile_rules(("r", detector, 'action = "mask"', "threshold = 0.4")), "x") == ["x"]
    for detector in ('{ type = "email" }', '{ type = "iban" }'):
        compiled = compile_rules(("r", detector, 'action = "mask"', "threshold = 1"))
        assert found(compiled, "joe@x.org DE89370400440532013000") == []


@pytest.mark.parametrize(
    "text",
    [
        "Here is a Python decorator: @app.route('/x'), version 1.2.3, at 10:30 on 2024-05-06.",
        "Rooms 30 to 49 and row 555-0100; the order is 4111 and the sum 1,234,567.89.",
        "def f(a): return a @ b  # 0x4111111111111111",
        "UUID 41111111-1111-4111-8111-111111111111 and hash d41d8cd98f00b204e9800998ecf8427e",
        "Use `git clone git@host.example:me/it.git` and open icon@2x.png.",
    ],
)
def test_ordinary_text_passes_the_built_in_policy_unchanged(built_in, text):
    for direction in Direction:
        result = filter_text(built_in, direction, text)
        assert (result.text, result.findings) == (text, ())

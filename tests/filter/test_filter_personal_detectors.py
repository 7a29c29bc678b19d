# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What each detector of personal data finds, and that it finds the same however the text is cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.findings import Direction, Evidence
from strongroom.filter import StreamFilter, filter_text
from support.personal_samples import SAMPLES, rows

ROWS = rows()


@pytest.fixture(scope="module")
def personal(compile_rules):
    """Return a function from a detector's name to a policy of it alone."""
    compiled = {}

    def one(name):
        if name not in compiled:
            compiled[name] = compile_rules((name, f'{{ type = "{name}" }}', 'action = "mask"'))
        return compiled[name]

    return one


def findings(compiled, text):
    return [
        (text[finding.start : finding.end], finding.category.split(".")[2:], finding.confidence)
        for finding in filter_text(compiled, Direction.ANSWER, text).findings
    ]


def found(compiled, text):
    return [passage for passage, _, _ in findings(compiled, text)]


@pytest.mark.parametrize(("detector", "before", "passage", "kind", "after"), ROWS)
def test_personal_data_is_found_with_its_kind(personal, detector, before, passage, kind, after):
    for text in (before + passage + after, f"So it was said.\n{before}{passage}{after}\nThe rest of the text."):
        assert [(p, "".join(k)) for p, k, _ in findings(personal(detector), text)] == [(passage, kind)]


@pytest.mark.parametrize(("detector", "before", "passage", "kind", "after"), ROWS)
def test_every_cut_in_two_finds_the_same(personal, detector, before, passage, kind, after):
    compiled = personal(detector)
    text = f"Well then: {before}{passage}{after} and so on."
    whole = filter_text(compiled, Direction.ANSWER, text)
    assert whole.findings
    for cut in range(1, len(text)):
        stream = StreamFilter(compiled, Direction.ANSWER)
        steps = [stream.feed(text[:cut]), stream.feed(text[cut:]), stream.finish()]
        assert "".join(step.text for step in steps) == whole.text
        assert tuple(finding for step in steps for finding in step.findings) == whole.findings


PIECES = [part for row in ROWS for part in row[1:] if part] + [" ", ", ", "-", ".", ":", "/", "(", "+", "1", "\n", "é"]


@pytest.fixture(scope="module")
def all_at_once(compile_rules):
    return compile_rules(*((name, f'{{ type = "{name}" }}', 'action = "warn"') for name in SAMPLES))


@settings(max_examples=120, deadline=None)
@given(parts=st.lists(st.sampled_from(PIECES), min_size=2, max_size=12), data=st.data())
def test_random_texts_of_samples_and_their_parts_are_the_same_in_random_pieces(all_at_once, parts, data):
    text = "".join(parts)
    whole = filter_text(all_at_once, Direction.ANSWER, text)
    stream = StreamFilter(all_at_once, Direction.ANSWER)
    got, at = [], 0
    while at < len(text):
        size = data.draw(st.integers(1, 9))
        got += stream.feed(text[at : at + size]).findings
        at += size
    got += stream.finish().findings
    assert tuple(got) == whole.findings


NOT = {
    "national_id": [
        "000-12-3456 666-12-3456 900-12-3456 219-00-9999 219-09-0000",  # never given out
        "219099999",  # nine digits without a word
        "order 219099999",
        "943 476 5919",  # needs its word
        "NHS number 943 476 5918",  # check digit
        "BG 12 13 16 A",
        "54362315A",
        "1-219-09-9999",
        "219-09-9999-1",
        "$219 09 9999",
        "driver's license 219-09-9999",  # another detector's
        "IMEI 490154203237518",
        "971313-1234567",
    ],
    "tax_id": ["12-3456789", "DE136695978", "order B64717838", "tax 2024", "AAAAA0000A"],
    "bank_account": ["111000025", "20-00-00", "DEUTDEFF500", "swift PROGRAMS", "account of 2024", "the 2008 crash"],
    "passport": ["C01X00T47", "passport 2024", "passport applications", "passport: see page 12"],
    "driver_license": [
        "D1234562",
        "driver's license in 2024",
        "driver's license 2024-05-06",
        "a driver license number",
    ],
    "medical_record": ["00123456", "patient 7", "NPI 1234567890", "Medicare in 2024", "MRN: unknown"],
    "crypto_address": [
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdr",
        "0x" + "0" * 40,
        "0x742d35Cc6634C0532925a3b844Bc454e4438f44e12",
        "1" * 34,
        "d41d8cd98f00b204e9800998ecf8427e",
    ],
    "ip_address": [
        "256.1.2.3",
        "1.2.3",
        "1.2.3.4.5",
        "v1.2.3.4 and version 1.2.3.4 and Firmware: 10.1.2.3 and pkg==1.2.3.4 and log4j-2.17.1.0",
        "1.2.3.4-beta",
        "\n1.2.3.4 Scope\n",
        "01.02.03.04",
        "std::vector a[::2] x[1::2] Foo::Bar dead::beef :: a::b",
        "12:30:45 and 00:11:22:33:44:55:66:77",
        "std::add::1",
    ],
    "mac_address": [
        "00:1A:2B:3C:4D",
        "00:1A:2B:3C:4D:5E:6F",
        "00:00:00:00:00:00",
        "00:1A-2B:3C-4D:5E",
        "1234.5678.9012",
    ],
    "birth_date": [
        "04/12/1985",
        "The meeting is on April 12, 1985.",
        "Einstein was born on March 14, 1879.",
        "born 04/12/1985-2",
        "newborn 04/12/1985",
    ],
    "street_address": [
        "In 2008 Wall Street fell",
        "the 2008 Wall Street crash",
        "Chapter 3 The Long Road",
        "I took 3 different roads",
        "Main Street",
        "Berlin and Musterstraße",
        "5 Streets",
        "Windows 11 Home Way",
    ],
    "phone": [
        "2024-11-23 14:02:31 and 23.11.2024 and 11/23/2024",
        "219-09-9999 and 12345-6789 and 978-3-16-148410-0",
        "192.168.100.200 and 1.2.3.4",
        "3.14159265 and 1,234,567.89 and 1 234 567 and 12 345 678,90",
        "1990-2000 and 2019–2024 and pages 1234-5678",
        "4111 1111 1111 1111 and 5555555555554444",
        "DE89 3704 0044 0532 0130 00 and NL91 ABNA 0417 1643 00",
        "order 212-5550143, ISBN 0-306-40615-2, total 2125550143",
        "41111111-1111-4111-8111-111111111111",
        "$212-555-0143 and x-212-555-0143",
        "1-800-799-7233 and 1-800-799-SAFE and call 0800 1111",
        "4155552671 and 0171234567",
        "call f(1, 2, 3) on 1024 x 768",
        "+1 23 and +100 and ++1 415",
        "390.533.447-05 and 756.9217.0769.85",
        "40.7128, -74.0060",
    ],
}


@pytest.mark.parametrize(("detector", "text"), [(name, text) for name, texts in NOT.items() for text in texts])
def test_what_is_none_passes(personal, detector, text):
    assert found(personal(detector), text) == []


def test_words_near_by_raise_the_confidence(personal):
    def confidences(name, *texts):
        return [sure for text in texts for _, _, sure in findings(personal(name), text)]

    assert confidences("phone", "212 555 0143", "Phone: 212 555 0143") == [0.65, 0.85]
    assert confidences("phone", "+1 212 736 5000", "tel +1 212 736 5000") == [0.9, 0.95]
    assert confidences("national_id", "54362315K", "DNI 54362315K") == [0.75, 0.95]
    assert confidences("street_address", "221B Baker Street", "My address is 221B Baker Street") == [0.75, 0.85]


def test_the_nearest_word_decides_between_numbers(personal):
    text = "Order 20412345, phone 20498765, passport 20411111, driver's license 20422222, account number 20433333."
    assert found(personal("phone"), text) == ["20498765"]
    assert found(personal("passport"), text) == ["20411111"]
    assert found(personal("driver_license"), text) == ["20422222"]
    assert found(personal("bank_account"), text) == ["20433333"]


def test_a_social_security_number_is_no_phone_number_whatever_is_said(personal):
    for text in ("His number: 005-77-7133.", "Call 005-77-7133"):
        assert found(personal("national_id"), text) == ["005-77-7133"]
        assert found(personal("phone"), text) == []


def test_evidence_tells_words_from_check_digits(personal):
    def evidence(name, text):
        return [finding.evidence for finding in filter_text(personal(name), Direction.ANSWER, text).findings]

    assert evidence("phone", "Phone: 212 555 0143") == [Evidence.CONTEXT]
    assert evidence("national_id", "390.533.447-05") == [Evidence.CHECK_DIGIT]
    assert evidence("national_id", "219-09-9999") == [Evidence.FORMAT]
    assert evidence("crypto_address", "0x742d35Cc6634C0532925a3b844Bc454e4438f44e") == [Evidence.PREFIX]


def test_toll_free_lines_are_below_the_default_threshold(personal, compile_rules):
    """Masking a helpline's number would keep it from somebody who needs it."""
    text = "Call the hotline at 1-800-799-7233 or 0800 1110 111."
    assert found(personal("phone"), text) == []
    low = compile_rules(("p", '{ type = "phone" }', 'action = "log"', "threshold = 0.4"))
    assert [kind for _, kind, _ in findings(low, text)] == [["toll_free"], ["toll_free"]]


def test_cards_of_twelve_digits_need_a_word_where_they_begin_with_zero(personal):
    assert found(personal("payment_card"), "My card 060426070011 is lost") == ["060426070011"]
    assert found(personal("payment_card"), "at 060426070011 it was") == []
    assert found(personal("payment_card"), "GB92CLWG36369016478833 and GB92 CLWG 3636 9016 4788 33") == []
    assert found(personal("payment_card"), "driver's license U62928788557186, F4111111111111111") == []


NEAR_MISSES = {
    "national_id": ["219-09-0000 ", "12345678A ", "756.9217.0769.86 "],
    "tax_id": ["DE136695978 ", "12-3456789 "],
    "bank_account": ["account number 1-2-3 ", "20-00-00 "],
    "passport": ["passport A1 ", "L898902C36UTO7408122F1204159ZE184226B<<<<<11 "],
    "driver_license": ["driver's license none "],
    "medical_record": ["MRN x12 "],
    "crypto_address": ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3 ", "1" * 60],
    "ip_address": ["1.2.3.4.", "a:b:c:", "256.256.256.256 "],
    "mac_address": ["00:1A:2B:3C:4D:5E:"],
    "birth_date": ["born 3/3/2 ", "March 12, 19 "],
    "street_address": ["12 North West South ", "Musterstraße "],
    "phone": ["0000 0000 ", "12 34 56 78 90 12 34 56 78 ", "+999 999 999 ", "(" * 8 + "1 ", "1-"],
}


@pytest.mark.parametrize("detector", sorted(NEAR_MISSES))
def test_a_long_text_of_near_misses_takes_linear_time(personal, detector):
    """One text after the other; whatever is quadratic would run into the time limit of the whole test run."""
    for miss in NEAR_MISSES[detector]:
        text = miss * (30_000 // len(miss))
        assert found(personal(detector), text) == []

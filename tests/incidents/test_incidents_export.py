# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Exports: nothing is lost, the proof travels along, and no spreadsheet runs a record."""

import csv
import hashlib
import io
import json
from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.incident import IncidentEntry, IncidentEvent, IncidentRecord
from strongroom.incidents import CSV_COLUMNS, IncidentLog, export
from strongroom.incidents.export import neutralized
from strongroom.incidents.header import chain_value, decode_header

texts = st.text(max_size=20) | st.text("=+-@\t\r\n'\",;", max_size=5)
records = st.builds(
    IncidentRecord,
    event=st.sampled_from(IncidentEvent),
    category=texts,
    rule_id=texts,
    policy_name=texts,
    confidence_percent=st.none() | st.integers(0, 100),
    text_length=st.none() | st.integers(0, 10**6),
    details=st.dictionaries(texts, texts | st.integers(-1000, 1000) | st.booleans(), max_size=3),
)


@pytest.fixture(scope="module")
def logged():
    def append(sequence: list[IncidentRecord]) -> list[IncidentEntry]:
        log = IncidentLog.open(None, None, None)
        try:
            return [log.append(record) for record in sequence]
        finally:
            log.close()

    return append


def exported(entries: list[IncidentEntry], form: str) -> str:
    stream = io.StringIO(newline="")
    assert export(entries, stream, form) == len(entries)
    return stream.getvalue()


@settings(max_examples=60, deadline=None)
@given(sequence=st.lists(records, max_size=5))
def test_json_lines_lose_nothing_and_carry_the_proof(logged, sequence):
    entries = logged(sequence)
    previous, found = "", []

    *lines, end = exported(entries, "jsonl").split("\n")
    assert end == ""
    for line in lines:
        content = json.loads(line)
        header = rfc8785.dumps(content["header"])
        assert header.decode() in line
        assert chain_value(previous, header) == content["chain"]
        previous = content["chain"]
        found.append(decode_header(header, previous))

    assert found == entries


@settings(max_examples=60, deadline=None)
@given(sequence=st.lists(records, max_size=5))
def test_csv_loses_nothing_and_no_cell_can_be_a_formula(logged, sequence):
    entries = logged(sequence)
    first, *lines = csv.reader(io.StringIO(exported(entries, "csv"), newline=""))

    assert first == list(CSV_COLUMNS)
    assert len(lines) == len(entries)
    for cells, entry in zip(lines, entries, strict=True):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)
        row = dict(zip(CSV_COLUMNS, (cell.removeprefix("'") for cell in cells), strict=True))
        assert (row["sequence"], row["chain"]) == (str(entry.sequence), entry.chain)
        assert (row["category"], row["rule_id"], row["policy_name"]) == (
            entry.record.category, entry.record.rule_id, entry.record.policy_name,
        )  # fmt: skip
        assert row["text_length"] == ("" if entry.record.text_length is None else str(entry.record.text_length))
        assert json.loads(row["details"]) == entry.record.details


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "'x", "'=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralized(cell):
    assert neutralized(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "1=1", "email", "a-b", "{}"])
def test_a_harmless_cell_stays_as_it_is(cell):
    assert neutralized(cell) == cell


def test_a_record_with_line_breaks_is_still_one_line_of_json(logged, record):
    text = exported(logged([replace(record, category="a\nb\u2028c\r")]), "jsonl")

    assert text.count("\n") == 1


def test_an_unknown_format_is_refused(logged, record):
    with pytest.raises(ValueError, match="xml"):
        export(logged([record]), io.StringIO(), "xml")


def test_the_proof_of_an_export_can_be_checked_by_the_words_of_the_documentation(logged, record):
    previous = b""
    for line in exported(logged([record, record, record]), "jsonl").splitlines():
        begin = line.index('"header":') + len('"header":')
        parts = (b"sha256", previous, line[begin:-1].encode())
        digest = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
        previous = f"sha256:{digest}".encode()
        assert json.loads(line)["chain"].encode() == previous


def test_no_records_make_an_empty_file_or_a_line_of_names():
    assert exported([], "jsonl") == ""
    assert exported([], "csv").startswith('"sequence"')

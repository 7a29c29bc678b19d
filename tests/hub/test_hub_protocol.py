# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Both directions of the protocol: what can be said can be read, and nothing else can."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.egress import Purpose
from strongroom.core.hub import FileKind, RemoteFile, RemoteModel, Repository, RepositorySummary, SortOrder
from strongroom.core.line_messages import ProtocolBreach, Refused, decode, require_version
from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault, read_detail, written_detail
from strongroom.hub.protocol import (
    APP_LINE_LIMIT,
    FROM_APP,
    FROM_HELPER,
    HELPER_LINE_LIMIT,
    PROTOCOL_NAME,
    PROTOCOL_VERSION,
    Configure,
    Failed,
    Fetch,
    Fetched,
    FetchStep,
    Found,
    HeaderPart,
    HeaderRead,
    Hello,
    Open,
    Opened,
    ReadHeader,
    Recorded,
    RequestBegun,
    RequestMade,
    Search,
    Stop,
    Stopped,
    encode,
)
from strongroom.hub.remote_values import check_path, check_repository, check_revision
from strongroom.words import explain

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
hex_digits = st.text("0123456789abcdef", min_size=64, max_size=64)
commits = st.text("0123456789abcdef", min_size=40, max_size=40)
requests = st.integers(1, 2**31 - 1)
sizes = st.integers(0, 2**50)
counts = st.integers(0, 2**40)
steps = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._ -]{0,12}", fullmatch=True)
hosts = st.from_regex(r"[!-~]{1,40}", fullmatch=True)
names = st.from_regex(r"[A-Za-z0-9]{1,9}/[A-Za-z0-9]{1,9}", fullmatch=True)
paths = st.lists(steps, min_size=1, max_size=4).map("/".join)
files = st.builds(RemoteFile, paths, sizes, st.one_of(st.just(""), hex_digits))
models = st.builds(
    RemoteModel, st.sampled_from(FileKind), texts, texts, st.lists(files, min_size=1, max_size=3).map(tuple)
)
summaries = st.builds(RepositorySummary, names, texts, texts, st.floats(0, 1e9), counts, counts, texts, st.booleans())
repositories = st.builds(
    Repository,
    names,
    commits,
    texts,
    texts,
    st.lists(texts, max_size=3).map(tuple),
    st.booleans(),
    counts,
    counts,
    texts,
    sizes,
    texts,
    st.lists(models, max_size=3).map(tuple),
)
APP_MESSAGES = [
    st.builds(Hello),
    st.builds(Configure, texts, *[st.floats(0.01, 3_600)] * 4),
    st.builds(
        Search, requests, texts, texts, texts, st.floats(0, 1e9), st.sampled_from(SortOrder), st.integers(1, 100), texts
    ),
    st.builds(Open, requests, names, st.one_of(commits, st.just("")), texts),
    st.builds(ReadHeader, requests, names, commits, paths, sizes, texts),
    st.builds(Fetch, requests, names, commits, paths, sizes, hex_digits, texts, texts, texts, texts, texts),
    st.builds(Stop, requests),
    st.builds(Recorded, requests),
]
HELPER_MESSAGES = [
    st.builds(Hello),
    st.builds(
        RequestBegun, requests, requests, st.sampled_from(["GET", "HEAD"]), hosts, hosts, st.sampled_from(Purpose)
    ),
    st.builds(RequestMade, requests, requests, st.integers(0, 999), sizes),
    st.builds(Found, requests, st.lists(summaries, max_size=4).map(tuple)),
    st.builds(Opened, requests, repositories),
    st.builds(HeaderPart, requests, st.just("R0dVRg==")),
    st.builds(HeaderRead, requests, st.integers(1, 2**25)),
    st.builds(FetchStep, requests, sizes, st.booleans()),
    st.builds(Fetched, requests, hex_digits, texts),
    st.builds(Stopped, requests),
    st.builds(Failed, requests, st.sampled_from(FaultKind), texts),
]


@settings(deadline=None)
@given(st.one_of(APP_MESSAGES))
def test_what_the_app_says_is_what_the_helper_reads(message):
    assert decode(encode(message), FROM_APP, APP_LINE_LIMIT) == message


@settings(deadline=None)
@given(st.one_of(HELPER_MESSAGES))
def test_what_the_helper_says_is_what_the_app_reads(message):
    assert decode(encode(message), FROM_HELPER, HELPER_LINE_LIMIT) == message


@settings(deadline=None)
@given(st.one_of(HELPER_MESSAGES), st.data())
def test_a_message_with_a_field_missing_added_or_of_another_kind_is_refused(message, data):
    values = json.loads(encode(message))
    field = data.draw(st.sampled_from(sorted(values)))
    wrong = data.draw(st.sampled_from(["missing", "added", {"nested": 1}, [[1]], -1, None]))
    if wrong == "missing":
        del values[field]
    elif wrong == "added":
        values["surprise"] = 1
    else:
        values[field] = wrong
    with pytest.raises(ProtocolBreach):
        decode(json.dumps(values).encode() + b"\n", FROM_HELPER, HELPER_LINE_LIMIT)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_breach(untrusted_line):
    for accepted, limit in ((FROM_APP, APP_LINE_LIMIT), (FROM_HELPER, HELPER_LINE_LIMIT)):
        with pytest.raises(ProtocolBreach):
            decode(b"{" + untrusted_line, accepted, limit)


@settings(deadline=None)
@given(models, st.sampled_from(["size", "path", "sha256"]))
def test_a_file_out_of_bounds_deep_in_a_repository_is_refused(model, field):
    wrong = {"size": -1, "path": "../x.gguf", "sha256": "A" * 64}[field]
    repository = Repository("a/b", "c" * 40, "a", "", (), False, 0, 0, "", 0, "", (model,))
    values = json.loads(encode(Opened(1, repository)))
    values["repository"]["models"][0]["files"][0][field] = wrong
    with pytest.raises(ProtocolBreach):
        decode(json.dumps(values).encode() + b"\n", FROM_HELPER, HELPER_LINE_LIMIT)


def test_a_value_out_of_bounds_cannot_be_said_either():
    with pytest.raises(ProtocolBreach):
        encode(Open(1, "../etc", ""))
    with pytest.raises(ProtocolBreach):
        encode(Search(1, "x" * 301, "", "", 0.0, SortOrder.LIKES, 1))


def test_the_token_is_not_in_what_a_message_looks_like():
    assert "hf_secret" not in repr(Open(1, "a/b", "", token="hf_secret"))


@pytest.mark.parametrize("hello", [Hello(version=PROTOCOL_VERSION + 1), Hello(protocol="strongroom-engine")])
def test_another_version_or_protocol_is_refused(hello):
    with pytest.raises(ProtocolBreach):
        require_version(hello)
    require_version(Hello(PROTOCOL_NAME))


@pytest.mark.parametrize(
    "path",
    ["", "/x", "x/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a\\b", "c:x", "a\nb", "a\0b", "a?b", "x" * 1_025],
)  # fmt: skip
def test_a_path_that_is_no_plain_one_is_refused(path):
    with pytest.raises(Refused):
        check_path(path)


@pytest.mark.parametrize("path", ["x.gguf", "Q4_K_M/x-00001-of-00002.gguf", "...", "a b/ü.gguf", ".hidden", "a..b"])
def test_a_plain_path_is_accepted(path):
    assert check_path(path) == path


def test_names_and_revisions():
    for name in ("gpt2", "a/b", "TheBloke/Llama-2-7B.Q4_0-GGUF"):
        assert check_repository(name) == name
    for revision in ("", "main", "refs/pr/3", "v1.0", "c" * 40):
        assert check_revision(revision) == revision
    for revision in ("..", "a..b", "/main", "a//b", "-x", "a b", "x\ny", "x?y", "x#y"):
        with pytest.raises(Refused):
            check_revision(revision)


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_its_words(kind):
    fault = HubFault(kind, "the detail")
    assert fault.code == f"hub.{kind}"
    assert "(the detail)" in explain(fault).message
    assert explain(fault).title
    assert explain(fault).next_step.endswith(".")


def test_a_detail_goes_through_the_pipe_as_a_statement():
    detail = Statement("hub.detail.answered", origin="https://hub.example", status=503)
    assert read_detail(written_detail(detail)) == detail
    assert explain(HubFault(FaultKind.SERVER, detail)).message.endswith("(https://hub.example answered 503).")


def test_a_detail_that_is_a_text_stays_one_and_is_made_printable():
    assert read_detail(written_detail("No such file")) == "No such file"
    assert read_detail("a\x1b[31mb") == "a?[31mb"


@pytest.mark.parametrize(
    "text", ['{"code": "policy.invalid", "facts": {}}', '{"code": "hub.detail.closing"}', "[1]", "{"]
)
def test_refused_as_a_statement_whatever_is_no_detail_of_a_hub(text):
    assert read_detail(text) == text


def test_a_detail_too_long_for_the_pipe_is_left_out():
    assert written_detail(Statement("hub.detail.not_started", reason="x" * 500)) == ""
    assert len(written_detail("x" * 500)) == 400

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Search, a repository and a file's header, through the real helper and the real client, from a hub on this machine."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pytest
from gguf import GGUFWriter

from strongroom.core.egress import Purpose
from strongroom.core.errors import Cancelled
from strongroom.core.hub import FileKind, RepositorySummary, SearchQuery, SortOrder
from strongroom.hub import FaultKind, HubFault, Patience
from strongroom.hub.protocol import MOST_REQUESTS
from strongroom.words import explain
from support.loopback_hub import HubRepository, LoopbackHub, Misbehavior, blob_path, file_path, sha256_of

NEVER = threading.Event()
OTHER_COMMIT = "d" * 40


def gguf_bytes(path: Path, *, tokens: int = 500, tensor_bytes: int = 200_000) -> bytes:
    """Return a real GGUF file, which ends with the bytes of its only tensor."""
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(2048)
    writer.add_token_list([f"token number {number}" for number in range(tokens)])
    writer.add_tensor("token_embd.weight", numpy.full(tensor_bytes // 4, 7.0, dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


@pytest.fixture
def repository(loopback_hub, tmp_path) -> HubRepository:
    content = gguf_bytes(tmp_path / "made.gguf")
    files = {
        "tiny-Q4_K_M.gguf": content,
        "tiny-Q8_0-00001-of-00002.gguf": b"first",
        "tiny-Q8_0-00002-of-00002.gguf": b"second",
        "mmproj-tiny-F16.gguf": b"eyes",
        "tiny-lora-F16.gguf": b"change",
        "config.json": b"{}",
        "README.md": b"---\nlicense: mit\n---\n# Tiny\n\n![x](https://example.com/x.png)Small.",
    }
    return loopback_hub.add(
        HubRepository("acme/tiny-1B-GGUF", files, base_models=("acme/tiny",), parameters=1_100_000_000, likes=7)
    )


def failure(ask) -> HubFault:
    with pytest.raises(HubFault) as caught:
        ask()
    return caught.value


def found_names(hub, **query) -> list[str]:
    return [summary.repository for summary in hub.search(SearchQuery(**query), cancel=NEVER)]


def test_search_finds_what_the_query_asks_for(loopback_hub, hub):
    loopback_hub.add(HubRepository("acme/alpha-7B-GGUF", {}, downloads=3, likes=9, license="mit"))
    loopback_hub.add(HubRepository("acme/beta-GGUF", {}, downloads=5, likes=1, parameters=900_000_000))
    loopback_hub.add(HubRepository("other/alpha-GGUF", {}, downloads=4, updated_at="2026-11-01T00:00:00.000Z"))
    assert found_names(hub) == ["acme/beta-GGUF", "other/alpha-GGUF", "acme/alpha-7B-GGUF"]
    assert found_names(hub, sort=SortOrder.LIKES)[0] == "acme/alpha-7B-GGUF"
    assert found_names(hub, sort=SortOrder.UPDATED)[0] == "other/alpha-GGUF"
    assert found_names(hub, text="alpha") == ["other/alpha-GGUF", "acme/alpha-7B-GGUF"]
    assert found_names(hub, text="alpha", author="acme") == ["acme/alpha-7B-GGUF"]
    assert found_names(hub, license="mit") == ["acme/alpha-7B-GGUF"]
    assert found_names(hub, limit=1) == ["acme/beta-GGUF"]
    assert "acme/alpha-7B-GGUF" not in found_names(hub, most_parameters=2.0)


def test_a_search_result_says_what_the_hub_says(loopback_hub, repository, hub):
    repository.gated = "manual"
    (summary,) = hub.search(SearchQuery("tiny"), cancel=NEVER)
    assert summary == RepositorySummary(
        "acme/tiny-1B-GGUF", "acme", "apache-2.0", 1.1, 10, 7, "2026-10-01T12:00:00.000Z", is_gated=True
    )


def test_a_repository_is_pinned_to_the_commit_that_the_branch_names_now(loopback_hub, repository, hub):
    opened = hub.repository("acme/tiny-1B-GGUF", cancel=NEVER)
    assert opened.commit == repository.commit
    assert (opened.license, opened.base_models, opened.parameters) == ("apache-2.0", ("acme/tiny",), 1_100_000_000)
    assert opened.card == "# Tiny\n\nSmall."
    asked = [request.path for request in loopback_hub.log]
    assert all(repository.commit in path for path in asked[1:]), asked


def test_the_files_of_a_repository_become_rows(loopback_hub, repository, hub):
    models = hub.repository("acme/tiny-1B-GGUF", cancel=NEVER).models
    rows = {(model.kind, model.name, model.quantization): [file.path for file in model.files] for model in models}
    assert rows == {
        (FileKind.MODEL, "tiny-Q8_0", "Q8_0"): ["tiny-Q8_0-00001-of-00002.gguf", "tiny-Q8_0-00002-of-00002.gguf"],
        (FileKind.MODEL, "tiny-Q4_K_M", "Q4_K_M"): ["tiny-Q4_K_M.gguf"],
        (FileKind.PROJECTOR, "mmproj-tiny-F16", "F16"): ["mmproj-tiny-F16.gguf"],
        (FileKind.ADAPTER, "tiny-lora-F16", "F16"): ["tiny-lora-F16.gguf"],
    }
    for model in models:
        assert [file.sha256 for file in model.files] == [sha256_of(repository.files[file.path]) for file in model.files]
        assert [file.size for file in model.files] == [len(repository.files[file.path]) for file in model.files]


def test_a_file_outside_lfs_has_no_digest(loopback_hub, repository, hub):
    repository.digests["tiny-Q4_K_M.gguf"] = ""
    opened = hub.repository(repository.name, cancel=NEVER)
    assert [model.name for model in opened.models if not model.has_digests] == ["tiny-Q4_K_M"]


def test_a_list_of_files_may_have_several_pages(open_hub):
    with LoopbackHub(page_size=2) as paged:
        files = {f"model-{number}.gguf": b"%d" % number for number in range(5)}
        repository = paged.add(HubRepository("acme/many", files))
        assert len(open_hub(paged.endpoint).repository(repository.name, cancel=NEVER).models) == 5


def test_a_file_whose_path_would_climb_is_not_listed(loopback_hub, hub):
    files = {"../evil.gguf": b"1", "good.gguf": b"2", "a/../../evil.gguf": b"3", "C:evil.gguf": b"4"}
    loopback_hub.add(HubRepository("acme/climber", files))
    opened = hub.repository("acme/climber", cancel=NEVER)
    assert [model.name for model in opened.models] == ["good"]


def test_a_repository_larger_than_the_app_takes_is_refused_and_the_helper_lives_on(loopback_hub, hub):
    folder = "/".join(letter * 240 for letter in "abcd")
    parts = {f"{folder}/{model}-{part:05}-of-00900.gguf": b"" for model in range(10) for part in range(1, 901)}
    loopback_hub.add(HubRepository("acme/many-parts", parts))
    loopback_hub.add(HubRepository("acme/many-models", {f"{number}.gguf": b"" for number in range(2_001)}))
    for name, detail in (
        ("acme/many-parts", "more than the app takes"),
        ("acme/many-models", "more than 2,000 models"),
    ):
        fault = failure(lambda name=name: hub.repository(name, cancel=NEVER))
        assert fault.kind is FaultKind.BAD_ANSWER
        assert detail in explain(fault).message
    assert len(found_names(hub)) == 2


def test_a_revision_may_be_named(loopback_hub, repository, hub):
    assert hub.repository(repository.name, revision=repository.commit, cancel=NEVER).commit == repository.commit
    assert failure(lambda: hub.repository(repository.name, revision="v2", cancel=NEVER)).kind is FaultKind.NOT_FOUND


def test_the_header_of_a_real_file_is_all_of_it_and_no_more(loopback_hub, repository, hub, tmp_path):
    content = gguf_bytes(tmp_path / "large.gguf", tokens=20_000, tensor_bytes=4_000_000)
    repository.files["tiny-Q4_K_M.gguf"] = content
    opened = hub.repository(repository.name, cancel=NEVER)
    model = next(model for model in opened.models if model.quantization == "Q4_K_M")
    received = hub.header(opened, model, cancel=NEVER)
    assert received == content[: len(received)]
    # The writer pads the header up to where the tensors begin; that is not a part of it.
    assert 0 <= len(content) - 4_000_000 - len(received) < 32
    asked = [request.header("range") for request in loopback_hub.log if request.server == "cdn"]
    assert asked == [f"bytes=0-{len(content) - 1}"]


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"<html>not a model</html>" * 10, "not a GGUF file"),
        (b"GGUF\x03\x00\x00\x00" + b"\xff" * 64, "longer than 32 MiB"),
        (b"GGUF\x63\x00\x00\x00" + b"\x00" * 64, "version"),
        (b"GGUF\x03\x00\x00\x00" + b"\x00" * 8 + b"\x09" + b"\x00" * 7 + b"\x01" + b"\x00" * 7, "ends within"),
    ],
)
def test_a_header_that_is_none_is_refused(loopback_hub, hub, content, detail):
    repository = loopback_hub.add(HubRepository("acme/odd", {"odd.gguf": content}))
    opened = hub.repository(repository.name, cancel=NEVER)
    fault = failure(lambda: hub.header(opened, opened.models[0], cancel=NEVER))
    assert fault.kind is FaultKind.BAD_ANSWER
    assert detail in explain(fault).message


@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        (400, FaultKind.BAD_ANSWER, 1),
        (401, FaultKind.UNAUTHORIZED, 1),
        (403, FaultKind.FORBIDDEN, 1),
        (404, FaultKind.NOT_FOUND, 1),
        (416, FaultKind.BAD_ANSWER, 1),
        (429, FaultKind.RATE_LIMITED, 3),
        (500, FaultKind.SERVER, 3),
        (503, FaultKind.SERVER, 3),
    ],
)
def test_a_failing_status_has_its_sentence(loopback_hub, repository, hub, status, kind, attempts):
    before = hub.requests
    loopback_hub.misbehave("/api/", Misbehavior(status=status))
    fault = failure(lambda: hub.repository(repository.name, cancel=NEVER))
    assert (fault.kind, fault.code) == (kind, f"hub.{kind}")
    assert str(status) in explain(fault).message
    assert explain(fault).next_step
    assert len(loopback_hub.log) == hub.requests - before == attempts


def test_a_hub_that_recovers_is_asked_again(loopback_hub, repository, hub):
    loopback_hub.misbehave("/api/", Misbehavior(status=500), times=1)
    loopback_hub.misbehave("/api/", Misbehavior(hang_up=True), times=1)
    assert hub.search(SearchQuery(), cancel=NEVER)
    assert len(loopback_hub.log) == 3


def test_a_hub_that_asks_to_wait_for_an_hour_is_not_asked_again(loopback_hub, hub):
    loopback_hub.misbehave("/api/", Misbehavior(status=429, headers=(("Retry-After", "3600"),)))
    assert failure(lambda: hub.search(SearchQuery(), cancel=NEVER)).kind is FaultKind.RATE_LIMITED
    assert len(loopback_hub.log) == 1


def test_a_private_repository_looks_like_one_that_needs_a_token(loopback_hub, repository, open_hub):
    repository.is_private = True
    loopback_hub.allow("hf_good", repository.name)
    tokens = [None, "hf_good"]
    hub = open_hub(loopback_hub.endpoint, token=lambda: tokens.pop(0))
    assert failure(lambda: hub.repository(repository.name, cancel=NEVER)).kind is FaultKind.UNAUTHORIZED
    assert hub.repository(repository.name, cancel=NEVER).commit == repository.commit


def test_a_gated_repository_shows_its_table_and_keeps_its_files(loopback_hub, repository, open_hub):
    repository.gated = "auto"
    loopback_hub.allow("hf_stranger")
    tokens = [None, None, "hf_stranger", "hf_invalid"]
    hub = open_hub(loopback_hub.endpoint, token=lambda: tokens.pop(0))
    opened = hub.repository(repository.name, cancel=NEVER)
    assert opened.is_gated
    model = next(model for model in opened.models if model.quantization == "Q4_K_M")
    kinds = [failure(lambda: hub.header(opened, model, cancel=NEVER)).kind for _ in range(3)]
    assert kinds == [FaultKind.UNAUTHORIZED, FaultKind.FORBIDDEN, FaultKind.UNAUTHORIZED]


def test_a_stalled_hub_is_given_up(loopback_hub, open_hub):
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1))
    hub = open_hub(loopback_hub.endpoint, patience=Patience(connect_s=20, read_s=0.2))
    assert failure(lambda: hub.search(SearchQuery(), cancel=NEVER)).kind is FaultKind.STALLED
    loopback_hub.wait_for_request("/api/")
    assert len(loopback_hub.log) == 1


def test_an_answer_that_stalls_in_the_middle_is_given_up(loopback_hub, repository, open_hub):
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=10))
    hub = open_hub(loopback_hub.endpoint, patience=Patience(connect_s=20, read_s=0.2))
    assert failure(lambda: hub.search(SearchQuery(), cancel=NEVER)).kind is FaultKind.STALLED


def test_a_hub_that_is_not_there_is_said_to_be_unreachable(open_hub):
    with LoopbackHub() as gone:
        endpoint = gone.endpoint
    fault = failure(lambda: open_hub(endpoint).search(SearchQuery(), cancel=NEVER))
    assert fault.kind is FaultKind.UNREACHABLE
    assert endpoint.removeprefix("http://") in explain(fault).message


def test_a_redirect_to_another_host_is_refused_before_it_is_asked(loopback_hub, repository, hub):
    elsewhere = loopback_hub.cdn.replace("127.0.0.1", "localhost")
    loopback_hub.misbehave("/api/", Misbehavior(redirect_to=f"{elsewhere}/api/models"))
    fault = failure(lambda: hub.search(SearchQuery(), cancel=NEVER))
    assert fault.kind is FaultKind.REDIRECT_REFUSED
    assert "localhost" in explain(fault).message
    assert [request.server for request in loopback_hub.log] == ["hub"]


def test_a_redirect_to_plain_http_is_refused_although_the_host_is_known(loopback_hub, hub):
    loopback_hub.misbehave("/api/", Misbehavior(redirect_to="http://huggingface.co/api/models"))
    assert failure(lambda: hub.search(SearchQuery(), cancel=NEVER)).kind is FaultKind.INSECURE


@pytest.mark.parametrize(
    "target", ["https://u:p@127.0.0.1/x", "ftp://127.0.0.1/x", "//[bad", "https://huggingface.co.evil.example/"]
)
def test_a_redirect_to_an_odd_address_is_refused(loopback_hub, hub, target):
    loopback_hub.misbehave("/api/", Misbehavior(redirect_to=target))
    fault = failure(lambda: hub.search(SearchQuery(), cancel=NEVER))
    assert fault.kind in (FaultKind.REDIRECT_REFUSED, FaultKind.BAD_ANSWER)


def test_a_circle_of_redirects_ends(loopback_hub, hub):
    loopback_hub.misbehave("/api/", Misbehavior(redirect_to="/api/models"))
    fault = failure(lambda: hub.search(SearchQuery(), cancel=NEVER))
    assert (fault.kind, len(loopback_hub.log)) == (FaultKind.REDIRECT_REFUSED, 6)


def test_a_next_page_on_another_host_is_refused(loopback_hub, repository, hub):
    link = '<https://example.com/api/models?cursor=1>; rel="next"'
    tree = f"/api/models/{repository.name}/tree/"
    loopback_hub.misbehave(tree, Misbehavior(headers=(("Link", link),)))
    fault = failure(lambda: hub.repository(repository.name, cancel=NEVER))
    assert fault.kind is FaultKind.REDIRECT_REFUSED


def test_a_hub_with_a_certificate_of_its_own_is_trusted_with_its_file_only(certificate, open_hub):
    with LoopbackHub(certificate=certificate) as encrypted:
        encrypted.add(HubRepository("acme/tiny", {}))
        fault = failure(lambda: open_hub(encrypted.endpoint).search(SearchQuery(), cancel=NEVER))
        assert fault.kind is FaultKind.UNREACHABLE
        assert "certificate" in explain(fault).message
        trusting = open_hub(encrypted.endpoint, ca_file=str(certificate))
        assert [found.repository for found in trusting.search(SearchQuery(), cancel=NEVER)] == ["acme/tiny"]


def test_a_downgrade_from_https_to_http_is_refused_even_on_this_machine(certificate, loopback_hub, open_hub):
    with LoopbackHub(certificate=certificate) as encrypted:
        encrypted.misbehave("/api/", Misbehavior(redirect_to=f"{loopback_hub.endpoint}/api/models"))
        hub = open_hub(encrypted.endpoint, ca_file=str(certificate))
        assert failure(lambda: hub.search(SearchQuery(), cancel=NEVER)).kind is FaultKind.INSECURE
    assert loopback_hub.log == []


def test_certificates_that_cannot_be_read_are_named(loopback_hub, open_hub, tmp_path):
    fault = failure(
        lambda: open_hub(loopback_hub.endpoint, ca_file=str(tmp_path / "company.pem")).search(
            SearchQuery(), cancel=NEVER
        )
    )
    assert fault.kind is FaultKind.UNREACHABLE
    assert "company.pem" in explain(fault).message


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"[1]",
        b"[[]]",
        b'{"a": 1}',
        b'[{"noid": 1}]',
        b'[{"id": "a/b", "downloads": "x"}]',
        b'[{"id": "a/b", "downloads": -1}]',
        b'[{"id": "a/b", "tags": 5}]',
        b'[{"id": "a/b", "gguf": 5}]',
        b'[{"id": "a/b", "lastModified": "soon"}]',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_an_answer_of_another_shape_is_refused(loopback_hub, hub, body):
    loopback_hub.misbehave("/api/", Misbehavior(status=200, body=body))
    fault = failure(lambda: hub.search(SearchQuery(), cancel=NEVER))
    assert fault.kind is FaultKind.BAD_ANSWER


def test_a_result_whose_name_could_not_be_asked_for_is_left_out(loopback_hub, hub):
    body = b'[{"id": 5}, {"id": "a/../b"}, {"id": "good/one"}, {"id": "<b>/x"}]'
    loopback_hub.misbehave("/api/", Misbehavior(status=200, body=body))
    assert found_names(hub) == ["good/one"]


def test_an_answer_about_another_commit_is_refused(loopback_hub, repository, hub):
    opened = hub.repository(repository.name, cancel=NEVER)
    model = next(model for model in opened.models if model.quantization == "Q4_K_M")
    other = Misbehavior(headers=(("X-Repo-Commit", OTHER_COMMIT),))
    loopback_hub.misbehave(file_path(repository, "tiny-Q4_K_M.gguf"), other)
    assert "another commit" in explain(failure(lambda: hub.header(opened, model, cancel=NEVER))).message
    body = json.dumps({"id": repository.name, "sha": OTHER_COMMIT}).encode()
    loopback_hub.misbehave("/api/models/", Misbehavior(status=200, body=body))
    fault = failure(lambda: hub.repository(repository.name, revision=repository.commit, cancel=NEVER))
    assert "another commit" in explain(fault).message


def test_a_branch_that_names_no_commit_is_refused(loopback_hub, repository, hub):
    body = json.dumps({"id": repository.name, "sha": "main"}).encode()
    loopback_hub.misbehave("/api/models/", Misbehavior(status=200, body=body))
    fault = failure(lambda: hub.repository(repository.name, cancel=NEVER))
    assert fault.kind is FaultKind.BAD_ANSWER


def test_a_signature_that_has_expired_is_renewed(loopback_hub, repository, hub):
    opened = hub.repository(repository.name, cancel=NEVER)
    model = next(model for model in opened.models if model.quantization == "Q4_K_M")
    loopback_hub.misbehave(blob_path(repository, "tiny-Q4_K_M.gguf"), Misbehavior(status=403), times=1)
    assert hub.header(opened, model, cancel=NEVER).startswith(b"GGUF")


@pytest.mark.parametrize(
    "name", ["", "a/b/c", "../etc", "a b/c", "-x/y", "https://huggingface.co/a/b", "a/b?x", "a--b/c"]
)
def test_a_name_that_is_none_asks_nothing(loopback_hub, open_hub, name):
    hub = open_hub(loopback_hub.endpoint)
    assert failure(lambda: hub.repository(name, cancel=NEVER)).kind is FaultKind.NOT_FOUND
    assert hub.process_id is None


def test_cancel_ends_a_search_that_waits_and_the_helper_lives_on(loopback_hub, repository, hub):
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1), times=1)
    cancel = threading.Event()
    with ThreadPoolExecutor() as pool:
        search = pool.submit(hub.search, SearchQuery(), cancel=cancel)
        loopback_hub.wait_until_stalled()
        process_id = hub.process_id
        cancel.set()
        with pytest.raises(Cancelled):
            search.result(30)
    assert found_names(hub) == [repository.name]
    assert hub.process_id == process_id


def test_several_requests_are_under_way_at_once_and_no_more_than_allowed(loopback_hub, repository, hub):
    asked = MOST_REQUESTS + 3
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1), times=MOST_REQUESTS)
    with ThreadPoolExecutor(asked) as pool:
        searches = [pool.submit(hub.search, SearchQuery(), cancel=NEVER) for _ in range(asked)]
        loopback_hub.wait_until_stalled(MOST_REQUESTS)
        assert len(loopback_hub.log) == MOST_REQUESTS
        loopback_hub.release()
        assert all(search.result(30) for search in searches)


def test_a_search_that_waits_for_room_can_be_cancelled(loopback_hub, hub):
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1))
    cancel, cancel_last = threading.Event(), threading.Event()
    with ThreadPoolExecutor(MOST_REQUESTS + 1) as pool:
        searches = [pool.submit(hub.search, SearchQuery(), cancel=cancel) for _ in range(MOST_REQUESTS)]
        loopback_hub.wait_until_stalled(MOST_REQUESTS)
        last = pool.submit(hub.search, SearchQuery(), cancel=cancel_last)
        cancel_last.set()
        with pytest.raises(Cancelled):
            last.result(30)
        cancel.set()
        for search in searches:
            with pytest.raises(Cancelled):
                search.result(30)


def test_every_request_is_counted_and_has_its_reason(loopback_hub, repository, open_hub):
    hub = open_hub(loopback_hub.endpoint)
    hub.search(SearchQuery(), cancel=NEVER)
    opened = hub.repository(repository.name, cancel=NEVER)
    hub.header(opened, next(model for model in opened.models if model.quantization == "Q4_K_M"), cancel=NEVER)
    assert hub.requests == len(loopback_hub.log) == 6
    told = [(request.method, request.path, request.status, request.why) for request in hub.remembered_requests]
    name, commit = repository.name, repository.commit
    assert told == [
        ("GET", "/api/models", 200, Purpose.SEARCH),
        ("GET", f"/api/models/{name}", 200, Purpose.REPOSITORY),
        ("GET", f"/api/models/{name}/tree/{commit}", 200, Purpose.REPOSITORY),
        ("GET", f"/{name}/resolve/{commit}/README.md", 200, Purpose.REPOSITORY),
        ("GET", f"/{name}/resolve/{commit}/tiny-Q4_K_M.gguf", 302, Purpose.HEADER),
        ("GET", blob_path(repository, "tiny-Q4_K_M.gguf"), 206, Purpose.HEADER),
    ]
    assert "signature" not in repr(hub.remembered_requests)

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What leaves the machine: exactly what was asked for, as the hub sees it. And what the helper is given: no secret."""

import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from strongroom import __version__
from strongroom.core.errors import Cancelled
from strongroom.core.hub import SearchQuery, SortOrder
from strongroom.core.paths import DataPaths
from strongroom.hub import FaultKind, Hub, HubFault, HubOptions, Patience, helper_command, require_endpoint
from strongroom.hub.helper_link import HelperLink
from strongroom.hub.launch import helper_environment
from strongroom.hub.protocol import Fetch, Fetched
from support.loopback_hub import HubRepository, LoggedRequest, LoopbackHub, Misbehavior, sha256_of
from support.refusals import raises_saying

NEVER = threading.Event()
QUICK = Patience(connect_s=20, read_s=60, first_wait_s=0.01)
TOKEN = "hf_Token0fTheUser"
CONTENT = (
    b"GGUF\x03\x00\x00\x00"
    + (0).to_bytes(8, "little")
    + (1).to_bytes(8, "little")
    + (1).to_bytes(8, "little")
    + b"k\x04\x00\x00\x00\x07\x00\x00\x00"
    + bytes(5_000)
)

EVERY_HEADER = f"user-agent: strongroom/{__version__} | accept-encoding: identity | connection: close"
GOLDEN = f"""
hub GET /api/models?filter=gguf&filter=license:mit&author=acme&num_parameters=max:8B&search=tiny&sort=likes&limit=5\
&expand=author&expand=downloads&expand=gated&expand=gguf&expand=lastModified&expand=likes&expand=tags
    accept: */* | {EVERY_HEADER}
hub GET /api/models/acme/tiny?expand=author&expand=downloads&expand=gated&expand=gguf&expand=lastModified\
&expand=likes&expand=tags&expand=cardData&expand=sha
    accept: */* | {EVERY_HEADER}
hub GET /api/models/acme/tiny/tree/COMMIT?recursive=true&expand=false
    accept: */* | {EVERY_HEADER}
hub GET /acme/tiny/resolve/COMMIT/README.md
    accept: */* | {EVERY_HEADER}
hub GET /acme/tiny/resolve/COMMIT/tiny.gguf
    accept: */* | range: bytes=0-{len(CONTENT) - 1} | {EVERY_HEADER}
cdn GET /blobs/SHA256?signature=secret-of-the-address&Expires=1
    accept: */* | range: bytes=0-{len(CONTENT) - 1} | {EVERY_HEADER}
hub GET /acme/tiny/resolve/COMMIT/tiny.gguf
    accept: */* | {EVERY_HEADER}
cdn GET /blobs/SHA256?signature=secret-of-the-address&Expires=1
    accept: */* | {EVERY_HEADER}
"""


def as_text(request: LoggedRequest, repository: HubRepository) -> str:
    query = f"?{request.query}" if request.query else ""
    headers = " | ".join(f"{name}: {value}" for name, value in request.headers if name != "host")
    text = f"{request.server} {request.method} {request.path}{query}\n    {headers}\n".replace("%3A", ":")
    return text.replace(repository.commit, "COMMIT").replace(sha256_of(CONTENT), "SHA256")


def add_tiny(loopback: LoopbackHub, **options) -> HubRepository:
    return loopback.add(HubRepository("acme/tiny", {"tiny.gguf": CONTENT, "README.md": b"# Tiny"}, **options))


def fetch_message(repository: HubRepository, folder: Path, request: int, token: str) -> Fetch:
    places = {name: str(folder / name) for name in ("part_file", "folder", "quarantine", "lock_file")}
    return Fetch(
        request,
        repository.name,
        repository.commit,
        "tiny.gguf",
        len(CONTENT),
        sha256_of(CONTENT),
        **places,
        token=token,
    )


def use_everything(endpoint: str, repository: HubRepository, folder: Path, *, token: str | None = None) -> None:
    """Search, open, read a header and download, each once."""
    options = HubOptions(endpoint=endpoint, token=lambda: token, patience=QUICK)
    hub = Hub(DataPaths(folder), options)
    link = HelperLink(options, folder, folders=(folder,))
    try:
        hub.search(SearchQuery("tiny", "acme", "mit", 8.0, SortOrder.LIKES, 5), cancel=NEVER)
        opened = hub.repository("acme/tiny", cancel=NEVER)
        hub.header(opened, opened.models[0], cancel=NEVER)
        fetching = link.ask(lambda request, token: fetch_message(repository, folder, request, token), cancel=NEVER)
        assert isinstance(fetching.finish(NEVER), Fetched)
    finally:
        hub.close()
        link.close()


def test_the_requests_are_those_of_the_golden_list_and_no_others(loopback_hub, tmp_path):
    repository = add_tiny(loopback_hub, license="mit", parameters=7)
    use_everything(loopback_hub.endpoint, repository, tmp_path)
    assert "".join(as_text(request, repository) for request in loopback_hub.log).strip() == GOLDEN.strip()


def test_nothing_of_the_user_environment_adds_a_request_or_a_header(loopback_hub, tmp_path, monkeypatch):
    token_file = tmp_path / "hugging" / "token"
    token_file.parent.mkdir()
    token_file.write_text("hf_implicit")
    for name, value in {
        "HF_TOKEN": "hf_implicit",
        "HF_HOME": str(token_file.parent),
        "HOME": str(tmp_path),
        "HF_HUB_DISABLE_TELEMETRY": "0",
        "HF_HUB_ENABLE_HF_TRANSFER": "1",
        "HF_HUB_USER_AGENT_ORIGIN": "somebody",
        "CLAUDECODE": "1",
        "AGENT": "somebody",
        "PYTHONPATH": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    repository = add_tiny(loopback_hub, license="mit", parameters=7)
    use_everything(loopback_hub.endpoint, repository, tmp_path)
    assert "".join(as_text(request, repository) for request in loopback_hub.log).strip() == GOLDEN.strip()


def test_the_token_goes_to_the_hub_and_never_to_the_host_that_delivers(loopback_hub, tmp_path):
    repository = add_tiny(loopback_hub, gated="auto")
    loopback_hub.allow(TOKEN, repository.name)
    use_everything(loopback_hub.endpoint, repository, tmp_path, token=TOKEN)
    sent = {(request.server, request.header("authorization")) for request in loopback_hub.log}
    assert sent == {("hub", f"Bearer {TOKEN}"), ("cdn", None)}


def test_cookies_are_neither_kept_nor_sent(loopback_hub, hub):
    loopback_hub.misbehave("/api/", Misbehavior(headers=(("Set-Cookie", "who=you; Path=/"),)))
    for _ in range(2):
        hub.search(SearchQuery(), cancel=NEVER)
    assert [request.header("cookie") for request in loopback_hub.log] == [None, None]


def test_an_answer_that_is_compressed_though_nobody_asked_is_refused(loopback_hub, hub):
    loopback_hub.misbehave("/api/", Misbehavior(status=200, headers=(("Content-Encoding", "gzip"),)))
    with raises_saying(HubFault, "compressed"):
        hub.search(SearchQuery(), cancel=NEVER)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_token_is_in_no_argument_no_variable_and_no_file(loopback_hub, open_hub, tmp_path):
    loopback_hub.allow(TOKEN)
    loopback_hub.misbehave("/api/", Misbehavior(stall_after=-1))
    hub = open_hub(loopback_hub.endpoint, token=lambda: TOKEN)
    cancel = threading.Event()
    with ThreadPoolExecutor() as pool:
        searching = pool.submit(hub.search, SearchQuery(), cancel=cancel)
        loopback_hub.wait_until_stalled()
        process = Path("/proc") / str(hub.process_id)
        # Whoever knows that the token is in use looks at the right moment.
        assert loopback_hub.log[0].header("authorization") == f"Bearer {TOKEN}"
        assert TOKEN.encode() not in (process / "cmdline").read_bytes()
        assert TOKEN.encode() not in (process / "environ").read_bytes()
        open_files = [os.readlink(each) for each in (process / "fd").iterdir()]
        assert not [name for name in open_files if name.startswith("/") and not name.startswith("/dev/")]
        cancel.set()
        with pytest.raises(Cancelled):
            searching.result(30)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_helper_gets_the_variables_of_the_list_and_no_others(loopback_hub, open_hub, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_USER", "1")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    hub = open_hub(loopback_hub.endpoint)
    hub.search(SearchQuery(), cancel=NEVER)
    variables = (Path("/proc") / str(hub.process_id) / "environ").read_bytes().decode().strip("\0").split("\0")
    given = dict(variable.split("=", 1) for variable in variables)
    required = {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_SHARED_BLOBS": "1",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_ENDPOINT": loopback_hub.endpoint,
        "NO_PROXY": "intranet.example",
    }
    assert {name: given.get(name) for name in required} == required
    allowed = {*required, "HF_HOME", "HF_HUB_CACHE", "LANG", "LC_ALL", "LD_LIBRARY_PATH"}
    assert given.keys() <= allowed


def test_the_usual_hub_needs_no_variable(tmp_path):
    assert "HF_ENDPOINT" not in helper_environment("", tmp_path)
    assert require_endpoint("") == "https://huggingface.co"


def test_the_command_names_no_address_and_no_folder(monkeypatch):
    assert helper_command() == [sys.executable, "-I", "-m", "strongroom.hub.helper"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert helper_command() == [sys.executable, "--hub-helper"]


def test_the_programs_own_door_becomes_the_helper(loopback_hub, open_hub):
    add_tiny(loopback_hub)
    hub = open_hub(loopback_hub.endpoint, command=[sys.executable, "-I", "-m", "strongroom", "--hub-helper"])
    assert [found.repository for found in hub.search(SearchQuery(), cancel=NEVER)] == ["acme/tiny"]


def test_the_variable_names_the_hub_where_the_settings_do_not(loopback_hub, open_hub, monkeypatch):
    add_tiny(loopback_hub)
    monkeypatch.setenv("HF_ENDPOINT", loopback_hub.endpoint)
    assert [found.repository for found in open_hub().search(SearchQuery(), cancel=NEVER)] == ["acme/tiny"]


def test_the_proxy_of_the_system_is_used(open_hub, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        asked = []

        def listen():
            connection, _ = proxy.accept()
            with connection:
                asked.append(connection.recv(1_000).partition(b"\r\n")[0])

        listener = threading.Thread(target=listen)
        listener.start()
        with pytest.raises(HubFault):
            open_hub("https://hub.example", patience=Patience(longest_wait_s=0.0)).search(SearchQuery(), cancel=NEVER)
        listener.join()
    assert asked == [b"CONNECT hub.example:443 HTTP/1.1"]


def test_refused_to_a_proxy_what_is_for_a_hub_on_this_machine_and_may_be_plain(loopback_hub, open_hub, monkeypatch):
    add_tiny(loopback_hub)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        hub = open_hub(loopback_hub.endpoint, token=lambda: "hf_secret")
        assert [found.repository for found in hub.search(SearchQuery(), cancel=NEVER)] == ["acme/tiny"]
        with pytest.raises(BlockingIOError):
            proxy.accept()


@pytest.mark.parametrize(
    "address",
    ["http://hub.example", "http://192.168.1.4:8080", "http://127.0.0.1.evil.example", "http://localhost.evil.example"],
)
def test_a_hub_without_encryption_is_refused_before_anything_starts(open_hub, address):
    hub = open_hub(address)
    with pytest.raises(HubFault) as caught:
        hub.search(SearchQuery(), cancel=NEVER)
    assert caught.value.kind is FaultKind.INSECURE
    assert hub.process_id is None


@pytest.mark.parametrize(
    "address",
    [
        "hub.example",
        "ftp://hub.example",
        "https://",
        "https://u:p@hub.example",
        "https://h\u00fcb",
        "https://[x",
        "https://hub.example?a=1",
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_starts(open_hub, address):
    hub = open_hub(address)
    with pytest.raises(HubFault):
        hub.search(SearchQuery(), cancel=NEVER)
    assert hub.process_id is None


def test_a_token_that_could_not_be_a_header_is_refused_before_anything_starts(loopback_hub, open_hub):
    for token in ("two words", "line\nfeed", "\u00fcml\u00e4ut", "x" * 2_000):
        hub = open_hub(loopback_hub.endpoint, token=lambda token=token: token)
        with pytest.raises(HubFault) as caught:
            hub.search(SearchQuery(), cancel=NEVER)
        assert caught.value.kind is FaultKind.UNAUTHORIZED
        assert token not in str(caught.value)
        assert hub.process_id is None

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A hub on this machine: what huggingface.co answers for a few repositories that a test describes, and its CDN.

Both listen on 127.0.0.1 and write down every request. A test scripts what shall go wrong::

    with LoopbackHub() as hub:
        hub.add(HubRepository("acme/tiny-GGUF", {"tiny-Q4_K_M.gguf": content}))
        hub.misbehave("/blobs/", Misbehavior(stall_after=1_000), times=1)
        ...
        hub.wait_until_stalled()
        hub.release()
"""

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

DEADLINE_S = 30.0
_CHUNK = 16 * 1024


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class HubRepository:
    """A repository as its owner sees it: one commit, and files that are kept in LFS when they are GGUF."""

    name: str
    files: dict[str, bytes]
    commit: str = "c0ffee" + "0" * 34
    license: str = "apache-2.0"
    base_models: tuple[str, ...] = ()
    gated: str | bool = False
    """``"auto"`` or ``"manual"`` for a gated one."""
    is_private: bool = False
    downloads: int = 10
    likes: int = 1
    updated_at: str = "2026-10-01T12:00:00.000Z"
    parameters: int = 0
    """As the hub counts the weights of a GGUF file."""
    digests: dict[str, str] = field(default_factory=dict)
    """Digests that the hub gives in the place of the right ones; "" for a file that is not in LFS."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Sizes that the hub gives in the place of the right ones."""

    @property
    def author(self) -> str:
        return self.name.partition("/")[0]

    def is_lfs(self, path: str) -> bool:
        return self.digests.get(path, path.endswith(".gguf")) not in ("", False)

    def sha256(self, path: str) -> str:
        return self.digests.get(path) or sha256_of(self.files[path])


@dataclass(frozen=True)
class Misbehavior:
    """What goes wrong with an answer. Fields combine; without any, the answer is the right one."""

    status: int = 0
    """Answer with this status and ``body``, whatever was asked."""
    body: bytes = b'{"error": "scripted"}'
    headers: tuple[tuple[str, str], ...] = ()
    """Added to the answer, in the place of those of the same name."""
    stall_after: int | None = None
    """Send so many bytes of the body, then nothing until :meth:`LoopbackHub.release`; -1 sends no status either."""
    cut_after: int | None = None
    """Send so many bytes of the body, then close the connection."""
    shorten_by: int = 0
    """Leave out so many bytes at the end, and say so in Content-Length."""
    corrupt_at: int | None = None
    """Change the byte at this offset of the file; the size stays."""
    redirect_to: str = ""
    ignore_range: bool = False
    """Answer a Range request with the whole file and 200."""
    hide_length: bool = False
    """Send no Content-Length: the answer ends with the connection."""
    hang_up: bool = False
    """Close the connection without an answer."""


@dataclass(frozen=True)
class LoggedRequest:
    """One request that arrived."""

    server: str
    """``hub`` or ``cdn``."""
    method: str
    path: str
    """Without the query."""
    query: str
    headers: tuple[tuple[str, str], ...]
    """Names in lower case, in the order of the wire."""

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


@dataclass
class _Script:
    path: str
    misbehavior: Misbehavior
    times_left: int


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, name: str, hub: "LoopbackHub", handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.name = name
        self.hub = hub

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to print."""


class LoopbackHub:
    """A hub and its CDN, both on 127.0.0.1. A context manager.

    Args:
        certificate: A PEM file with certificate and key: the hub speaks https.
        page_size: Entries of a file list per page.
    """

    def __init__(self, *, certificate: Path | None = None, page_size: int = 1_000) -> None:
        self.page_size = page_size
        self.repositories: dict[str, HubRepository] = {}
        self.tokens: dict[str, set[str]] = {}
        """Valid tokens, and the gated repositories that each may read."""
        self._log: list[LoggedRequest] = []
        self._scripts: list[_Script] = []
        self._condition = threading.Condition()
        self._released = threading.Event()
        self._stalled = 0
        self._hub = _Server("hub", self, _HubHandler)
        self._cdn = _Server("cdn", self, _CdnHandler)
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            for server in (self._hub, self._cdn):
                server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            self._scheme = "https"
        self._threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            for server in (self._hub, self._cdn)
        ]

    def __enter__(self) -> "LoopbackHub":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        for server in (self._hub, self._cdn):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    @property
    def endpoint(self) -> str:
        """What HF_ENDPOINT would be."""
        return f"{self._scheme}://127.0.0.1:{self._hub.server_address[1]}"

    @property
    def cdn(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._cdn.server_address[1]}"

    @property
    def log(self) -> list[LoggedRequest]:
        """Every request so far, of both servers."""
        with self._condition:
            return list(self._log)

    def add(self, repository: HubRepository) -> HubRepository:
        self.repositories[repository.name] = repository
        return repository

    def allow(self, token: str, *names: str) -> None:
        """Make ``token`` a valid one, with access to these gated or private repositories."""
        self.tokens.setdefault(token, set()).update(names)

    def misbehave(self, path: str, misbehavior: Misbehavior, *, times: int = 1_000_000) -> None:
        """Let the next ``times`` requests go wrong whose path (without the query, as it is on the wire) begins so.

        Files in LFS are redirected from ``/<repository>/resolve/<commit>/<path>`` to ``/blobs/<sha256>`` on the CDN:
        each of the two can be scripted. The earliest script that fits and is not used up counts.
        """
        with self._condition:
            self._scripts.append(_Script(path, misbehavior, times))

    def behave(self) -> None:
        """Forget all scripts, and let stalled answers go on."""
        with self._condition:
            self._scripts.clear()
        self.release()

    def reset(self) -> None:
        """Become empty and well-behaved, and forget what has been asked."""
        self.behave()
        with self._condition:
            self.repositories.clear()
            self.tokens.clear()
            self._log.clear()
            self._stalled = 0

    def release(self) -> None:
        """Let stalled answers go on; later ones stall again."""
        with self._condition:
            self._released.set()
            self._released = threading.Event()

    def wait_until_stalled(self, count: int = 1) -> None:
        """Wait until so many answers have stalled, since the start."""
        self.wait_for(lambda: self._stalled >= count)

    def wait_for_request(self, path: str, count: int = 1) -> None:
        """Wait until so many requests have come whose path begins with ``path``."""
        self.wait_for(lambda: sum(request.path.startswith(path) for request in self._log) >= count)

    def wait_for(self, is_true: Callable[[], bool]) -> None:
        with self._condition:
            assert self._condition.wait_for(is_true, DEADLINE_S), "the loopback hub did not see what it waited for"

    def note(self, request: LoggedRequest) -> Misbehavior:
        """Write a request down; return what shall go wrong with it."""
        with self._condition:
            self._log.append(request)
            self._condition.notify_all()
            for script in self._scripts:
                if script.times_left > 0 and request.path.startswith(script.path):
                    script.times_left -= 1
                    return script.misbehavior
        return Misbehavior()

    def stall(self) -> None:
        with self._condition:
            self._stalled += 1
            released = self._released
            self._condition.notify_all()
        released.wait(DEADLINE_S)

    def blob(self, sha256: str) -> bytes | None:
        """Return the file that the hub gives this digest, whatever it really has."""
        for repository in self.repositories.values():
            for path, content in repository.files.items():
                if repository.is_lfs(path) and repository.sha256(path) == sha256:
                    return content
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """The test reads the log of the hub instead."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        headers = tuple((name.lower(), value) for name, value in self.headers.items())
        request = LoggedRequest(self.server.name, self.command, url.path, url.query, headers)
        self.close_connection = False
        wrong = self.server.hub.note(request)
        if wrong.hang_up:
            self.close_connection = True
            return
        if wrong.stall_after == -1:
            self.server.hub.stall()
        if wrong.redirect_to:
            self.send(302, b"", [("Location", wrong.redirect_to)], wrong)
        elif wrong.status:
            self.send(wrong.status, wrong.body, [("Content-Type", "application/json")], wrong)
        else:
            self.answer(unquote(url.path), {name: values[-1] for name, values in parse_qs(url.query).items()}, wrong)

    def answer(self, path: str, query: dict[str, str], wrong: Misbehavior) -> None:
        raise NotImplementedError

    def send(self, status: int, body: bytes, headers: list[tuple[str, str]], wrong: Misbehavior) -> None:
        if wrong.shorten_by:
            body = body[: -wrong.shorten_by]
        replaced = {name.lower() for name, _ in wrong.headers}
        if wrong.hide_length:
            replaced.add("content-length")
            self.close_connection = True
        self.send_response(status)
        for name, value in (("Content-Length", str(len(body))), *headers):
            if name.lower() not in replaced:
                self.send_header(name, value)
        for name, value in wrong.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        stop = len(body)
        if wrong.cut_after is not None:
            stop, self.close_connection = min(stop, wrong.cut_after), True
        pause = wrong.stall_after if wrong.stall_after is not None and wrong.stall_after >= 0 else stop + 1
        for start in range(0, stop, _CHUNK):
            end = min(start + _CHUNK, stop)
            if start <= pause < end:
                self._write(body[start:pause])
                self.server.hub.stall()
                start = pause
            self._write(body[start:end])
        if stop == pause:
            self.server.hub.stall()

    def _write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def send_json(self, content: Any, wrong: Misbehavior, headers: tuple[tuple[str, str], ...] = ()) -> None:
        body = json.dumps(content).encode()
        self.send(200, body, [("Content-Type", "application/json; charset=utf-8"), *headers], wrong)

    def send_error_code(self, status: int, code: str, wrong: Misbehavior) -> None:
        self.send(status, json.dumps({"error": code}).encode(), [("X-Error-Code", code)] if code else [], wrong)

    def send_file(self, content: bytes, headers: list[tuple[str, str]], wrong: Misbehavior) -> None:
        if wrong.corrupt_at is not None:
            content = bytearray(content)
            content[wrong.corrupt_at] ^= 0xFF
            content = bytes(content)
        headers = [("Accept-Ranges", "bytes"), ("Content-Type", "binary/octet-stream"), *headers]
        wanted = self.headers.get("Range", "")
        if not wanted.startswith("bytes=") or wrong.ignore_range:
            self.send(200, content, headers, wrong)
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, len(content) - int(last))
        end = min(int(last), len(content) - 1) if first and last else len(content) - 1
        if start > end:
            self.send(416, b"", [("Content-Range", f"bytes */{len(content)}")], wrong)
            return
        headers.append(("Content-Range", f"bytes {start}-{end}/{len(content)}"))
        self.send(206, content[start : end + 1], headers, wrong)


class _CdnHandler(_Handler):
    """Serves files by their digest, to anybody who has the address."""

    def answer(self, path: str, query: dict[str, str], wrong: Misbehavior) -> None:
        content = self.server.hub.blob(path.removeprefix("/blobs/"))
        if content is None or not query.get("signature"):
            self.send(403, b"<Error>AccessDenied</Error>", [], wrong)
            return
        self.send_file(content, [("ETag", f'"{path.removeprefix("/blobs/")}"')], wrong)


class _HubHandler(_Handler):
    """Answers the API, and serves or redirects files by their path."""

    def answer(self, path: str, query: dict[str, str], wrong: Misbehavior) -> None:
        if path == "/api/models":
            self._search(query, wrong)
        elif path.startswith("/api/models/"):
            self._api(path.removeprefix("/api/models/"), query, wrong)
        elif "/resolve/" in path:
            name, _, rest = path[1:].partition("/resolve/")
            revision, _, file_path = rest.partition("/")
            self._resolve(name, revision, file_path, wrong)
        else:
            self.send_error_code(404, "", wrong)

    def _search(self, query: dict[str, str], wrong: Misbehavior) -> None:
        filters = parse_qs(urlsplit(self.path).query).get("filter", [])
        results = []
        for repository in self.server.hub.repositories.values():
            info = _info(repository)
            if repository.is_private or query.get("search", "").lower() not in repository.name.lower():
                continue
            if query.get("author", repository.author) != repository.author or not set(filters) <= set(info["tags"]):
                continue
            most = query.get("num_parameters", "").partition("max:")[2]
            if most and repository.parameters > float(most.rstrip("B")) * 1e9:
                continue
            results.append(info)
        results.sort(key=lambda info: info[query.get("sort", "downloads")], reverse=True)
        self.send_json(results[: int(query.get("limit", 1_000))], wrong)

    def _api(self, rest: str, query: dict[str, str], wrong: Misbehavior) -> None:
        for action in ("/revision/", "/tree/"):
            name, found, revision = rest.partition(action)
            if found:
                break
        else:
            action, name, revision = "/revision/", rest, "main"
        revision, _, _ = revision.partition("/") if action == "/tree/" else (revision, "", "")
        repository = self._readable(name, wrong)
        if repository is None:
            return
        if revision not in ("main", repository.commit):
            self.send_error_code(404, "RevisionNotFound", wrong)
        elif action == "/revision/":
            self.send_json(_info(repository), wrong)
        else:
            self._tree(repository, revision, query, wrong)

    def _tree(self, repository: HubRepository, revision: str, query: dict[str, str], wrong: Misbehavior) -> None:
        entries = [_entry(repository, path) for path in sorted(repository.files)]
        size = self.server.hub.page_size
        start = int(query.get("cursor", 0))
        link: tuple[tuple[str, str], ...] = ()
        if start + size < len(entries):
            address = f"{self.server.hub.endpoint}/api/models/{repository.name}/tree/{revision}"
            link = (("Link", f'<{address}?recursive=true&cursor={start + size}>; rel="next"'),)
        self.send_json(entries[start : start + size], wrong, link)

    def _resolve(self, name: str, revision: str, path: str, wrong: Misbehavior) -> None:
        repository = self._readable(name, wrong)
        if repository is None:
            return
        if revision not in ("main", repository.commit):
            self.send_error_code(404, "RevisionNotFound", wrong)
        elif path not in repository.files:
            self.send_error_code(404, "EntryNotFound", wrong)
        elif repository.gated and path != "README.md" and not self._may_read(repository):
            # As huggingface.co does: who is unknown should log in, who is known should ask.
            self.send_error_code(403 if self._token() in self.server.hub.tokens else 401, "GatedRepo", wrong)
        elif repository.is_lfs(path):
            sha256, content = repository.sha256(path), repository.files[path]
            location = f"{self.server.hub.cdn}/blobs/{sha256}?signature=secret-of-the-address&Expires=1"
            headers = [
                ("Location", location),
                ("X-Repo-Commit", repository.commit),
                ("X-Linked-Size", str(repository.sizes.get(path, len(content)))),
                ("X-Linked-ETag", f'"{sha256}"'),
            ]
            self.send(302, b"Found", headers, wrong)
        else:
            content = repository.files[path]
            headers = [("X-Repo-Commit", repository.commit), ("ETag", f'"{_git_digest(content)}"')]
            self.send_file(content, headers, wrong)

    def _readable(self, name: str, wrong: Misbehavior) -> HubRepository | None:
        """Return a repository of which this client may know that it exists; else answer."""
        repository = self.server.hub.repositories.get(name)
        token = self._token()
        if token and token not in self.server.hub.tokens:
            self.send(401, b'{"error": "Invalid credentials in Authorization header"}', [], wrong)
            return None
        if repository is None or (repository.is_private and not self._may_read(repository)):
            if token:
                self.send_error_code(404, "RepoNotFound", wrong)
            else:
                self.send(401, b'{"error": "Invalid username or password."}', [("X-Error-Code", "RepoNotFound")], wrong)
            return None
        return repository

    def _token(self) -> str:
        return str(self.headers.get("Authorization", "")).removeprefix("Bearer ")

    def _may_read(self, repository: HubRepository) -> bool:
        return repository.name in self.server.hub.tokens.get(self._token(), ())


def _info(repository: HubRepository) -> dict[str, Any]:
    bases = [f"base_model:{name}" for name in repository.base_models]
    card: dict[str, Any] = {"license": repository.license, "tags": ["gguf"]}
    if repository.base_models:
        card["base_model"] = list(repository.base_models)
    info: dict[str, Any] = {
        "_id": sha256_of(repository.name.encode())[:24],
        "id": repository.name,
        "modelId": repository.name,
        "author": repository.author,
        "sha": repository.commit,
        "lastModified": repository.updated_at,
        "gated": repository.gated,
        "private": repository.is_private,
        "disabled": False,
        "downloads": repository.downloads,
        "likes": repository.likes,
        "tags": ["gguf", *bases, f"license:{repository.license}", "region:us"],
        "cardData": card,
        "siblings": [{"rfilename": path} for path in sorted(repository.files)],
    }
    if repository.parameters:
        info["gguf"] = {"total": repository.parameters, "architecture": "llama", "context_length": 2048}
    return info


def _entry(repository: HubRepository, path: str) -> dict[str, Any]:
    content = repository.files[path]
    size = repository.sizes.get(path, len(content))
    entry: dict[str, Any] = {"type": "file", "oid": _git_digest(content), "size": size, "path": path}
    if repository.is_lfs(path):
        entry["lfs"] = {"oid": repository.sha256(path), "size": size, "pointerSize": 134}
    return entry


def _git_digest(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def file_path(repository: HubRepository, path: str) -> str:
    """Return where the hub serves a file, as a script's path."""
    return f"/{repository.name}/resolve/{repository.commit}/{quote(path)}"


def blob_path(repository: HubRepository, path: str) -> str:
    """Return where the CDN serves a file, as a script's path."""
    return f"/blobs/{repository.sha256(path)}"


def wait_until(is_true: Callable[[], bool], what: str = "it") -> None:
    """Wait on a condition that nothing announces."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.01)

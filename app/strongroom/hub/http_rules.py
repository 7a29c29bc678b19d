# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The one HTTP client of the app, and what every request of it keeps to. Loaded in the helper only.

``huggingface_hub`` uses this client too (``set_client_factory``), so that whatever the library asks for passes through
:meth:`HubClient.send`: only reading methods, only the hub and the hosts that deliver its files, https except on this
machine, redirects checked one by one, the access token for the hub alone, no cookies, no compression, limits of time
and size, bounded retries, and no request that the app has not recorded before.
"""

import contextlib
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import truststore

from strongroom import __version__
from strongroom.core.statement import Statement
from strongroom.hub.addresses import AddressRules, Origin
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.helper_request import HelperRequest
from strongroom.hub.options import Patience

_ATTEMPTS = 3
_MOST_REDIRECTS = 5
_ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer that is read whole; files are not."""
_KEPT_HEADERS = ("accept", "range", "if-range")
_FAULTS = {
    401: FaultKind.UNAUTHORIZED,
    403: FaultKind.FORBIDDEN,
    404: FaultKind.NOT_FOUND,
    410: FaultKind.NOT_FOUND,
    429: FaultKind.RATE_LIMITED,
    451: FaultKind.FORBIDDEN,
}
_OUT_OF_RANGE = 416
_CONTENT_RANGE = re.compile(r"bytes (\d{1,16})-(\d{1,16})/(\d{1,16}|\*)")


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file of the hub while it arrives."""

    is_out_of_range: bool
    """The hub says that the file ends before the first byte that was asked for. Then nothing arrives."""
    start: int
    """The offset of the first byte that arrives: 0 when the hub sends the whole file whatever was asked for."""
    total: int | None
    """Bytes of the whole file, as this answer says; None when it does not."""
    chunks: Iterator[bytes]
    """The bytes, as they arrive. Ends early without an error only where the answer did not say its length.

    Raises:
        HubFault: With ``stalled`` when nothing arrived for too long, with ``unreachable`` when the connection broke.
        Cancelled: The request was stopped.
    """


class HubClient(httpx2.Client):
    """Makes requests of one hub, for the request of the calling thread. Thread-safe.

    Args:
        endpoint: The hub's address, as :func:`~strongroom.hub.addresses.require_endpoint` returns it.
        ca_file: Certificates to trust besides the system's; empty for none.
        patience: How long to wait, and for what.

    Raises:
        HubFault: The file of certificates cannot be read.
    """

    def __init__(self, endpoint: str, *, ca_file: str = "", patience: Patience | None = None) -> None:
        patience = patience or Patience()
        hub = _origin(httpx2.URL(endpoint))
        # A hub on this machine may be asked in plain HTTP, and with a token, because that leaves the machine nowhere.
        # A proxy would carry it out.
        direct = {f"all://{f'[{hub.host}]' if ':' in hub.host else hub.host}": None} if hub.is_loopback else None
        super().__init__(
            verify=_trust(ca_file),
            trust_env=True,
            mounts=direct,
            follow_redirects=False,
            timeout=httpx2.Timeout(patience.read_s, connect=patience.connect_s),
            # A connection belongs to one request, so that stopping an request can end it.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )
        self.endpoint = endpoint
        self._rules = AddressRules(hub)
        self.patience = patience

    def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,
        auth: Any = None,  # noqa: ARG002  # the token comes from the request
        follow_redirects: Any = None,  # noqa: ARG002  # they are followed by the rules
    ) -> httpx2.Response:
        """Send a request by the rules; return a successful answer, or one of 416 where a part of a file was asked for.

        Raises:
            HubFault: It failed, after some attempts where another one could help.
            Cancelled: The request was stopped.
        """
        helper_request = HelperRequest.current()
        if request.method not in ("GET", "HEAD"):
            raise ValueError("the app only reads from a hub")
        attempt = 1
        while True:
            helper_request.require_wanted()
            try:
                return self._attempt(request, helper_request, stream=stream)
            except _WorthAnother as failure:
                wait = max(self.patience.first_wait_s * 2 ** (attempt - 1), failure.wait_s)
                if attempt >= _ATTEMPTS or wait > self.patience.longest_wait_s:
                    raise failure.fault from None
            attempt += 1
            helper_request.wait(wait)

    @contextlib.contextmanager
    def file(
        self, repository: str, commit: str, path: str, *, start: int = 0, stop: int | None = None
    ) -> Iterator[FileAnswer]:
        """Open a file of the hub at a commit, from byte ``start`` on, up to byte ``stop`` (not included).

        The connection is closed when the ``with`` block ends.

        Raises:
            HubFault: It failed, or what came is not the part that was asked for, or of another commit.
            Cancelled: The request was stopped.
        """
        headers = {"accept": "*/*"}
        if start or stop is not None:
            headers["range"] = f"bytes={start}-{'' if stop is None else stop - 1}"
        address = f"{self.endpoint}/{repository}/resolve/{commit}/{quote(path)}"
        with self.stream("GET", address, headers=headers) as response:
            self._require_commit(response, commit)
            yield _file_answer(response, start, self._file_chunks(response))

    def _attempt(self, request: httpx2.Request, helper_request: HelperRequest, *, stream: bool) -> httpx2.Response:
        origin = _origin(request.url)
        self._rules.require_first(origin)
        history: list[httpx2.Response] = []
        url = request.url
        while True:
            response = self._send_once(request, url, helper_request)
            if not response.has_redirect_location:
                break
            response.close()
            history.append(response)
            url = _target(response, url)
            origin, came_from = _origin(url), origin
            self._rules.require_redirect(origin, came_from=came_from)
            if len(history) > _MOST_REDIRECTS:
                raise HubFault(FaultKind.REDIRECT_REFUSED, Statement("hub.detail.many_redirects"))
        response.history = history
        try:
            self._require_success(response, origin, may_be_out_of_range=stream and "range" in request.headers)
            if not stream:
                self._read(response)
        except BaseException:
            response.close()
            raise
        return response

    def _send_once(self, request: httpx2.Request, url: httpx2.URL, helper_request: HelperRequest) -> httpx2.Response:
        """Make one request without following anything; the answer's body is still to come."""
        origin = _origin(url)
        headers = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        headers |= {"user-agent": f"strongroom/{__version__}", "accept-encoding": "identity", "connection": "close"}
        if helper_request.token and self._rules.may_have_token(origin):
            headers["authorization"] = f"Bearer {helper_request.token}"
        # The library gives no limits of time of its own; whatever it says, those of this client hold.
        extensions = {"timeout": self.timeout.as_dict(), "trace": _watch(helper_request)}
        path = url.raw_path.partition(b"?")[0].decode("ascii")
        exchange = helper_request.begin_exchange(request.method, str(origin), path)

        def report(status: int, received: int) -> None:
            helper_request.end_exchange(exchange, status=status, received=received)

        try:
            response = super().send(
                httpx2.Request(request.method, url, headers=headers, extensions=extensions), stream=True, auth=None
            )
        except httpx2.RequestError as error:
            report(0, 0)
            helper_request.require_wanted()
            raise _failure(error, origin) from error
        assert isinstance(response.stream, httpx2.SyncByteStream)  # noqa: S101  # what a synchronous client gives
        response.stream = _CountedStream(response.stream, lambda received: report(response.status_code, received))
        self.cookies.clear()
        return response

    def _require_success(self, response: httpx2.Response, origin: Origin, *, may_be_out_of_range: bool) -> None:
        status = response.status_code
        if status in (200, 206) or (status == _OUT_OF_RANGE and may_be_out_of_range):
            return
        detail = Statement("hub.detail.answered", origin=str(origin), status=status)
        # The address that a delivery host got has a signature that expires; the hub signs another one.
        is_expired = status in (401, 403) and not self._rules.may_have_token(origin)
        if is_expired or status == 408 or status >= 500:
            raise _WorthAnother(HubFault(FaultKind.SERVER, detail), _retry_after(response))
        fault = HubFault(_FAULTS.get(status, FaultKind.BAD_ANSWER), detail)
        if status == 429:
            raise _WorthAnother(fault, _retry_after(response))
        raise fault

    def _read(self, response: httpx2.Response) -> None:
        body = bytearray()
        for chunk in self._chunks(response):
            body += chunk
            if len(body) > _ANSWER_LIMIT:
                raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.long_answer", size=_ANSWER_LIMIT))
        # Where the client itself would have put it, had it read the body.
        response._content = bytes(body)

    def _chunks(self, response: httpx2.Response) -> Iterator[bytes]:
        helper_request = HelperRequest.current()
        if response.headers.get("content-encoding", "identity") != "identity":
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.compressed"))
        try:
            for chunk in response.iter_raw():
                helper_request.require_wanted()
                yield chunk
        except httpx2.RequestError as error:
            helper_request.require_wanted()
            raise _failure(error, _origin(response.url)) from error

    def _file_chunks(self, response: httpx2.Response) -> Iterator[bytes]:
        try:
            yield from self._chunks(response)
        except _WorthAnother as failure:
            # Only the caller knows what has arrived, and asks for the rest.
            raise failure.fault from None

    def _require_commit(self, response: httpx2.Response, commit: str) -> None:
        first = response.history[0] if response.history else response
        # A mirror may leave the header out; the digest still holds the file to its commit.
        if first.headers.get("x-repo-commit", commit) != commit:
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.file_of_other_commit"))


class _WorthAnother(Exception):
    """An attempt that failed in a way that may pass."""

    def __init__(self, fault: HubFault, wait_s: float = 0.0) -> None:
        super().__init__(fault)
        self.fault = fault
        self.wait_s = wait_s


class _CountedStream(httpx2.SyncByteStream):
    """The body of an answer; tells once, at its end, how many bytes have come."""

    def __init__(self, stream: httpx2.SyncByteStream, tell: Callable[[int], None]) -> None:
        self._stream = stream
        self._tell = tell
        self._received = 0
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._received += len(chunk)
            yield chunk

    def close(self) -> None:
        self._stream.close()
        if self._is_open:
            self._is_open = False
            self._tell(self._received)


def _trust(ca_file: str) -> ssl.SSLContext:
    """Return a context that trusts the system's certificates and those of a file."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise HubFault(
                FaultKind.UNREACHABLE, Statement("hub.detail.no_certificates", file=Path(ca_file).name)
            ) from None
    return context


def _origin(url: httpx2.URL) -> Origin:
    return Origin.of(url.scheme, url.raw_host.decode("ascii"), url.port)


def _target(response: httpx2.Response, url: httpx2.URL) -> httpx2.URL:
    try:
        target = url.join(response.headers["location"])
    except (httpx2.InvalidURL, ValueError):
        raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.redirect_nowhere")) from None
    if target.userinfo:
        raise HubFault(FaultKind.REDIRECT_REFUSED, Statement("hub.detail.address_with_password"))
    return target


def _watch(helper_request: HelperRequest) -> Callable[[str, dict[str, Any]], None]:
    def trace(event: str, info: dict[str, Any]) -> None:
        # Each time the connection has another socket: after it was made, and after TLS has wrapped it.
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            connection = info["return_value"].get_extra_info("socket")
            if connection is not None:
                helper_request.watch(connection)

    return trace


def _failure(error: httpx2.RequestError, origin: Origin) -> Exception:
    """Return what an exception of the HTTP client means."""
    if isinstance(error, (httpx2.ReadTimeout, httpx2.WriteTimeout)):
        return HubFault(FaultKind.STALLED, str(origin))
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return HubFault(FaultKind.UNREACHABLE, Statement("hub.detail.certificate", origin=str(origin)))
    if isinstance(error, httpx2.ProxyError):
        return _WorthAnother(HubFault(FaultKind.UNREACHABLE, Statement("hub.detail.proxy", origin=str(origin))))
    if isinstance(error, httpx2.TransportError):
        return _WorthAnother(HubFault(FaultKind.UNREACHABLE, str(origin)))
    return HubFault(FaultKind.BAD_ANSWER, str(origin))


def _retry_after(response: httpx2.Response) -> float:
    """Return the seconds that a hub asks to wait; 0 when it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _file_answer(response: httpx2.Response, start: int, chunks: Iterator[bytes]) -> FileAnswer:
    if response.status_code == _OUT_OF_RANGE:
        return FileAnswer(is_out_of_range=True, start=start, total=None, chunks=iter(()))
    if response.status_code == 200:
        length = response.headers.get("content-length", "")
        return FileAnswer(False, 0, int(length) if length.isdecimal() and len(length) < 17 else None, chunks)
    untrusted_range = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    if untrusted_range is None or int(untrusted_range[1]) != start:
        raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.other_part"))
    return FileAnswer(False, start, None if untrusted_range[3] == "*" else int(untrusted_range[3]), chunks)

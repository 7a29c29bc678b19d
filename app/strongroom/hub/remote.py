# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the hub's API says, by way of ``huggingface_hub``, as values of the app. Loaded in the helper only.

The answers are foreign: whatever has another shape than the API's is refused as a whole, text is cut to what the app
takes, and a file is listed only under a path that stays in its folder.
"""

import base64
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from huggingface_hub import HfApi, set_client_factory
from huggingface_hub.errors import HFValidationError
from huggingface_hub.hf_api import ExpandModelProperty_T, ModelInfo, ModelSort_T, RepoFile

from strongroom.core.clock import format_utc
from strongroom.core.hub import RemoteFile, Repository, RepositorySummary, SortOrder
from strongroom.core.line_messages import Check, Refused
from strongroom.core.statement import Statement
from strongroom.hub.card import plain_card
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.gguf_extent import HeaderExtent
from strongroom.hub.grouping import group_files
from strongroom.hub.helper_request import HelperRequest
from strongroom.hub.http_rules import HubClient
from strongroom.hub.protocol import (
    HEADER_LIMIT,
    HEADER_PART_LIMIT,
    HeaderPart,
    HeaderRead,
    Open,
    ReadHeader,
    Search,
)
from strongroom.hub.remote_values import MOST_MODELS, check_commit, check_digest, check_path, check_repository

_SORTS: dict[SortOrder, ModelSort_T] = {
    SortOrder.DOWNLOADS: "downloads",
    SortOrder.LIKES: "likes",
    SortOrder.UPDATED: "last_modified",
}
_SUMMARY_FIELDS: list[ExpandModelProperty_T] = ["author", "downloads", "gated", "gguf", "lastModified", "likes", "tags"]
_REPOSITORY_FIELDS: list[ExpandModelProperty_T] = [*_SUMMARY_FIELDS, "cardData", "sha"]
_MOST_FILES = 20_000
_CARD_FILE = "README.md"
_CARD_BYTES_LIMIT = 1024 * 1024
_NAMED_PARAMETERS = re.compile(r"(?<![A-Za-z0-9.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([BM])(?![A-Za-z0-9])", re.I)

T = TypeVar("T")


class Remote:
    """One hub, through the real client. Thread-safe; each call belongs to the request of its thread."""

    def __init__(self, client: HubClient) -> None:
        self._client = client
        # Also what keeps the library from making a client by its own rules.
        set_client_factory(lambda: client)
        # The token is the client's business: only it knows where a request goes in the end.
        self._api = HfApi(endpoint=client.endpoint, token=False, library_name="strongroom")

    def search(self, search: Search) -> tuple[RepositorySummary, ...]:
        """Return what the hub finds, in its order.

        Raises:
            HubFault: The hub could not be asked, or its answer has another shape.
            Cancelled: The request was stopped.
        """
        filters = ["gguf", *([f"license:{search.license}"] if search.license else [])]
        found = _understand(
            lambda: [
                _summary(info)
                for info in self._api.list_models(
                    filter=filters,
                    search=search.text or None,
                    author=search.author or None,
                    num_parameters=_most_parameters(search.most_parameters),
                    sort=_SORTS[search.sort],
                    limit=search.limit,
                    expand=_SUMMARY_FIELDS,
                )
                if _accepts(check_repository, info.id)
            ]
        )
        most = search.most_parameters
        return tuple(summary for summary in found if not most or summary.parameters <= most)

    def open(self, message: Open) -> Repository:
        """Return a repository at the commit that a revision names now, and everything about it at that commit.

        Raises:
            HubFault: The hub could not be asked, its answer has another shape, or it is about another commit.
            Cancelled: The request was stopped.
        """
        name = message.repository
        info = _understand(
            lambda: self._api.model_info(name, revision=message.revision or None, expand=_REPOSITORY_FIELDS)
        )
        commit = info.sha or ""
        if not _accepts(check_commit, commit):
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.no_commit"))
        if _accepts(check_commit, message.revision) and message.revision != commit:
            raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.other_commit"))
        files = _understand(lambda: self._files(name, commit))
        has_card = any(file.path == _CARD_FILE and file.size <= _CARD_BYTES_LIMIT for file in files)
        return _understand(lambda: _repository(info, name, commit, files, self._card(name, commit) if has_card else ""))

    def read_header(self, message: ReadHeader, helper_request: HelperRequest) -> HeaderRead:
        """Send the GGUF header of a file to the app, and return how long it is.

        Raises:
            HubFault: The hub could not be asked, or what it sends is no GGUF file with a header within the limit.
            Cancelled: The request was stopped.
        """
        extent, sent, rest = HeaderExtent(), 0, bytearray()
        stop = min(message.size, HEADER_LIMIT)
        with self._client.file(message.repository, message.commit, message.path, stop=stop) as answer:
            for chunk in answer.chunks:
                rest += chunk
                extent.feed(chunk)
                end = extent.end
                if end is not None:
                    del rest[end - sent :]
                while len(rest) >= HEADER_PART_LIMIT or (end is not None and rest):
                    part = bytes(rest[:HEADER_PART_LIMIT])
                    del rest[:HEADER_PART_LIMIT]
                    helper_request.say(HeaderPart(message.request, base64.b64encode(part).decode("ascii")))
                    sent += len(part)
                if end is not None:
                    return HeaderRead(message.request, end)
        raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.ends_in_header"))

    def _files(self, name: str, commit: str) -> list[RemoteFile]:
        files = []
        for count, entry in enumerate(self._api.list_repo_tree(name, revision=commit, recursive=True)):
            if count >= _MOST_FILES:
                raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.many_files", most=_MOST_FILES))
            if isinstance(entry, RepoFile) and _accepts(check_path, entry.path):
                files.append(_file(entry))
        return files

    def _card(self, name: str, commit: str) -> str:
        """Return the model card as plain Markdown; nothing where this account may not read it."""
        try:
            with self._client.file(name, commit, _CARD_FILE) as answer:
                untrusted_card = b"".join(_at_most(answer.chunks, _CARD_BYTES_LIMIT))
        except HubFault as fault:
            if fault.kind in (FaultKind.UNAUTHORIZED, FaultKind.FORBIDDEN, FaultKind.NOT_FOUND):
                return ""
            raise
        return plain_card(untrusted_card.decode("utf-8", "replace"))


def _understand(ask: Callable[[], T]) -> T:
    """Return what ``ask`` makes of an answer.

    The library takes an answer's shape for granted; what it raises when that is another one depends on where it trips.
    """
    try:
        return ask()
    except HFValidationError:
        raise HubFault(FaultKind.NOT_FOUND, Statement("hub.detail.no_repository_name")) from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, Refused):
        raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.odd_shape")) from None


def _accepts(check: Check, untrusted_value: Any) -> bool:
    try:
        check(untrusted_value)
    except Refused:
        return False
    return True


def _summary(info: ModelInfo) -> RepositorySummary:
    parameters = _counted_parameters(info) / 1e9
    return RepositorySummary(
        repository=info.id,
        author=_author(info),
        license=_license(info),
        parameters=parameters or named_parameters(info.id),
        downloads=_count(info.downloads),
        likes=_count(info.likes),
        updated_at=_moment(info.last_modified),
        is_gated=bool(info.gated),
    )


def _repository(info: ModelInfo, name: str, commit: str, files: list[RemoteFile], card: str) -> Repository:
    models = group_files(files)
    if len(models) > MOST_MODELS:
        raise HubFault(FaultKind.BAD_ANSWER, Statement("hub.detail.many_models", most=MOST_MODELS))
    return Repository(
        repository=name,
        commit=commit,
        author=_author(info),
        license=_license(info),
        base_models=_base_models(info),
        is_gated=bool(info.gated),
        downloads=_count(info.downloads),
        likes=_count(info.likes),
        last_commit_at=_moment(info.last_modified),
        parameters=_counted_parameters(info),
        card=card,
        models=models,
    )


def _file(entry: RepoFile) -> RemoteFile:
    digest = entry.lfs.sha256 if entry.lfs is not None and _accepts(check_digest, entry.lfs.sha256) else ""
    size = entry.lfs.size if entry.lfs is not None else entry.size
    return RemoteFile(entry.path, _count(size, 2**50), digest)


def _author(info: ModelInfo) -> str:
    return _text(info.author or info.id.partition("/")[0])


def _tagged(info: ModelInfo, kind: str) -> list[str]:
    untrusted_tags: list[Any] = info.tags or []
    tags = [tag for tag in untrusted_tags if isinstance(tag, str)]
    return [tag.removeprefix(f"{kind}:") for tag in tags if tag.startswith(f"{kind}:")]


def _license(info: ModelInfo) -> str:
    return _text(next(iter(_tagged(info, "license")), ""))


def _base_models(info: ModelInfo) -> tuple[str, ...]:
    """Return what the card gives, or else the tags, where relations stand before some names."""
    untrusted_names: Any = info.card_data.base_model if info.card_data is not None else None
    if not isinstance(untrusted_names, list):
        untrusted_names = [untrusted_names] if untrusted_names else _tagged(info, "base_model")
    return tuple(_text(name) for name in untrusted_names if isinstance(name, str) and ":" not in name)[:100]


def _counted_parameters(info: ModelInfo) -> int:
    return _count((info.gguf or {}).get("total"), 2**50)


def named_parameters(name: str) -> float:
    """Return the size that a repository's name gives, in billions; 0 when it gives none (``Mixtral-8x7B``: 56)."""
    found = _NAMED_PARAMETERS.search(name.rpartition("/")[2])
    if found is None:
        return 0.0
    experts, number, unit = found.groups()
    return float(number) * int(experts or 1) / (1 if unit.upper() == "B" else 1_000)


def _most_parameters(billions: float) -> str | None:
    """Return a limit as the API takes it."""
    if not billions:
        return None
    return f"max:{billions:g}B" if billions >= 1 else f"max:{billions * 1_000:g}M"


def _count(untrusted_number: Any, most: int = 2**40) -> int:
    if untrusted_number is None:
        return 0
    if type(untrusted_number) is not int or not 0 <= untrusted_number <= most:
        raise ValueError("not a count")
    return untrusted_number


def _text(untrusted_text: Any) -> str:
    """Return one line of printable text."""
    text = str(untrusted_text)[:200]
    return "".join(character if character.isprintable() else "?" for character in text)


def _moment(moment: datetime | None) -> str:
    return format_utc(moment) if moment is not None else ""


def _at_most(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[:limit]
        limit -= len(chunk)
        if limit <= 0:
            return

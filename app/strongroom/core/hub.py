# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is known about models on a hub, and about downloads from it: values that cross borders."""

from dataclasses import dataclass
from enum import StrEnum

from strongroom.core.statement import Statement


class SortOrder(StrEnum):
    """How search results are ordered, the highest or latest first."""

    DOWNLOADS = "downloads"
    LIKES = "likes"
    UPDATED = "updated"


class FileKind(StrEnum):
    """What a GGUF file is for."""

    MODEL = "model"
    PROJECTOR = "projector"
    """Turns images or sound into what a model understands (llama.cpp: mmproj)."""
    ADAPTER = "adapter"
    """Changes a model's weights (LoRA)."""


class Fit(StrEnum):
    """Whether a model has room on this machine."""

    GPU = "gpu"
    """Wholly in free GPU memory."""
    RAM = "ram"
    """Wholly in free memory."""
    PARTLY = "partly"
    """Only with parts of it on the disk, or between GPU and CPU: it runs, and slowly."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to look for. Every field narrows; an empty one does not."""

    text: str = ""
    author: str = ""
    license: str = ""
    """As the hub spells it, for example ``apache-2.0``."""
    most_parameters: float = 0.0
    """In billions; 0 for no limit."""
    sort: SortOrder = SortOrder.DOWNLOADS
    limit: int = 30


@dataclass(frozen=True, slots=True)
class RepositorySummary:
    """One search result."""

    repository: str
    """``author/name``."""
    author: str
    license: str
    parameters: float
    """In billions, as the hub or the name says; 0 when neither does."""
    downloads: int
    likes: int
    updated_at: str
    """UTC, ISO 8601; empty when unknown."""
    is_gated: bool


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository at one commit."""

    path: str
    size: int
    sha256: str
    """Hex digest from the hub's LFS metadata at that commit; empty when the hub gives none."""


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """One row of the quantization table: a model that can be downloaded, in one file or in several parts."""

    kind: FileKind
    name: str
    """The path of the only file or the first part, without ``.gguf`` and without the part's number."""
    quantization: str
    """As the file's name gives it, for example ``Q4_K_M``; empty when it gives none."""
    files: tuple[RemoteFile, ...]
    """In the order of their part numbers."""

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(file.size for file in self.files)

    @property
    def has_digests(self) -> bool:
        """Whether the hub gives the digest of every part; without, a download cannot be verified."""
        return all(file.sha256 for file in self.files)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one commit."""

    repository: str
    commit: str
    """40 hexadecimal digits; everything about the files holds for this commit only."""
    author: str
    license: str
    base_models: tuple[str, ...]
    is_gated: bool
    downloads: int
    likes: int
    last_commit_at: str
    parameters: int
    """Weights, as the hub counted them in the GGUF file; 0 when it did not."""
    card: str
    """The model card as Markdown text, without images, HTML and front matter."""
    models: tuple[RemoteModel, ...]


class DownloadState(StrEnum):
    """Where a download stands."""

    QUEUED = "queued"
    DOWNLOADING = "downloading"
    PAUSED = "paused"
    """By the user, or because the app ended. What has arrived is kept."""
    VERIFYING = "verifying"
    VERIFIED = "verified"
    """Every part has the digest that the hub gave, and the model is on the shelf."""
    MISMATCH = "mismatch"
    """What arrived is not what the hub described. It is in quarantine, and nothing of it is used again."""
    CANCELLED = "cancelled"
    """The user wants it no more. What has arrived is kept for a day."""
    FAILED = "failed"
    """See :attr:`Download.problem`. What has arrived is kept where it can be used again."""


@dataclass(frozen=True, slots=True)
class Download:
    """One download, whole: a model with all its parts."""

    download_id: str
    repository: str
    commit: str
    model: RemoteModel
    license: str
    state: DownloadState
    done: int
    """Bytes that have arrived, or, while verifying, that have been hashed."""
    total: int
    bytes_per_second: float
    """Over the last seconds; 0 while nothing arrives."""
    problem: Statement | None = None
    """Why it failed, did not match or cannot go on; the doors word it."""
    model_id: str = ""
    """The model on the shelf, once verified."""

    @property
    def code(self) -> str:
        """A stable name of the failure, as in :class:`~strongroom.core.errors.UserFacingError`; empty without one."""
        return self.problem.code if self.problem is not None else ""

    @property
    def seconds_left(self) -> float | None:
        """The time that the rest takes at this speed; None when nothing arrives."""
        return (self.total - self.done) / self.bytes_per_second if self.bytes_per_second > 0 else None

    @property
    def is_active(self) -> bool:
        """Whether something is being done or about to be done."""
        return self.state in (DownloadState.QUEUED, DownloadState.DOWNLOADING, DownloadState.VERIFYING)

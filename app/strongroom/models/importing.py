# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Looking at files that are to go on the shelf, with every part of a split model. Nothing here judges their bytes."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from strongroom.core.hub import FileKind
from strongroom.core.statement import Statement
from strongroom.core.verification import ModelPart
from strongroom.models.gguf_glance import Glance, glance, measure
from strongroom.models.known_folders import CACHE_SOURCE, read_whereabouts
from strongroom.models.refusal import ModelRefused, RefusalReason

_SPLIT_NAME = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<suffix>\.[^.]*)?")
_QUANTIZATION = re.compile(
    r"(?<![A-Za-z0-9])(I?Q\d_(?:K(?:_[A-Z]{1,2})?|[0-9]|[A-Z]{1,3})|BF16|F16|F32|MXFP4)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may go on the shelf."""

    name: str
    parts: tuple[ModelPart, ...]
    """Never empty. A digest in it is what :attr:`source` states, and nothing has been hashed for it."""
    source: str = ""
    """Who vouches for the digests; empty when there are none."""
    kind: FileKind = FileKind.MODEL
    repository: str = ""
    commit: str = ""
    license: str = ""
    quantization: str = ""
    origin: str = ""
    """Whose folder it was found in, for example ``Ollama``; empty for a plain one."""
    problem: Statement | None = None
    """Why it cannot be imported as it is, one sentence; empty when it can."""

    @property
    def path(self) -> Path:
        """The first part: absolute, with every link followed."""
        return Path(self.parts[0].path)

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)

    @property
    def digests(self) -> tuple[str, ...]:
        """Every part's digest, in order; empty when nobody states them all."""
        known = tuple(part.sha256 for part in self.parts if part.sha256 is not None)
        return known if len(known) == len(self.parts) else ()


@dataclass(frozen=True, slots=True)
class SplitName:
    """A file name as llama.cpp's ``llama-gguf-split`` gives it to one part of a model."""

    stem: str
    number: int
    count: int
    suffix: str

    def names(self) -> list[str]:
        """Return the names of all parts, in order."""
        return [f"{self.stem}-{number:05}-of-{self.count:05}{self.suffix}" for number in range(1, self.count + 1)]


def split_name(name: str) -> SplitName | None:
    """Return what the name says about a split model; None when the file is a whole one."""
    found = _SPLIT_NAME.fullmatch(name)
    if found is None:
        return None
    split = SplitName(found["stem"], int(found["number"]), int(found["count"]), found["suffix"] or "")
    return split if 1 <= split.number <= split.count else None


def quantization_of(name: str) -> str:
    """Return the quantization that the end of a model's name gives; empty when it gives none."""
    found = _QUANTIZATION.search(name)
    return found.group(1).upper() if found else ""


def examine(path: Path) -> Candidate:
    """Return the model that ``path`` is, or is a part of: then with all its parts, which lie in the same folder.

    Raises:
        ModelRefused: MISSING (a part is named, or the file says that there are parts that its name does not lead to),
            NOT_A_FILE, UNREADABLE or NOT_GGUF.
    """
    given = path.expanduser()
    given = Path(os.path.realpath(given.parent)) / given.name  # the last link tells what the file is called
    split = split_name(given.name)
    if split is None:
        target = Path(os.path.realpath(given))
        split = split_name(target.name)
        given = target if split else given  # a link of another name to a part: its siblings are where it is
    name, paths = given.stem, [given]
    if split is not None:
        name, paths = split.stem, [given.with_name(part) for part in split.names()]
        _require_all(paths, split)
    places = [read_whereabouts(path) for path in paths]
    resolved = [Path(os.path.realpath(path)) for path in paths]
    first = glance(resolved[0])
    sizes = [first.size, *map(measure, resolved[1:])]
    _require_whole(given, first, len(paths))
    is_stated = all(place.digest for place in places)
    return Candidate(
        name=name,
        parts=tuple(
            ModelPart(str(path), size, place.digest if is_stated else None)
            for path, size, place in zip(resolved, sizes, places, strict=True)
        ),
        source=CACHE_SOURCE if is_stated else "",
        kind=first.kind or kind_of(name),
        repository=places[0].repository,
        commit=places[0].commit,
        license=first.license,
        quantization=quantization_of(name) or first.quantization,
        origin=places[0].origin,
    )


def kind_of(name: str) -> FileKind:
    """Return what a model's name says that it is for, where its header says nothing."""
    return FileKind.PROJECTOR if "mmproj" in name.lower() else FileKind.MODEL


def _require_all(paths: list[Path], split: SplitName) -> None:
    for number, path in enumerate(paths, start=1):
        if not os.path.lexists(path):
            raise ModelRefused(
                RefusalReason.MISSING,
                case="part",
                file=path.name,
                number=number,
                count=split.count,
                model=split.stem,
                folder=path.parent,
                path=path,
            )


def _require_whole(path: Path, first: Glance, count: int) -> None:
    if first.split_count not in (0, count):
        raise ModelRefused(
            RefusalReason.MISSING,
            case="renamed_parts",
            count=first.split_count,
            path=path,
        )

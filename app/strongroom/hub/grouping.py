# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which files of a repository belong together, and what each is for, as far as their names tell.

A name is the owner's word. What a file really is, its GGUF header says; that it is the right one, its digest.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from strongroom.core.hub import FileKind, RemoteFile, RemoteModel

_SUFFIX = re.compile(r"\.gguf$", re.IGNORECASE)
# llama.cpp's gguf-split names parts so, and finds them by it.
_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})")
_MOST_PARTS = 1_000
_ADAPTER = re.compile(r"(?:^|[-_.])(?:lora|adapter)(?:[-_.]|$)", re.IGNORECASE)
_QUANTIZATION = re.compile(
    r"(?<![A-Za-z0-9])(?:UD-)?"
    r"(?:I?Q[1-8]_(?:K(?:_(?:XXS|XS|S|M|L|XL|XXL))?|[01](?:_[48]_[48])?|XXS|XS|S|M|NL)"
    r"|TQ[12]_0|(?:MX|NV)FP4(?:_MOE)?|BF16|FP?16|FP?32|I?Q[1-8])"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_KIND_ORDER = list(FileKind)


def group_files(files: Iterable[RemoteFile]) -> tuple[RemoteModel, ...]:
    """Return the models among ``files``: first the smallest of those that generate, then projectors, then adapters.

    A split model is one row. One that lacks a part is left out, because it could not be loaded; so are files that are
    no models, such as importance matrices.
    """
    parts: dict[tuple[str, int], dict[int, RemoteFile]] = {}
    for file in files:
        if not _SUFFIX.search(file.path) or "imatrix" in PurePosixPath(file.path).name.lower():
            continue
        name = _SUFFIX.sub("", file.path)
        part = _PART.fullmatch(name)
        if part and int(part["count"]) > 0:
            stem, number, count = part["stem"], int(part["number"]), int(part["count"])
        else:
            # In 0 parts: not split, and another model than one in 1 part.
            stem, number, count = name, 1, 0
        parts.setdefault((stem, count), {}).setdefault(number, file)
    models = [
        RemoteModel(_kind(stem), stem, quantization_of(stem), tuple(numbered[number] for number in sorted(numbered)))
        for (stem, count), numbered in parts.items()
        if count <= _MOST_PARTS and sorted(numbered) == list(range(1, max(count, 1) + 1))
    ]
    return tuple(sorted(models, key=lambda model: (_KIND_ORDER.index(model.kind), model.size, model.name)))


def quantization_of(name: str) -> str:
    """Return the quantization that a file's name gives, as llama.cpp spells it; empty when it gives none.

    The folder counts where the file itself gives none: ``Q4_K_M/model-00001-of-00002.gguf``.
    """
    for step in reversed(PurePosixPath(name).parts):
        if found := list(_QUANTIZATION.finditer(step)):
            return re.sub(r"^FP(?=16|32)", "F", found[-1][0].upper())
    return ""


def _kind(name: str) -> FileKind:
    own_name = PurePosixPath(name).name
    if "mmproj" in own_name.lower():
        return FileKind.PROJECTOR
    # A "lora-merged" model has the adapter in its weights.
    if _ADAPTER.search(own_name) and "merged" not in own_name.lower():
        return FileKind.ADAPTER
    return FileKind.MODEL

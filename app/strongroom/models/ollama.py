# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Ollama's folder: manifests that name the files, and files that are named by their digests. Used where they are.

``manifests/HOST/NAMESPACE/NAME/TAG`` is JSON; its layers name ``blobs/sha256-HEX``. What a manifest states is a
statement of the local folder and not of the publisher: Ollama hashes what it downloads at most once, models made on
this machine have manifests too, and whoever can write to the folder can name any bytes. So it is taken as what the
bytes should be and who says so, never as a check: the state is unchecked until they have been hashed here, and
:data:`MANIFEST_SOURCE` stays on the shelf.
"""

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from strongroom.core.hub import FileKind
from strongroom.core.verification import ModelPart
from strongroom.models.gguf_glance import glance
from strongroom.models.importing import Candidate, quantization_of
from strongroom.models.opening import open_regular
from strongroom.models.refusal import ModelRefused

MANIFEST_SOURCE = "Ollama's manifest"
ORIGIN = "Ollama"
OLLAMA_FOLDERS = ("manifests", "blobs")
"""What is in them is found through the manifests: a blob's name has no suffix, and does not say what it is."""

_LOG = logging.getLogger(__name__)
_MOST_BYTES = 1024 * 1024
_USUAL_HOST, _USUAL_NAMESPACE = "registry.ollama.ai", "library"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_KINDS = {
    "application/vnd.ollama.image.model": (FileKind.MODEL, ""),
    "application/vnd.ollama.image.projector": (FileKind.PROJECTOR, " projector"),
    "application/vnd.ollama.image.adapter": (FileKind.ADAPTER, " adapter"),
}


def is_ollama_folder(folder: Path) -> bool:
    """Return whether ``folder`` is one that Ollama keeps models in."""
    return all((folder / name).is_dir() for name in OLLAMA_FOLDERS)


def read_manifest(manifest: Path, folder: Path) -> Iterator[Candidate]:
    """Yield the models, projectors and adapters of one manifest whose files are there and are GGUF files.

    Args:
        manifest: Four steps below ``folder / "manifests"``. One that cannot be understood yields nothing.
        folder: What :func:`is_ollama_folder` said yes to.
    """
    steps = manifest.relative_to(folder / "manifests").parts
    if len(steps) != 4:
        return
    for layer in _layers(manifest):
        kind, suffix = _KINDS.get(str(layer.get("mediaType")), (None, ""))
        stated = _DIGEST.fullmatch(str(layer.get("digest")))
        size = layer.get("size")
        if kind is None or stated is None or type(size) is not int or size < 0:
            continue
        # The digits alone make the name, so no manifest leads out of the folder; where a link leads does not matter,
        # because it is the bytes that have to have this digest.
        path = Path(os.path.realpath(folder / "blobs" / f"sha256-{stated.group(1)}"))
        try:
            seen = glance(path)
        except ModelRefused as refusal:
            _LOG.info("passed over a layer of %s: %s", manifest, refusal)
            continue
        yield Candidate(
            name=f"{_name(*steps)}{suffix}",
            parts=(ModelPart(str(path), size, stated.group(1)),),
            source=MANIFEST_SOURCE,
            kind=kind,
            license=seen.license,
            quantization=quantization_of(steps[-1]) or seen.quantization,
            origin=ORIGIN,
        )


def _name(host: str, namespace: str, model: str, tag: str) -> str:
    """Return the name as Ollama writes it: only what is not the usual host and namespace is named."""
    name = f"{model}:{tag}"
    if host != _USUAL_HOST:
        return f"{host}/{namespace}/{name}"
    return name if namespace == _USUAL_NAMESPACE else f"{namespace}/{name}"


def _layers(manifest: Path) -> list[dict[str, Any]]:
    try:
        with os.fdopen(open_regular(manifest), "rb") as stream:
            text = stream.read(_MOST_BYTES + 1)
        content = json.loads(text) if len(text) <= _MOST_BYTES else None
    except (ModelRefused, OSError, ValueError, RecursionError) as error:
        _LOG.info("passed over %s: %s", manifest, error)
        return []
    layers = content.get("layers") if isinstance(content, dict) else None
    return [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []

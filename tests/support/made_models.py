# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Small real GGUF files, the caches of other programs with such files in them, and what tests do with a library."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter, LlamaFileType

from strongroom.models import ModelLibrary, ModelRefused

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER_COMMIT = "fedcba9876543210fedcba9876543210fedcba98"


def write_gguf(
    path: Path, name: str, *, tensors: int = 2, parts: int = 1, architecture: str = "llama", general_type: str = "model"
) -> list[Path]:
    """Write a small GGUF file, or one in several parts named as llama.cpp names them, and return the files in order.

    Two files of the same sizes and names differ in their bytes where their ``name`` does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, architecture, split_max_tensors=-(-tensors // parts) if parts > 1 else 0)
    writer.add_type(general_type)
    writer.add_name(name)
    writer.add_license("mit")
    writer.add_file_type(LlamaFileType.ALL_F32)
    for number in range(tensors):
        writer.add_tensor(f"blk.{number}.weight", np.full((8, 32), sum(name.encode()) + number, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    names = (
        [f"{path.stem}-{number:05}-of-{parts:05}.gguf" for number in range(1, parts + 1)] if parts > 1 else [path.name]
    )
    return [path.with_name(name) for name in names]


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refusal_of(library: ModelLibrary, model_id: str) -> ModelRefused:
    with pytest.raises(ModelRefused) as caught:
        library.open_verified(model_id)
    return caught.value


def pin(library: ModelLibrary, path: Path) -> str:
    """Import what ``path`` belongs to, pin what it is, and return its id."""
    model_id = library.import_file(path).model_id
    digest = refusal_of(library, model_id).actual_digest
    assert digest
    library.pin(model_id, digest)
    return model_id


def spoil(path: Path) -> None:
    """Change one byte, and put the modification time back."""
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def cached_snapshot(cache: Path, repository: str, files: list[Path], *, commit: str = COMMIT) -> list[Path]:
    """Put files into a Hugging Face cache as huggingface_hub lays it out, and return their links."""
    folder = cache / f"models--{repository.replace('/', '--')}"
    links = []
    for file in files:
        blob = folder / "blobs" / digest_of(file)
        blob.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, blob)
        link = folder / "snapshots" / commit / file.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("../../blobs") / blob.name)
        links.append(link)
    return links


def ollama_model(root: Path, name: str, layers: list[tuple[str, Path]], *, host: str = "registry.ollama.ai") -> Path:
    """Put files into Ollama's folder as Ollama does, and return the manifest. ``name`` is NAMESPACE/MODEL:TAG."""
    stated = []
    for kind, file in layers:
        digest = digest_of(file)
        blob = root / "blobs" / f"sha256-{digest}"
        blob.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, blob)
        size = file.stat().st_size
        stated.append({"mediaType": f"application/vnd.ollama.image.{kind}", "digest": f"sha256:{digest}", "size": size})
    namespace, _, rest = name.rpartition("/")
    model, _, tag = rest.partition(":")
    manifest = root / "manifests" / host / (namespace or "library") / model / tag
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": stated}))
    return manifest

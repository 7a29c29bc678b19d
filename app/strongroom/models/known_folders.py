# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the folder that a file lies in says about it: the Hugging Face cache's, and LM Studio's.

Both keep models in folders named after the hub's repositories. The Hugging Face cache also names each large file by its
SHA-256, and a link with the file's own name leads there. That name is a statement of the local cache and not of the
publisher: the client that wrote it may not have hashed what arrived (huggingface_hub compares sizes only), and whoever
can write to the cache can give any bytes any name. So it is taken as what the bytes should be and who says so, never as
a check: the state is unchecked until they have been hashed here, and :data:`CACHE_SOURCE` stays on the shelf.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

CACHE_SOURCE = "Hugging Face cache"
LM_STUDIO = "LM Studio"

_CACHED = re.compile(r"models(?:--([A-Za-z0-9._-]+?))?--([A-Za-z0-9._-]+)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a path says; every field empty for a plain folder."""

    origin: str = ""
    """Whose folder it is."""
    repository: str = ""
    """``author/name``."""
    commit: str = ""
    digest: str | None = None
    """Hex SHA-256 that the folder states."""


def read_whereabouts(path: Path) -> Whereabouts:
    """Return what the folder of ``path`` says about it. Its folders' links have been followed, its own has not."""
    for folder in path.parents:
        if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name):
            cache = folder.parent.parent
            if named := _CACHED.fullmatch(cache.name):
                repository = "/".join(step for step in named.groups() if step)
                return Whereabouts(CACHE_SOURCE, repository, folder.name, _blob_digest(path, cache / "blobs"))
    steps = path.parts
    # LM Studio keeps PUBLISHER/MODEL/FILE in .lmstudio/models; earlier versions in .cache/lm-studio/models.
    if len(steps) > 5 and steps[-4] == "models" and steps[-5] in (".lmstudio", "lm-studio"):
        return Whereabouts(LM_STUDIO, f"{steps[-3]}/{steps[-2]}")
    return Whereabouts()


def _blob_digest(path: Path, blobs: Path) -> str | None:
    try:
        target = Path(os.path.normpath(path.parent / path.readlink()))
    except OSError:
        return None  # no link: where there are none, the cache keeps the files themselves, and states nothing
    # A file that is not kept as a large one is named by its Git digest, of 40 digits.
    return target.name if target.parent == blobs and _DIGEST.fullmatch(target.name) else None

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a finished download is to the shelf. Which bytes it should have, the hub said for one commit of a repository."""

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from strongroom.core.hub import Download, RemoteModel, Repository
from strongroom.core.verification import ModelPart
from strongroom.models.gguf_glance import measure
from strongroom.models.importing import Candidate
from strongroom.models.refusal import ModelRefused, RefusalReason

_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def downloaded(repository: Repository | Download, model: RemoteModel, paths: Sequence[Path]) -> Candidate:
    """Return the candidate that ``paths``, the parts of ``model`` in order, make.

    Raises:
        ModelRefused: UNKNOWN_DIGEST, when the hub gave no digest or no whole commit; MISMATCH, when a size tells;
            MISSING, NOT_A_FILE, UNREADABLE or NOT_GGUF.
        ValueError: There are more or fewer paths than parts.
    """
    parts = []
    for path, file in zip(paths, model.files, strict=True):
        if not _DIGEST.fullmatch(file.sha256) or not _COMMIT.fullmatch(repository.commit):
            raise ModelRefused(
                RefusalReason.UNKNOWN_DIGEST,
                case="not_given_by_hub",
                file=file.path,
                repository=repository.repository,
                path=path,
            )
        resolved = Path(os.path.realpath(path))
        size = measure(resolved)
        if size != file.size:
            raise ModelRefused(
                RefusalReason.MISMATCH,
                case="downloaded_size",
                repository=repository.repository,
                size=size,
                expected_size=file.size,
                path=resolved,
                expected_digest=file.sha256,
            )
        parts.append(ModelPart(str(resolved), size, file.sha256))
    return Candidate(
        name=PurePosixPath(model.name).name,
        parts=tuple(parts),
        source=f"{repository.repository}@{repository.commit[:12]}",
        kind=model.kind,
        repository=repository.repository,
        commit=repository.commit,
        license=repository.license,
        quantization=model.quantization,
    )

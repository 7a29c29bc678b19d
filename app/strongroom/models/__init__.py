# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The shelf: which model files there are, and whether their bytes are the ones that somebody vouched for.

In: paths, and digests from the app's own list, the hub, a checksum file, another program's cache or the user. Out:
entries for the picker, and open descriptors whose bytes were hashed under a lease a moment ago. It never loads a model,
never trusts a path, a time or an earlier check, deletes no model file but the app's own copy of a model that is removed
with its files, and never writes an incident: the refusal carries what one needs.
"""

from strongroom.models.digest import hash_descriptor
from strongroom.models.discovery import FoundSoFar, discover
from strongroom.models.fit import Choice, MemoryNow, fit_of, recommended
from strongroom.models.free_memory import free_memory, private_memory
from strongroom.models.gguf_file import GgufHeader, GgufInvalid, NeedMoreBytes, parse_header, read_header
from strongroom.models.importing import Candidate
from strongroom.models.library import ModelLibrary
from strongroom.models.memory import MemoryEstimate, estimate_gpu_memory, estimate_memory
from strongroom.models.model_shape import ModelShape, shape_of
from strongroom.models.opening import open_regular
from strongroom.models.refusal import ModelRefused, RefusalReason
from strongroom.models.sealed import SealedModel, SealRefused, seal_model
from strongroom.models.verified import USER_SOURCE, Expectation, VerifiedFile, open_verified
from strongroom.models.verified_model import VerifiedModel, open_verified_model

__all__ = [
    "USER_SOURCE",
    "Candidate",
    "Choice",
    "Expectation",
    "FoundSoFar",
    "GgufHeader",
    "GgufInvalid",
    "MemoryEstimate",
    "MemoryNow",
    "ModelLibrary",
    "ModelRefused",
    "ModelShape",
    "NeedMoreBytes",
    "RefusalReason",
    "SealRefused",
    "SealedModel",
    "VerifiedFile",
    "VerifiedModel",
    "discover",
    "estimate_gpu_memory",
    "estimate_memory",
    "fit_of",
    "free_memory",
    "hash_descriptor",
    "open_regular",
    "open_verified",
    "open_verified_model",
    "parse_header",
    "private_memory",
    "read_header",
    "recommended",
    "seal_model",
    "shape_of",
]

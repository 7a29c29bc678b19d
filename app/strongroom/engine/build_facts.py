# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What llama.cpp can do on this machine, printed as one line of JSON by a short-lived process.

Run as ``python -m strongroom.engine.build_facts``, and never imported by the app: asking loads native code and the
drivers of every GPU.
"""

import ctypes
import json
import sys

import llama_cpp.llama_cpp as llama
from llama_cpp._ggml import libggml

_KINDS = ("CPU", "GPU", "integrated GPU", "accelerator")
"""By ggml_backend_dev_type."""
_GPU = 1


def main() -> int:
    """Print the facts."""
    facts = {"build": _build(), "features": _features(), "devices": _devices(), "free_gpu_memory": _free_gpu_memory()}
    json.dump(facts, sys.stdout)
    return 0


def _build() -> str:
    libggml.ggml_version.restype = libggml.ggml_commit.restype = ctypes.c_char_p
    version = llama.llama_version()
    return f"llama.cpp {version.decode()}, ggml {libggml.ggml_version().decode()} ({libggml.ggml_commit().decode()})"


def _features() -> str:
    return " ".join(str(llama.llama_print_system_info().decode("utf-8", "replace")).split())


def _devices() -> list[str]:
    libggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    libggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    libggml.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    for name, result in (("type", ctypes.c_int), ("description", ctypes.c_char_p)):
        function = getattr(libggml, f"ggml_backend_dev_{name}")
        function.restype, function.argtypes = result, [ctypes.c_void_p]
    found = []
    for number in range(libggml.ggml_backend_dev_count()):
        device = libggml.ggml_backend_dev_get(number)
        kind = _KINDS[min(libggml.ggml_backend_dev_type(device), len(_KINDS) - 1)]
        description = libggml.ggml_backend_dev_description(device).decode("utf-8", "replace").strip()
        found.append(f"{kind}: {description}")
    return found


def _free_gpu_memory() -> int:
    """Return the free bytes of all GPUs that have memory of their own."""
    libggml.ggml_backend_dev_memory.restype = None
    libggml.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, *[ctypes.POINTER(ctypes.c_size_t)] * 2]
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    found = 0
    for number in range(libggml.ggml_backend_dev_count()):
        device = libggml.ggml_backend_dev_get(number)
        if libggml.ggml_backend_dev_type(device) == _GPU:
            libggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            found += free.value
    return found


if __name__ == "__main__":
    sys.exit(main())

# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What memory this machine has for the next model."""

import threading

from strongroom.engine import EngineFault, inspect_engine
from strongroom.models import MemoryNow


class MemoryWatch:
    """Looks at main memory, and at the GPU's where llama.cpp can use one. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._has_gpu: bool | None = None
        """None until llama.cpp was asked."""

    def look(self, *, returning: int = 0, may_use_gpu: bool = True) -> MemoryNow:
        """Return what there is now. Asking a GPU takes a moment; a machine without one is asked once.

        Args:
            returning: Bytes that loaded models would give back.
            may_use_gpu: Whether a GPU matters.
        """
        free_gpu = 0
        if may_use_gpu:
            with self._lock:
                free_gpu = 0 if self._has_gpu is False else self._ask_gpu()
        return MemoryNow.look(free_gpu=free_gpu, returning=returning)

    def _ask_gpu(self) -> int:
        try:
            build = inspect_engine()
        except EngineFault:
            return 0  # then nothing can be loaded either, and loading says why
        self._has_gpu = any(device.startswith("GPU") for device in build.devices)
        return build.free_gpu_memory

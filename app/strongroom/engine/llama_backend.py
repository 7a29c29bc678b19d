# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""llama.cpp, loaded into this process: the only module that imports it, and only a worker imports this module.

It uses the low-level bindings, because the high-level class can neither load from a descriptor nor report progress nor
be interrupted. ``llama.h`` of the same release is the reference for every call here.
"""

import ctypes
import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama
from llama_cpp._ggml import libggml

from strongroom.engine.c_library import StopSignal, c_stream
from strongroom.engine.protocol import OUT_OF_MEMORY_WORDS, DeviceReason, FailureCode, Generate

_CPU_BATCH = 128
"""Larger batches are hardly faster on a CPU, and need more memory for what no flash attention saves."""
_GPU_BATCH = 512
_PENALTY_WINDOW = 64
_PIECE_BYTES = 256
_ERROR_LEVEL, _CONTINUED_LEVEL = 4, 5
_GPU_BACKENDS = ("cuda", "hip", "vulkan", "sycl", "metal", "musa", "opencl", "cann")
_GPU_TYPES = (1, 2)
"""ggml_backend_dev_type: a GPU with its own memory, and one that shares the host's."""


class LoadFailed(Exception):
    """The model could not be loaded."""

    def __init__(self, code: FailureCode) -> None:
        super().__init__(code.value)
        self.code = code


class ComputationFailed(Exception):
    """llama.cpp reported an error that it does not recover from."""


class Decoded(Enum):
    """How a computation ended."""

    COMPLETE = "complete"
    ABORTED = "aborted"
    CONTEXT_FULL = "context_full"


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model runs, and why."""

    reason: DeviceReason
    name: str = ""
    offloaded_layers: int = 0
    total_layers: int = 0


class LlamaModel:
    """One model and one context, of one sequence.

    The tokens that lie in the KV cache are known exactly, so that the next prompt can reuse the beginning that it
    shares with them.

    Args:
        descriptors: The open files: the model's parts in their order. They are not kept; the caller may close them
            afterwards.
        adapters: LoRA adapters, as descriptor and scale; not kept either.
        context_length: Tokens wanted; a model that was trained on fewer gets fewer.
        gpu_layers: Layers to offload; -1 for all.
        on_progress: Called with 0.0 to 1.0 while loading.
        stop: Ends the loading, and later any computation.

    Raises:
        LoadFailed: The file is no usable model, memory ran out, or ``stop`` was set.
    """

    def __init__(
        self,
        descriptors: Sequence[int],
        *,
        adapters: Sequence[tuple[int, float]] = (),
        context_length: int,
        gpu_layers: int,
        on_progress: Callable[[float], None],
        stop: StopSignal,
    ) -> None:
        self._stop = stop
        _LOG.stop = stop
        self._context: int | None = None
        self._model = self._load_model(descriptors, gpu_layers, on_progress)
        try:
            self._vocabulary = self._find_vocabulary()
            self.training_context_length = max(0, int(llama.llama_model_n_ctx_train(self._model)))
            self.device = _device(gpu_layers, int(llama.llama_model_n_layer(self._model)))
            is_on_gpu = self.device.reason is DeviceReason.OFFLOADED
            self.largest_batch = _GPU_BATCH if is_on_gpu else _CPU_BATCH
            self._context = self._make_context(min(context_length, self.training_context_length or context_length))
            self._apply(adapters)
        except LoadFailed:
            self.close()
            raise
        self.context_length = int(llama.llama_n_ctx(self._context))
        self._cached: list[int] = []
        self._piece = ctypes.create_string_buffer(_PIECE_BYTES)
        self._one = (llama.llama_token * 1)()
        self._adds_bos = bool(llama.llama_vocab_get_add_bos(self._vocabulary))

    def close(self) -> None:
        """Free the context and the model."""
        if self._context:
            llama.llama_free(self._context)
        if self._model:
            llama.llama_model_free(self._model)
        self._context = self._model = None

    @property
    def architecture(self) -> str:
        """The model's family, as its file says."""
        value = ctypes.create_string_buffer(65)
        llama.llama_model_meta_val_str(self._model, b"general.architecture", value, len(value))
        return value.value.decode("utf-8", "replace")

    @property
    def description(self) -> str:
        """llama.cpp's words: family, size, quantization."""
        value = ctypes.create_string_buffer(129)
        llama.llama_model_desc(self._model, value, len(value))
        return value.value.decode("utf-8", "replace")

    @property
    def chat_template(self) -> str | None:
        """The template in the file."""
        source = llama.llama_model_chat_template(self._model, None)
        return source.decode("utf-8", "replace") if source else None

    @property
    def bos_text(self) -> str:
        """The text of the beginning-of-sequence token."""
        return self._token_text(llama.llama_vocab_bos(self._vocabulary))

    @property
    def eos_text(self) -> str:
        """The text of the end-of-sequence token."""
        return self._token_text(llama.llama_vocab_eos(self._vocabulary))

    @property
    def can_rewind(self) -> bool:
        """Whether single tokens can be forgotten again; recurrent models forget all or nothing."""
        return not (llama.llama_model_is_recurrent(self._model) or llama.llama_model_is_hybrid(self._model))

    @property
    def used(self) -> int:
        """Tokens in the KV cache."""
        return len(self._cached)

    def tokenize(self, text: str) -> list[int]:
        """Return the tokens of a rendered prompt, special tokens included.

        The beginning-of-sequence token is there once, whether the template wrote it or the vocabulary asks for it.

        Raises:
            ComputationFailed: llama.cpp could not.
        """
        if self._adds_bos and self.bos_text:
            text = text.removeprefix(self.bos_text)
        encoded = text.encode("utf-8", "replace")
        room = len(encoded) + 16
        tokens = (llama.llama_token * room)()
        count = llama.llama_tokenize(self._vocabulary, encoded, len(encoded), tokens, room, True, True)
        if count < 0:
            raise ComputationFailed("tokenize")
        return list(tokens[:count])

    def reuse(self, tokens: Sequence[int]) -> int:
        """Forget what does not belong to ``tokens`` and return how many of them are in the KV cache.

        At least one is left to be processed: the next token's probabilities come out of that.
        """
        pairs = zip(self._cached, tokens[:-1], strict=False)
        shared = next((place for place, (cached, wanted) in enumerate(pairs) if cached != wanted), None)
        if shared is None:
            shared = min(self.used, max(0, len(tokens) - 1))
        self._forget_after(shared)
        return self.used

    def decode(self, tokens: Sequence[int]) -> Decoded:
        """Process at most :attr:`largest_batch` tokens behind those in the KV cache.

        What was not completed is forgotten again.

        Raises:
            ComputationFailed: llama.cpp could not.
            MemoryError: It had not enough memory.
        """
        if self.used + len(tokens) > self.context_length:
            return Decoded.CONTEXT_FULL
        if len(tokens) == 1:
            batch = self._one
            batch[0] = tokens[0]
        else:
            batch = (llama.llama_token * len(tokens))(*tokens)
        status = llama.llama_decode(self._context, llama.llama_batch_get_one(batch, len(tokens)))
        if status == 0:
            self._cached.extend(tokens)
            return Decoded.COMPLETE
        self._forget_after(self.used)
        if status == 2:
            return Decoded.ABORTED
        if status == 1:
            return Decoded.CONTEXT_FULL
        if status == -2 or _LOG.contains(*OUT_OF_MEMORY_WORDS):
            raise MemoryError
        raise ComputationFailed(f"decode: {status}")

    def set_threads(self, single: int, batch: int) -> None:
        """Compute the next single token, and the next batch, with so many threads."""
        llama.llama_set_n_threads(self._context, single, batch)

    def make_sampler(self, request: Generate) -> "Sampler":
        """Return the sampler chain that a request asks for."""
        return Sampler(self._context, int(llama.llama_vocab_n_tokens(self._vocabulary)), request)

    def is_end(self, token: int) -> bool:
        """Whether ``token`` ends the model's turn."""
        return bool(llama.llama_vocab_is_eog(self._vocabulary, token))

    def piece(self, token: int) -> bytes:
        """Return the bytes that ``token`` stands for; none for a control token."""
        return self._token_bytes(token, is_special=False)

    def _token_text(self, token: int) -> str:
        return self._token_bytes(token, is_special=True).decode("utf-8", "replace") if token >= 0 else ""

    def _token_bytes(self, token: int, *, is_special: bool) -> bytes:
        buffer, room = self._piece, _PIECE_BYTES
        length = llama.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, is_special)
        if length < 0:
            buffer, room = ctypes.create_string_buffer(-length), -length
            length = llama.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, is_special)
        return buffer.raw[: max(0, length)]

    def _forget_after(self, count: int) -> None:
        """Keep the first ``count`` tokens in the KV cache; none where the model's memory cannot be cut."""
        memory = llama.llama_get_memory(self._context)
        if not llama.llama_memory_seq_rm(memory, 0, count, -1):
            llama.llama_memory_clear(memory, True)
            count = 0
        del self._cached[count:]

    def _load_model(
        self, descriptors: Sequence[int], gpu_layers: int, on_progress: Callable[[float], None]
    ) -> int | None:
        def report(share: float, _data: object) -> bool:
            on_progress(share)
            return not self._stop.is_set

        parameters = llama.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        parameters.progress_callback = llama.llama_progress_callback(report)
        model = _load_parts(descriptors, parameters) if len(descriptors) > 1 else _load_file(descriptors[0], parameters)
        if not model:
            raise LoadFailed(self._why_not_loaded())
        return model

    def _apply(self, adapters: Sequence[tuple[int, float]]) -> None:
        """Let LoRA adapters change every computation of the context. They are freed with the model."""
        if not adapters:
            return
        count = len(adapters)
        loaded = (llama.llama_adapter_lora_p_ctypes * count)(*(self._load_adapter(one) for one, _ in adapters))
        scales = (ctypes.c_float * count)(*(scale for _, scale in adapters))
        if llama.llama_set_adapters_lora(self._context, loaded, count, scales) != 0:
            raise LoadFailed(FailureCode.NOT_AN_ADAPTER)

    def _load_adapter(self, descriptor: int) -> Any:
        if self._stop.is_set:
            raise LoadFailed(FailureCode.CANCELLED)
        with c_stream(descriptor) as stream:
            adapter = llama.llama_adapter_lora_init_from_file_ptr(self._model, stream)
        if adapter:
            return adapter
        is_short_of_memory = _LOG.contains(*OUT_OF_MEMORY_WORDS)
        raise LoadFailed(FailureCode.OUT_OF_MEMORY if is_short_of_memory else FailureCode.NOT_AN_ADAPTER)

    def _why_not_loaded(self) -> FailureCode:
        if self._stop.is_set:
            return FailureCode.CANCELLED
        if _LOG.contains(*OUT_OF_MEMORY_WORDS):
            return FailureCode.OUT_OF_MEMORY
        if _LOG.contains("unknown model architecture"):
            return FailureCode.UNKNOWN_ARCHITECTURE
        return FailureCode.NOT_A_MODEL

    def _find_vocabulary(self) -> Any:
        vocabulary = llama.llama_model_get_vocab(self._model)
        has_words = llama.llama_vocab_type(vocabulary) != llama.LLAMA_VOCAB_TYPE_NONE
        if not has_words or not llama.llama_model_has_decoder(self._model) or self._has_encoder():
            raise LoadFailed(FailureCode.NO_TEXT_GENERATION)
        return vocabulary

    def _has_encoder(self) -> bool:
        return bool(llama.llama_model_has_encoder(self._model))

    def _make_context(self, length: int) -> int:
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = length
        parameters.n_batch = parameters.n_ubatch = min(self.largest_batch, length)
        if self.device.reason is not DeviceReason.OFFLOADED:
            # On a CPU, flash attention adds up in an order that depends on the number of threads and the size of the
            # batches. Without it a seed gives the same answer on a busy machine and on an idle one, and after another
            # question as well; it was no slower when it was measured.
            parameters.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        # Only the last token of a prompt is ever sampled from.
        parameters.n_outputs_max = 1
        parameters.abort_callback = ctypes.cast(self._stop.function_address, llama.ggml_abort_callback)
        parameters.abort_callback_data = self._stop.text_address
        context: int | None = llama.llama_init_from_model(self._model, parameters)
        if not context:
            # The model was good enough to load; what a context needs beyond that is memory.
            raise LoadFailed(FailureCode.CANCELLED if self._stop.is_set else FailureCode.OUT_OF_MEMORY)
        return context


class Sampler:
    """Chooses one token after the other, as one request asks for it.

    The order is llama.cpp's own: penalty, top-k, top-p, min-p, temperature, draw. The repeat penalty looks at the
    answer only: one that looked at the prompt would punish the tokens that end a turn.
    """

    def __init__(self, context: Any, vocabulary_size: int, request: Generate) -> None:
        self._context = context
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        if request.repeat_penalty != 1.0:
            self._add(
                llama.llama_sampler_init_penalties(vocabulary_size, _PENALTY_WINDOW, request.repeat_penalty, 0.0, 0.0)
            )
        if request.temperature == 0.0:
            self._add(llama.llama_sampler_init_greedy())
            return
        if request.top_k:
            self._add(llama.llama_sampler_init_top_k(request.top_k))
        if request.top_p < 1.0:
            self._add(llama.llama_sampler_init_top_p(request.top_p, 1))
        if request.min_p > 0.0:
            self._add(llama.llama_sampler_init_min_p(request.min_p, 1))
        self._add(llama.llama_sampler_init_temp(request.temperature))
        # The highest seed is llama.cpp's word for "draw one"; here every seed repeats itself.
        self._add(llama.llama_sampler_init_dist(min(request.seed, llama.LLAMA_DEFAULT_SEED - 1)))

    def choose(self) -> int:
        """Return the next token, and remember it for the penalty."""
        return int(llama.llama_sampler_sample(self._chain, self._context, -1))

    def close(self) -> None:
        """Free the chain."""
        llama.llama_sampler_free(self._chain)

    def _add(self, sampler: Any) -> None:
        llama.llama_sampler_chain_add(self._chain, sampler)


class _Log:
    """The last error lines of llama.cpp: they choose between failure codes, and go to standard error for a report."""

    def __init__(self) -> None:
        self.stop: StopSignal | None = None
        """While it is raised, errors are what was asked for."""
        self._lines: deque[str] = deque(maxlen=20)
        self._level = 0
        self._callback = llama.llama_log_callback(self._receive)
        llama.llama_log_set(self._callback, ctypes.c_void_p(0))

    def contains(self, *words: str) -> bool:
        return any(word in line for line in self._lines for word in words)

    def _receive(self, level: int, text: bytes, _data: object) -> None:
        if level != _CONTINUED_LEVEL:
            self._level = level
        if self._level == _ERROR_LEVEL and not (self.stop and self.stop.is_raised):
            self._lines.append(text.decode("utf-8", "replace"))
            os.write(2, text)


_LOG = _Log()
"""One for all: llama.cpp has one logger per process, and calls it as long as the process lives."""


def _load_file(descriptor: int, parameters: Any) -> int | None:
    """Load from the very file that is open, whatever its path has become; its path is not used."""
    model: int | None
    try:
        with c_stream(descriptor) as stream:
            model = llama.llama_model_load_from_file_ptr(stream, parameters)
    except OSError:
        model = llama.llama_model_load_from_file(f"/proc/self/fd/{descriptor}".encode(), parameters)
    return model


def _load_parts(descriptors: Sequence[int], parameters: Any) -> int | None:
    """Load one model from the very files that are open, in this order.

    llama.cpp takes several parts by path only. These paths lead to the open files, and as each part is named, it never
    looks for siblings of the first one by their names.
    """
    paths = [f"/proc/self/fd/{descriptor}".encode() for descriptor in descriptors]
    if not all(map(os.path.exists, paths)):
        raise LoadFailed(FailureCode.NO_PARTS_HERE)
    array = (ctypes.c_char_p * len(paths))(*paths)
    model: int | None = llama.llama_model_load_from_splits(array, len(paths), parameters)
    return model


def warm_up_backend() -> None:
    """Let llama.cpp find out what this processor can do, as long as it may look."""
    if not has_gpu_backend():
        # A GPU's driver would start threads, for which the rules that come next would be too late.
        libggml.ggml_backend_dev_count()
    llama.llama_max_devices()


def has_gpu_backend() -> bool:
    """Return whether this build has a backend for GPUs, by the files that it consists of; no driver is touched."""
    folder = Path(llama.__file__).parent / "lib"
    return any(name in library.name.lower() for library in folder.glob("*ggml*") for name in _GPU_BACKENDS)


for _name, _arguments, _result in (
    ("ggml_backend_dev_count", [], ctypes.c_size_t),
    ("ggml_backend_dev_get", [ctypes.c_size_t], ctypes.c_void_p),
    ("ggml_backend_dev_type", [ctypes.c_void_p], ctypes.c_int),
    ("ggml_backend_dev_description", [ctypes.c_void_p], ctypes.c_char_p),
):
    getattr(libggml, _name).argtypes = _arguments
    getattr(libggml, _name).restype = _result


def _device(gpu_layers: int, layers: int) -> Device:
    # llama.cpp counts the output layer as one more.
    total = layers + 1
    if not llama.llama_supports_gpu_offload():
        return Device(DeviceReason.NO_GPU_BACKEND, total_layers=total)
    if gpu_layers == 0:
        return Device(DeviceReason.NOT_ASKED, total_layers=total)
    found = [libggml.ggml_backend_dev_get(index) for index in range(libggml.ggml_backend_dev_count())]
    names = [libggml.ggml_backend_dev_description(one) for one in found if _is_gpu(one)]
    if not names:
        return Device(DeviceReason.NO_GPU_FOUND, total_layers=total)
    offloaded = total if gpu_layers < 0 else min(gpu_layers, total)
    return Device(DeviceReason.OFFLOADED, names[0].decode("utf-8", "replace"), offloaded, total)


def _is_gpu(device: Any) -> bool:
    return libggml.ggml_backend_dev_type(device) in _GPU_TYPES

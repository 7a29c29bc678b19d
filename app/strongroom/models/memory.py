# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How much memory a model will need, before it is loaded: llama.cpp's own rules of allocation, one function each.

The rules are those of the llama.cpp in llama-cpp-python 0.3.36; each function names the place. What the app asks
llama.cpp for is in ``strongroom.engine.llama_backend``: batches of 128 tokens on a CPU and of 512 on a GPU, flash
attention on a GPU only, one sequence, one output, keys and values as 16-bit numbers, files mapped into memory.

``benchmarks/memory.py`` compares the sum with what the kernel counts for a real worker.
"""

import platform
from dataclasses import dataclass

from strongroom.models.gguf_file import TENSOR_TYPES, Tensor
from strongroom.models.model_shape import ModelShape

_CPU_BATCH = 128
_USUAL_BATCH = 112
"""The largest batch of a worker: 128 on a fast machine, 64 to 96 where so many tokens would take longer than 0.4 s
(``strongroom.engine.answering``). llama.cpp plans for 128, and the kernel counts what is touched."""
_GPU_BATCH = 512
_PADDING = 256
"""A context is a multiple of so many tokens (``llama_context``: GGML_PAD of n_ctx; the same for windows)."""
_KEY_VALUE_BYTES = 2
_FLOAT_BYTES = 4
_INDEX_BYTES = 8

_X86_COPIED = frozenset({"Q4_0", "Q4_K", "Q2_K", "IQ4_NL", "MXFP4"})
"""With AVX2; Q2_K with AVX-512 only."""
_ARM_COPIED = frozenset({"Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0", "Q1_0", "IQ4_NL", "MXFP4"})
"""With the dot product instructions."""
_COPIED_ROWS = 8
_COPIED_SHARES = {
    "Q4_0": 1.0,
    "IQ4_NL": 1.0,
    "MXFP4": 1.0,
    "Q4_K_S": 0.95,
    "Q4_K_M": 0.75,
    "Q4_K": 0.75,
    "Q2_K": 0.5,
}
"""Of the layers' bytes in a file of that name: the rest is of other types, which are not copied."""

_PROCESS_BYTES = 42_000_000
"""A worker without a model: the interpreter, the libraries of llama.cpp, and Jinja. Measured, as the two below."""
_WORD_BYTES = 160
"""Each word is kept three times, as text, as bytes and in an index (``llama_vocab::impl``)."""
_MERGE_BYTES = 210
_THREAD_BYTES = 512 * 1024
"""What a thread needs to multiply in tiles (``ggml_tiled_ws_size``)."""
_MOST_THREADS = 16


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes that a worker will need when its context is full, by what they are for."""

    weights: int
    """The file's pages."""
    copies: int
    """Weights that llama.cpp keeps a second time, rearranged for the CPU."""
    key_values: int
    """What the model remembers of the context."""
    compute: int
    """What one batch needs while it is computed."""
    process: int
    """The worker itself, with its vocabulary."""
    returnable: int
    """Of :attr:`weights`: pages whose weights were copied. Nobody reads them again, so the kernel takes them back when
    memory gets short."""
    is_sealed: bool = False
    """Whether the file's pages are memory of its own, which nobody takes back."""

    @property
    def total(self) -> int:
        """The most that the kernel will count for the worker."""
        return self.weights + self.copies + self.key_values + self.compute + self.process

    @property
    def needed(self) -> int:
        """What has to be free: without it the machine would swap, or refuse."""
        return self.total - self.returnable


def estimate_memory(
    shape: ModelShape,
    context_length: int,
    *,
    file_size: int = 0,
    quantization: str = "",
    is_sealed: bool = False,
    machine: str = "",
) -> MemoryEstimate:
    """Return what a model will need on a CPU.

    Args:
        shape: From the header of the model; or of another quantization of it, when ``quantization`` is given.
        context_length: Tokens; a model that was trained on fewer gets fewer.
        file_size: Bytes of all parts; 0 takes what the tensors of the shape need.
        quantization: Estimate this quantization of the same model, of ``file_size`` bytes: what is copied is then
            guessed from the name.
        is_sealed: Whether it runs from a sealed copy, whose pages the kernel cannot take back.
        machine: As :func:`platform.machine` names it; empty for this one.
    """
    weights = file_size or shape.weights_size
    copies = copied_size(shape, machine=machine)
    if quantization:
        copies = int(_share(quantization, machine) * max(0, weights - _embedding_size(shape, weights)))
    cells = cells_of(shape, context_length)
    return MemoryEstimate(
        weights=weights,
        copies=copies,
        key_values=key_value_size(shape, cells, batch=_CPU_BATCH),
        compute=compute_size(shape, cells, batch=min(_USUAL_BATCH, context_length), has_flash_attention=False)
        + work_size(shape, cells, batch=min(_USUAL_BATCH, context_length)),
        process=process_size(shape),
        returnable=0 if is_sealed else min(copies, weights),
        is_sealed=is_sealed,
    )


def estimate_gpu_memory(shape: ModelShape, context_length: int, *, file_size: int = 0) -> int:
    """Return the bytes of a GPU's memory that a model takes with all its layers.

    The table of words stays in main memory, unless the model uses it for its output as well. Written from llama.cpp's
    rules; not compared with a GPU yet.
    """
    weights = file_size or shape.weights_size
    if any(tensor.name == "output.weight" for tensor in shape.tensors):
        weights -= _embedding_size(shape, weights)
    cells = cells_of(shape, context_length)
    return (
        weights
        + key_value_size(shape, cells, batch=_GPU_BATCH)
        + compute_size(shape, cells, batch=min(_GPU_BATCH, context_length), has_flash_attention=True)
    )


def cells_of(shape: ModelShape, context_length: int) -> int:
    """Return the tokens that a context has room for, as ``llama_context`` rounds them up."""
    return _padded(min(context_length, shape.context_length or context_length))


def copied_size(shape: ModelShape, *, machine: str = "") -> int:
    """Return the bytes of the weights that llama.cpp keeps a second time, rearranged for the CPU.

    ``ggml_repack_get_optimal_repack_type`` in ``ggml-cpu/repack.cpp``: matrices of some types, of a multiple of eight
    rows, where they are multiplied. The table of words is only looked up, unless the output uses it as well
    (``TENSOR_DUPLICATED``). They go to a buffer of their own (CPU_REPACK), beside the mapped file.
    """
    has_output = any(tensor.name == "output.weight" for tensor in shape.tensors)
    return sum(
        tensor.size or 0
        for tensor in shape.tensors
        if _is_copied(tensor, machine) and not (has_output and tensor.name == "token_embd.weight")
    )


def key_value_size(shape: ModelShape, cells: int, *, batch: int, keeps_whole_windows: bool = True) -> int:
    """Return the bytes of the keys and values of a full context.

    ``llama_kv_cache``: for each layer with attention, one row of keys and one of values for each token, of as many
    heads as the layer has for them (grouped-query attention). Without flash attention the values are stored crosswise,
    and every layer gets the rows of the longest one. It is allocated and zeroed as the context is made.

    A layer with a sliding window gets the same rows for as long as ``swa_full`` is llama.cpp's default, which the app
    leaves alone; else ``llama_kv_cache_iswa`` gives it the window and one batch, rounded up. A recurrent layer keeps
    its state as 32-bit numbers, once.

    Args:
        shape: The model's.
        cells: Tokens of the context, from :func:`cells_of`.
        batch: Tokens of a batch.
        keeps_whole_windows: llama.cpp's ``swa_full``.
    """
    window = cells if keeps_whole_windows else min(cells, _padded(shape.sliding_window + batch))
    longest_values = max((layer.kv_heads * layer.value_length for layer in shape.layers), default=0)
    size = 0
    for layer in shape.layers:
        if layer.kv_heads:
            row = layer.kv_heads * layer.key_length + longest_values
            size += (window if layer.is_windowed else cells) * row * _KEY_VALUE_BYTES
        else:
            size += shape.recurrent_state * _FLOAT_BYTES
    return size


def compute_size(shape: ModelShape, cells: int, *, batch: int, has_flash_attention: bool) -> int:
    """Return the bytes of the compute buffer, which ``llama_context::sched_reserve`` plans for the largest batch.

    ``ggml-alloc`` gives tensors that are not needed at the same time the same place. What counts is the widest moment:
    without flash attention mostly that one in which every token's attention to every other lies there for all heads of
    a layer, else that of the feed-forward network. Through all of it there are the masks, one for each kind of layer,
    the places where the values go, and the rows that come in: three of the model's width and two of its heads'. The
    output buffer (``output_reserve``), one row of the vocabulary, is here too.
    """
    kinds = len({layer.is_windowed for layer in shape.layers if layer.kv_heads})
    heads_width = shape.heads * max((layer.key_length for layer in shape.layers), default=0)
    values = max((layer.kv_heads * layer.value_length for layer in shape.layers), default=0)
    attention = 0 if has_flash_attention else shape.heads * cells
    mask_bytes = 2 if has_flash_attention else _FLOAT_BYTES
    token = (
        kinds * cells * mask_bytes
        + kinds * values * _INDEX_BYTES
        + (3 * shape.embedding_length + 2 * heads_width) * _FLOAT_BYTES
        + max(attention, 2 * shape.feed_forward_length) * _FLOAT_BYTES
    )
    return batch * token + 2 * shape.vocabulary * _FLOAT_BYTES


def work_size(shape: ModelShape, cells: int, *, batch: int) -> int:
    """Return the bytes that the CPU backend works in (``ggml_graph_plan``): kept as large as any operation needed it.

    A matrix product first converts what comes in to the type that the weights are multiplied with. The largest ones are
    the attention, converted to 16 bits to meet the values, and the feed-forward network's middle, as 8-bit blocks.
    """
    attention = shape.heads * cells * 2
    middle = shape.feed_forward_length * TENSOR_TYPES[8].size // TENSOR_TYPES[8].block
    return batch * max(attention, middle) + _THREAD_BYTES


def process_size(shape: ModelShape) -> int:
    """Return the bytes of the worker process with the model's vocabulary."""
    return _PROCESS_BYTES + _WORD_BYTES * shape.vocabulary + _MERGE_BYTES * shape.merges


def _is_copied(tensor: Tensor, machine: str) -> bool:
    kind = TENSOR_TYPES.get(tensor.type)
    if kind is None or kind.name not in _copied_types(machine) or not 2 <= len(tensor.dimensions) <= 3:
        return False
    return tensor.dimensions[1] % _COPIED_ROWS == 0


def _copied_types(machine: str) -> frozenset[str]:
    is_arm = (machine or platform.machine()).lower() in ("arm64", "aarch64")
    return _ARM_COPIED if is_arm else _X86_COPIED


def _share(quantization: str, machine: str) -> float:
    name = quantization.upper()
    if _copied_types(machine) is _ARM_COPIED and name.startswith(("Q5_K", "Q6_K", "Q8_0", "Q4_K")):
        return 1.0
    return _COPIED_SHARES.get(name, 0.0)


def _embedding_size(shape: ModelShape, weights: int) -> int:
    """Return the bytes of the table of words in a file of ``weights`` bytes: its share is about the same in each."""
    words = next((tensor for tensor in shape.tensors if tensor.name == "token_embd.weight"), None)
    return int(weights * words.elements / shape.parameters) if words is not None and shape.parameters else 0


def _padded(tokens: int) -> int:
    return -(-tokens // _PADDING) * _PADDING

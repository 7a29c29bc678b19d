# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What kind of model a GGUF file holds, and how large its parts are, by its own word.

The keys are those of gguf's ``constants.py`` and of llama.cpp's ``llama-arch.cpp``. Nothing here is a fact about the
file's origin: a header can say anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from strongroom.core.hub import FileKind
from strongroom.models.gguf_file import TENSOR_TYPES, Array, GgufHeader, Tensor

_MOST_LAYERS = 1024
"""llama.cpp's own limit is 512 (LLAMA_MAX_LAYERS)."""
_LONGEST_NAME = 200

_WINDOW_PERIODS = {
    "afmoe": 4,
    "cohere2": 4,
    "cohere2moe": 4,
    "exaone4": 4,
    "exaone-moe": 4,
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "gpt-oss": 2,
    "llama4": 4,
    "olmo2": 4,
    "plamo3": 8,
    "smallthinker": 4,
}
"""Every so many layers one looks back over everything, where a file does not say it (llama.cpp's ``src/models``)."""
_FULL_FIRST = frozenset({"cohere2moe", "smallthinker"})

_FILE_TYPES = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    7: "Q8_0",
    8: "Q5_0",
    9: "Q5_1",
    10: "Q2_K",
    11: "Q3_K_S",
    12: "Q3_K_M",
    13: "Q3_K_L",
    14: "Q4_K_S",
    15: "Q4_K_M",
    16: "Q5_K_S",
    17: "Q5_K_M",
    18: "Q6_K",
    19: "IQ2_XXS",
    20: "IQ2_XS",
    21: "Q2_K_S",
    22: "IQ3_XS",
    23: "IQ3_XXS",
    24: "IQ1_S",
    25: "IQ4_NL",
    26: "IQ3_S",
    27: "IQ3_M",
    28: "IQ2_S",
    29: "IQ2_M",
    30: "IQ4_XS",
    31: "IQ1_M",
    32: "BF16",
    36: "TQ1_0",
    37: "TQ2_0",
    38: "MXFP4",
    39: "NVFP4",
    40: "Q1_0",
    41: "Q2_0",
}
"""``llama_ftype`` in ``llama.h``."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer's attention needs to remember of each token."""

    kv_heads: int
    """0 for a layer without attention."""
    key_length: int
    """Numbers of each head's key."""
    value_length: int
    is_windowed: bool = False
    """Whether it looks back over the sliding window only."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A model, as its header describes it. 0 and empty mean that the header does not say."""

    kind: FileKind
    architecture: str
    name: str
    license: str
    quantization: str
    """The name of its file type, for example ``Q4_K_M``."""
    parameters: int
    """Weights, counted from the tensors of the headers that were read."""
    bits_per_weight: float
    """Measured on those tensors; 0 when a type is not known."""
    layers: tuple[Layer, ...]
    context_length: int
    """Tokens that it was trained on."""
    embedding_length: int
    heads: int
    """Of the layer with the most."""
    feed_forward_length: int
    """Of the layer with the longest; of a mixture of experts, of all that a token uses."""
    sliding_window: int
    """Tokens that layers with a window look back."""
    vocabulary: int
    """Words."""
    merges: int
    """Pairs of words that the tokenizer joins."""
    experts: int
    split_number: int
    """Of the first header's part, from 1; 1 for a whole file."""
    split_count: int
    """1 for a whole file."""
    has_chat_template: bool
    tensors: tuple[Tensor, ...]
    recurrent_state: int
    """Numbers that each layer without attention remembers, whatever the length of the context."""

    @property
    def weights_size(self) -> int:
        """Bytes of the tensors whose types are known."""
        return sum(tensor.size or 0 for tensor in self.tensors)

    @property
    def layer_count(self) -> int:
        """How many layers it has."""
        return len(self.layers)


def shape_of(headers: Sequence[GgufHeader]) -> ModelShape:
    """Return the shape of a model.

    Args:
        headers: Of its parts in their order, the first part's at least: that one has the metadata, and each has its own
            tensors.
    """
    keys = _Keys(headers[0])
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    parameters = sum(tensor.elements for tensor in tensors)
    sizes = [tensor.size for tensor in tensors]
    is_measurable = parameters > 0 and None not in sizes
    heads = keys.per_layer("attention.head_count")
    return ModelShape(
        kind=_kind(headers[0]),
        architecture=keys.architecture,
        name=headers[0].text("general.name")[:_LONGEST_NAME],
        license=headers[0].text("general.license")[:_LONGEST_NAME],
        quantization=_quantization(headers[0], tensors),
        parameters=parameters,
        bits_per_weight=8 * sum(filter(None, sizes)) / parameters if is_measurable else 0.0,
        layers=_layers(keys, heads),
        context_length=keys.whole("context_length"),
        embedding_length=keys.whole("embedding_length"),
        heads=max(heads, default=0),
        feed_forward_length=_feed_forward_length(keys),
        sliding_window=keys.whole("attention.sliding_window"),
        vocabulary=_length(headers[0], "tokenizer.ggml.tokens") or keys.whole("vocab_size"),
        merges=_length(headers[0], "tokenizer.ggml.merges"),
        experts=keys.whole("expert_count"),
        split_number=headers[0].whole("split.no") + 1,
        split_count=max(1, headers[0].whole("split.count")),
        has_chat_template=bool(headers[0].metadata.get("tokenizer.chat_template")),
        tensors=tensors,
        recurrent_state=_recurrent_state(keys),
    )


class _Keys:
    """The keys of a header that begin with its architecture."""

    def __init__(self, header: GgufHeader) -> None:
        self._header = header
        self.architecture = header.text("general.architecture")[:_LONGEST_NAME]
        self.layers = min(self.whole("block_count"), _MOST_LAYERS)

    def whole(self, key: str) -> int:
        return self._header.whole(f"{self.architecture}.{key}")

    def array(self, key: str) -> tuple[int | float | str, ...] | None:
        value = self._header.metadata.get(f"{self.architecture}.{key}")
        return value.items if isinstance(value, Array) else None

    def per_layer(self, key: str) -> list[int]:
        """Return one number for each layer: the header has one for all, or one for each."""
        values = self.array(key)
        if values is not None:
            numbers = [item if isinstance(item, int) and item > 0 else 0 for item in values[: self.layers]]
            return numbers + [0] * (self.layers - len(numbers))
        return [self.whole(key)] * self.layers

    def has(self, key: str) -> bool:
        return f"{self.architecture}.{key}" in self._header.metadata


def _kind(header: GgufHeader) -> FileKind:
    kind = header.text("general.type")
    if kind == "adapter" or header.text("adapter.type"):
        return FileKind.ADAPTER
    # Projectors that are older than general.type have the architecture only.
    if kind in ("mmproj", "projector") or header.text("general.architecture") == "clip":
        return FileKind.PROJECTOR
    return FileKind.MODEL


def _quantization(header: GgufHeader, tensors: Sequence[Tensor]) -> str:
    """Return what the file says, or, when it says nothing, the type that most of its weights have."""
    if "general.file_type" in header.metadata:
        return _FILE_TYPES.get(header.whole("general.file_type"), "")
    weights: dict[int, int] = {}
    for tensor in tensors:
        weights[tensor.type] = weights.get(tensor.type, 0) + tensor.elements
    most = max(weights, key=lambda kind: weights[kind], default=-1)
    return TENSOR_TYPES[most].name if most in TENSOR_TYPES else ""


def _layers(keys: _Keys, heads: list[int]) -> tuple[Layer, ...]:
    """Return what each layer remembers, as llama.cpp reads it (``llama_model_base::load_hparams``)."""
    head_size = keys.whole("embedding_length") // heads[0] if heads and heads[0] else 0
    key_length = keys.whole("attention.key_length") or head_size
    value_length = keys.whole("attention.value_length") or head_size
    if keys.has("attention.key_length_mla"):
        # Multi-head latent attention keeps one compressed row for keys and values together.
        value_length = 0
    kv_heads = keys.per_layer("attention.head_count_kv") if keys.has("attention.head_count_kv") else heads
    interval = keys.whole("full_attention_interval")
    if interval:
        kv_heads = [count if (number + 1) % interval == 0 else 0 for number, count in enumerate(kv_heads)]
    full = (key_length, value_length)
    windowed = (
        keys.whole("attention.key_length_swa") or key_length,
        keys.whole("attention.value_length_swa") or value_length,
    )
    with_memory = len(kv_heads) - keys.whole("attention.shared_kv_layers")
    return tuple(
        Layer(count if number < with_memory else 0, *(windowed if is_windowed else full), is_windowed)
        for number, (count, is_windowed) in enumerate(zip(kv_heads, _windows(keys), strict=True))
    )


def _windows(keys: _Keys) -> list[bool]:
    """Return which layers have a sliding window (``load_swa_pattern`` and ``set_swa_pattern``)."""
    pattern = keys.array("attention.sliding_window_pattern")
    if pattern is not None:
        return [bool(number < len(pattern) and pattern[number]) for number in range(keys.layers)]
    if not keys.whole("attention.sliding_window") or keys.architecture not in _WINDOW_PERIODS:
        return [False] * keys.layers
    period = keys.whole("attention.sliding_window_pattern") or _WINDOW_PERIODS[keys.architecture]
    if keys.architecture in _FULL_FIRST:
        return [number % period != 0 for number in range(keys.layers)]
    return [number % period < period - 1 for number in range(keys.layers)]


def _length(header: GgufHeader, key: str) -> int:
    value = header.metadata.get(key)
    return value.length if isinstance(value, Array) else 0


def _feed_forward_length(keys: _Keys) -> int:
    dense = max(keys.per_layer("feed_forward_length"), default=0)
    expert = max(keys.per_layer("expert_feed_forward_length"), default=0)
    return max(dense, expert * keys.whole("expert_used_count"))


def _recurrent_state(keys: _Keys) -> int:
    """Return the numbers that a state space layer keeps (``llama_hparams::n_embd_r`` and ``n_embd_s``)."""
    inner, state = keys.whole("ssm.inner_size"), keys.whole("ssm.state_size")
    convolution = max(0, keys.whole("ssm.conv_kernel") - 1) * (inner + 2 * keys.whole("ssm.group_count") * state)
    return convolution + state * inner

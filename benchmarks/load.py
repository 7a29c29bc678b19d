# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What verifying costs at every load: verify and load against load alone, from a cold and from a warm page cache.

Verify and load is what a user gets: ``ModelPool.load``, which opens the file under a lease, hashes it, compares,
and hands the descriptor to the real worker. Load alone is the same worker with the same options and a descriptor that
nobody hashed. Both then answer with one token, so both have read every weight when the clock stops. The two take turns,
and every second round in the other order.

Cold means that no page of the model's file is in the page cache: the file is synced, given up with ``posix_fadvise``,
and ``mincore`` has to confirm it. Everything else, as the libraries, stays cached; what the disk's own cache or a
virtual machine's host keeps cannot be seen from here, so the speed of a plain sequential read is measured as well.

The models: the starter model, copied so that nobody else has it mapped, and one of about 1 GB with random weights that
is made for this and deleted again. Its folder must be on a real disk. Hashing is compared with a single thread of
``openssl speed -evp sha256`` in the same round.

    python benchmarks/load.py [--rounds 7] [--folder DIR] [--json benchmarks/results/load.json]
"""

import argparse
import ctypes
import json
import mmap
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter

from strongroom.core.chat import Message, Role
from strongroom.core.generation import SamplingParameters
from strongroom.core.paths import DataPaths
from strongroom.engine import EngineClient, LoadOptions
from strongroom.models import ModelRefused, hash_descriptor
from strongroom.workspace import Workspace

GOAL_LOAD = 1.1
GOAL_HASHING = 0.9
MOST_CACHED = 0.001
"""The share of a cold file that may be in the page cache."""
BLOCK = 4 * 1024 * 1024

EMBEDDING, LAYERS, FEED_FORWARD, HEADS, KV_HEADS = 2048, 20, 5632, 32, 8
QUESTION = [Message(Role.USER, "Hello")]
ONE_TOKEN = SamplingParameters(temperature=0.0, max_tokens=1)


def main() -> None:
    options = _options()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="strongroom-load-") as name:
        folder = Path(name)
        os.environ["STRONGROOM_KEY_FILE"] = str(folder / "keys")
        result = measure(folder, options.rounds)
    print_table(result)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, rounds: int) -> dict[str, object]:
    """Return the medians of every way to load each model, and of hashing."""
    with Workspace.open(DataPaths(folder / "data")) as workspace:
        starter = Path(workspace.shelf.entries()[0].path)
        copy, made = folder / starter.name, folder / "made.gguf"
        shutil.copyfile(starter, copy)
        make_model(made, starter)
        models = {"starter": copy, "made": made}
        for path in models.values():
            _sync(path)
        return {
            "benchmark": "load",
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "rounds": rounds,
            "load_average_before": [round(one, 2) for one in os.getloadavg()],
            "goal_ratio_cold": GOAL_LOAD,
            "goal_hashing": GOAL_HASHING,
            "what": "seconds until the first token, worker start and all weights included; cold: the page cache only",
            "models": {name: measure_model(workspace, path, rounds) for name, path in models.items()},
            "hashing": measure_hashing(made, rounds),
        }


def measure_model(workspace: Workspace, path: Path, rounds: int) -> dict[str, object]:
    """Return how long the model takes, verified and not, cold and warm."""
    model_id = _pinned(workspace, path)
    ways: dict[str, Callable[[], float]] = {
        "load": lambda: _load_alone(workspace, path),
        "verify_and_load": lambda: _verify_and_load(workspace, model_id),
    }
    taken: dict[str, dict[str, list[float]]] = {}
    reading = []
    for prepare, cache in ((warm_up, "warm"), (cool_down, "cold")):
        taken[cache] = {way: [] for way in ways}
        for number in range(rounds):
            for way in list(ways) if number % 2 == 0 else reversed(ways):
                prepare(path)
                taken[cache][way].append(ways[way]())
            if cache == "cold":
                cool_down(path)
                reading.append(path.stat().st_size / 1e9 / _seconds(lambda: _read(path)))
    return {
        "bytes": path.stat().st_size,
        "seconds": {cache: {way: _median(all_) for way, all_ in of.items()} for cache, of in taken.items()},
        "median_ratio": {
            cache: _median([b / a for a, b in zip(of["load"], of["verify_and_load"], strict=True)])
            for cache, of in taken.items()
        },
        "cold_read_gb_per_s": _median(reading),
        "each_round": {
            cache: {way: [round(one, 3) for one in all_] for way, all_ in of.items()} for cache, of in taken.items()
        },
    }


def measure_hashing(path: Path, rounds: int) -> dict[str, object]:
    """Return GB/s of our hashing of a file in the page cache, and of OpenSSL on one thread over memory."""
    warm_up(path)
    ours, peer = [], []
    with path.open("rb") as stream:
        for _ in range(rounds):
            seconds = _seconds(lambda: hash_descriptor(stream.fileno()))
            ours.append(path.stat().st_size / 1e9 / seconds)
            peer.append(_openssl_speed())
    return {
        "gb_per_s": {"strongroom": _median(ours), "openssl": _median(peer)},
        "median_ratio": _median([one / other for one, other in zip(ours, peer, strict=True)]),
    }


def _load_alone(workspace: Workspace, path: Path) -> float:
    settings = workspace.settings
    options = LoadOptions(settings.context_length, settings.gpu_layers, settings.threads)
    with path.open("rb") as stream:
        began = time.perf_counter()
        with EngineClient.load(
            [stream.fileno()], options, on_progress=lambda _: None, cancel=threading.Event()
        ) as client:
            list(client.generate(QUESTION, ONE_TOKEN, cancel=threading.Event()))
            return time.perf_counter() - began


def _verify_and_load(workspace: Workspace, model_id: str) -> float:
    began = time.perf_counter()
    workspace.models.load(model_id, on_event=lambda _: None, cancel=threading.Event())
    never = threading.Event()
    with workspace.models.borrow(on_event=lambda _: None, cancel=never) as loan:
        list(loan.generate(QUESTION, ONE_TOKEN, cancel=never))
    seconds = time.perf_counter() - began
    workspace.models.unload_all()
    return seconds


def _pinned(workspace: Workspace, path: Path) -> str:
    model_id = workspace.shelf.import_file(path).model_id
    try:
        workspace.shelf.verify(model_id, on_event=lambda _: None, cancel=threading.Event())
    except ModelRefused as refusal:
        workspace.shelf.pin(model_id, refusal.actual_digest or "")
    return model_id


def cool_down(path: Path) -> None:
    """Take a file out of the page cache, and make sure that it is."""
    with path.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if (share := cached_share(path)) > MOST_CACHED:
        raise SystemExit(f"{share:.1%} of {path} stay in the page cache: is it on a real disk, and does nobody use it?")


def warm_up(path: Path) -> None:
    """Bring a whole file into the page cache."""
    _read(path)
    if (share := cached_share(path)) < 1:
        raise SystemExit(f"only {share:.1%} of {path} fit into the page cache: there is too little memory")


def cached_share(path: Path) -> float:
    """Return how much of a file is in the page cache, from 0 to 1."""
    size = path.stat().st_size
    pages = -(-size // mmap.PAGESIZE)
    states = (ctypes.c_ubyte * pages)()
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), size, access=mmap.ACCESS_COPY) as view:
        first = ctypes.c_char.from_buffer(view)
        failed = ctypes.CDLL(None, use_errno=True).mincore(
            ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(size), states
        )
        del first  # or the mapping could not be closed
    if failed:
        raise OSError(ctypes.get_errno(), "mincore")
    return sum(state & 1 for state in states) / pages


def make_model(path: Path, starter: Path) -> None:
    """Write a model of about 1 GB: the starter's vocabulary, an architecture like Llama's, random Q8_0 weights."""
    chance = numpy.random.default_rng(1)
    writer = GGUFWriter(path, "llama", use_temp_file=True)
    with _tokenizer_of(starter) as fields:
        for name, value, kind, inner in fields:
            writer.add_key_value(name, value, kind, inner)
            if name == "tokenizer.ggml.tokens":
                words = len(value)
    writer.add_name("Made for a benchmark")
    writer.add_context_length(8192)
    writer.add_embedding_length(EMBEDDING)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(7)
    key_width = EMBEDDING // HEADS * KV_HEADS
    _add_weights(writer, chance, "token_embd", words, EMBEDDING)
    _add_norm(writer, "output_norm")
    for number in range(LAYERS):
        block = f"blk.{number}"
        _add_norm(writer, f"{block}.attn_norm")
        _add_norm(writer, f"{block}.ffn_norm")
        for name, rows, columns in (
            ("attn_q", EMBEDDING, EMBEDDING),
            ("attn_k", key_width, EMBEDDING),
            ("attn_v", key_width, EMBEDDING),
            ("attn_output", EMBEDDING, EMBEDDING),
            ("ffn_gate", FEED_FORWARD, EMBEDDING),
            ("ffn_up", FEED_FORWARD, EMBEDDING),
            ("ffn_down", EMBEDDING, FEED_FORWARD),
        ):
            _add_weights(writer, chance, f"{block}.{name}", rows, columns)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@contextmanager
def _tokenizer_of(model: Path) -> Iterator[list[tuple[str, object, GGUFValueType, GGUFValueType | None]]]:
    """Give the fields of a model's tokenizer: name, value, type, type of the items."""
    fields = []
    for name, field in GGUFReader(model).fields.items():
        if name.startswith("tokenizer."):
            kind = field.types[0]
            inner = field.types[-1] if kind is GGUFValueType.ARRAY else None
            fields.append((name, field.contents(), kind, inner))
    yield fields


def _add_weights(writer: GGUFWriter, chance: numpy.random.Generator, name: str, rows: int, columns: int) -> None:
    # A Q8_0 block: a scale as a half-precision number, then 32 whole numbers.
    blocks = numpy.empty((rows, columns // 32), dtype=[("scale", "<f2"), ("numbers", "i1", 32)])
    blocks["scale"] = 0.0003
    blocks["numbers"] = chance.integers(-127, 128, blocks["numbers"].shape, dtype=numpy.int8)
    raw = blocks.view(numpy.uint8).reshape(rows, columns // 32 * 34)
    writer.add_tensor(f"{name}.weight", raw, raw_dtype=GGMLQuantizationType.Q8_0)


def _add_norm(writer: GGUFWriter, name: str) -> None:
    writer.add_tensor(f"{name}.weight", numpy.ones(EMBEDDING, dtype=numpy.float32))


def _openssl_speed() -> float:
    command = ["openssl", "speed", "-mr", "-seconds", "1", "-bytes", "16384", "-evp", "sha256"]
    ended = subprocess.run(command, capture_output=True, check=True, text=True)
    row = next(line for line in ended.stdout.splitlines() if line.startswith("+F:"))
    return float(row.split(":")[-1]) / 1e9


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _read(path: Path) -> None:
    with path.open("rb", buffering=0) as stream:
        block = bytearray(BLOCK)
        while stream.readinto(block):
            pass


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def print_table(result: dict[str, object]) -> None:
    """Print one row for each model and cache."""
    models: dict[str, dict[str, dict[str, dict[str, float]]]] = result["models"]  # type: ignore[assignment]
    hashing: dict[str, dict[str, float]] = result["hashing"]  # type: ignore[assignment]
    print(f"{result['machine']}; {result['rounds']} rounds; goal from a cold cache: {GOAL_LOAD}")
    print(f"{'model':<10}{'MB':>7}{'cache':>7}{'load s':>9}{'verify+load s':>15}{'ratio':>8}{'cold read GB/s':>16}")
    for name, model in models.items():
        for cache, seconds in model["seconds"].items():
            ratio = model["median_ratio"][cache]
            read = f"{model['cold_read_gb_per_s']:>16.2f}" if cache == "cold" else ""
            size = f"{model['bytes'] / 1e6:>7.0f}"  # type: ignore[operator]
            print(
                f"{name:<10}{size}{cache:>7}{seconds['load']:>9.3f}{seconds['verify_and_load']:>15.3f}{ratio:>8.3f}{read}"
            )
    speeds = hashing["gb_per_s"]
    print(
        f"SHA-256: {speeds['strongroom']:.2f} GB/s, openssl {speeds['openssl']:.2f} GB/s, "
        f"ratio {hashing['median_ratio']:.3f} (goal {GOAL_HASHING})"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where the models are put for the while; the usual temporary one")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

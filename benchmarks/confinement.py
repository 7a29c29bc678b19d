# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the confinement of a worker costs: loading, prompt processing and decoding, with and without, in one run.

The peer is the same worker without its last step before the loading: it puts up no barrier. In each round both are
started anew, in turns which first, and answer the same questions with the same greedy sampling and the same number of
tokens, one after the other in the order A B B A, several times. A round's ratio is that of the sums; the result is the
median of the rounds' ratios. On a machine that is not idle a single pair differs by several percent either way.

    python benchmarks/confinement.py [--rounds 12] [--turns 4] [--tokens 100]
                                     [--json benchmarks/results/confinement.json]
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from strongroom.core.chat import Message, Role
from strongroom.core.generation import GenerationNumbers, SamplingParameters
from strongroom.core.isolation import IsolationLevel
from strongroom.core.paths import DataPaths
from strongroom.engine import EngineClient, GenerationDone, LoadOptions
from strongroom.models import ModelLibrary

PROMPT = "Explain in detail how a lighthouse works, who built the first ones, and why they are still useful. " * 12
OPEN_WORKER = """
import os
import strongroom.engine.confined as confined
from strongroom.core.isolation import Confinement
confined.confine_worker = lambda **_: Confinement()
from strongroom.engine.worker import main
os._exit(main())
"""
WAYS = {"confined": None, "open": [sys.executable, "-I", "-c", OPEN_WORKER]}
FIGURES = ("load_s", "prompt_tokens_per_second", "tokens_per_second")


def main() -> None:
    options = _options()
    result = measure(options.rounds, options.turns, options.tokens)
    print_table(result)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(rounds: int, turns: int, tokens: int) -> dict[str, object]:
    """Return medians of each way, and the median of the rounds' ratios; above 1, the confined one is faster."""
    with tempfile.TemporaryDirectory() as nothing:
        model = ModelLibrary(DataPaths(Path(nothing))).entries()[0].path
    each: dict[str, dict[str, list[float]]] = {way: {figure: [] for figure in FIGURES} for way in WAYS}
    with open(model, "rb") as first, open(model, "rb") as second:
        files = dict(zip(WAYS, (first.fileno(), second.fileno()), strict=True))
        for number in range(rounds):
            order = list(WAYS) if number % 2 else list(reversed(WAYS))
            for way, figures in run_round(order, files, turns, tokens).items():
                for figure in FIGURES:
                    each[way][figure].append(figures[figure])
    ratios = {}
    for figure in FIGURES:
        pairs = zip(each["confined"][figure], each["open"][figure], strict=True)
        is_time = figure.endswith("_s")
        ratios[figure] = statistics.median(free / held if is_time else held / free for held, free in pairs)
    return {
        "benchmark": "confinement",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": rounds,
        "answers_per_round": 2 * turns,
        "tokens": tokens,
        "median": {
            way: {figure: round(statistics.median(values), 3) for figure, values in figures.items()}
            for way, figures in each.items()
        },
        "median_ratio_of_confined": {figure: round(value, 3) for figure, value in ratios.items()},
        "each_round": {
            way: {figure: [round(value, 3) for value in values] for figure, values in figures.items()}
            for way, figures in each.items()
        },
    }


def run_round(order: list[str], files: dict[str, int], turns: int, tokens: int) -> dict[str, dict[str, float]]:
    """Return the figures of one worker of each way, over all its answers."""
    with ExitStack() as stack:
        load_s, clients = {}, {}
        for way in order:
            began = time.perf_counter()
            clients[way] = stack.enter_context(
                EngineClient.load(
                    [files[way]],
                    LoadOptions(threads=os.cpu_count() or 1),
                    on_progress=lambda _: None,
                    cancel=threading.Event(),
                    command=WAYS[way],
                )
            )
            load_s[way] = time.perf_counter() - began
            # A comparison of two equal workers would show nothing.
            if (clients[way].confinement.level is IsolationLevel.FULL) != (way == "confined"):
                raise SystemExit(f"the worker that should be {way} is not: {clients[way].confinement}")
            answer(clients[way], "Hello", 20)
        speeds: dict[str, list[tuple[float, float]]] = {way: [] for way in order}
        for turn in range(turns):
            for way in (*order, *reversed(order)):
                # Not twice the same beginning: it would be in the KV cache.
                numbers = answer(clients[way], f"{turn}{len(speeds[way])}. {PROMPT}", tokens)
                speeds[way].append((numbers.prompt_tokens_per_second or 0.0, numbers.tokens_per_second or 0.0))
    return {
        way: {
            "load_s": load_s[way],
            "prompt_tokens_per_second": statistics.harmonic_mean([prompt for prompt, _ in speeds[way]]),
            "tokens_per_second": statistics.harmonic_mean([decode for _, decode in speeds[way]]),
        }
        for way in order
    }


def answer(client: EngineClient, text: str, tokens: int) -> GenerationNumbers:
    """Return the numbers of one answer."""
    sampling = SamplingParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=tokens)
    for event in client.generate([Message(Role.USER, text)], sampling, cancel=threading.Event()):
        if isinstance(event, GenerationDone):
            return event.numbers
    raise SystemExit("an answer did not end")


def print_table(result: dict[str, object]) -> None:
    """Print one row for each figure."""
    median: dict[str, dict[str, float]] = result["median"]  # type: ignore[assignment]
    ratios: dict[str, float] = result["median_ratio_of_confined"]  # type: ignore[assignment]
    size = f"{result['rounds']} rounds of {result['answers_per_round']} answers with {result['tokens']} tokens"
    print(f"{result['machine']}; {size}")
    print(f"{'':<26}{'confined':>10}{'open':>10}{'ratio':>8}")
    for figure, ratio in ratios.items():
        print(f"{figure:<26}{median['confined'][figure]:>10.2f}{median['open'][figure]:>10.2f}{ratio:>8.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

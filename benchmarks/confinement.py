# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the confinement of a worker costs: loading, prompt processing and decoding, with and without, in one run.

The peer is the same worker without its last step before the loading: it puts up no barrier. Both get the same prompt
with the same greedy sampling and the same number of tokens, one after the other in each round, in an order that changes
from round to round.

    python benchmarks/confinement.py [--rounds 15] [--tokens 200] [--json benchmarks/results/confinement.json]
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
    result = measure(options.rounds, options.tokens)
    print_table(result)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(rounds: int, tokens: int) -> dict[str, object]:
    """Return medians of each way, and the median of the rounds' ratios; above 1, the confined one is faster."""
    with tempfile.TemporaryDirectory() as nothing:
        model = ModelLibrary(DataPaths(Path(nothing))).entries()[0].path
    each: dict[str, dict[str, list[float]]] = {way: {figure: [] for figure in FIGURES} for way in WAYS}
    with open(model, "rb") as file:
        for number in range(-1, rounds):
            order = list(WAYS) if number % 2 else list(reversed(WAYS))
            for way in order:
                figures = run(way, file.fileno(), tokens)
                if number >= 0:
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


def run(way: str, descriptor: int, tokens: int) -> dict[str, float]:
    """Return the figures of one worker's life: it loads, answers once to get warm, and once to be measured."""
    cancel = threading.Event()
    began = time.perf_counter()
    options = LoadOptions(threads=os.cpu_count() or 1)
    with EngineClient.load(
        [descriptor], options, on_progress=lambda _: None, cancel=cancel, command=WAYS[way]
    ) as client:
        loaded = time.perf_counter() - began
        # A comparison of two equal workers would show nothing.
        if (client.confinement.level is IsolationLevel.FULL) != (way == "confined"):
            raise SystemExit(f"the worker that should be {way} is not: {client.confinement}")
        answer(client, "Hello", 20)
        numbers = answer(client, PROMPT, tokens)
    return {
        "load_s": loaded,
        "prompt_tokens_per_second": numbers.prompt_tokens_per_second or 0.0,
        "tokens_per_second": numbers.tokens_per_second or 0.0,
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
    print(f"{result['machine']}; {result['rounds']} rounds of {result['tokens']} tokens")
    print(f"{'':<26}{'confined':>10}{'open':>10}{'ratio':>8}")
    for figure, ratio in ratios.items():
        print(f"{figure:<26}{median['confined'][figure]:>10.2f}{median['open'][figure]:>10.2f}{ratio:>8.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

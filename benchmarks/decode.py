# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens per second through the whole gate, against a bare llama-cpp-python loop in the same run.

The gate is what a user gets: worker process, protocol, filter with the default policy, incident log, encrypted
database. The peers are llama-cpp-python's own loops in one process: ``Llama.generate`` with each token's text, and
``create_chat_completion(stream=True)``. All three answer the same prompt with the same greedy sampling and the same
number of tokens, one after the other in each round, in an order that changes from round to round. A figure is tokens
divided by the whole time of the call, prompt processing included.

    python benchmarks/decode.py [--rounds 9] [--tokens 200] [--threads 0] [--json benchmarks/results/decode.json]
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

PROMPT = "Explain in detail how a lighthouse works, who built the first ones, and why they are still useful."


def main() -> None:
    options = _options()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STRONGROOM_KEY_FILE"] = str(Path(folder) / "keys")
        result = measure(Path(folder) / "data", options.rounds, options.tokens, options.threads)
    print_table(result)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure(data: Path, rounds: int, tokens: int, threads: int) -> dict[str, object]:
    """Return medians of tokens per second, and ratios of the gate to each peer, round by round."""
    from strongroom.core.paths import DataPaths
    from strongroom.workspace import Workspace

    with Workspace.open(DataPaths(data)) as workspace:
        workspace.change_settings(threads=threads, temperature=0.0, repeat_penalty=1.0, max_tokens=tokens)
        workspace.models.load(on_event=lambda _: None, cancel=threading.Event())
        path = workspace.shelf.entries()[0].path
        peer_threads = threads or os.cpu_count() or 1
        runs: dict[str, Callable[[], tuple[int, float]]] = {
            "gate": lambda: _run_gate(workspace),
            **_peers(path, peer_threads, tokens),
        }
        for run in runs.values():
            run()
        speeds: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(rounds):
            order = list(runs)[number % len(runs) :] + list(runs)[: number % len(runs)]
            for name in order:
                count, seconds = runs[name]()
                speeds[name].append(count / seconds)
    ratios = {
        peer: statistics.median(gate / other for gate, other in zip(speeds["gate"], speeds[peer], strict=True))
        for peer in speeds
        if peer != "gate"
    }
    return {
        "benchmark": "decode",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "rounds": rounds,
        "tokens": tokens,
        "threads": threads or "controller",
        "peer_threads": peer_threads,
        "tokens_per_second": {name: round(statistics.median(values), 1) for name, values in speeds.items()},
        "each_round": {name: [round(value, 1) for value in values] for name, values in speeds.items()},
        "median_ratio_of_gate": {name: round(value, 3) for name, value in ratios.items()},
    }


def _run_gate(workspace: object) -> tuple[int, float]:
    session = workspace.session()  # type: ignore[attr-defined]
    began = time.perf_counter()
    finished = session.send(PROMPT, on_event=lambda _: None)
    seconds = time.perf_counter() - began
    workspace.conversations.delete(session.conversation_id)  # type: ignore[attr-defined]
    return finished.numbers.completion_tokens, seconds


def _peers(path: str, threads: int, tokens: int) -> dict[str, Callable[[], tuple[int, float]]]:
    from llama_cpp import Llama

    llama = Llama(path, n_ctx=4096, n_threads=threads, n_threads_batch=threads, verbose=False)
    text = f"<|im_start|>user\n{PROMPT}<|im_end|>\n<|im_start|>assistant\n"

    def generate_loop() -> tuple[int, float]:
        llama.reset()
        began = time.perf_counter()
        count = 0
        for token in llama.generate(
            llama.tokenize(text.encode(), special=True), temp=0.0, top_k=40, top_p=0.95, min_p=0.05, repeat_penalty=1.0
        ):
            if token == llama.token_eos() or count == tokens:
                break
            llama.detokenize([token])
            count += 1
        return count, time.perf_counter() - began

    def chat_completion() -> tuple[int, float]:
        llama.reset()
        began = time.perf_counter()
        count = 0
        for chunk in llama.create_chat_completion(
            [{"role": "user", "content": PROMPT}], stream=True, temperature=0.0, repeat_penalty=1.0, max_tokens=tokens
        ):
            count += "content" in chunk["choices"][0]["delta"]
        return count, time.perf_counter() - began

    return {"generate_loop": generate_loop, "chat_completion": chat_completion}


def print_table(result: dict[str, object]) -> None:
    """Print one row for each loop."""
    speeds: dict[str, float] = result["tokens_per_second"]  # type: ignore[assignment]
    ratios: dict[str, float] = result["median_ratio_of_gate"]  # type: ignore[assignment]
    print(f"{result['machine']}; {result['rounds']} rounds of {result['tokens']} tokens, threads: {result['threads']}")
    print(f"{'loop':<18}{'tokens/s':>10}{'gate / loop':>13}")
    for name, speed in speeds.items():
        print(f"{name:<18}{speed:>10.1f}{ratios.get(name, 1.0):>13.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--threads", type=int, default=0, help="0 lets the controller choose")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
